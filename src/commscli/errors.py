"""Every failure that a user can do something about.

One base error carries the cause, the place, and the next step; the families say whose
turn it is. Which exit code a family has is decided in ``cli/exits.py`` alone. Anything
that is not a ``CommsError`` is a bug.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A spot in a file. ``line`` and ``column`` count from 1; ``None`` is the whole file."""

    path: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        parts = [self.path, self.line, self.column]
        return ":".join(str(part) for part in parts if part is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong: what was expected, what was found, and where."""

    text: str
    place: Place | None = None

    def __str__(self) -> str:
        return f"{self.place}: {self.text}" if self.place else self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """What a refusal waits for: a gate, how many more people, and who they could be."""

    gate: str
    state: str
    count: int = 1
    could: tuple[str, ...] = field(default=())


class CommsError(Exception):
    """A failure with a cause, a place and a next step.

    ``code`` is a stable word for scripts (``gate-open``); ``remedy`` is the next command
    to run, in words; ``problems`` lists everything wrong at once, not just the first.
    """

    code = "failed"

    def __init__(
        self,
        text: str,
        *,
        remedy: str = "",
        code: str = "",
        place: Place | None = None,
        problems: Sequence[Problem] = (),
        missing: Sequence[Missing] = (),
    ) -> None:
        super().__init__(text)
        self.text = text
        self.remedy = remedy
        self.code = code or type(self).code
        self.place = place
        self.problems = tuple(problems)
        self.missing = tuple(missing)


class Refused(CommsError):
    """A rule of the process says no: a gate is open, a newer revision arrived."""

    code = "refused"


class BadInput(CommsError):
    """The words, the configuration or a file that somebody wrote cannot be used as they are."""

    code = "bad-input"


class Undecided(CommsError):
    """There is not enough to judge by: no pin, no trust, no history, nothing that matches."""

    code = "undecided"


class NotEntitled(CommsError):
    """No key, a key that nobody on the roster owns, a role that this person does not hold."""

    code = "not-entitled"


class MissingSecret(NotEntitled):
    """A secret that a channel needs is not on this machine, or may not go where it would."""

    code = "no-secret"


class Unfinished(CommsError):
    """A send stopped half way; running it again goes on where it stopped."""

    code = "unfinished"


class UnknownOutcome(CommsError):
    """Whether a delivery arrived cannot be known; a person decides."""

    code = "unknown-outcome"


class Busy(CommsError):
    """Somebody else is doing just this; try again when they are done."""

    code = "busy"


class Interrupted(CommsError):
    """The user said stop."""

    code = "interrupted"
