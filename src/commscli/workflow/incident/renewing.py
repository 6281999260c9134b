"""Who is due further words in the phase of now, though the matrix was filled: and why.

An escalation asks for them, the incident went back to a phase, or a fact that an audience was
told is not so any more.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from zoneinfo import ZoneInfo

from commscli.domain.clocks.course import RESOLVED
from commscli.domain.facts import KEYS
from commscli.domain.ids import Digest
from commscli.domain.incident import Incident
from commscli.domain.moments import moment
from commscli.domain.phases import LAST_WORDS
from commscli.domain.records import Drafted, Skipped
from commscli.gates.case import IncidentCase
from commscli.gates.message import MessageCase, Send
from commscli.ledger.record_files import folder_of
from commscli.ledger.repository import tip
from commscli.ledger.snapshot import snapshot
from commscli.workflow.incident.courses import course_of, last_changed
from commscli.workflow.incident.escalating import Escalated, escalations
from commscli.workflow.incident.freshness import facts_of_writer
from commscli.workflow.incident.matrix import Cell, cells
from commscli.workflow.incident.pacing import valid_of_kind
from commscli.workflow.messages.reading import drafted
from commscli.workflow.session import Session
from commscli.workflow.settings import Settings

_PASSING = frozenset({"bridge", "ticket", "owner", "reporter", "progress", "next_step"})
"""Facts that help those who work on it, or that are meant to change from update to update."""


def matrix(
    session: Session, settings: Settings, case: IncidentCase, incident: Incident
) -> tuple[tuple[Cell, ...], tuple[Escalated, ...]]:
    """Return every cell as it is asked for now, and the escalations that were set off."""
    playbook, now = settings.playbook(incident.playbook), session.circumstances.now
    escalated = escalations(case, incident, playbook, session.trust, now)
    somebody = any(playbook.requires(incident.phase, audience) for audience in settings.audiences)
    again = due_again(session, settings.zone, case, incident, escalated, asks_somebody=somebody)
    return cells(incident, case.messages, settings.audiences, playbook, again), escalated


def due_again(
    session: Session,
    zone: ZoneInfo,
    case: IncidentCase,
    incident: Incident,
    escalated: Sequence[Escalated],
    *,
    asks_somebody: bool,
) -> Mapping[str, tuple[str, ...]]:
    """Return the audiences that are due further words now, each with every reason.

    ``asks_somebody`` says whether the playbook requires any cell of this phase: an escalation
    brings audiences into such a phase, and makes none of a phase that may go without words.
    """
    if incident.closed or incident.phase in LAST_WORDS[1:]:
        return {}
    found: dict[str, tuple[str, ...]] = {}
    for audience, reason in (
        *(_escalated(case, incident, escalated) if asks_somebody else ()),
        *(_back_again(zone, case, incident) if asks_somebody else ()),
        *_told_otherwise(session, zone, case, incident),
    ):
        found[audience] = (*found.get(audience, ()), reason)
    return found


def _escalated(
    case: IncidentCase, incident: Incident, escalated: Sequence[Escalated]
) -> Iterator[tuple[str, str]]:
    """Yield whom an escalation concerns who has heard nothing since it was set off."""
    course = course_of(case, incident)
    if incident.phase in RESOLVED:
        return
    for one in escalated:
        for audience in one.due:
            told = course.first([audience], since=one.since)
            if told is None and not _settled(case, incident, audience, one.since):
                yield audience, f"{one.id}: {one.trigger}"


def _back_again(
    zone: ZoneInfo, case: IncidentCase, incident: Incident
) -> Iterator[tuple[str, str]]:
    """Yield who was told in this phase before, and not since the incident went back to it."""
    since = moment(incident.phase_since)
    if incident.phases.count(incident.phase) == 1:
        return
    course = course_of(case, incident)
    for audience in dict.fromkeys(t.audience for t in course.told if t.phase == incident.phase):
        told = course.first([audience], since=since)
        if told is None and not _settled(case, incident, audience, since):
            at = f"{since.astimezone(zone):%H:%M}"
            yield audience, f"the incident is in {incident.phase} again since {at}"


def _settled(case: IncidentCase, incident: Incident, audience: str, since: datetime) -> bool:
    """Whether the lead decided, since then, that an audience gets nothing (more) in this phase."""
    return any(
        isinstance(body := placed.record.body, Skipped)
        and (body.phase, body.audience) == (incident.phase, audience)
        and moment(placed.record.at) >= since
        for placed in valid_of_kind(case, "skipped")
    )


def _told_otherwise(
    session: Session, zone: ZoneInfo, case: IncidentCase, incident: Incident
) -> Iterator[tuple[str, str]]:
    """Yield whose last words state a fact that has another value by now, or none."""
    for audience, (message, send) in _last_words(case).items():
        changed = _changed(case, incident, message, send.subject)
        if not changed:
            continue
        since = max(last_changed(case, key) for key in changed)
        words = _words(session, message, send.subject)
        told = sorted(key for key, value in changed.items() if _states(words, key, value, zone))
        if told and not _settled(case, incident, audience, since):
            yield audience, f"{', '.join(told)} changed since they were told"


def _words(session: Session, message: MessageCase, subject: Digest) -> str:
    """Return the words that were sent: they lie there still, or a check says that they do not."""
    path = f"{folder_of(message.incident, message.message)}/draft.md"
    with snapshot(session.repository, tip(session.repository)) as files:
        data = files.read(path) or b""
    return data.decode() if sha256(data).hexdigest() == drafted(message, subject).draft else ""


def _last_words(case: IncidentCase) -> dict[str, tuple[MessageCase, Send]]:
    """Return the last that was sent to each audience, in the order of their first words."""
    found: dict[str, tuple[str, MessageCase, Send]] = {}
    for message in case.messages:
        for send in message.sends:
            body = message.revisions.drafts[send.subject].body
            if send.sent is None or not isinstance(body, Drafted):
                continue
            at = send.sent.record.at
            if body.audience not in found or at >= found[body.audience][0]:
                found[body.audience] = at, message, send
    return {audience: (message, send) for audience, (_, message, send) in found.items()}


def _changed(
    case: IncidentCase, incident: Incident, message: MessageCase, subject: Digest
) -> dict[str, str]:
    """Return the facts of which the writer knew another value than that of now."""
    then = facts_of_writer(case, message, subject) or {}
    return {
        key: value
        for key, value in then.items()
        if key not in _PASSING and incident.facts.get(key) != value
    }


def _states(words: str, key: str, value: str, zone: ZoneInfo) -> bool:
    """Whether words state a value: a text as it is, a time by its hour and minute."""
    if key in KEYS and KEYS[key].kind == "time":
        at = moment(value).astimezone(zone)
        return f"{at:%H:%M}" in words
    return " ".join(value.split()).casefold() in " ".join(words.split()).casefold()
