"""One incident in numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from commscli.domain.metrics.course import Course, Journey
from commscli.domain.metrics.gate_times import GateTime, gate_times
from commscli.domain.metrics.promises import BROKEN, KEPT, Promise, in_order, promises
from commscli.domain.phases import LAST_WORDS

ACKNOWLEDGE_WITHIN = timedelta(minutes=15)
"""The outer limit of the process: 15 minutes after the declaration."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstWord:
    """The first send after the declaration, and after how many seconds."""

    audience: str
    message: str
    at: datetime
    seconds: int

    @property
    def in_time(self) -> bool:
        """Whether it came within the outer limit."""
        return self.seconds <= ACKNOWLEDGE_WITHIN.total_seconds()


@dataclass(frozen=True, slots=True, kw_only=True)
class OfMessage:
    """One message. ``to_send`` is in seconds, from its first revision to its first send."""

    message: str
    audience: str
    phase: str
    state: str
    revisions: int
    objections: int
    suggestions: int
    gates: tuple[GateTime, ...]
    to_send: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OfAudience:
    """One audience: how many sends, the first, and the longest silence between two (seconds).

    After it was told that it is over, nobody waits: that is no silence.
    """

    audience: str
    sends: int
    first: FirstWord
    longest_gap: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """How the communication of one incident went. Seconds, from what people claimed."""

    course: Course
    acknowledgement: FirstWord | None
    audiences: tuple[OfAudience, ...]
    messages: tuple[OfMessage, ...]
    promises: tuple[Promise, ...]
    disagreements: int
    """How many times lie before what they follow: clocks differed."""

    @property
    def kept(self) -> int:
        """How many promised updates came in time."""
        return sum(promise.state == KEPT for promise in self.promises)

    @property
    def broken(self) -> int:
        """How many did not."""
        return sum(promise.state == BROKEN for promise in self.promises)

    @property
    def sends(self) -> int:
        """How many sends there were, over all audiences."""
        return sum(audience.sends for audience in self.audiences)

    def total(self, what: str) -> int:
        """Return the ``revisions``, ``objections`` or ``suggestions`` of all messages."""
        return sum(getattr(message, what) for message in self.messages)


def measure(course: Course, now: datetime) -> Measures:
    """Measure one incident, as it stands at ``now``."""
    messages = tuple(_message(journey) for journey in course.journeys)
    audiences = tuple(_audiences(course))
    gates = [time for message in messages for time in message.gates]
    late = sum(first.first.at < course.declared for first in audiences)
    return Measures(
        course=course,
        acknowledgement=_acknowledgement(audiences, course.inside),
        audiences=audiences,
        messages=messages,
        promises=promises(course.journeys, now),
        disagreements=sum(time.disagree for time in gates) + late,
    )


def _message(journey: Journey) -> OfMessage:
    first = min((send.at for send in journey.sends), default=None)
    return OfMessage(
        message=journey.message,
        audience=journey.audience,
        phase=journey.phase,
        state=journey.state,
        revisions=journey.revisions,
        objections=journey.objections,
        suggestions=journey.suggestions,
        gates=gate_times(journey.gates),
        to_send=_seconds(journey.drafted, first) if first else None,
    )


def _audiences(course: Course) -> Sequence[OfAudience]:
    found = []
    last = {journey.message for journey in course.journeys if journey.phase in LAST_WORDS}
    for audience in dict.fromkeys(journey.audience for journey in course.journeys):
        sends = in_order(course.journeys, audience)
        if sends:
            message, first = sends[0]
            gaps = [
                _seconds(a.at, b.at) for (said, a), (_, b) in pairwise(sends) if said not in last
            ]
            word = FirstWord(
                audience=audience,
                message=message,
                at=first.at,
                seconds=_seconds(course.declared, first.at),
            )
            found.append(
                OfAudience(
                    audience=audience, sends=len(sends), first=word,
                    longest_gap=max(gaps, default=None),
                )
            )  # fmt: skip
    return found


def _acknowledgement(audiences: Sequence[OfAudience], inside: frozenset[str]) -> FirstWord | None:
    """Return the first word to those affected, for colleagues who help are told otherwise too."""
    outside = [a.first for a in audiences if a.audience not in inside]
    return min(outside, key=lambda word: (word.at, word.message), default=None)


def _seconds(start: datetime, end: datetime) -> int:
    return max(0, int((end - start).total_seconds()))
