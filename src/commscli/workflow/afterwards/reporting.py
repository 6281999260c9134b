"""The report after an incident: what is known of it, who did what, and how it was told."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from commscli.documents.generated_part import by_people
from commscli.domain.clocks.clock import Clock, Kind
from commscli.domain.follow_ups import FollowUp, of_facts, of_page
from commscli.domain.ids import Digest
from commscli.domain.incident import Incident
from commscli.domain.metrics.measures import Measures
from commscli.domain.records import Moved, Verdict
from commscli.gates.case import IncidentCase
from commscli.gates.message import MessageCase
from commscli.ledger.record_files import folder_of
from commscli.ledger.repository import tip
from commscli.ledger.snapshot import snapshot
from commscli.workflow.afterwards.measuring import measures_of
from commscli.workflow.incident.clocks import every_clock
from commscli.workflow.incident.declaring import active
from commscli.workflow.incident.saying import words_said
from commscli.workflow.incident.story import Event, story, told
from commscli.workflow.session import Session
from commscli.workflow.settings import Settings, load_settings

PAGE = "report.md"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """The phase or the severity from some time on, and why; times are claims."""

    at: str
    value: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """A strong objection, as it may be told.

    One that stands no more was settled by somebody, or else withdrawn.
    """

    at: str
    person: str
    gate: str
    message: str
    text: str
    stands: bool
    settled_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentReport:
    """All that a report tells. ``outcome`` is what the check says of the whole history.

    ``page`` is the report as it lies in the repository, with what people wrote; ``names`` are
    those of the people on the roster; ``laws`` are the clocks of laws that somebody started.
    """

    incident: Incident
    measures: Measures
    events: tuple[Event, ...]
    phases: tuple[Change, ...]
    severities: tuple[Change, ...]
    objections: tuple[Opinion, ...]
    follow_ups: tuple[FollowUp, ...]
    laws: tuple[Clock, ...]
    names: Mapping[str, str]
    settings: Settings
    outcome: str
    page: bytes

    @property
    def path(self) -> str:
        """Where the page lies in the repository."""
        return f"{folder_of(self.incident.id)}/{PAGE}"


def report_on(session: Session) -> IncidentReport:
    """Gather the report on the incident that a command is about.

    Raises:
        BadInput: if that is not clear, or the page's marker lines are damaged.
    """
    settings = load_settings(session)
    case, incident = active(session)
    page = page_of(session, incident)
    path = f"{folder_of(incident.id)}/{PAGE}"
    return IncidentReport(
        incident=incident,
        measures=measures_of(case, incident, settings, session),
        events=story(case, words_said(session, case), settings.audiences),
        phases=tuple(_changes(case, incident, "phase")),
        severities=tuple(_changes(case, incident, "severity")),
        objections=tuple(_objections(case)),
        follow_ups=follow_ups_of(incident, page, path),
        laws=tuple(
            clock
            for clock in every_clock(session, settings, case, incident)
            if clock.kind is Kind.REGULATORY
        ),
        names={id_: person.name for id_, person in session.trust.people.items()},
        settings=settings,
        outcome=str(session.report.outcome),
        page=page,
    )


def follow_ups_of(incident: Incident, page: bytes, path: str) -> tuple[FollowUp, ...]:
    """Return what is to do, from the facts and from what people wrote into the report."""
    written = by_people(page, path=path).decode(errors="replace")
    return (*of_facts(incident.facts), *of_page(written, name=PAGE))


def page_of(session: Session, incident: Incident) -> bytes:
    """Return the page as it lies in the work tree; in a bare repository, at HEAD."""
    path = f"{folder_of(incident.id)}/{PAGE}"
    root = session.repository.work_tree
    if root is not None:
        file = root / path
        return file.read_bytes() if file.is_file() and not file.is_symlink() else b""
    with snapshot(session.repository, tip(session.repository)) as files:
        return files.read(path) or b""


def _changes(case: IncidentCase, incident: Incident, kind: str) -> Iterator[Change]:
    """Yield the value at the declaration, and each that was recorded since."""
    valid = {d for d, s in case.standings.items() if s.worth == "valid"}
    records = [placed.record for placed in case.ordered.records if placed.digest in valid]
    declared = next(r for r in records if r.kind == "declared")
    first = str(getattr(declared.body, kind))
    yield Change(at=incident.declared_at, value=first, why="")
    for record in records:
        if record.kind == kind and isinstance(record.body, Moved):
            yield Change(at=record.at, value=record.body.value, why=record.body.why)


def _objections(case: IncidentCase) -> Iterator[Opinion]:
    for message in case.messages:
        everything = message.ordered.everything
        standing = {placed.digest for placed in message.now.objections(everything)}
        for placed in message.now.of_kind(everything, "objected"):
            body = placed.record.body
            if isinstance(body, Verdict):
                yield Opinion(
                    at=placed.record.at,
                    person=placed.record.person,
                    gate=placed.record.gate,
                    message=message.message,
                    text=told(placed.record, {}),
                    stands=placed.digest in standing,
                    settled_by=_settler(message, placed.digest),
                )


def _settler(message: MessageCase, objection: Digest) -> str:
    """Return who settled an objection, the last of them; nobody, where none did."""
    everything = message.ordered.everything
    people = [
        ok.record.person
        for ok in message.now.of_kind(everything, "ok")
        if isinstance(ok.record.body, Verdict) and objection in ok.record.body.settles
    ]
    return people[-1] if people else ""
