"""Which gates a message passes because its very words were passed beforehand.

An approval of a template counts for a revision of the same audience and phase, over the same
channels, with the same promise, without attachments, whose draft is the approved text with
recorded values in its placeholders; and only while trust lists it. In a gate that binds
recipients it counts for a broadcast alone: nobody has seen a list beforehand.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from commscli.domain.ids import Digest
from commscli.domain.incident import Incident
from commscli.domain.order import Placed
from commscli.domain.preapproved import SEVERITY, TITLE, digests
from commscli.domain.records import Drafted, Fact, Record, TemplateOk


@dataclass(frozen=True, slots=True, kw_only=True)
class Beforehand:
    """The approvals of templates that are worth something, and the values of one incident.

    ``values``: placeholder → every value that was on record for it, by somebody who may.
    """

    approvals: tuple[Placed, ...] = ()
    values: Mapping[str, Sequence[str]] = field(default_factory=dict)
    _texts: dict[tuple[Digest, str], frozenset[Digest]] = field(default_factory=dict)

    def fitting(self, revision: Record, current: Sequence[Digest]) -> Iterator[Placed]:
        """Yield the approvals, among those that trust has as current, that fit a revision."""
        body = revision.body
        if isinstance(body, Drafted):
            for placed in self.approvals:
                if placed.digest in current and self._fits(placed, body):
                    yield placed

    def _fits(self, placed: Placed, body: Drafted) -> bool:
        ok = placed.record.body
        return (
            isinstance(ok, TemplateOk)
            and (ok.audience, ok.phase) == (body.audience, body.phase)
            and (ok.channels, ok.next_update) == (body.channels, body.next_update)
            and not body.attachments
            and body.draft in self._ways(placed.digest, ok, body.severity)
        )

    def _ways(self, digest: Digest, ok: TemplateOk, severity: str) -> frozenset[Digest]:
        key = (digest, severity)
        if key not in self._texts:
            stated = [s for s in self.values.get(SEVERITY, ()) if s == severity]
            values = {**self.values, SEVERITY: stated}
            self._texts[key] = frozenset(digests(ok.text, values))
        return self._texts[key]


def values_of(incident: Incident | None, records: Sequence[Record]) -> dict[str, tuple[str, ...]]:
    """Return every value that valid records of an incident gave for a placeholder."""
    found: dict[str, dict[str, None]] = {}
    if incident is not None:
        found[TITLE] = {incident.title: None}
    for record in records:
        body = record.body
        if isinstance(body, Fact) and body.value:
            found.setdefault(body.key, {})[body.value] = None
        elif record.kind in {"declared", "severity"}:
            value = getattr(body, "severity", "") or getattr(body, "value", "")
            found.setdefault(SEVERITY, {})[value] = None
    return {name: tuple(values) for name, values in found.items()}
