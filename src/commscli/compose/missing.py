"""Facts that a rendering asked for and did not get: all of them, each with its line.

A missing fact renders as nothing and is noted, so that one run names every fact that is
missing instead of the first. The rendering is thrown away afterwards.
"""

import inspect
from collections.abc import Callable, Iterator
from types import FrameType, TracebackType
from typing import Any, cast

from jinja2 import StrictUndefined, Template, Undefined
from jinja2.utils import missing

Spot = tuple[str, int]
"""The name of a template, and a line of its body, from 1."""


def noting_undefined(note: Callable[[str, Spot], None]) -> type[Undefined]:
    """Return the class of undefined values that tells ``note`` of each use of a missing fact.

    Asking whether a fact is defined is no use of it. What is undefined for another reason,
    such as a macro that its file does not have, fails as Jinja lets it fail.
    """

    def used_as(stand_in: object) -> Callable[..., Any]:
        def use(self: Undefined, *_others: object) -> object:
            if self._undefined_hint or self._undefined_obj is not missing:
                self._fail_with_undefined_error()
            spot = next(template_spots(inspect.currentframe()), ("", 0))
            note(str(self._undefined_name), spot)
            return stand_in

        return use

    compared = ("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__contains__")
    methods = {name: used_as(False) for name in ("__bool__", *compared)}
    methods["__str__"] = used_as("")
    methods["__hash__"] = object.__hash__
    return cast("type[Undefined]", type("MissingFact", (StrictUndefined,), methods))


def template_spots(frame: FrameType | None) -> Iterator[Spot]:
    """Return the templates that are being rendered, the innermost first."""
    while frame is not None:
        spot = _spot(frame, frame.f_lineno)
        if spot:
            yield spot
        frame = frame.f_back


def failing_spot(traceback: TracebackType | None) -> Spot | None:
    """Return where in a template an exception came from."""
    last = None
    while traceback is not None:
        last = _spot(traceback.tb_frame, traceback.tb_lineno) or last
        traceback = traceback.tb_next
    return last


def _spot(frame: FrameType, line: int) -> Spot | None:
    template = frame.f_globals.get("__jinja_template__")
    if not isinstance(template, Template) or template.name is None:
        return None
    return template.name, template.get_corresponding_lineno(line)
