"""Draft messages from templates: the first revision of each."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from commscli.compose.sources import gather
from commscli.domain.ids import MessageId, message_folder
from commscli.domain.incident import Incident
from commscli.domain.phases import PHASES
from commscli.errors import BadInput, Refused
from commscli.gates.case import IncidentCase
from commscli.ledger.record_files import RecordBytes, folder_of
from commscli.ledger.writer import Change
from commscli.workflow.incident.declaring import active
from commscli.workflow.incident.matrix import OPEN_STATES, cell_of, due
from commscli.workflow.incident.renewing import matrix
from commscli.workflow.messages.attaching import FOLDER
from commscli.workflow.messages.manifest import Cell, manifest, read_draft
from commscli.workflow.messages.sizing import FILE, Answers, questions_for, size_up_file
from commscli.workflow.messages.wording import Told, template_for, worded
from commscli.workflow.recording import (
    Act,
    Recorded,
    change_of,
    draft_heads,
    record_of,
    require_may,
)
from commscli.workflow.session import Session
from commscli.workflow.settings import Settings, load_settings
from commscli.workflow.verdicts.preapproving import passed_words


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody asks to have drafted. No audience means all that is due.

    ``words`` makes the whole text for an audience, where that comes from no template; ``answers``
    are what somebody said to the questions of the playbook, by audience. ``attachments`` go with
    each of them.
    """

    audiences: Sequence[str] = ()
    phase: str = ""
    template: str = ""
    words: Callable[[str], bytes] | None = None
    answers: Mapping[str, Answers] = field(default_factory=dict)
    attachments: Mapping[str, bytes] = field(default_factory=dict)


def draft(session: Session, wanted: Wanted) -> Recorded:
    """Render messages and record revision 1 of each, in one commit.

    Raises:
        BadInput: if a template, a fact or an audience is missing.
        Refused: if nothing is due, or a message of that cell is still in work.
    """
    kept: list[RecordBytes] = []

    def make() -> Change | None:
        kept.clear()
        session.require_pin()
        require_may(session, "drafted")
        settings = load_settings(session)
        case, incident = active(session)
        phase = _phase(wanted.phase, incident)
        audiences = _audiences(session, settings, wanted, case, phase)
        files: dict[str, bytes] = {}
        for audience in audiences:
            record, own = _first_revision(session, settings, case, audience, wanted)
            kept.append(record)
            files |= own
        names = ", ".join(r.record.message for r in kept)
        return change_of(session, kept, subject=f"Draft {names}", files=files)

    written = session.write(make)
    return Recorded(records=tuple(kept), written=written, notes=tuple(session.notes))


def _first_revision(
    session: Session, settings: Settings, case: IncidentCase, audience: str, wanted: Wanted
) -> tuple[RecordBytes, dict[str, bytes]]:
    """Return the record of a message's first revision, and the files that it comes with."""
    incident = active(session)[1]
    phase = _phase(wanted.phase, incident)
    message = free_message(case, phase, audience)
    cell = Cell(incident=incident, message=message, audience=audience, phase=phase)
    data, chain = (
        (wanted.words(audience), ())
        if wanted.words
        else _words(session, settings, cell, wanted.template)
    )
    written = read_draft(data, cell.path, one_to_one=settings.audiences[audience].one_to_one)
    body = manifest(session, settings, cell, written, revision=1, template=chain,
                    attachments=wanted.attachments)  # fmt: skip
    act = Act(
        kind="drafted",
        body=body,
        incident=incident.id,
        message=message,
        drill=incident.drill,
        after=draft_heads(case),
    )
    answers = {q: answer for q, answer in wanted.answers.get(audience, {}).items() if answer}
    sized = {f"{folder_of(incident.id, message)}/{FILE}": size_up_file(answers)} if answers else {}
    attached = {f"{cell.folder}/{FOLDER}/{n}": file for n, file in wanted.attachments.items()}
    return record_of(session, act), {cell.path: data, **sized, **attached}


def questions(session: Session, wanted: Wanted) -> dict[str, tuple[str, ...]]:
    """Return what is asked of each message that would be drafted, before a word is written.

    Nothing, where its words were passed beforehand: there is none to choose.

    Raises:
        BadInput: if an audience or a fact is missing.
        Refused: if nothing is due.
    """
    settings = load_settings(session)
    case, incident = active(session)
    playbook, phase = settings.playbook(incident.playbook), _phase(wanted.phase, incident)
    found: dict[str, tuple[str, ...]] = {}
    for audience in _audiences(session, settings, wanted, case, phase):
        asked = questions_for(playbook, settings.audiences[audience])
        cell = Cell(incident=incident, message=MessageId(""), audience=audience, phase=phase)
        if asked and not _passed(session, settings, cell, wanted.template):
            found[audience] = asked
    return found


def _phase(text: str, incident: Incident) -> str:
    if not text:
        return incident.phase
    if text in PHASES:
        return text
    raise BadInput(f"{text!r} is no phase", remedy=f"one of {', '.join(PHASES)}", code="bad-phase")


def _audiences(
    session: Session, settings: Settings, wanted: Wanted, case: IncidentCase, phase: str
) -> list[str]:
    if not wanted.audiences:
        incident = active(session)[1]
        found = due(matrix(session, settings, case, incident)[0], phase)
        if not found:
            raise Refused(
                f"nothing is due in {phase}",
                remedy="comms status; name an audience to write another update",
                code="nothing-due",
            )
        return found
    chosen = list(dict.fromkeys(settings.audience(text) for text in wanted.audiences))
    for audience in chosen:
        for message in case.messages:
            if cell_of(message) == (phase, audience) and message.verdict.state in OPEN_STATES:
                raise Refused(
                    f"{message.message} is still in work ({message.verdict.state})",
                    remedy=f"comms revise {message.message}",
                    code="in-work",
                )
    return sorted(chosen, key=list(settings.audiences).index)


def free_message(case: IncidentCase, phase: str, audience: str) -> MessageId:
    """Return the next id of a cell that no message has."""
    taken = {message.message for message in case.messages}
    numbers = (message_folder(phase, audience, number) for number in range(1, 10_000))
    return next(name for name in numbers if name not in taken)


def _words(
    session: Session, settings: Settings, cell: Cell, template: str
) -> tuple[bytes, tuple[tuple[str, str], ...]]:
    """Return the words of a draft: passed beforehand, where there are such and none are asked for.

    The chain of templates is that of the template, whose text the gates passed flattened.
    """
    playbook = settings.playbook(cell.incident.playbook)
    passed = _passed(session, settings, cell, template)
    if passed:
        sources = gather(_template(settings, cell, template), settings.templates)
        return passed.encode(), tuple((one.name, one.digest) for one in sources)
    text, chain = worded(settings, playbook, _told(cell), _template(settings, cell, template))
    return text.encode(), chain


def _passed(session: Session, settings: Settings, cell: Cell, template: str) -> str:
    """Return the words that gates passed beforehand for a cell; none, where a template is named."""
    if template:
        return ""
    name = _template(settings, cell, template)
    return passed_words(session, settings, cell.incident, _told(cell), name) or ""


def _template(settings: Settings, cell: Cell, template: str) -> str:
    playbook = settings.playbook(cell.incident.playbook)
    return template or template_for(settings, playbook, cell.phase, cell.audience)


def _told(cell: Cell) -> Told:
    return Told(
        audience=cell.audience,
        phase=cell.phase,
        title=cell.incident.title,
        severity=cell.incident.severity,
        facts=cell.incident.facts,
    )
