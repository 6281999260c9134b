"""``playbooks/clocks/*.yaml``: the clocks that laws set, as data that people review and change."""

from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator

from commscli.documents.document import Loc
from commscli.documents.models.kinds import Country, Day, Id, Several, SomeLine, Strict
from commscli.documents.validate import Misplaced
from commscli.domain.clocks.periods import Period, Unit, WeekendRule
from commscli.domain.clocks.regulatory import EVENTS, Duty

_CALENDARS = ("clock", "organisation")

Status = Literal["enabled", "proposed", "not-in-force"]
Read = Literal["law", "secondary", "unverified"]
"""What the entry was taken from: the law's text or a page that quotes it, a page about it, or
nothing that could be verified."""


def _calendar_tag(value: object) -> str:
    return "word" if value in _CALENDARS else "country"


_UNITS = {str(unit): unit for unit in Unit}
_RULES = {str(rule): rule for rule in WeekendRule}


def _unit(value: object) -> Unit:
    if value in _UNITS:
        return _UNITS[str(value)]
    raise ValueError(f"expected one of {', '.join(_UNITS)}, found `{value}`")


def _rule(value: object) -> WeekendRule:
    if value in _RULES:
        return _RULES[str(value)]
    raise ValueError(f"expected one of {', '.join(_RULES)}, found `{value}`")


class RegulatoryClock(Strict):
    """One clock of a regime.

    ``trigger`` is the event that a person records; without ``duration`` the regime names no
    time ("without undue delay"). ``met_with`` are clocks whose notice meets this one, too.
    """

    regime: SomeLine
    trigger: SomeLine
    duration: Annotated[int, Field(gt=0, le=3650)] | None = None
    unit: Annotated[Unit, BeforeValidator(_unit)] | None = None
    calendar: Annotated[
        Annotated[Literal["clock", "organisation"], Tag("word")]
        | Annotated[Country, Tag("country")],
        Discriminator(_calendar_tag),
    ]
    chained_from: Id
    weekend: Annotated[WeekendRule, BeforeValidator(_rule)] = WeekendRule.NONE
    met_with: Several[Id] = ()
    tell: Annotated[Several[SomeLine], Field(min_length=1)]
    content: Several[SomeLine] = ()
    source: SomeLine
    read: Read
    status: Status
    reviewed: Day | None = None
    reviewed_by: SomeLine | None = None
    note: SomeLine | None = None

    @model_validator(mode="after")
    def _both_or_neither(self) -> Self:
        if (self.duration is None) != (self.unit is None):
            text = "`duration` and `unit` belong together: 72 and hours; neither, for no delay"
            raise Misplaced([((), text)])
        return self

    @property
    def period(self) -> Period | None:
        """How long it runs; nothing, where the regime names no time."""
        if self.duration is None or self.unit is None:
            return None
        return Period(count=self.duration, unit=self.unit, weekend=self.weekend)

    def duty(self, id_: str) -> Duty:
        """Return what the clocks of an incident need to know of it."""
        country = "" if self.calendar in _CALENDARS else self.calendar
        return Duty(
            id=id_,
            regime=self.regime,
            period=self.period,
            chained_from=self.chained_from,
            met_with=self.met_with,
            tell=self.tell,
            country=country,
        )


class RegulatoryClocks(Strict):
    """A whole file. ``reviewed`` is the day on which somebody last held it against the law."""

    reviewed: Day
    reviewed_by: SomeLine
    clocks: dict[Id, RegulatoryClock]

    @model_validator(mode="after")
    def _chained(self) -> Self:
        faults = [*self._loose_ends()]
        if faults:
            raise Misplaced(faults)
        return self

    def _loose_ends(self) -> Iterator[tuple[Loc, str]]:
        for id_, clock in self.clocks.items():
            if clock.chained_from not in (*EVENTS, *self.clocks):
                expected = f"{', '.join(EVENTS)} or a clock of this file"
                text = f"expected {expected}, found `{clock.chained_from}`"
                yield ("clocks", id_, "chained_from"), text
            elif id_ in self._before(id_):
                yield ("clocks", id_, "chained_from"), f"{id_} would run from itself"
            for number, other in enumerate(clock.met_with):
                if other not in self.clocks:
                    yield ("clocks", id_, "met_with", number), f"no clock is called `{other}`"

    def _before(self, id_: str) -> list[str]:
        """Return the clocks that have to be met before one starts."""
        found: list[str] = []
        before = self.clocks[id_].chained_from
        while before in self.clocks and before not in found:
            found.append(before)
            before = self.clocks[before].chained_from
        return found
