"""PagerDuty's V3 webhooks: ``{"event": {"event_type": "incident.triggered", "data": {…}}}``.

https://developer.pagerduty.com/docs/webhooks-overview: ``data`` is the incident, with its
title, number, urgency, priority, service, ``html_url`` and ``created_at``.
"""

from typing import Any

from commscli.documents.alerts.json_paths import find
from commscli.documents.alerts.taking import Taken, Value, place_of, severity_of, take, written
from commscli.domain.urgency import named_urgency
from commscli.errors import BadInput

NAME = "pagerduty"
_DATA = "$.event.data"
_PATHS = {
    "start": f"{_DATA}.created_at",
    "services": f"{_DATA}.service.summary",
    "symptoms": f"{_DATA}.title",
    "urgency": f"{_DATA}.urgency",
}
_TICKET, _NUMBER, _PRIORITY = f"{_DATA}.html_url", f"{_DATA}.number", f"{_DATA}.priority.summary"
_BRIDGE = f"{_DATA}.conference_bridge.conference_url"


def is_pagerduty(document: Any) -> bool:
    """Whether a payload has the shape of PagerDuty's."""
    event = find(document, "$.event")
    return isinstance(event, dict) and "event_type" in event and isinstance(event.get("data"), dict)


def read(document: Any, *, name: str) -> Taken:
    """Return the facts in an event about an incident.

    Raises:
        BadInput: if it is about something else, or has an object where a text should be.
    """
    kind = written(find(document, f"{_DATA}.type")) or "incident"
    if not is_pagerduty(document) or kind != "incident":
        what = f"about {kind!r}" if is_pagerduty(document) else "no PagerDuty event"
        raise BadInput(
            f"{name} is {what}: expected an event about an incident",
            remedy="send the webhooks incident.triggered, .acknowledged or .resolved",
            code="bad-document",
        )
    taken = take(document, _PATHS, form=NAME, name=name)
    values, left_out = dict(taken.values), list(taken.left_out)
    ticket, number = written(find(document, _TICKET)), written(find(document, _NUMBER))
    if ticket or number:
        said = f"PagerDuty #{number} {ticket}" if number else ticket
        values["ticket"] = Value(text=said.strip(), place=place_of(name, _TICKET))
    priority = written(find(document, _PRIORITY))
    if severity_of(priority):
        values["severity"] = Value(text=severity_of(priority), place=place_of(name, _PRIORITY))
    elif priority:
        left_out.append(f"severity: {priority!r} at {_PRIORITY} is no severity")
    urgency = values.get("urgency")
    if urgency is not None and named_urgency(urgency.text) is None:  # "low" is none of ours
        left_out.append(f"urgency: {urgency.text!r} at {_PATHS['urgency']} is no urgency here")
        del values["urgency"]
    _add(values, document, "bridge", _BRIDGE, name)
    if written(find(document, "$.event.event_type")) == "incident.resolved":
        _add(values, document, "end", "$.event.occurred_at", name)
    return Taken(form=NAME, values=values, left_out=tuple(left_out))


def _add(values: dict[str, Value], document: Any, key: str, path: str, name: str) -> None:
    text = written(find(document, path))
    if text:
        values[key] = Value(text=text, place=place_of(name, path))
