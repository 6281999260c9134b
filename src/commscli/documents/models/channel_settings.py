"""How a channel's settings stand in a record: apart from its model, which looking skips."""

from collections.abc import Mapping
from typing import Any


def stated(settings: Mapping[str, Any]) -> dict[str, str]:
    """Return every setting that is not empty, as text, in the order of their names."""
    texts = ((key, _as_text(value)) for key, value in sorted(settings.items()))
    return {key: text for key, text in texts if text}


def _as_text(value: Any) -> str:
    if isinstance(value, list | tuple):
        return " ".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)
