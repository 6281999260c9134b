"""What people said of one message, and what of it was taken back or put to rest.

Whoever has a right to speak decides elsewhere; here only records that count are looked at, each
time seen from some scope: the past of a send, or everything.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from commscli.domain.ids import Digest, GateId, PersonId
from commscli.domain.order import Placed
from commscli.domain.records import Record, Verdict, Withdrawn
from commscli.gates.revisions import Revisions


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """The records of one message that count, with what is asked of them again and again kept."""

    revisions: Revisions
    valid: frozenset[Digest]
    attributable: frozenset[Digest]
    """Records that are surely their writer's, valid or overtaken: they make authors."""
    _authors: dict[int, frozenset[PersonId]] = field(default_factory=dict)
    _standing: dict[int, tuple[Placed, ...]] = field(default_factory=dict)
    _answers: dict[str, dict[Digest, list[Placed]]] = field(default_factory=dict)

    def authors(self, scope: int) -> frozenset[PersonId]:
        """Return who signed a revision in scope; they fill no gate of the message."""
        if scope not in self._authors:
            self._authors[scope] = frozenset(
                placed.record.person
                for placed in self.revisions.ordered.of_kind("drafted", scope)
                if placed.digest in self.attributable
            )
        return self._authors[scope]

    def objections(self, scope: int, gate: GateId | None = None) -> Iterator[Placed]:
        """Yield the objections in scope that stand: neither withdrawn nor settled there."""
        if scope not in self._standing:
            self._standing[scope] = tuple(
                placed
                for placed in self.of_kind(scope, "objected")
                if not self.answered(placed, scope)
            )
        return (p for p in self._standing[scope] if gate is None or p.record.gate == gate)

    def answered(self, objection: Placed, scope: int) -> bool:
        """Whether an objection is withdrawn by its author or settled by its gate, in scope."""
        return self.withdrawn(objection.digest, scope) or any(
            ok.record.gate == objection.record.gate
            and ok.record.person not in self.authors(scope)
            and self.saw(ok, objection.digest)
            and not self.withdrawn(ok.digest, scope)
            for ok in self._answering("ok", objection.digest, scope)
        )

    def withdrawn(self, digest: Digest, scope: int) -> bool:
        """Whether the writer of a record took it back, in scope."""
        return any(
            placed.record.person == self.record(digest).person and self.saw(placed, digest)
            for placed in self._answering("withdrawn", digest, scope)
        )

    def _answering(self, kind: str, digest: Digest, scope: int) -> Iterator[Placed]:
        """Yield the valid records of a kind in scope that name another one to put it to rest."""
        ordered = self.revisions.ordered
        if kind not in self._answers:
            named = self._answers.setdefault(kind, {})
            for placed in self.of_kind(ordered.everything, kind):
                for target in _named_by(placed.record):
                    named.setdefault(target, []).append(placed)
        known = self._answers[kind].get(digest, ())
        return (placed for placed in known if ordered.has(scope, placed.digest))

    def saw(self, placed: Placed, digest: Digest) -> bool:
        """Whether a record has another in its past."""
        ordered = self.revisions.ordered
        return ordered.has(ordered.before(placed.digest), digest)

    def record(self, digest: Digest) -> Record:
        """Return a record of this message."""
        ordered = self.revisions.ordered
        return ordered.records[ordered.position[digest]].record

    def of_kind(self, scope: int, kind: str) -> Iterator[Placed]:
        """Yield the valid records of a kind in scope, in order."""
        return (p for p in self.revisions.ordered.of_kind(kind, scope) if p.digest in self.valid)


def _named_by(record: Record) -> Iterable[Digest]:
    body = record.body
    if isinstance(body, Verdict):
        return map(Digest, body.settles)
    return (body.of,) if isinstance(body, Withdrawn) else ()
