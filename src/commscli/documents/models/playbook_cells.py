"""What a playbook answers of its cells: apart from the model of its file, which looking skips."""

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any, Protocol


class _Cells(Protocol):
    """What a playbook says of its cells, as its model has it and as a look remembers it."""

    @property
    def required(self) -> Mapping[Any, Collection[str]]: ...
    @property
    def optional(self) -> Mapping[Any, Collection[str]]: ...
    @property
    def cadence(self) -> Mapping[Any, timedelta]: ...
    @property
    def cadence_by_severity(self) -> Mapping[Any, Mapping[Any, timedelta]]: ...
    @property
    def cadence_by_urgency(self) -> Mapping[Any, timedelta]: ...


class PlaybookCells:
    """The questions to a playbook."""

    def requires(self: _Cells, phase: str, audience: str) -> bool:
        """Whether this cell of the matrix has to be filled."""
        return _names(self.required.get(phase, ()), audience)

    def allows(self: _Cells, phase: str, audience: str) -> bool:
        """Whether this cell may be filled and need not be: what is required is not optional."""
        optional = _names(self.optional.get(phase, ()), audience)
        return optional and not _names(self.required.get(phase, ()), audience)

    def pace(
        self: _Cells, phase: str, *, severity: str = "", urgency: str = ""
    ) -> timedelta | None:
        """Return how long somebody waits at most: by severity, else by urgency, else by phase."""
        return (
            self.cadence_by_severity.get(severity, {}).get(phase)
            or self.cadence_by_urgency.get(urgency)
            or self.cadence.get(phase)
        )


def _names(who: Collection[str], audience: str) -> bool:
    return who == "all" or audience in who
