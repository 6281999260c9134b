"""Which days people work on: Monday to Friday, without the holidays of a country."""

from collections.abc import Callable
from datetime import date
from functools import cache

from commscli.domain.clocks.periods import Calendar, WorkingDay, monday_to_friday
from commscli.errors import BadInput
from commscli.workflow.settings import Settings


def calendars(settings: Settings) -> Callable[[str], Calendar]:
    """Return what gives the calendar of a country, and the organisation's for ``""``."""

    def calendar_of(country: str) -> Calendar:
        where = country or settings.organisation.holidays
        return Calendar(zone=settings.zone, is_working_day=working_days(where))

    return calendar_of


@cache
def working_days(country: str) -> WorkingDay:
    """Return whether people work on a day, in a country or a part of one (``GB-ENG``).

    The holidays are looked up only once a business day is asked for: that costs a moment.
    """
    if not country:
        return monday_to_friday
    holidays: list[WorkingDay] = []

    def is_working_day(day: date) -> bool:
        if not monday_to_friday(day):
            return False
        if not holidays:
            holidays.append(_holidays(country))
        return not holidays[0](day)

    return is_working_day


def require_holidays(country: str) -> None:
    """Refuse a country whose holidays nobody has written down; none at all is fine.

    Raises:
        BadInput: with what can be written instead.
    """
    if country:
        _holidays(country)


def _holidays(country: str) -> Callable[[date], bool]:
    """Return whether a day is a holiday there.

    Raises:
        BadInput: if nobody has written down the holidays of that country.
    """
    from holidays import country_holidays  # noqa: PLC0415 - lazy: it is large

    name, _, part = country.partition("-")
    try:
        known = country_holidays(name, subdiv=part or None)
    except NotImplementedError:
        raise BadInput(
            f"no holidays are known for {country}",
            remedy="comms.yaml: holidays: GB, or another country (ISO 3166), or none at all",
            code="bad-holidays",
        ) from None
    return lambda day: day in known
