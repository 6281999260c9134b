"""Words that are passed before there is an incident, and drafts that are made of them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from commscli.documents.front_matter import split
from commscli.documents.models.heads import DraftHead
from commscli.documents.validate import validate
from commscli.domain.ids import GateId, IncidentId
from commscli.domain.incident import Incident
from commscli.domain.moments import is_moment
from commscli.domain.phases import PHASES
from commscli.domain.preapproved import SEVERITY, TITLE, filled, is_plain, names_in
from commscli.domain.records import TemplateOk
from commscli.domain.slots import token
from commscli.errors import BadInput, NotEntitled, Refused
from commscli.gates.standing import Worth
from commscli.ledger.record_files import RecordBytes
from commscli.ledger.writer import Change
from commscli.workflow.messages.wording import Told, worded
from commscli.workflow.recording import Act, Recorded, change_of, record_of, require_may
from commscli.workflow.session import Session
from commscli.workflow.settings import Settings, load_settings

_OPEN, _CLOSE = "\ue000", "\ue001"
"""Around the name of a placeholder while a template is rendered: no fact holds these."""
_MARKED = re.compile(f"{_OPEN}([a-z][a-z0-9_.]*){_CLOSE}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which words somebody wants to pass beforehand. ``facts`` are left open in them.

    Where the name of the template says for whom and when, it need not be said again.
    """

    template: str
    audience: str = ""
    phase: str = ""
    playbook: str = ""
    facts: Sequence[str] = ()
    gate: str = ""
    until: str = ""


def complete(wanted: Wanted) -> Wanted:
    """Return what is wanted with audience and phase taken from the template's name.

    Raises:
        BadInput: if there is no such phase.
    """
    parts = wanted.template.split("/")
    phase = wanted.phase or next((part for part in parts if part in PHASES), "")
    if phase not in PHASES:
        raise BadInput(
            f"{phase!r} is no phase" if phase else "say in which phase the words are used",
            remedy=f"--phase, one of {', '.join(PHASES)}",
            code="bad-phase",
        )
    return replace(wanted, audience=wanted.audience or parts[-1], phase=phase)


def text_of(settings: Settings, wanted: Wanted) -> str:
    """Return the text that would be passed: the template with placeholders for its facts.

    Raises:
        BadInput: if the template does more with a fact than to put it in.
    """
    told = Told(
        audience=settings.audience(wanted.audience),
        phase=wanted.phase,
        title=_marked(TITLE),
        severity=_marked(SEVERITY),
        facts={key: _marked(key) for key in wanted.facts},
    )
    playbook = settings.playbook(wanted.playbook or settings.organisation.defaults.playbook)
    text, _ = worded(settings, playbook, told, wanted.template)
    text = _MARKED.sub(lambda found: token(found[1]), text)
    if _OPEN in text or _CLOSE in text or names_in(text) is None:
        raise BadInput(
            f"{wanted.template} does more with a fact than to put it in, and nobody could pass "
            "that beforehand",
            remedy="leave the fact out (--with names those that stay open)",
            code="not-plain",
        )
    return text


def _marked(name: str) -> str:
    return f"{_OPEN}{name}{_CLOSE}"


def approve_template(session: Session, wanted: Wanted, expected: str) -> Recorded:
    """Record that a gate passes a text beforehand. ``expected`` is the text that was shown.

    Raises:
        NotEntitled: if this person judges no gate.
        Refused: if the text is not the one that was shown.
    """
    if wanted.until and not is_moment(wanted.until):
        raise BadInput(
            f"--until {wanted.until}: expected a UTC time such as 2027-05-22T00:00:00Z",
            code="usage",
        )
    kept: list[RecordBytes] = []

    def make() -> Change:
        kept.clear()
        session.require_pin()
        settings = load_settings(session)
        text = text_of(settings, wanted)
        if text != expected:
            raise Refused(
                f"the text of {wanted.template} has changed meanwhile",
                remedy="read it again, and try again",
                code="newer-revision",
            )
        gate = _gate(session, wanted)
        require_may(session, "template-ok", gate)
        audience = settings.audience(wanted.audience)
        body = TemplateOk(
            template=wanted.template,
            audience=audience,
            phase=wanted.phase,
            channels=channels_of(settings, audience),
            next_update=_promise(text),
            text=text,
            until=wanted.until,
        )
        after = tuple(session.case.templates.ordered.heads())
        act = Act(kind="template-ok", body=body, incident=IncidentId(""), gate=gate, after=after)
        kept.append(record_of(session, act))
        subject = f"Pass {wanted.template} for {audience} beforehand"
        return change_of(session, kept, subject=subject)

    written = session.write(make)
    return Recorded(records=tuple(kept), written=written, notes=tuple(session.notes))


def _gate(session: Session, wanted: Wanted) -> GateId:
    trust, me = session.trust, session.actor.person.id
    mine = [gate for gate in trust.gates if me in trust.judges_of(gate)]
    last = tuple(trust.gates)[-1]
    if wanted.gate == last or mine == [last]:
        raise Refused(
            f"{last} is never passed beforehand: somebody lets each message go",
            code="last-gate",
        )
    chosen = [g for g in mine if g != last and wanted.gate in {"", g}]
    if not chosen:
        raise NotEntitled(
            f"{me} judges no gate{f' {wanted.gate}' if wanted.gate else ''}",
            remedy="comms trust show says who does",
            code="no-role",
        )
    if len(chosen) > 1:
        raise BadInput(
            f"{me} judges {', '.join(chosen)}",
            remedy=f"say which: --gate {chosen[0]}",
            code="which-gate",
        )
    return chosen[0]


def _promise(text: str) -> str:
    """Return when the next update follows, as the head of the text says it."""
    head = split(text, "draft.md").head
    return validate(DraftHead, head).next_update if head is not None else ""


def channels_of(settings: Settings, audience: str) -> dict[str, dict[str, str]]:
    """Return the channels of an audience, as a record states them."""
    names = settings.audiences[audience].channels
    return {name: dict(settings.channels[name].settings()) for name in names}


def passed_words(
    session: Session, settings: Settings, incident: Incident, told: Told, template: str
) -> str | None:
    """Return the words for a draft that gates have passed beforehand, if there are any.

    Of several texts, the one that most gates passed. A fact that is missing, or is no plain
    value, leaves the draft to the template; that is said.
    """
    found: dict[str, list[str]] = {}
    for placed in session.case.templates.ordered.records:
        body = placed.record.body
        if (
            isinstance(body, TemplateOk)
            and placed.digest in session.trust.preapproved
            and session.case.templates.standings[placed.digest].worth is Worth.VALID
            and (body.template, body.audience, body.phase) == (template, told.audience, told.phase)
            and body.channels == channels_of(settings, told.audience)
        ):
            found.setdefault(body.text, []).append(placed.record.gate)
    values = {**incident.facts, TITLE: incident.title, SEVERITY: incident.severity}
    for text, gates in sorted(found.items(), key=lambda pair: -len(set(pair[1]))):
        missing = [n for n in names_in(text) or () if not is_plain(values.get(n, ""))]
        if not missing:
            names = ", ".join(dict.fromkeys(gates))
            session.notes.append(f"these words were passed beforehand: {names}")
            return filled(text, values)
        session.notes.append(
            f"words for {told.audience} were passed beforehand, and {', '.join(missing)} is "
            "missing or no plain value for them"
        )
    return None
