"""What was said outside the tool: the words are kept, and the record names them by digest."""

from collections.abc import Mapping
from hashlib import sha256

from commscli.documents.characters import character_problems, read_text
from commscli.domain.ids import Digest
from commscli.domain.records import Said
from commscli.errors import BadInput
from commscli.gates.case import IncidentCase
from commscli.ledger.record_files import folder_of
from commscli.ledger.repository import tip
from commscli.ledger.snapshot import Snapshot, snapshot
from commscli.workflow.incident.declaring import active
from commscli.workflow.recording import Act, Recorded, record_acts
from commscli.workflow.session import Session


def say(session: Session, where: str, given: bytes) -> Recorded:
    """Record that somebody said something elsewhere, word by word.

    Raises:
        BadInput: if there are no words, or they are no plain text.
    """
    text = read_text(given, "the words").replace("\r\n", "\n").strip("\n")
    if not text.strip():
        raise BadInput("there are no words", remedy="--text TEXT, or - for stdin", code="usage")
    problems = list(character_problems(text, path="the words", first_line=1))
    if problems:
        raise BadInput(
            "the words have characters that nobody sees",
            remedy="plain text can be kept",
            problems=problems,
            code="unwritable",
        )
    data = f"{text}\n".encode()
    digest = Digest(sha256(data).hexdigest())
    session.refresh()
    case, incident = active(session)
    act = Act(
        kind="said",
        body=Said(where=where, digest=digest),
        incident=case.id,
        drill=incident.drill,
    )
    subject = f"Record what was said of {case.id}"
    return record_acts(session, [act], subject=subject, files={path_of(case, digest): data})


def path_of(case: IncidentCase, digest: str) -> str:
    """Return where words lie that were said."""
    return f"{folder_of(case.id)}/said/{digest[:16]}.md"


def words_said(session: Session, case: IncidentCase) -> Mapping[str, str]:
    """Return the words by their digest; words that are not there any more, or others, are not."""
    with snapshot(session.repository, tip(session.repository)) as files:
        return words_in(files, case)


def words_in(files: Snapshot, case: IncidentCase) -> Mapping[str, str]:
    """Return what `words_said` does, of the files of one commit."""
    bodies = [
        placed.record.body for placed in case.ordered.of_kind("said", case.ordered.everything)
    ]
    found: dict[str, str] = {}
    for body in bodies:
        data = files.read(path_of(case, body.digest)) if isinstance(body, Said) else None
        if isinstance(body, Said) and data and sha256(data).hexdigest() == body.digest:
            found[body.digest] = data.decode(errors="replace").strip()
    return found
