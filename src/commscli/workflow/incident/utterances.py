"""The words that reached somebody in an incident: those of sends, and those said elsewhere."""

from collections.abc import Iterator
from hashlib import sha256

from commscli.documents.front_matter import split
from commscli.domain.clocks.course import Course
from commscli.domain.consistency import Uttered
from commscli.domain.moments import moment
from commscli.domain.records import Said
from commscli.gates.case import IncidentCase
from commscli.ledger.record_files import folder_of
from commscli.ledger.snapshot import Snapshot
from commscli.workflow.incident.pacing import valid_of_kind
from commscli.workflow.incident.saying import words_in


def told(files: Snapshot, case: IncidentCase, course: Course) -> Iterator[Uttered]:
    """Yield what messages told. Sent words are frozen; where others lie, the check says so."""
    for one in course.told:
        data = files.read(f"{folder_of(case.id, one.message)}/draft.md")
        if data is not None and sha256(data).hexdigest() == one.words:
            body = split(data.decode(errors="replace"), "draft.md").body
            yield Uttered(who=one.audience, at=one.at, text=body, message=one.message)


def said(files: Snapshot, case: IncidentCase) -> Iterator[Uttered]:
    """Yield what was said elsewhere, as far as its words are still kept."""
    words = words_in(files, case)
    for placed in valid_of_kind(case, "said"):
        body = placed.record.body
        if isinstance(body, Said) and body.digest in words:
            yield Uttered(who=body.where, at=moment(placed.record.at), text=words[body.digest])
