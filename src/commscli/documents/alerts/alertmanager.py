"""Alertmanager's webhooks, version 4: a group of alerts with what they have in common.

https://prometheus.io/docs/alerting/latest/configuration/#webhook_config: ``commonLabels``,
``commonAnnotations``, ``externalURL`` and ``alerts``, each with ``startsAt`` and ``endsAt``.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from commscli.documents.alerts.json_paths import find
from commscli.documents.alerts.taking import (
    Taken,
    Value,
    place_of,
    refuse,
    severity_of,
    written,
)
from commscli.errors import BadInput, Problem

NAME = "alertmanager"
_FIRST_OF = {
    "services": ("$.commonLabels.service", "$.commonLabels.app", "$.commonLabels.job"),
    "symptoms": (
        "$.commonAnnotations.summary",
        "$.commonAnnotations.description",
        "$.commonLabels.alertname",
    ),
    "impact": ("$.commonAnnotations.impact",),
    "regions": ("$.commonLabels.region",),
    "alert_url": ("$.externalURL",),
}
_SEVERITY = "$.commonLabels.severity"
_NEVER = "0001-01-01T00:00:00Z"
"""What Alertmanager sends as the end of an alert that has none."""


def is_alertmanager(document: Any) -> bool:
    """Whether a payload has the shape of Alertmanager's."""
    return isinstance(find(document, "$.alerts"), list) and isinstance(
        find(document, "$.commonLabels"), dict
    )


def read(document: Any, *, name: str) -> Taken:
    """Return the facts in a group of alerts: it began with the first, and ended with the last.

    Raises:
        BadInput: if it is no such payload, or a time in it is none.
    """
    if not is_alertmanager(document):
        raise BadInput(
            f"{name} is no webhook of Alertmanager: expected alerts and commonLabels",
            remedy="give the payload as Alertmanager sent it",
            code="bad-document",
        )
    values: dict[str, Value] = {}
    left_out: list[str] = []
    for key, paths in _FIRST_OF.items():
        found = next((path for path in paths if written(find(document, path))), "")
        if found:
            values[key] = Value(text=written(find(document, found)), place=place_of(name, found))
        elif key in {"services", "symptoms"}:
            left_out.append(f"{key}: nothing at {' or '.join(paths)}")
    severity = written(find(document, _SEVERITY))
    if severity_of(severity):
        values["severity"] = Value(text=severity_of(severity), place=place_of(name, _SEVERITY))
    elif severity:
        left_out.append(f"severity: {severity!r} at {_SEVERITY} is no severity")
    values |= _times(document, name)
    return Taken(form=NAME, values=values, left_out=tuple(left_out))


def _times(document: Any, name: str) -> dict[str, Value]:
    alerts = find(document, "$.alerts")
    found = {"start": _extreme(alerts, "startsAt", name)[:1]}
    if written(find(document, "$.status")) == "resolved":
        found["end"] = _extreme(alerts, "endsAt", name)[-1:]
    return {key: value for key, values in found.items() for value in values}


def _extreme(alerts: Sequence[Any], key: str, name: str) -> list[Value]:
    """Return the times of all alerts, the earliest first."""
    placed = [
        Value(text=written(find(alert, f"$.{key}")), place=place_of(name, f"$.alerts[{n}].{key}"))
        for n, alert in enumerate(alerts)
    ]
    given = [value for value in placed if value.text not in {"", _NEVER}]
    refuse(_no_times(given), name)
    return sorted(given, key=lambda value: datetime.fromisoformat(value.text))


def _no_times(values: Iterable[Value]) -> Iterable[Problem]:
    for value in values:
        if not _is_time(value.text):
            text = f"{value.text[:40]!r} is no time: expected 2026-11-22T09:14:00Z"
            yield Problem(text=text, place=value.place)


def _is_time(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False
