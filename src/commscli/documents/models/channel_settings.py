"""How a channel's settings stand in a record: apart from its model, which looking skips."""

from collections.abc import Mapping
from typing import Any

SLACK_API = "https://slack.com/api"


def stated(settings: Mapping[str, Any]) -> dict[str, str]:
    """Return every setting that is not empty, as text, in the order of their names."""
    whole = _of_slack(settings) if settings.get("adapter") == "slack" else settings
    texts = ((key, _as_text(value)) for key, value in sorted(whole.items()))
    return {key: text for key, text in texts if text}


def _of_slack(settings: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the settings of the Web API with what it does unasked, or those of a web hook."""
    if not settings.get("channel"):
        return {**settings, "broadcast": ""}
    usual = {"url": SLACK_API, "on_unknown": "reconcile"}
    return {**settings, **{key: settings.get(key) or text for key, text in usual.items()}}


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return " ".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)
