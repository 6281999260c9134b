"""How bad it is: SEV-1, the worst, to SEV-5, whatever name people give it on the call."""

import re

from commscli.errors import BadInput

SEVERITIES = tuple(f"SEV-{number}" for number in range(1, 6))
_NAMES = {"critical": "SEV-1", "high": "SEV-2", "medium": "SEV-3", "low": "SEV-4"}
_NUMBERED = re.compile(r"(?:sev[- ]?)?([1-5])")
_MAJOR = frozenset({"SEV-1", "SEV-2"})


def parse_severity(text: str) -> str:
    """Return the one spelling (``SEV-1``) of ``1``, ``sev1``, ``SEV-1`` or ``critical``.

    Raises:
        BadInput: listing what is accepted.
    """
    word = text.strip().lower()
    match = _NUMBERED.fullmatch(word)
    if match:
        return f"SEV-{match[1]}"
    if word in _NAMES:
        return _NAMES[word]
    raise BadInput(
        f"{text!r} is no severity: expected 1 to 5, sev1 to sev5, SEV-1 to SEV-5, "
        "or critical, high, medium or low",
        remedy="name one of these, such as SEV-2",
        code="bad-severity",
    )


def is_major(severity: str) -> bool:
    """Whether a severity, in any accepted spelling, makes a major incident.

    Raises:
        BadInput: if it is no severity.
    """
    return parse_severity(severity) in _MAJOR
