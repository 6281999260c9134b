"""Size up before a word is written: what a playbook asks for readers of each level of detail.

The answers lie beside the draft for whoever reviews it. Nobody signs them, and they are sent to
nobody.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from commscli.domain.facts import check_value
from commscli.errors import BadInput
from commscli.gates.message import MessageCase
from commscli.ledger.record_files import folder_of
from commscli.ledger.repository import tip
from commscli.ledger.snapshot import snapshot
from commscli.workflow.session import Session

if TYPE_CHECKING:
    from commscli.documents.models.audiences import Audience
    from commscli.documents.models.playbook import Playbook

FILE = "size-up.md"
_HEAD = "## "

Answers = Mapping[str, str]
"""Question → answer, for one message."""


def questions_for(playbook: "Playbook", audience: "Audience") -> tuple[str, ...]:
    """Return what is asked before a message to an audience is written."""
    asked = {str(detail): some for detail, some in playbook.questions.items()}
    return asked.get(audience.detail, ())


def size_up_file(answers: Answers) -> bytes:
    """Return the answers as the file that lies beside the draft."""
    parts = (f"{_HEAD}{question}\n\n{_no_head(answer)}\n" for question, answer in answers.items())
    return "\n".join(parts).encode()


def _no_head(answer: str) -> str:
    """Return an answer in which Markdown sees no heading."""
    return f"\\{answer}" if answer.startswith("#") else answer


def answers_in(data: bytes) -> tuple[tuple[str, str], ...]:
    """Return questions and answers from such a file, whoever wrote on in it since."""
    found: list[tuple[str, list[str]]] = []
    for line in data.decode(errors="replace").splitlines():
        if line.startswith(_HEAD):
            found.append((line.removeprefix(_HEAD).strip(), []))
        elif found:
            found[-1][1].append(line)
    return tuple(
        (question, "\n".join(lines).strip().removeprefix("\\")) for question, lines in found
    )


def size_up_of(session: Session, message: MessageCase) -> tuple[tuple[str, str], ...]:
    """Return what the writer of a message answered, as it lies at HEAD."""
    path = f"{folder_of(message.incident, message.message)}/{FILE}"
    with snapshot(session.repository, tip(session.repository)) as files:
        return answers_in(files.read(path) or b"")


def given_answers(
    texts: Sequence[str], asked: Mapping[str, Sequence[str]]
) -> dict[str, dict[str, str]]:
    """Return answers given as ``[AUDIENCE:]NUMBER=TEXT``, by audience and question.

    Raises:
        BadInput: naming the one that answers no question.
    """
    found: dict[str, dict[str, str]] = {}
    for text in texts:
        place, equals, answer = text.partition("=")
        name, _, number = place.rpartition(":")
        audience = _audience(name, asked, text) if equals else ""
        questions = asked.get(audience, ())
        if not number.isdecimal() or not 1 <= int(number) <= len(questions):
            raise _no_answer(text, asked)
        found.setdefault(audience, {})[questions[int(number) - 1]] = checked_answer(answer)
    return found


def checked_answer(text: str) -> str:
    """Return an answer, trimmed.

    Raises:
        BadInput: if there is something in it that nobody sees, or that is no line of text.
    """
    check_value("the answer", text)
    return text.strip()


def _audience(name: str, asked: Mapping[str, Sequence[str]], text: str) -> str:
    fitting = [audience for audience in asked if audience.startswith(name)]
    if len(fitting) != 1:
        raise _no_answer(text, asked)
    return fitting[0]


def _no_answer(text: str, asked: Mapping[str, Sequence[str]]) -> BadInput:
    listed = "; ".join(_listed(asked)) or "nothing is asked"
    return BadInput(
        f"{text!r} answers none of the questions: {listed}",
        remedy="--answer 1=TEXT, or --answer AUDIENCE:1=TEXT with several audiences; "
        "comms draft --questions lists them",
        code="no-question",
    )


def _listed(asked: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for audience, questions in asked.items():
        yield f"{audience} has {len(questions)}"
