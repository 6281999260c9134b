"""Which revisions say the same to a gate.

A gate binds the words, or the words and the recipients. A verdict carries over to a later
revision only along an unbroken chain of revisions with the same projection; words that
went away and came back are not the words that were judged.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from commscli.domain.ids import Digest, MessageId
from commscli.domain.order import Ordered
from commscli.domain.records import Drafted, Record


def projection(record: Record, *, recipients: bool) -> tuple[Any, ...]:
    """Return what a gate binds of a revision, as a value to compare."""
    body = record.body
    if not isinstance(body, Drafted):
        raise TypeError(f"{record.kind} is no revision")
    words = (
        record.incident,
        record.message,
        body.audience,
        body.phase,
        body.draft,
        body.attachments,
        body.template,
        body.channels,
        body.next_update,
    )
    return (*words, body.recipients) if recipients else words


@dataclass(frozen=True, slots=True, kw_only=True)
class Revisions:
    """The revisions of one message that count, oldest first, with their direct ancestors."""

    message: MessageId
    ordered: Ordered
    drafts: Mapping[Digest, Record]
    parents: Mapping[Digest, tuple[Digest, ...]]
    _carried: dict[tuple[Digest, bool], frozenset[Digest]] = field(default_factory=dict)

    @classmethod
    def of(cls, message: MessageId, ordered: Ordered, valid: Iterable[Digest]) -> "Revisions":
        """Gather the valid revisions among ordered records."""
        counts = set(valid)
        drafts = {
            placed.digest: placed.record
            for placed in ordered.records
            if isinstance(placed.record.body, Drafted) and placed.digest in counts
        }
        parents = {digest: _direct(digest, drafts, ordered) for digest in drafts}
        return cls(message=message, ordered=ordered, drafts=drafts, parents=parents)

    def heads(self, scope: int) -> tuple[Digest, ...]:
        """Return the revisions in scope that no other revision in scope follows."""
        inside = [d for d in self.drafts if self.ordered.has(scope, d)]
        followed = {p for d in inside for p in self._all_before(d)}
        return tuple(d for d in inside if d not in followed)

    def _all_before(self, digest: Digest) -> set[Digest]:
        past = self.ordered.before(digest)
        return {d for d in self.drafts if self.ordered.has(past, d)}

    def number(self, digest: Digest) -> int:
        """Return the number that a revision states."""
        body = self.drafts[digest].body
        return body.revision if isinstance(body, Drafted) else 0

    def seen(self, digest: Digest) -> tuple[Digest, ...]:
        """Return what a revision, and everything of the message before it, came after."""
        past = self.ordered.before(digest)
        own = (p.record for n, p in enumerate(self.ordered.records) if past >> n & 1)
        found = dict.fromkeys(d for record in (self.drafts[digest], *own) for d in record.after)
        return tuple(found)

    def carried(self, digest: Digest, *, recipients: bool) -> frozenset[Digest]:
        """Return the revisions a verdict on which counts for this one, itself included."""
        key = (digest, recipients)
        if key not in self._carried:
            same = projection(self.drafts[digest], recipients=recipients)
            found, waiting = set(), [digest]
            while waiting:
                one = waiting.pop()
                if one not in found and projection(
                    self.drafts[one], recipients=recipients
                ) == same:  # fmt: skip
                    found.add(one)
                    waiting.extend(self.parents[one])
            self._carried[key] = frozenset(found)
        return self._carried[key]


def _direct(
    digest: Digest, drafts: Mapping[Digest, Record], ordered: Ordered
) -> tuple[Digest, ...]:
    past = ordered.before(digest)
    before = [d for d in drafts if ordered.has(past, d)]
    deeper = 0
    for one in before:
        deeper |= ordered.before(one)
    return tuple(d for d in before if not ordered.has(deeper, d))
