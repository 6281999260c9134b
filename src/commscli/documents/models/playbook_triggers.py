"""What the trigger of an escalation says: apart from the model of its file, which looking skips."""

from datetime import timedelta
from typing import Protocol

from commscli.domain.durations import format_duration
from commscli.domain.escalations import Trigger
from commscli.domain.severity import SEVERITIES


class _When(Protocol):
    """A trigger, as its model has it and as a look remembers it."""

    @property
    def severity(self) -> str | None: ...
    @property
    def after(self) -> timedelta | None: ...
    @property
    def fact(self) -> str | None: ...


class SaysWhen:
    """The questions to a trigger."""

    @property
    def trigger(self: _When) -> Trigger:
        """What it is held against: the course of an incident, and its facts."""
        return Trigger(severity=self.severity, after=self.after, fact=self.fact)

    def said(self: _When) -> str:
        """Return the trigger in words."""
        if self.severity is not None:
            worst = self.severity == SEVERITIES[0]
            return f"severity {self.severity}{'' if worst else ' or worse'}"
        if self.after is not None:
            return f"{format_duration(self.after)} after the declaration"
        return f"the fact {self.fact} is known"
