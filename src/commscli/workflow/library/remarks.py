"""What is remarked on a template or a playbook, and the next step."""

from dataclasses import dataclass
from typing import Literal

from commscli.errors import CommsError, Place, Problem

Level = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """One thing about one file. ``what`` is the name of the template or the id of the playbook."""

    what: str
    level: Level
    text: str
    place: Place
    remedy: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What was looked at, and everything that was found."""

    names: tuple[str, ...]
    remarks: tuple[Remark, ...]

    @property
    def errors(self) -> int:
        """How many of the remarks are errors."""
        return sum(remark.level == "error" for remark in self.remarks)


def remarks_of(fault: CommsError, *, what: str, path: str) -> list[Remark]:
    """Return an error of reading or rendering as remarks, one a problem."""
    problems = fault.problems or (Problem(text=fault.text, place=fault.place),)
    return [
        Remark(
            what=what,
            level="error",
            text=problem.text,
            place=problem.place or Place(path=path),
            remedy=f"edit {problem.place or path}",
        )
        for problem in problems
    ]


def once_each(remarks: list[Remark]) -> tuple[Remark, ...]:
    """Return the remarks in the order of the files; what stands in a base is said once."""
    found: dict[tuple[str, str], Remark] = {}
    for remark in remarks:
        found.setdefault((str(remark.place), remark.text), remark)
    return tuple(sorted(found.values(), key=_position))


def _position(remark: Remark) -> tuple[str, int, int]:
    place = remark.place
    return place.path, place.line or 0, place.column or 0
