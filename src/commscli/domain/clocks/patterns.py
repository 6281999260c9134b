"""The failures of communication that can be seen from the outside: silence, noise, one channel.

None of them makes a message wrong, so none is a rule of the gates: they are warnings, shown to
whoever asks.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from commscli.domain.clocks.clock import Clock, Kind, State
from commscli.domain.clocks.course import Course, Told
from commscli.domain.moments import stamp
from commscli.domain.severity import is_major

RADIO_SILENCE = "radio-silence"
BROKEN_PROMISE = "broken-promise"
OVER_COMMUNICATION = "over-communication"
SINGLE_CHANNEL = "single-channel-critical"

WINDOW = timedelta(hours=1)
MOST = 6
"""Messages to one audience within the window: one every ten minutes, the quickest cadence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """One failure. ``key`` tells two of one kind apart; ``open`` says it can still be mended.

    ``by_hand`` is the clock of a law that ran out, which no send meets.
    """

    id: str
    audience: str
    message: str
    text: str
    key: str
    open: bool
    by_hand: str = ""


def patterns(course: Course, clocks: Iterable[Clock]) -> Iterator[Pattern]:
    """Yield every failure of an incident, those of its clocks in their order.

    Where a promise was due no later than the cadence, one silence broke both, and the promise
    says it all.
    """
    failed = [clock for clock in clocks if clock.state in {State.OVERDUE, State.BROKEN}]
    promised = {(c.audience, c.started): c.due for c in failed if c.kind is Kind.PROMISE}
    for clock in failed:
        earlier = promised.get((clock.audience, clock.started))
        covered = earlier is not None and clock.due is not None and earlier <= clock.due
        if not (clock.kind is Kind.CADENCE and covered):
            yield _ran_out(clock)
    for audience in dict.fromkeys(told.audience for told in course.told):
        yield from _too_many(course.to(audience))
        yield from _again(course.to(audience))
        yield from _one_channel(course, audience)


def _ran_out(clock: Clock) -> Pattern:
    late, due = clock.state is State.BROKEN, stamp(clock.due or clock.started)
    came = f"came at {stamp(clock.met)}" if clock.met else "has not come"
    promise = clock.kind is Kind.PROMISE
    text = (
        f"the next update to {clock.audience}, promised for {due}, {came}"
        if promise
        else f"{clock.id} ran out at {due}, and what it asks for {came} ({clock.reason})"
    )
    return Pattern(
        id=BROKEN_PROMISE if promise else RADIO_SILENCE,
        audience=clock.audience,
        message=clock.message,
        text=text,
        key=f"{clock.id} {due}",
        open=not late,
        by_hand=clock.id if clock.kind is Kind.REGULATORY else "",
    )


def _too_many(told: list[Told]) -> Iterator[Pattern]:
    """Yield each time at which an audience began to hear too much; a burst counts once."""
    quiet_since: datetime | None = None
    for number, one in enumerate(told):
        within = [t for t in told[: number + 1] if one.at - t.at < WINDOW]
        if len(within) <= MOST or (quiet_since is not None and within[0].at < quiet_since):
            continue
        quiet_since = one.at
        yield Pattern(
            id=OVER_COMMUNICATION,
            audience=one.audience,
            message=one.message,
            text=f"{one.audience} was told {len(within)} times within an hour, "
            f"since {stamp(within[0].at)}",
            key=f"{one.audience} {stamp(one.at)}",
            open=False,
        )


def _again(told: list[Told]) -> Iterator[Pattern]:
    first: dict[str, Told] = {}
    for one in told:
        before = first.setdefault(one.words, one)
        if before is not one and one.words:
            yield Pattern(
                id=OVER_COMMUNICATION,
                audience=one.audience,
                message=one.message,
                text=f"{one.audience} was told the same text again, "
                f"as in {before.message} at {stamp(before.at)}",
                key=f"{one.audience} {stamp(one.at)} again",
                open=False,
            )


def _one_channel(course: Course, audience: str) -> Iterator[Pattern]:
    critical = [told for told in course.to(audience) if is_major(course.at(told.at).severity)]
    channels = {channel for told in critical for channel in told.channels}
    if len(channels) == 1:
        severity = course.at(critical[-1].at).severity
        yield Pattern(
            id=SINGLE_CHANNEL,
            audience=audience,
            message="",
            text=f"{audience} was reached over {channels.pop()} alone, in a {severity}",
            key=audience,
            open=True,
        )
