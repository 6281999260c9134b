"""What ``init``, ``join`` and ``doctor`` say."""

from collections.abc import Iterable

from commscli.render.documents import Document, plain_document
from commscli.render.human import Paint, paragraph
from commscli.workflow.setup.doctoring import Answer
from commscli.workflow.setup.initialising import Begun
from commscli.workflow.setup.joining import Joined


def begun_text(begun: Begun) -> str:
    """Return what the first admin should hear."""
    lines = [
        f"trust version 1 is in force; its pin is kept in {begun.pin_file}",
        f"    {begun.pin.genesis}",
        "give that to whoever joins, by another way than this repository: comms trust pin",
    ]
    for worry in begun.worries:
        lines += paragraph(f"warning: {worry}", "", "    ")
    for path, new in begun.ci.items():
        what = "what to set there, so that it proves anything, is said in it"
        if not new:
            what = "was there already, and stays: docs/ci.md says what to add to it"
        lines += paragraph(f"the check in CI: {path}; {what}", "", "    ")
    lines.append("next: comms trust add, for everybody else")
    return "\n".join(lines)


def begun_document(begun: Begun) -> Document:
    """Return ``comms/begun@1``."""
    return plain_document("begun", {
        "folder": str(begun.repository.home),
        "repository": begun.pin.repository,
        "trust": {"version": 1, "digest": begun.trust.digest},
        "pin": str(begun.pin_file),
        "commit": begun.pin.checkpoint or "",
        "worries": list(begun.worries),
        "ci": [{"path": path, "written": new} for path, new in begun.ci.items()],
    })  # fmt: skip


_STYLES = {"ok": "green", "warning": "yellow", "error": "red"}


def answers_text(answers: Iterable[Answer], paint: Paint) -> str:
    """Return what a doctor found."""
    lines: list[str] = []
    for answer in answers:
        first, *more = paragraph(f"{answer.level:<8} {answer.what}: {answer.text}", "", " " * 9)
        lines.append(first.replace(answer.level, paint(answer.level, _STYLES[answer.level]), 1))
        lines += more
        if answer.remedy:
            lines += paragraph(f"next: {answer.remedy}", " " * 9, " " * 15)
    return "\n".join(lines) + "\n"


def answers_document(answers: Iterable[Answer]) -> Document:
    """Return ``comms/doctor@1``."""
    return plain_document("doctor", {"answers": _listed(answers)})


def _listed(answers: Iterable[Answer]) -> list[Document]:
    return [{"what": a.what, "level": a.level, "text": a.text, "remedy": a.remedy} for a in answers]


def joined_document(joined: Joined, answers: Iterable[Answer]) -> Document:
    """Return ``comms/joined@1``."""
    return plain_document("joined", {
        "folder": str(joined.folder),
        "person": joined.person,
        "pin": str(joined.pin_file),
        "genesis": joined.pin.genesis,
        "public_key": joined.key_line,
        "answers": _listed(answers),
    })  # fmt: skip
