"""The few filters of templates: pure, without a locale, and none makes a text much longer."""

from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from jinja2.exceptions import TemplateRuntimeError
from jinja2.filters import FILTERS as BUILT_IN

from commscli.domain import wall_time
from commscli.domain.moments import is_moment

_ENDS = (".", "!", "?", "…")
FILTERS = ("default", "lower", "phrase", "sentence", "trim", "upper", "when")


def filters(timezone: str) -> Mapping[str, Callable[..., Any]]:
    """Return the filters by name, for an organisation in this zone."""
    zone = ZoneInfo(timezone)

    def when(value: object) -> str:
        """Say a time of the record as people read it; nothing for a missing fact."""
        text = str(value)
        if not text:
            return ""
        if not is_moment(text):
            raise TemplateRuntimeError(
                f"`when` expects a time such as 2026-11-22T09:14:00Z, found `{text}`"
            )
        return wall_time.when(text, zone)

    own = {"phrase": phrase, "sentence": sentence, "when": when}
    return {name: own.get(name) or BUILT_IN[name] for name in FILTERS}


def sentence(value: object) -> str:
    """Let a fact stand as a sentence: a capital at its start, a full stop at its end."""
    text = str(value).strip()
    if not text:
        return ""
    return text[0].upper() + text[1:] + ("" if text.endswith(_ENDS) else ".")


def phrase(value: object) -> str:
    """Let a fact stand within a sentence: without the full stop at its end."""
    text = str(value).strip()
    return text[:-1] if text.endswith(".") and not text.endswith("..") else text
