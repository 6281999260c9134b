"""Measured times in words, and the sentence that belongs under all of them."""

from commscli.domain.metrics.many import Spread
from commscli.domain.metrics.measures import FirstWord, Measures
from commscli.render.human import span

CLAIMED = (
    "Times are what the people who signed the records claim; their clocks may differ, and no "
    "gate rests on one."
)
NONE = "-"
_MINUTE = 60


def lasted(seconds: float | None) -> str:
    """Return a length of time as people say it; a dash where there is none."""
    if seconds is None:
        return NONE
    if 0 < seconds < _MINUTE:
        return "under 1 min"
    return span(round(seconds / _MINUTE))


def first_word(word: FirstWord | None) -> str:
    """Say how long those affected waited for the first word."""
    if word is None:
        return "nothing was sent to those affected"
    limit = "within the limit of 15 min" if word.in_time else "later than the limit of 15 min"
    return f"{lasted(word.seconds)} after the declaration, {limit} ({word.message})"


def kept_of(kept: int, broken: int) -> str:
    """Say how many promises were kept."""
    return f"{kept} of {kept + broken}" if kept + broken else NONE


def middle(spread: Spread) -> tuple[str, str, str]:
    """Return a spread of times as three cells: how many, median, p90."""
    return str(spread.count), lasted(spread.median), lasted(spread.p90)


def disagreement(measures: Measures) -> str:
    """Say that clocks differed, or nothing."""
    count = measures.disagreements
    if not count:
        return ""
    times = "time lies" if count == 1 else "times lie"
    return f"{count} {times} before what they follow, so clocks differed; they count as 0."
