"""The exit codes: public, documented in ``docs/exit-codes.md``, and decided here alone."""

from enum import IntEnum

from commscli.errors import (
    BadInput,
    Busy,
    CommsError,
    Interrupted,
    NotEntitled,
    Refused,
    Undecided,
    Unfinished,
    UnknownOutcome,
)


class Exit(IntEnum):
    """What a script may rely on."""

    DONE = 0
    REFUSED = 1
    USAGE = 2
    UNDECIDED = 3
    NOT_ENTITLED = 4
    UNFINISHED = 5
    UNKNOWN = 6
    BUG = 70
    BUSY = 75
    INTERRUPTED = 130


_FAMILIES: tuple[tuple[type[CommsError], Exit], ...] = (
    (Refused, Exit.REFUSED),
    (BadInput, Exit.USAGE),
    (Undecided, Exit.UNDECIDED),
    (NotEntitled, Exit.NOT_ENTITLED),
    (Unfinished, Exit.UNFINISHED),
    (UnknownOutcome, Exit.UNKNOWN),
    (Busy, Exit.BUSY),
    (Interrupted, Exit.INTERRUPTED),
)


def exit_code(fault: CommsError) -> Exit:
    """Return the code of a failure; git and the machine failing count as unusable input."""
    return next((code for family, code in _FAMILIES if isinstance(fault, family)), Exit.USAGE)
