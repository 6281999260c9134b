"""Oks that were taken back where a send did not see it."""

from collections.abc import Iterator

from commscli.domain.ids import GateId
from commscli.domain.order import Placed
from commscli.domain.records import Record, Verdict, Withdrawn
from commscli.gates.passing import Passing


def taken_back(passing: Passing, scope: int) -> Iterator[Placed]:
    """Yield who took back, outside of a scope, an ok inside of it, and is still unanswered.

    It is answered once that gate has looked again, by an ok with the withdrawal in its past, and
    once nothing stands any more that the ok which is gone had settled.
    """
    ordered = passing.revisions.ordered
    for back in passing.of_kind(ordered.everything & ~scope, "withdrawn"):
        body = back.record.body
        if not isinstance(body, Withdrawn) or not ordered.has(scope, body.of):
            continue
        ok = passing.record(body.of)
        own = ok.person == back.record.person and body.of in passing.valid
        was_one = ok.kind == "ok" and own and passing.saw(back, body.of)
        answered = _given_again(passing, back, ok.gate) and not _revived(passing, ok)
        if was_one and not answered:
            yield back


def gate_of(passing: Passing, back: Placed) -> GateId:
    """Return the gate of what was taken back."""
    body = back.record.body
    return passing.record(body.of).gate if isinstance(body, Withdrawn) else back.record.gate


def _given_again(passing: Passing, back: Placed, gate: GateId) -> bool:
    everything = passing.revisions.ordered.everything
    authors = passing.authors(everything)
    return any(
        ok.record.gate == gate
        and ok.record.person not in authors
        and passing.saw(ok, back.digest)
        and not passing.withdrawn(ok.digest, everything)
        for ok in passing.of_kind(everything, "ok")
    )


def _revived(passing: Passing, ok: Record) -> bool:
    """Whether an objection stands that an ok settled before it was taken back."""
    everything = passing.revisions.ordered.everything
    settled = ok.body.settles if isinstance(ok.body, Verdict) else ()
    return any(objection.digest in settled for objection in passing.objections(everything, ok.gate))
