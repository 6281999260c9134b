"""Values out of a payload, each with the path that it came from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from commscli.documents.alerts.json_paths import find
from commscli.domain.severity import parse_severity
from commscli.errors import BadInput, Place, Problem

PLAIN = "plain facts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """The text of one fact, and where in the payload it stands."""

    text: str
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What a payload says, by fact. ``left_out`` says what it does not say, and why.

    ``form`` is what the payload was read as, such as ``pagerduty``.
    """

    form: str
    values: Mapping[str, Value]
    left_out: tuple[str, ...] = ()


def place_of(name: str, path: str) -> Place:
    """Return how messages name a value of a payload."""
    return Place(path=f"{name}: {path}")


def take(document: Any, paths: Mapping[str, str], *, form: str, name: str) -> Taken:
    """Return the values at paths, by fact; one that is missing, null or empty is left out.

    Raises:
        BadInput: if there is a list or an object where one text should be, naming each.
    """
    values: dict[str, Value] = {}
    left_out: list[str] = []
    problems: list[Problem] = []
    for key, path in paths.items():
        found, place = find(document, path), place_of(name, path)
        if isinstance(found, dict | list):
            what = "a list" if isinstance(found, list) else "an object"
            problems.append(Problem(text=f"{key}: {what}: expected one text", place=place))
            continue
        text = written(found)
        if text:
            values[key] = Value(text=text, place=place)
        else:
            left_out.append(f"{key}: nothing at {path}")
    refuse(problems, name)
    return Taken(form=form, values=values, left_out=tuple(left_out))


def written(value: Any) -> str:
    """Return a JSON scalar as text; numbers are text already, null is nothing."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.strip() if isinstance(value, str) else ""


def severity_of(word: str) -> str:
    """Return the severity that somebody's word for it means; nothing, if it is none of ours."""
    number = word.strip().upper().removeprefix("P")
    try:
        return parse_severity(number if number.isdigit() else word)
    except BadInput:
        return ""


def refuse(problems: Iterable[Problem], name: str) -> None:
    """Refuse a payload with everything that is wrong with it; do nothing if nothing is.

    Raises:
        BadInput: naming each place.
    """
    listed = list(problems)
    if listed:
        count = "one problem" if len(listed) == 1 else f"{len(listed)} problems"
        raise BadInput(
            f"{name} cannot be used: {count}",
            remedy="give what is right by hand: comms fact set KEY=VALUE",
            code="bad-document",
            place=listed[0].place,
            problems=listed,
        )
