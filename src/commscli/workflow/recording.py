"""Records into one commit: what every command that writes has in common."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from commscli.domain.history import RecordFile, Signature
from commscli.domain.ids import Digest, GateId, IncidentId, MessageId
from commscli.domain.moments import stamp
from commscli.domain.records import Body, Record
from commscli.domain.report import MessageState
from commscli.domain.trust import EMERGENCY
from commscli.errors import BadInput, NotEntitled, Refused
from commscli.gates.case import Case, IncidentCase, with_written
from commscli.gates.message import MessageCase
from commscli.ledger import record_files
from commscli.ledger.line_grammar import GrammarFault
from commscli.ledger.record_files import RecordBytes
from commscli.workflow.session import Session
from commscli.workflow.written import Written

if TYPE_CHECKING:  # a look reads what is here, and writes nothing
    from commscli.ledger.writer import Change

NO_MESSAGE = MessageId("")
NO_GATE = GateId("")
AFTER_THE_END = frozenset({"declared", "reopened", "said", "clock-met", "delivered-late", "sent"})
"""What a closed incident still takes; ``sent`` too, for what has left has left."""
OF_WORDS_THAT_GO_ON = frozenset({"drafted", "ok", "suggested", "objected", "send-intent"})
"""What nobody does with a message that was dropped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One thing that somebody does: a record but for what is the same in all of them."""

    kind: str
    body: Body
    incident: IncidentId
    message: MessageId = NO_MESSAGE
    gate: GateId = NO_GATE
    drill: bool = False
    after: tuple[Digest, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What a command wrote."""

    records: tuple[RecordBytes, ...]
    written: Written
    notes: tuple[str, ...] = ()
    judged: int | None = None
    """The revision that the first record judges, where it judges one."""

    @property
    def revision(self) -> int | None:
        """The revision that the first record makes or judges."""
        made = getattr(self.first.body, "revision", None) if self.records else None
        return made if made is not None else self.judged

    @property
    def first(self) -> Record:
        """The first record, for commands that write one."""
        return self.records[0].record


def incident_heads(case: IncidentCase | None) -> tuple[Digest, ...]:
    """Return what the next record of an incident comes after."""
    return tuple(case.ordered.heads()) if case else ()


def message_heads(message: MessageCase) -> tuple[Digest, ...]:
    """Return what the next record of a message comes after."""
    return tuple(message.ordered.heads())


def draft_heads(case: IncidentCase, message: MessageCase | None = None) -> tuple[Digest, ...]:
    """Return what the next revision of a message comes after.

    Besides the message's records, what the incident's say by now: its facts stand in the words.
    """
    own = message_heads(message) if message else ()
    declared = (p.digest for p in case.ordered.records if p.record.kind == "declared")
    return tuple(dict.fromkeys((*own, *(declared if not own else ()), *incident_heads(case))))


def find_incident(case: Case, incident: str) -> IncidentCase | None:
    """Return an incident by its id."""
    return next((i for i in case.incidents if i.id == incident), None)


def find_message(case: Case, incident: str, message: str) -> MessageCase | None:
    """Return a message by its ids."""
    found = find_incident(case, incident)
    return next((m for m in found.messages if m.message == message), None) if found else None


def require_may(session: Session, kind: str, gate: GateId = NO_GATE) -> None:
    """Refuse what trust does not let this person write.

    Raises:
        NotEntitled: naming the role that may, and who holds it.
    """
    trust, person = session.trust, session.actor.person
    if trust.may_write(person.id, kind, gate):
        return
    if gate == EMERGENCY:
        people = trust.emergency.people if trust.emergency else ()
        raise NotEntitled(
            f"{person.id} is not among those who decide in an emergency",
            remedy=f"ask {', '.join(people) or 'an admin'}",
            code="no-role",
        )
    roles = (trust.gates[gate].role,) if gate in trust.gates else trust.may.get(kind, ())
    holders = ", ".join(dict.fromkeys(p for role in roles for p in trust.holders(role)))
    raise NotEntitled(
        f"{person.id} holds no role that may write {kind!r}"
        + (f" for the gate {gate}" if gate else "")
        + f": it takes {' or '.join(roles) or 'a role that nobody holds'}",
        remedy=f"ask {holders or 'an admin'}",
        code="no-role",
    )


Then = Callable[[Sequence[RecordBytes]], Sequence[RecordBytes]]
"""From the records that a command is about to what follows from them, in the same commit."""


def with_records(case: Case, records: Iterable[RecordBytes]) -> Case:
    """Return a case with records that were just made, without reading anything again."""
    files = (
        RecordFile(
            path=r.path, digest=r.digest, record=r.record, fault="", unknown_kind="",
            signature=Signature(key=None), introduced=(),
        )
        for r in records
    )  # fmt: skip
    return with_written(case, files)


def record_of(session: Session, act: Act) -> RecordBytes:
    """Return the record of an act, in its one spelling.

    Raises:
        BadInput: if it says something that a record cannot say.
        Refused: if the incident is closed, or the message was dropped.
    """
    require_open(session, act.kind, act.incident, act.message)
    current = session.case.chain.current
    record = Record(
        repository=session.trust.repository,
        incident=act.incident,
        message=act.message,
        kind=act.kind,
        gate=act.gate,
        person=session.actor.person.id,
        trust=current.digest if current else Digest(""),
        drill=act.drill,
        at=stamp(session.circumstances.now),
        after=sorted(act.after),
        body=act.body,
    )
    try:
        return record_files.write(record)
    except GrammarFault as fault:
        raise BadInput(
            f"this cannot be recorded: {fault}",
            remedy="plain text without control or direction characters can",
            code="unwritable",
        ) from None


def change_of(
    session: Session,
    records: Sequence[RecordBytes],
    *,
    subject: str,
    files: Mapping[str, bytes] | None = None,
    expected: Mapping[str, bytes | None] | None = None,
) -> "Change":
    """Return one commit that brings these records, each signed, and these other files."""
    from commscli.ledger.writer import Change  # noqa: PLC0415 - lazy

    actor = session.actor
    signed: dict[str, bytes] = {}
    for record in records:
        signed[record.path] = record.data
        signed[f"{record.path}.sig"] = actor.sign_record(record.data)
    drill = "DRILL: " if any(record.record.drill for record in records) else ""
    named = "\n".join(f"Comms-Record: {record.digest}" for record in records)
    return Change(
        files={**(files or {}), **signed},
        expected=expected or {},
        message=f"{drill}{subject}\n\n{named}",
        person=actor.person,
        at=session.circumstances.now,
        sign=actor.sign_commit,
        records=tuple(records),
    )


def require_open(session: Session, kind: str, incident: str, message: str) -> None:
    """Refuse what comes too late: the incident is closed, or the message was dropped.

    Raises:
        Refused: saying why it ended.
    """
    case = find_incident(session.case, incident)
    closed = case.incident.closed if case and case.incident else ""
    if closed and kind not in AFTER_THE_END:
        raise Refused(
            f"{incident} is closed: {closed}",
            remedy=f"comms -i {incident} reopen --why TEXT",
            code="closed",
        )
    meant = find_message(session.case, incident, message)
    dropped = meant is not None and meant.verdict.state is MessageState.DROPPED
    if dropped and kind in OF_WORDS_THAT_GO_ON:
        raise Refused(
            f"{message} was dropped",
            remedy="comms draft writes another one; comms log says why",
            code="dropped",
        )


def record_acts(
    session: Session,
    acts: Iterable[Act],
    *,
    subject: str,
    files: Mapping[str, bytes] | None = None,
    require: Callable[[], None] = lambda: None,
    then: Then | None = None,
) -> Recorded:
    """Write acts on an incident, or on messages, in one commit.

    ``after`` of each is filled with the heads that are there when it is written; ``require``
    looks, then, whether it may still be done, and raises if not; ``then`` adds what follows.
    """
    wanted = list(acts)

    def fresh() -> list[Act]:
        require()
        return wanted

    return record_fresh(session, fresh, subject=subject, files=files, then=then)


def record_fresh(
    session: Session,
    acts: Callable[[], Sequence[Act]],
    *,
    subject: str,
    files: Mapping[str, bytes] | None = None,
    then: Then | None = None,
) -> Recorded:
    """Write the acts that are called for when they are written; nothing, where none are.

    ``acts`` looks at what is there then, again if somebody else was faster.
    """
    kept: list[RecordBytes] = []

    def make() -> "Change | None":
        session.require_pin()
        kept.clear()
        heads: dict[MessageId, tuple[Digest, ...]] = {}
        for act in acts():
            require_may(session, act.kind, act.gate)
            after = heads.get(act.message) or _heads(session, act)
            kept.append(record_of(session, replace(act, after=after)))
            heads[act.message] = (kept[-1].digest,)
        if not kept:
            return None
        kept.extend(then(kept) if then else ())
        return change_of(session, kept, subject=subject, files=files)

    written = session.write(make)
    return Recorded(records=tuple(kept), written=written, notes=tuple(session.notes))


def _heads(session: Session, act: Act) -> tuple[Digest, ...]:
    message = find_message(session.case, act.incident, act.message)
    if message is not None:
        return message_heads(message)
    return incident_heads(find_incident(session.case, act.incident))
