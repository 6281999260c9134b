"""``playbooks/*.yaml``: a scenario that was thought through in peace time."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Self

from pydantic import Field, model_validator

from commscli.documents.document import Loc
from commscli.documents.models.audiences import Detail
from commscli.documents.models.kinds import (
    Duration,
    Folder,
    Id,
    Phase,
    Several,
    Severity,
    SomeLine,
    Strict,
    TimeOfDayOrEmpty,
)  # fmt: skip
from commscli.documents.models.playbook_cells import PlaybookCells
from commscli.documents.models.playbook_parts import Escalation, Party, Who, duty_faults
from commscli.documents.validate import Misplaced
from commscli.domain.urgency import Urgency

OPTIONAL = ("monitoring", "analysis", "publishing")
"""The phases in which a message may be written, and nobody waits for one, unless it is said."""
ACKNOWLEDGE = timedelta(minutes=15)
"""The outer limit for the first acknowledgement after a declaration."""


def _optional() -> dict[str, Who]:
    return dict.fromkeys(OPTIONAL, "all")


class Playbook(Strict, PlaybookCells):
    """One scenario: who must be told in which phase, how often, and with which words.

    ``templates`` is the folder whose templates override the base set; ``estimates`` are what
    each gate usually takes; ``language`` are notes to whoever writes. ``acknowledge`` is how
    soon the first acknowledgement has to be out, ``cadence`` how long an audience waits for
    the next update at most, which a severity or the urgency of a request may shorten, and
    ``end_of_day`` the local time by which everybody who waits has heard from us that day.
    ``clocks`` are the regulatory clocks that the scenario suggests looking at, by id;
    ``questions`` are what the spokesperson answers before drafting, for each level of detail.
    ``responsibilities`` say who communicates what, each duty exactly once.
    """

    title: SomeLine
    summary: str
    templates: Folder = "base"
    required: dict[Phase, Who]
    optional: dict[Phase, Who] = Field(default_factory=_optional)
    acknowledge: Duration = ACKNOWLEDGE
    cadence: dict[Phase, Duration] = Field(default_factory=dict)
    cadence_by_severity: dict[Severity, dict[Phase, Duration]] = Field(default_factory=dict)
    cadence_by_urgency: dict[Urgency, Duration] = Field(default_factory=dict)
    end_of_day: TimeOfDayOrEmpty = ""
    estimates: dict[Id, Duration] = Field(default_factory=dict)
    responsibilities: dict[Id, Party] = Field(default_factory=dict)
    escalations: Several[Escalation] = ()
    clocks: Several[Id] = ()
    questions: dict[Detail, Several[SomeLine]] = Field(default_factory=dict)
    language: Several[str] = ()

    @model_validator(mode="after")
    def _whole(self) -> Self:
        faults = [*duty_faults(self.responsibilities), *self._second_escalations()]
        if faults:
            raise Misplaced(faults)
        return self

    def _second_escalations(self) -> Iterator[tuple[Loc, str]]:
        seen: set[str] = set()
        for number, escalation in enumerate(self.escalations):
            if escalation.id in seen:
                yield ("escalations", number, "id"), f"a second escalation `{escalation.id}`"
            seen.add(escalation.id)
