"""What is measured: the course of an incident as its records tell it.

Every time here is the claim of whoever signed the record. Two machines' clocks may differ, so
nothing may rest on such a number but the wish to do better.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One gate of one message, and the oks that counted in it.

    ``written`` is when the words that were judged were recorded; ``after`` are the gates that
    had to stand before. ``how`` is the state of the gate, such as ``passed``.
    """

    gate: str
    how: str
    after: tuple[str, ...]
    written: datetime
    oks: tuple[datetime, ...]
    by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SentOut:
    """One send that reached somebody, and the next update that its words promised."""

    at: datetime
    promised: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """One message from its first revision to its sends."""

    message: str
    audience: str
    phase: str
    state: str
    drafted: datetime
    revisions: int
    objections: int
    suggestions: int
    gates: tuple[Judged, ...]
    sends: tuple[SentOut, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """One incident. ``inside`` are the audiences whose members work on it or next to it.

    ``skipped`` is by phase and audience, with the reason.
    """

    incident: str
    title: str
    severity: str
    stage: str
    drill: bool
    declared: datetime
    inside: frozenset[str]
    skipped: Mapping[tuple[str, str], str]
    journeys: tuple[Journey, ...]
