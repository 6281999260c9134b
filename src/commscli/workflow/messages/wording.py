"""The words of a first draft: a template, rendered for one audience in one phase."""

from collections.abc import Mapping
from dataclasses import dataclass

from commscli.compose.choose import choose
from commscli.compose.render import render
from commscli.compose.words import Words
from commscli.documents.front_matter import HeadValue, join
from commscli.documents.models.playbook import Playbook
from commscli.domain.durations import format_offset
from commscli.domain.phases import LAST_WORDS
from commscli.domain.urgency import urgency_of
from commscli.workflow.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a draft tells of its incident, and to whom."""

    audience: str
    phase: str
    title: str
    severity: str
    facts: Mapping[str, str]
    corrects: str = ""
    """When the message went out that this one corrects, as people read it."""
    why: str = ""


def template_for(settings: Settings, playbook: Playbook, phase: str, audience: str) -> str:
    """Return the name of the template that a playbook has for an audience in a phase."""
    return choose(
        folder=playbook.templates,
        phase=phase,
        audience=audience,
        detail=settings.audiences[audience].detail,
        existing=settings.templates.keys(),
    )


def worded(
    settings: Settings, playbook: Playbook, told: Told, template: str
) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Return the whole text of a draft, and the chain of templates that it came from.

    Raises:
        BadInput: if a fact is missing, or the template cannot be used.
    """
    audience, organisation = settings.audiences[told.audience], settings.organisation
    offset = _offset(settings, playbook, told)
    rendered = render(
        name=template,
        sources=settings.templates,
        facts=told.facts,
        words=Words(
            organisation=organisation.organisation,
            timezone=organisation.timezone,
            incident=told.title,
            severity=told.severity,
            phase=told.phase,
            audience=audience.name,
            detail=audience.detail,
            one_to_one=audience.one_to_one,
            next_update=offset,
            corrects=told.corrects,
            why=told.why,
        ),
    )
    head: dict[str, HeadValue] = {
        "subject": rendered.subject,
        "channels": list(audience.channels),
    }
    if audience.one_to_one:
        head["recipients"] = audience.recipients
    if offset and "send.next_update" in rendered.body:
        head["next_update"] = offset
    return join(head, rendered.body), rendered.chain


def _offset(settings: Settings, playbook: Playbook, told: Told) -> str:
    if told.phase in LAST_WORDS:
        return ""
    urgency = urgency_of(told.facts) or ""
    pace = playbook.pace(told.phase, severity=told.severity, urgency=urgency)
    return settings.organisation.defaults.next_update if pace is None else format_offset(pace)
