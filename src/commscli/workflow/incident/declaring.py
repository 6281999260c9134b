"""Declare an incident, and record what becomes known of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from commscli.domain.facts import checked_key, normalise
from commscli.domain.ids import IncidentId, is_folder, slug
from commscli.domain.incident import Incident
from commscli.domain.phases import DECLARABLE, PHASES
from commscli.domain.records import Declared, Fact, Moved, Skipped
from commscli.domain.severity import parse_severity
from commscli.errors import BadInput, Refused
from commscli.gates.case import IncidentCase
from commscli.ledger.record_files import RecordBytes, folder_of
from commscli.workflow.incident.escalating import set_off_by
from commscli.workflow.incident.renewing import matrix
from commscli.workflow.messages.naming import pick_incident
from commscli.workflow.recording import (
    Act,
    Recorded,
    change_of,
    find_incident,
    record_acts,
    record_of,
    require_may,
)
from commscli.workflow.session import Session
from commscli.workflow.settings import Settings, load_settings

if TYPE_CHECKING:
    from commscli.ledger.writer import Change


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """What a person says when they declare."""

    title: str
    severity: str
    playbook: str = ""
    phase: str = ""
    id: str = ""
    facts: Mapping[str, str]
    reporter: str = ""
    references: Sequence[str] = ()
    drill: bool = False


def declare(session: Session, declaration: Declaration) -> Recorded:
    """Declare an incident.

    Raises:
        BadInput: if it cannot be declared like this.
        Refused: if its id is taken.
    """
    session.refresh()
    settings = load_settings(session)
    body = _declared(declaration, settings)
    facts = _normalised(session, settings, declaration.facts)
    kept: list[RecordBytes] = []

    def make() -> "Change":
        session.require_pin()
        require_may(session, "declared")
        incident = _free_id(session, declaration, settings)
        kept.clear()
        act = Act(kind="declared", body=body, incident=incident, drill=declaration.drill)
        kept.append(record_of(session, act))
        for key, value in facts.items():
            require_may(session, "fact")
            after = (kept[-1].digest,)
            fact = Fact(key=key, value=value)
            act = Act(kind="fact", body=fact, incident=incident, drill=declaration.drill,
                      after=after)  # fmt: skip
            kept.append(record_of(session, act))
        kept.extend(set_off_by(session)(kept))
        page = _page(body, kept[0], drill=declaration.drill)
        return change_of(
            session,
            kept,
            subject=f"Declare {incident}",
            files={f"{folder_of(incident)}/incident.yaml": page},
        )

    written = session.write(make)
    return Recorded(records=tuple(kept), written=written, notes=tuple(session.notes))


def _declared(declaration: Declaration, settings: Settings) -> Declared:
    defaults = settings.organisation.defaults
    playbook = declaration.playbook or defaults.playbook
    settings.playbook(playbook)
    phase = declaration.phase or defaults.phase
    if phase not in DECLARABLE:
        known = phase in PHASES
        raise BadInput(
            f"an incident is declared in {' or '.join(DECLARABLE)}, not in {phase}"
            if known
            else f"{phase!r} is no phase",
            remedy="declare it in the phase it was in, then comms phase says where it is now",
            code="bad-phase",
        )
    if not declaration.title.strip():
        raise BadInput("the title is empty", remedy='comms new "Checkout outage" --severity 1')
    return Declared(
        title=declaration.title.strip(),
        playbook=playbook,
        severity=parse_severity(declaration.severity),
        phase=phase,
        reporter=declaration.reporter,
        references=list(declaration.references),
    )


def _free_id(session: Session, declaration: Declaration, settings: Settings) -> IncidentId:
    taken = {incident.id for incident in session.case.incidents}
    if declaration.id:
        if not is_folder(declaration.id):
            raise BadInput(
                f"{declaration.id!r} cannot be an incident's id: small letters, digits, hyphens",
                remedy=f"--id {slug(declaration.id) or 'checkout-outage'}",
                code="bad-id",
            )
        if declaration.id in taken:
            raise Refused(
                f"{declaration.id} is already declared",
                remedy=f"comms -i {declaration.id} status, or another --id",
                code="taken",
            )
        return IncidentId(declaration.id)
    day = session.circumstances.now.astimezone(settings.zone).date().isoformat()
    base = f"{day}-{slug(declaration.title) or 'incident'}"
    numbers = (IncidentId(f"{base}-{n}" if n > 1 else base) for n in range(1, 1000))
    return next(id_ for id_ in numbers if id_ not in taken)


def _page(body: Declared, record: RecordBytes, *, drill: bool) -> bytes:
    """Return the declaration as people read it; authority for nothing."""
    from commscli.documents.writing import plain_yaml  # noqa: PLC0415 - loads what writes YAML

    return plain_yaml({
        "title": body.title,
        "severity": body.severity,
        "phase": body.phase,
        "playbook": body.playbook,
        "declared": record.record.at,
        "declared_by": record.record.person,
        "reporter": body.reporter,
        "references": list(body.references),
        "drill": drill,
    }).encode()  # fmt: skip


def _normalised(session: Session, settings: Settings, facts: Mapping[str, str]) -> dict[str, str]:
    now = session.circumstances.now
    return {
        checked_key(key): normalise(key, value, zone=settings.zone, now=now) if value else ""
        for key, value in facts.items()
    }


def active(session: Session) -> tuple[IncidentCase, Incident]:
    """Return the incident that a command is about.

    Raises:
        BadInput: if that is not clear.
    """
    found = pick_incident(session.case, session.circumstances.incident)
    if found.incident is None:
        raise BadInput(f"{found.id} was never declared", remedy="comms check")
    return found, found.incident


def set_facts(session: Session, facts: Mapping[str, str]) -> Recorded:
    """Record facts; an empty value takes one back."""
    session.refresh()
    case, incident = active(session)
    values = _normalised(session, load_settings(session), facts)
    new = {k: v for k, v in values.items() if incident.facts.get(k, "") != v}
    acts = [
        Act(kind="fact", body=Fact(key=k, value=v), incident=case.id, drill=incident.drill)
        for k, v in (new or values).items()
    ]
    subject = f"Record {', '.join(values)} of {case.id}"
    return record_acts(session, acts, subject=subject, then=set_off_by(session))


def move_phase(session: Session, phase: str, why: str) -> Recorded:
    """Record that the incident is in another phase. Any phase may follow any other.

    Raises:
        BadInput: if there is no such phase.
    """
    session.refresh()
    matches = [p for p in PHASES if p == phase.lower()] or [
        p for p in PHASES if phase and p.startswith(phase.lower())
    ]
    if len(matches) != 1:
        raise BadInput(
            f"{phase!r} is no phase", remedy=f"one of {', '.join(PHASES)}", code="bad-phase"
        )
    case, incident = active(session)
    if incident.phase == matches[0]:
        raise Refused(f"{case.id} is already in {matches[0]}", remedy="comms status")
    body = Moved(value=matches[0], why=why)
    act = Act(kind="phase", body=body, incident=case.id, drill=incident.drill)
    subject = f"Move {case.id} to {matches[0]}"
    return record_acts(session, [act], subject=subject, then=set_off_by(session))


def change_severity(session: Session, severity: str, why: str) -> Recorded:
    """Record another severity."""
    session.refresh()
    case, incident = active(session)
    body = Moved(value=parse_severity(severity), why=why)
    act = Act(kind="severity", body=body, incident=case.id, drill=incident.drill)
    subject = f"Set {case.id} to {body.value}"
    return record_acts(session, [act], subject=subject, then=set_off_by(session))


def skip(session: Session, audience: str, why: str, phase: str = "") -> Recorded:
    """Record that an audience gets no message in a phase, on purpose, and why.

    Raises:
        Refused: if that audience has already been told in that phase.
    """
    session.refresh()
    settings = load_settings(session)
    case, incident = active(session)
    body = Skipped(phase=phase or incident.phase, audience=settings.audience(audience), why=why)
    if body.phase not in PHASES:
        raise BadInput(f"{phase!r} is no phase", remedy=f"one of {', '.join(PHASES)}")
    asked, _ = matrix(session, settings, case, incident)
    due = {(cell.phase, cell.audience) for cell in asked if cell.state == "due"}
    for message in case.messages if (body.phase, body.audience) not in due else ():
        prefix = f"{body.phase}-{body.audience}-"
        if message.message.startswith(prefix) and message.sends:
            raise Refused(
                f"{body.audience} was told in {body.phase}: {message.message} is sent",
                remedy="comms status",
                code="sent",
            )
    act = Act(kind="skipped", body=body, incident=case.id, drill=incident.drill)
    subject = f"Skip {body.phase} for {body.audience} in {case.id}"
    return record_acts(session, [act], subject=subject)


def facts_of(session: Session) -> Mapping[str, str]:
    """Return the facts of the incident that a command is about."""
    return active(session)[1].facts


def known_case(session: Session, incident: str) -> IncidentCase:
    """Return an incident by its id, as it is now.

    Raises:
        BadInput: if it is gone.
    """
    found = find_incident(session.case, incident)
    if found is None:
        raise BadInput(f"{incident} is not here any more", remedy="comms sync")
    return found
