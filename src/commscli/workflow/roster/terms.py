"""What the admins set besides people: gates, relaxed audiences, approvals beforehand, emergency."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from commscli.delivery.recipients import find_list, read_list
from commscli.domain.ids import AudienceId, Digest, PersonId
from commscli.domain.presets import GATES, SHARED
from commscli.domain.trust import Emergency, Relaxed, Trust
from commscli.errors import BadInput, Refused
from commscli.gates.standing import Worth
from commscli.workflow.messages.recorded_words import recipient_folders
from commscli.workflow.roster.gate_changes import changed, require_gate
from commscli.workflow.roster.newcomers import known_roles
from commscli.workflow.roster.signing import Changed
from commscli.workflow.roster.trusting import change_trust
from commscli.workflow.session import Session
from commscli.workflow.settings import Settings, load_settings


def change_gates(
    session: Session,
    *,
    preset: str,
    needs: Mapping[str, int],
    after: Mapping[str, Sequence[str]],
    add: Mapping[str, str] = MappingProxyType({}),
    remove: Sequence[str] = (),
) -> Changed:
    """Set the gates: a preset, more or fewer of them, how many people each needs, and when.

    ``add`` is gate → role. A role has to be one that the process or comms.yaml knows.
    """
    roles = dict(zip(add, known_roles(session, [*add.values()]), strict=True))

    def alter(old: Trust) -> Trust:
        gates = {g.id: g for g in GATES[preset]} if preset else dict(old.gates)
        gates = changed(gates, add=roles, remove=remove, needs=needs, after=after)
        share = SHARED[preset] if preset else old.may_share
        return replace(old, gates=gates, may_share=share)

    return change_trust(session, "Change the gates", alter)


def relax(
    session: Session,
    audience: str,
    *,
    gates: Sequence[str],
    channels: Sequence[str],
    lists: Sequence[str],
) -> Changed:
    """Let messages to an audience pass fewer gates, over these channels and to these lists only.

    What is signed is the channels' settings and the lists' content as they are now: after a
    change of either, all gates apply again.
    """
    settings = load_settings(session)
    id_ = AudienceId(settings.audience(audience))
    audience_lists = _list_digests(session, settings, id_, lists)

    def alter(old: Trust) -> Trust:
        for gate in gates:
            require_gate(gate, old.gates)
        relaxed = Relaxed(
            gates=tuple(g for g in old.gates if g in gates),
            channels=_channels(settings, channels),
            recipients=audience_lists,
        )
        return replace(old, relaxed={**old.relaxed, id_: relaxed})

    return change_trust(session, f"Relax the gates for {id_}", alter)


def _channels(settings: Settings, names: Sequence[str]) -> dict[str, dict[str, str]]:
    for name in names:
        if name not in settings.channels:
            raise BadInput(
                f"channels.yaml has no channel {name!r}",
                remedy=f"one of {', '.join(settings.channels)}",
                code="no-channel",
            )
    return {name: settings.channels[name].settings() for name in names}


def _list_digests(
    session: Session, settings: Settings, audience: AudienceId, names: Sequence[str]
) -> tuple[Digest, ...]:
    if settings.audiences[audience].one_to_one and not names:
        raise BadInput(
            f"{audience} is written to one by one: say to which list",
            remedy=f"--recipients {settings.audiences[audience].recipients}",
            code="usage",
        )
    folders = recipient_folders(session)
    return tuple(sorted({read_list(find_list(name, folders)).digest for name in names}))


def unrelax(session: Session, audience: str) -> Changed:
    """Let all gates apply to an audience again."""

    def alter(old: Trust) -> Trust:
        left = {a: r for a, r in old.relaxed.items() if a != audience}
        if len(left) == len(old.relaxed):
            raise BadInput(
                f"{audience} is not relaxed: all gates apply to it",
                remedy=f"relaxed are {', '.join(old.relaxed) or 'none'}",
            )
        return replace(old, relaxed=left)

    return change_trust(session, f"Restore the gates for {audience}", alter)


def preapprove(session: Session, *, add: Sequence[str], drop: Sequence[str]) -> Changed:
    """Say which approvals of templates count beforehand, by the digests of their records."""

    def alter(old: Trust) -> Trust:
        more = {_template_ok(session, digest) for digest in add}
        less = {_listed(old.preapproved, digest) for digest in drop}
        return replace(old, preapproved=tuple(sorted({*old.preapproved, *more} - less)))

    return change_trust(session, "Change what is approved beforehand", alter)


def _template_ok(session: Session, beginning: str) -> Digest:
    standings = session.case.templates.standings
    valid = [d for d, s in standings.items() if s.worth is Worth.VALID]
    return _one(beginning, valid, "valid approval of a template")


def _listed(listed: Sequence[Digest], beginning: str) -> Digest:
    return _one(beginning, listed, "approval on the list")


def _one(beginning: str, among: Sequence[Digest], what: str) -> Digest:
    found = [d for d in among if beginning and d.startswith(beginning.lower())]
    if len(found) == 1:
        return found[0]
    listed = ", ".join(d[:16] for d in among) or "none"
    raise BadInput(
        f"{'several fit' if found else f'no {what} begins with'} {beginning!r}: {listed}",
        remedy="give its digest, or an unambiguous beginning of it",
        code="no-record",
    )


def set_emergency(
    session: Session,
    *,
    people: Sequence[str],
    needs: int,
    templates: Sequence[str],
    audiences: Sequence[str],
) -> Changed:
    """Say who may skip gates together, with which templates and for which audiences."""
    settings = load_settings(session)
    unknown = [name for name in templates if name not in settings.templates]
    if unknown:
        raise BadInput(
            f"there is no template {unknown[0]!r}", remedy="comms template list", code="no-template"
        )
    named = tuple(AudienceId(settings.audience(text)) for text in audiences)

    def alter(old: Trust) -> Trust:
        emergency = Emergency(
            people=tuple(PersonId(p) for p in people),
            needs=needs,
            templates=tuple(templates),
            audiences=named,
        )
        return replace(old, emergency=emergency)

    return change_trust(session, "Allow an emergency", alter)


def end_emergency(session: Session) -> Changed:
    """Let nobody skip a gate any more."""

    def alter(old: Trust) -> Trust:
        if old.emergency is None:
            raise Refused("no emergency is allowed", code="nothing-changed")
        return replace(old, emergency=None)

    return change_trust(session, "Allow no emergency", alter)
