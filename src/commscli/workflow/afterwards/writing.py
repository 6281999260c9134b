"""Where a report goes: a file, with what people wrote in it kept; or the repository itself."""

from collections.abc import Callable
from pathlib import Path

from commscli.documents.generated_part import replaced
from commscli.documents.placing import require_no_links
from commscli.errors import BadInput, Refused
from commscli.ledger.repository import tip
from commscli.ledger.snapshot import snapshot
from commscli.ledger.writer import Change
from commscli.workflow.afterwards.reporting import IncidentReport, report_on
from commscli.workflow.session import Session
from commscli.workflow.written import Written

Part = Callable[[IncidentReport], bytes]


def whole_page(report: IncidentReport, part: bytes, first: bytes, *, page: bytes = b"") -> bytes:
    """Return the report with a new generated part.

    ``first`` is what a page begins as; ``page`` what lies where it goes, if not the report's.
    """
    there = page or report.page
    if there:
        return replaced(there, part, path=report.path)
    title, below = first.split(b"\n\n", 1)
    begun = replaced(title, part, path=report.path)
    return begun + b"\n" + below


def write_markdown(report: IncidentReport, file: Path, part: bytes, first: bytes) -> None:
    """Write the report into a file; of what is there only the generated part is replaced.

    Raises:
        BadInput: if the marker lines there are damaged.
        OSError: if it cannot be written.
    """
    there = file.read_bytes() if file.exists() else b""
    file.write_bytes(whole_page(report, part, first, page=there))


def write_page(file: Path, page: str, *, generator: str) -> None:
    """Write the HTML page; only such a page is ever overwritten.

    Raises:
        BadInput: if something else is there.
    """
    if file.exists() and generator.encode() not in file.read_bytes():
        raise BadInput(
            f"{file} is there already, and is no report", remedy="-o ANOTHER-FILE", code="taken"
        )
    file.write_text(page, encoding="utf-8")


def save(session: Session, part: Part, first: Part) -> tuple[IncidentReport, Written]:
    """Commit the report to its place beside the records, and share it.

    Raises:
        Refused: if the page has edits that are not committed, or nothing changed.
    """
    session.refresh()
    kept: list[IncidentReport] = []

    def make() -> Change:
        session.require_pin()
        report = report_on(session)
        kept[:] = [report]
        with snapshot(session.repository, tip(session.repository)) as files:
            there = files.read(report.path)
        if (there or b"") != report.page:
            raise Refused(
                f"{report.path} has edits that are not committed",
                remedy=f"git add {report.path} && git commit, then comms report --save",
                code="uncommitted",
            )
        page = whole_page(report, part(report), first(report))
        if page == there:
            raise Refused("the report says all this already", code="nothing-changed")
        require_no_links(session.repository.home, session.repository.home / report.path)
        return Change(
            files={report.path: page},
            expected={report.path: there},
            message=f"Report on {report.incident.id}",
            person=session.actor.person,
            at=session.circumstances.now,
            sign=session.actor.sign_commit,
        )

    written = session.write(make)
    return kept[0], written
