"""The phases of an incident, in the order in which they usually come.

The order is for people and for the matrix, never a rule: a phase may repeat, be left out or
go back, and is recorded as it happened.
"""

from collections.abc import Mapping
from difflib import get_close_matches
from types import MappingProxyType

from commscli.errors import BadInput

MEANINGS: Mapping[str, str] = MappingProxyType({
    "detection": "an issue was noticed and an incident was triggered",
    "investigation": "it is being worked on, and no contributing factor is known",
    "identification": "a contributing factor is suspected, and no remedy is applied yet",
    "monitoring": "a remedy is applied and shows first signs of success",
    "resolution": "the recovery is confirmed: no symptoms, the incident is over",
    "analysis": "the time between the resolution and the postmortem",
    "publishing": "the postmortem is public",
})  # fmt: skip
PHASES = tuple(MEANINGS)

DECLARABLE = ("investigation", "identification")
"""The phases in which a business incident may be declared: later, recovery is under way."""

LAST_WORDS = ("resolution", "analysis", "publishing")
"""The phases whose messages say that it is over, and promise no next update."""

_BEFORE_RESOLUTION = frozenset(PHASES[: PHASES.index("resolution")])


def is_phase(value: object) -> bool:
    """Whether this is the name of a phase."""
    return isinstance(value, str) and value in MEANINGS


def checked_phase(text: str) -> str:
    """Return the phase, whatever its case, or say which phases there are.

    Raises:
        BadInput: if there is no such phase.
    """
    phase = text.strip().lower()
    if is_phase(phase):
        return phase
    near = get_close_matches(phase, PHASES, n=1)
    raise BadInput(
        f"{text!r} is no phase: expected one of {', '.join(PHASES)}",
        remedy=f"did you mean {near[0]}?" if near else "name one of these phases",
        code="bad-phase",
    )


def names_next_update(phase: str) -> bool:
    """Whether a message of this phase has to say when the next one comes."""
    return phase in _BEFORE_RESOLUTION
