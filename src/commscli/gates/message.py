"""One message: its records in order, its gates now, and each of its sends."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from commscli.domain.ids import Digest, IncidentId, MessageId
from commscli.domain.incident import Incident, is_overtaken
from commscli.domain.order import Ordered, Placed, order
from commscli.domain.records import Drafted, SendIntent, Sent
from commscli.domain.report import GateState, GateVerdict, MessageState, MessageVerdict
from commscli.domain.trust import Trust
from commscli.gates.chain import Chain
from commscli.gates.emergency import verdicts
from commscli.gates.passing import Passing, worst
from commscli.gates.preapproval import Beforehand
from commscli.gates.revisions import Revisions
from commscli.gates.standing import Standing, Worth, later_judges


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """One send that was begun, the gates as they stood in its past, and its ``sent`` if any.

    A roster that changed meanwhile does not undo it: it is judged like every other.
    """

    intent: Placed
    subject: Digest
    scope: int
    gates: tuple[GateVerdict, ...]
    judges: tuple[Passing, ...]
    sent: Placed | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageCase:
    """Everything about one message that a rule may ask."""

    incident: IncidentId
    message: MessageId
    standings: Mapping[Digest, Standing]
    ordered: Ordered
    revisions: Revisions
    now: Passing
    sends: tuple[Send, ...]
    astray: tuple[Placed, ...]
    """Intents to send something that is no revision of this message that counts."""
    verdict: MessageVerdict

    def path(self, digest: Digest) -> str:
        """Return where a record of this message lies."""
        return self.standings[digest].file.path


def message_case(
    incident: Incident | None,
    message: MessageId,
    own: Sequence[Standing],
    chain: Chain,
    beforehand: Beforehand,
) -> MessageCase:
    """Judge one message by its own records. ``incident`` says in which phase it is by now."""
    standings = {s.file.digest: s for s in own}
    ordered = order(
        Placed(digest=s.file.digest, record=s.file.record)
        for s in standings.values()
        if s.file.record is not None
    )
    valid = frozenset(d for d, s in standings.items() if s.worth is Worth.VALID)
    attributable = valid | {d for d, s in standings.items() if s.worth is Worth.VOID}
    happened = frozenset(d for d, s in standings.items() if s.happened)
    revisions = Revisions.of(message, ordered, valid)

    def passing(trust: Trust) -> Passing:
        return Passing(trust=trust, revisions=revisions, valid=valid,
                       attributable=attributable, beforehand=beforehand)  # fmt: skip

    now = passing(chain.links[-1].trust)
    sends = tuple(_sends(ordered, happened, standings, chain, revisions, passing))
    first = own[0].file.record
    name = first.incident if first is not None else IncidentId("")
    return MessageCase(
        incident=name,
        message=message,
        standings=standings,
        ordered=ordered,
        revisions=revisions,
        now=now,
        sends=sends,
        astray=_astray(ordered, attributable, revisions),
        verdict=_verdict(
            incident,
            name,
            message,
            ordered=ordered,
            incident_ordered=beforehand.ordered,
            valid=valid,
            revisions=revisions,
            now=now,
            sends=sends,
        ),
    )


def _astray(
    ordered: Ordered, attributable: frozenset[Digest], revisions: Revisions
) -> tuple[Placed, ...]:
    return tuple(
        placed
        for placed in ordered.records
        if isinstance(placed.record.body, SendIntent)
        and placed.digest in attributable
        and placed.record.body.subject not in revisions.drafts
    )


def _sends(
    ordered: Ordered,
    happened: frozenset[Digest],
    standings: Mapping[Digest, Standing],
    chain: Chain,
    revisions: Revisions,
    passing: Callable[[Trust], Passing],
) -> Iterable[Send]:
    for placed in ordered.records:
        body = placed.record.body
        if not isinstance(body, SendIntent) or placed.digest not in happened:
            continue
        if body.subject not in revisions.drafts:
            continue
        scope = ordered.before(placed.digest)
        judges = tuple(
            passing(trust) for trust in _judging(standings[placed.digest], placed, chain)
        )
        yield Send(
            intent=placed,
            subject=body.subject,
            scope=scope,
            gates=worst(verdicts(judge, body.subject, scope, placed.digest) for judge in judges),
            judges=judges,
            sent=_sent(placed.digest, ordered, happened),
        )


def _judging(standing: Standing, placed: Placed, chain: Chain) -> list[Trust]:
    """Return the version that a send names, and all later ones that could have known of it."""
    named = chain.number(placed.record.trust)
    if named is None:
        raise AssertionError("a record that counts names a version in force")
    later = later_judges(standing.file, named, chain)
    return [chain.links[named].trust, *(link.trust for link in later)]


def _sent(intent: Digest, ordered: Ordered, happened: frozenset[Digest]) -> Placed | None:
    for placed in ordered.records:
        body = placed.record.body
        if isinstance(body, Sent) and placed.digest in happened and body.intent == intent:
            return placed
    return None


def _is_drill(ordered: Ordered, incident: Ordered) -> bool:
    """Whether a message is one of a drill: by the declaration that its first words came after.

    One that somebody puts before the first makes no drill of what was none.
    """
    drafted = next(iter(ordered.of_kind("drafted", ordered.everything)), None)
    if drafted is None:
        return False
    past = 0
    for digest in drafted.record.after:
        if digest in incident.position:
            past |= incident.before(digest) | 1 << incident.position[digest]
    declared = [placed.record.drill for placed in incident.of_kind("declared", past)]
    return declared[0] if declared else drafted.record.drill


def _verdict(
    incident: Incident | None,
    name: IncidentId,
    message: MessageId,
    *,
    ordered: Ordered,
    incident_ordered: Ordered,
    valid: frozenset[Digest],
    revisions: Revisions,
    now: Passing,
    sends: Sequence[Send],
) -> MessageVerdict:
    if sends:
        subject: Digest | None = sends[-1].subject
        gates = sends[-1].gates
    else:
        heads = revisions.heads(ordered.everything)
        subject = heads[-1] if heads else None
        gates = verdicts(now, subject, ordered.everything) if subject else ()
        if len(heads) > 1:
            gates = tuple(_unjoined(verdict, len(heads)) for verdict in gates)
    dropped = any(p.record.kind == "dropped" and p.digest in valid for p in ordered.records)
    return MessageVerdict(
        incident=name,
        message=message,
        state=_state(incident, subject, gates, sends, now, dropped=dropped),
        revision=revisions.number(subject) if subject else 0,
        subject=subject,
        gates=gates,
        drill=_is_drill(ordered, incident_ordered),
    )


def _unjoined(verdict: GateVerdict, heads: int) -> GateVerdict:
    reason = f"{heads} revisions stand side by side: nothing passes until one joins them"
    return GateVerdict(
        gate=verdict.gate,
        state=GateState.OPEN,
        by=(),
        missing=max(1, verdict.missing),
        could=verdict.could,
        reason=reason,
        rule="forked-draft",
    )


def _state(
    incident: Incident | None,
    subject: Digest | None,
    gates: Sequence[GateVerdict],
    sends: Sequence[Send],
    now: Passing,
    *,
    dropped: bool,
) -> MessageState:
    if sends:
        return MessageState.SENT if sends[-1].sent else MessageState.SENDING
    if dropped:
        return MessageState.DROPPED
    if subject is None:
        return MessageState.DRAFTING
    passed = {v.gate for v in gates if v.state.lets_go}
    if gates and len(passed) == len(gates):
        return MessageState.RELEASED
    body = now.revisions.drafts[subject].body
    if incident and isinstance(body, Drafted) and is_overtaken(incident, body):
        return MessageState.SUPERSEDED
    if any(v.state is GateState.OBJECTED or v.rule == "forked-draft" for v in gates):
        return MessageState.DRAFTING
    followed = {before for gate in now.gates(subject) for before in gate.after}
    if followed and followed <= passed:
        return MessageState.APPROVED
    return MessageState.IN_REVIEW
