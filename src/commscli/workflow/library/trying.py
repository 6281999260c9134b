"""Render a template with the facts of an incident that never was."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from commscli.compose.examples import example_facts
from commscli.compose.render import Draft, render
from commscli.compose.sources import Source, gather
from commscli.compose.words import Words
from commscli.domain.facts import normalise
from commscli.domain.phases import PHASES, names_next_update
from commscli.errors import BadInput
from commscli.workflow.circumstances import Circumstances
from commscli.workflow.library.shelf import Shelf

TITLE = "Checkout outage"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What to try: a template, for whom and when, and facts instead of the examples.

    ``bare`` takes the examples away, and shows the neutral wording of what is missing. An
    audience or a phase that is not said follows from the name and the head of the template.
    """

    template: str
    audience: str = ""
    phase: str = ""
    severity: str = "SEV-1"
    facts: Mapping[str, str] = field(default_factory=dict)
    bare: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What came out. ``needs`` are the facts without which nothing does."""

    trial: Trial
    draft: Draft
    summary: str
    needs: tuple[str, ...]


def attempt(shelf: Shelf, circumstances: Circumstances, trial: Trial) -> Tried:
    """Render a template as a draft would be.

    Raises:
        BadInput: if there is no such template, it cannot be used, or a fact is missing.
    """
    source = gather(trial.template, shelf.templates)[0]
    given = {
        key: normalise(key, value, zone=shelf.zone, now=circumstances.now)
        for key, value in trial.facts.items()
    }
    facts = given if trial.bare else {**example_facts(shelf.zone), **given}
    words = words_of(shelf, trial, source)
    draft = render(name=trial.template, sources=shelf.templates, facts=facts, words=words)
    return Tried(
        trial=trial, draft=draft, summary=source.head.summary,
        needs=needs(shelf, trial.template, words),
    )  # fmt: skip


def needs(shelf: Shelf, name: str, words: Words) -> tuple[str, ...]:
    """Return the facts that a template cannot do without, in the order of its text."""
    try:
        render(name=name, sources=shelf.templates, facts={}, words=words)
    except BadInput as fault:
        if fault.code != "missing-facts":
            raise
        return tuple(dict.fromkeys(p.text.split("`")[1] for p in fault.problems))
    return ()


def words_of(shelf: Shelf, trial: Trial, source: Source) -> Words:
    """Return what is said besides facts: the organisation's own name, an invented incident.

    Raises:
        BadInput: if there is no such phase or audience.
    """
    phase = trial.phase or _phase(source)
    if phase not in PHASES:
        raise BadInput(
            f"{phase!r} is no phase", remedy=f"one of {', '.join(PHASES)}", code="bad-phase"
        )
    id_ = trial.audience or source.name.rpartition("/")[2]
    if trial.audience and id_ not in shelf.audiences:
        raise BadInput(
            f"no audience is called {id_!r}",
            remedy=f"there are {', '.join(shelf.audiences)} (audiences.yaml)",
            code="no-audience",
        )
    audience = shelf.audiences.get(id_)
    offset = shelf.organisation.defaults.next_update if names_next_update(phase) else ""
    return Words(
        organisation=shelf.organisation.organisation,
        timezone=shelf.organisation.timezone,
        incident=TITLE,
        severity=trial.severity,
        phase=phase,
        audience=audience.name if audience else "Readers",
        detail=audience.detail if audience else "simple",
        one_to_one=audience.one_to_one if audience else False,
        next_update=offset,
    )


def _phase(source: Source) -> str:
    named = next((part for part in source.name.split("/") if part in PHASES), "")
    return named or next(iter(source.head.phases), "investigation")
