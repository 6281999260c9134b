"""Verdicts: ok, a suggestion, a strong objection; and taking one's own back.

Nobody signs unseen words. A verdict binds the revision that was typed, or was shown to this
person on this machine, or (where nobody can be shown anything) was in the clone when the
command began. If a newer one has arrived, it refuses and says what changed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from commscli.domain.ids import Digest, GateId
from commscli.domain.records import Verdict
from commscli.domain.trust import EMERGENCY, Gate
from commscli.errors import BadInput, NotEntitled, Refused
from commscli.gates.case import IncidentCase
from commscli.gates.message import MessageCase
from commscli.ledger.record_files import RecordBytes, folder_of
from commscli.ledger.writer import Change
from commscli.workflow.incident.matrix import waited_for
from commscli.workflow.messages.picking import pick, still_there
from commscli.workflow.messages.reading import difference, only_head
from commscli.workflow.messages.shown import last_shown, remember
from commscli.workflow.recording import (
    Act,
    Recorded,
    change_of,
    message_heads,
    record_of,
    require_may,
    require_open,
)
from commscli.workflow.session import Session
from commscli.workflow.verdicts.bars import require_emergency, require_ok_counts
from commscli.workflow.verdicts.withholding import Kept, keep, keeping

Show = Callable[[MessageCase, Digest], bool]
"""Shows a revision to a person; returns whether they want to go on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What somebody says. ``approving`` prefers the gates that bind recipients."""

    kind: str
    text: str = ""
    gate: str = ""
    edit: bytes = b""
    approving: bool = False
    private: str = ""
    """The category of words that stay off the record; empty where they go on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bound:
    """A message, the revision that was seen, and the objections that were seen with it."""

    incident: str
    message: str
    subject: Digest
    number: int
    seen: frozenset[Digest]


def judge(
    session: Session,
    references: Sequence[str],
    opinion: Opinion,
    *,
    show: Show | None,
    show_all: bool = False,
) -> Recorded:
    """Record a verdict on each message, in one commit.

    ``show`` shows a text that this person has not seen yet; with ``show_all``, every text.

    Raises:
        Refused: if a newer revision arrived, or the verdict could not count.
        NotEntitled: if this person judges no gate of it.
    """
    bound = _bind_all(session, references, opinion, show, show_all=show_all)
    private = {one.subject: keep(opinion.text, opinion.private) for one in bound
               if opinion.private}  # fmt: skip
    kept: list[RecordBytes] = []

    def make() -> Change:
        kept.clear()
        session.require_pin()
        files: dict[str, bytes] = {}
        for one in bound:
            case, message = still_there(session, one.incident, one.message)
            require_open(session, opinion.kind, case.id, message.message)
            _require_same(session, message, one)
            gate = _gate(session, message, opinion)
            require_may(session, opinion.kind, gate.id)
            if opinion.kind == "ok":
                require_ok_counts(session, case, message, gate, one.subject, why=opinion.text)
            if opinion.edit:
                name = f"{sha256(opinion.edit).hexdigest()[:16]}.md"
                files[f"{folder_of(one.incident, one.message)}/proposals/{name}"] = opinion.edit
            said = _on_record(opinion, private.get(one.subject))
            kept.append(record_of(session, _act(case, message, gate, one, said)))
        subject = f"{_VERBS[opinion.kind]} {', '.join(one.message for one in bound)}"
        return change_of(session, kept, subject=subject, files=files)

    with keeping(session.repository, private.values()):
        written = session.write(make)
    return Recorded(
        records=tuple(kept),
        written=written,
        notes=tuple(session.notes),
        judged=bound[0].number if bound else None,
    )


def _on_record(opinion: Opinion, private: Kept | None) -> Opinion:
    """Return an opinion without the words that stay off the record."""
    return replace(opinion, text=private.on_record.text) if private else opinion


_VERBS = {"ok": "Pass", "suggested": "Suggest for", "objected": "Object to"}


def _bind_all(
    session: Session,
    references: Sequence[str],
    opinion: Opinion,
    show: Show | None,
    *,
    show_all: bool,
) -> list[_Bound]:
    """Bind the revisions that are typed last: finding one may fetch, and binds nothing else."""
    bound = {
        text: _bind(session, text, opinion, show, show_all=show_all)
        for text in sorted(references, key=lambda text: "@" in text)
    }
    return list({one.subject: one for one in (bound[text] for text in references)}.values())


def _bind(
    session: Session, text: str, opinion: Opinion, show: Show | None, *, show_all: bool
) -> _Bound:
    named = pick(session, text, lambda m: waits_on(session, m, opinion), seen=True)
    message = named.message
    head = named.revision or only_head(message)
    seen = last_shown(session, message)
    if named.revision is None and show is not None and (show_all or seen != head):
        if not show(message, head):
            raise Refused("nothing was signed", remedy="comms next", code="declined")
        remember(session, message, head)
    everything = message.ordered.everything
    return _Bound(
        incident=message.incident,
        message=message.message,
        subject=head,
        number=message.revisions.number(head),
        seen=frozenset(o.digest for o in message.now.objections(everything)),
    )


def waits_on(session: Session, message: MessageCase, opinion: Opinion) -> bool:
    """Whether a message waits on this person for this kind of verdict."""
    gates = session.trust.gates
    return any(
        session.me in verdict.could
        and (not opinion.gate or verdict.gate == opinion.gate)
        and (gates[verdict.gate].recipients or not opinion.approving)
        for verdict in waited_for(message)
    )


def _require_same(session: Session, message: MessageCase, one: _Bound) -> None:
    head = only_head(message)
    if head == one.subject:
        return
    changed = difference(session, message, one.subject, head)
    number, seen = message.revisions.number(head), message.revisions.number(one.subject)
    raise Refused(
        f"revision {number} of {message.message} has arrived, and you have seen revision {seen}:\n"
        + "\n".join(changed),
        remedy=f"read it (comms show {message.message}), then try again",
        code="newer-revision",
    )


def _gate(session: Session, message: MessageCase, opinion: Opinion) -> Gate:
    trust, me = session.trust, session.actor.person.id
    subject = only_head(message)
    if opinion.gate == EMERGENCY and opinion.kind == "ok":
        return require_emergency(message, subject, opinion.text)
    if opinion.gate:
        if opinion.gate not in trust.gates:
            raise BadInput(
                f"there is no gate {opinion.gate!r}",
                remedy=f"one of {', '.join(trust.gates)}",
                code="no-gate",
            )
        return trust.gates[GateId(opinion.gate)]
    mine = [g for g in message.now.gates(subject) if me in trust.judges_of(g.id)]
    preferred = [g for g in mine if g.recipients == opinion.approving] or mine
    ready = {v.gate for v in waited_for(message) if me in v.could}
    found = preferred if len(preferred) < 2 else (  # noqa: PLR2004 - more than one
        [g for g in preferred if g.id in ready][:1]
        or (preferred[:1] if opinion.approving else preferred)
    )  # fmt: skip
    if len(found) == 1:
        return found[0]
    if not found:
        raise NotEntitled(
            f"{me} judges no gate of {message.message}",
            remedy="comms trust show says who does",
            code="no-role",
        )
    raise BadInput(
        f"{me} judges {', '.join(g.id for g in found)}",
        remedy=f"say which: --gate {found[0].id}",
        code="which-gate",
    )


def _act(
    case: IncidentCase, message: MessageCase, gate: Gate, one: _Bound, opinion: Opinion
) -> Act:
    standing = message.now.objections(message.ordered.everything, gate.id)
    settles = sorted(o.digest for o in standing if o.digest in one.seen)
    return Act(
        kind=opinion.kind,
        body=Verdict(
            subject=one.subject,
            text=opinion.text,
            settles=list(settles) if opinion.kind == "ok" else [],
            edit=sha256(opinion.edit).hexdigest() if opinion.edit else "",
        ),
        incident=message.incident,
        message=message.message,
        gate=gate.id,
        drill=bool(case.incident and case.incident.drill),
        after=message_heads(message),
    )
