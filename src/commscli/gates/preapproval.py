"""Which gates a message passes because its very words were passed beforehand.

An approval of a template counts for a revision of the same audience and phase, over the same
channels, with the same promise, without attachments, whose draft is the approved text with
the values in its placeholders that were on record in the revision's own past: nobody can
state a fact afterwards that fits what was written. And only while trust lists it. In a gate
that binds recipients it counts for a broadcast alone: nobody has seen a list beforehand.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from commscli.domain.ids import Digest, IncidentId
from commscli.domain.incident import fold
from commscli.domain.order import Ordered, Placed, order
from commscli.domain.preapproved import SEVERITY, TITLE, digest
from commscli.domain.records import Drafted, TemplateOk


@dataclass(frozen=True, slots=True, kw_only=True)
class Beforehand:
    """The approvals of templates that are worth something, and the records of one incident.

    ``valid``: those of the incident's own records that count.
    """

    approvals: tuple[Placed, ...]
    incident: IncidentId
    ordered: Ordered
    valid: frozenset[Digest]
    _values: dict[int, Mapping[str, str]] = field(default_factory=dict)

    def fitting(
        self, revision: Drafted, seen: Sequence[Digest], current: Sequence[Digest]
    ) -> Iterator[Placed]:
        """Yield the approvals, among those that trust has as current, that fit a revision.

        ``seen``: what the revision, and all of the message before it, came after.
        """
        for placed in self.approvals:
            ok = placed.record.body
            if (
                placed.digest in current
                and isinstance(ok, TemplateOk)
                and (ok.audience, ok.phase) == (revision.audience, revision.phase)
                and (ok.channels, ok.next_update) == (revision.channels, revision.next_update)
                and not revision.attachments
                and revision.draft == digest(ok.text, self._stated(revision, seen))
            ):
                yield placed

    def _stated(self, revision: Drafted, seen: Sequence[Digest]) -> Mapping[str, str]:
        """Return the values for placeholders as they were where a revision was written."""
        values = self._told(self._past(seen))
        if values.get(SEVERITY) == revision.severity:
            return values
        return {name: value for name, value in values.items() if name != SEVERITY}

    def _past(self, seen: Sequence[Digest]) -> int:
        past = 0
        for one in seen:
            if one in self.ordered.position:
                past |= self.ordered.before(one) | 1 << self.ordered.position[one]
        return past

    def _told(self, past: int) -> Mapping[str, str]:
        if past not in self._values:
            told = fold(
                self.incident,
                order(
                    placed
                    for number, placed in enumerate(self.ordered.records)
                    if past >> number & 1 and placed.digest in self.valid
                ).records,
            )
            self._values[past] = (
                {**told.facts, TITLE: told.title, SEVERITY: told.severity} if told else {}
            )
        return self._values[past]
