"""Promised next updates, held against what was really sent to the same audience next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from commscli.domain.metrics.course import Journey, SentOut

KEPT, BROKEN, RUNNING = "kept", "broken", "running"


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """One promised next update. ``late`` is by how many seconds it was, or is, missed.

    ``by`` is the message that came next, in time or not; empty while there is none.
    """

    audience: str
    message: str
    made: datetime
    due: datetime
    state: str
    by: str
    late: int


def promises(journeys: Sequence[Journey], now: datetime) -> tuple[Promise, ...]:
    """Return every promise in the order in which they fell due.

    A promise is kept by the next send to its audience, whatever that says, if it left by then.
    """
    found: list[Promise] = []
    for audience in dict.fromkeys(journey.audience for journey in journeys):
        sends = in_order(journeys, audience)
        for number, (message, send) in enumerate(sends):
            following = next((s for s in sends[number + 1 :] if s[1].at > send.at), None)
            if send.promised is not None:
                found.append(_held(audience, message, send, send.promised, following, now))
    return tuple(sorted(found, key=lambda promise: promise.due))


def in_order(journeys: Sequence[Journey], audience: str) -> list[tuple[str, SentOut]]:
    """Return the sends to an audience, each with its message, as they left."""
    sends = [(j.message, send) for j in journeys if j.audience == audience for send in j.sends]
    return sorted(sends, key=lambda pair: (pair[1].at, pair[0]))


def _held(
    audience: str,
    message: str,
    send: SentOut,
    due: datetime,
    following: tuple[str, SentOut] | None,
    now: datetime,
) -> Promise:
    until = following[1].at if following else now
    late = max(0, int((until - due).total_seconds()))
    state = BROKEN if late else KEPT if following else RUNNING
    return Promise(
        audience=audience,
        message=message,
        made=send.at,
        due=due,
        state=state,
        by=following[0] if following else "",
        late=late,
    )
