"""How a channel's settings stand in a record: apart from its model, which looking skips."""

from collections.abc import Mapping
from typing import Any


def stated(settings: Mapping[str, Any]) -> dict[str, str]:
    """Return every setting that is not empty, as text, in the order of their names."""
    return {key: _as_text(value) for key, value in sorted(settings.items()) if value != ""}


def _as_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
