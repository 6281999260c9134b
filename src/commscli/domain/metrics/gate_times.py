"""How long each gate of a message took, from its turn to the ok that let the message on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from commscli.domain.metrics.course import Judged


@dataclass(frozen=True, slots=True, kw_only=True)
class GateTime:
    """One gate: since when it was its turn, when it stood, and the seconds between.

    ``seconds`` is ``None`` where nobody passed it in the incident: open, passed beforehand,
    skipped in an emergency. ``disagree`` says that the ok claims to be older than what it
    follows: two clocks differ, and the time counts as none.
    """

    gate: str
    how: str
    by: tuple[str, ...]
    turn: datetime
    passed: datetime | None
    seconds: int | None
    disagree: bool = False


def gate_times(judged: Sequence[Judged]) -> tuple[GateTime, ...]:
    """Return the time that each gate of one message took.

    A gate's turn comes when the words are recorded and the gates before it stand, whichever
    is later. One that was passed beforehand stood all the while and delays nothing.
    """
    stood = {one.gate: max(one.oks) for one in judged if one.oks}
    return tuple(_time(one, stood) for one in judged)


def _time(one: Judged, stood: dict[str, datetime]) -> GateTime:
    turn = max([one.written, *(stood[gate] for gate in one.after if gate in stood)])
    passed = stood.get(one.gate)
    between = int((passed - turn).total_seconds()) if passed else None
    return GateTime(
        gate=one.gate,
        how=one.how,
        by=one.by,
        turn=turn,
        passed=passed,
        seconds=None if between is None else max(0, between),
        disagree=between is not None and between < 0,
    )
