"""A way to one value: ``$.alerts[0].labels.service``. Names and positions, and nothing else.

No wildcard, filter, slice, quoting or function: a path is looked up, never evaluated. A name is
letters, digits, ``_`` and ``-``; a position counts from 0.
"""

import re
from typing import Any

_STEP = re.compile(r"\.(?P<name>[A-Za-z0-9_-]{1,80})|\[(?P<number>[0-9]{1,6})\]")
_PATH = re.compile(rf"\$(?:{_STEP.pattern.replace('?P<name>', '?:').replace('?P<number>', '?:')})+")
EXPECTED = "a path such as $.alerts[0].labels.service: names after dots, positions in brackets"


def is_path(text: object) -> bool:
    """Whether this is a path."""
    return isinstance(text, str) and _PATH.fullmatch(text) is not None


def find(document: Any, path: str) -> Any:
    """Return the value at a path; ``None`` where it leads nowhere, as JSON's null is."""
    value = document
    for step in _STEP.finditer(path):
        name, number = step["name"], step["number"]
        if name is not None and isinstance(value, dict):
            value = value.get(name)
        elif number is not None and isinstance(value, list) and int(number) < len(value):
            value = value[int(number)]
        else:
            return None
    return value
