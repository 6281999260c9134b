"""Look at the open incidents without reading all of history: for who looks, never for who acts.

What this user's machine has seen pass is taken as checked. What came after it is judged as
``check --since`` judges it; if that passes, all of it does, and the open incidents are read from
their folders, each record with its signature. ``check``, hooks, and whatever writes or sends,
look at the whole history; so a wrong memory can mislead a look, and no verdict.
"""

from collections.abc import Iterator
from pathlib import Path

from commscli.domain.history import Pin
from commscli.domain.ids import CommitId
from commscli.domain.part import Part, Whole
from commscli.domain.report import Outcome
from commscli.errors import CommsError
from commscli.gates.case import Case, build
from commscli.gates.stand_ins import Layout
from commscli.ledger import pins
from commscli.ledger.objects import Objects
from commscli.ledger.older import openness
from commscli.ledger.repository import tip
from commscli.ledger.since import read_since
from commscli.workflow.pin_of_user import pin_of_user
from commscli.workflow.proof.passed_tips import passed_here
from commscli.workflow.remembering import Memory
from commscli.workflow.session import Session

CLOSED = "closed"
"""Under which the ids of the folders of closed incidents are remembered."""


def only_look(session: Session) -> None:
    """Have a session show sooner what is there. Never one that acts."""
    session.memory = Memory.read(pins.state_of(session.repository, session.circumstances.environ))
    session.glance = glance


def glance(session: Session) -> Case | None:
    """Return a case with the open incidents, and the one that is named; ``None`` if it cannot be.

    Where nothing is remembered, the whole history is looked at, and remembered if it passes.
    """
    branch = session.repository.branch()
    if branch is None:
        return None
    head = tip(session.repository)
    known = _known(session, branch)
    if known is None:
        return _whole(session, branch)
    try:
        return _since(session, branch, head, known)
    except CommsError:
        return None


def _since(session: Session, branch: str, head: CommitId, known: CommitId) -> Case | None:
    def wanted(objects: Objects, root: str) -> frozenset[str]:
        return _wanted(session, objects, root)

    part = read_since(session.repository, head, known, also=wanted)
    if isinstance(part, Whole):
        return None
    circumstances = session.circumstances
    pin = pin_of_user(circumstances.pin, part.history, circumstances.environ)
    if pin is None or _passed(session, Path(pin.source), branch) != known:
        return None  # what is known was held against another pin
    if head == known:
        return _case(part, pin, [])
    from commscli.workflow.proof.checking import passes  # noqa: PLC0415 - loads every rule

    contained = passes(session, part)
    if contained is None:
        return None
    passed_here(session, Path(pin.source)).keep({branch: head})
    return _case(part, pin, contained)


def _case(part: Part, pin: Pin, contained: list[CommitId]) -> Case | None:
    """Work out a part of which it is known that it passes."""
    layout = Layout.of(part, contained)
    return None if isinstance(layout, Whole) else build(layout.history(layout.possible[0]), pin)


def _wanted(session: Session, objects: Objects, root: str) -> frozenset[str]:
    """Return the open incidents, and those that may be meant by the name that was given."""
    memory, named = session.memory, session.circumstances.incident
    before = memory.known.get(CLOSED, ()) if memory is not None else ()
    found = openness(objects, root, frozenset(map(str, before)))
    if memory is not None and found.closed != set(before):
        memory.keep(CLOSED, sorted(found.closed))
    everything = objects.tree(root).get("incidents")
    names = objects.tree(everything.id) if everything is not None and named else {}
    return found.open | {name for name in names if named in name}


def _whole(session: Session, branch: str) -> Case:
    from commscli.gates.engine import report  # noqa: PLC0415 - loads every rule

    case = session.whole()
    if case.pin is not None and report(case).outcome is Outcome.PASS:
        passed_here(session, Path(case.pin.source)).keep({branch: case.history.head})
    return case


def _known(session: Session, branch: str) -> CommitId | None:
    """Return the last tip of a branch that passed, held against a pin of this user.

    Which of several pins in the store is the one of this repository, its history says later.
    """
    found = (_passed(session, pin, branch) for pin in _pins(session))
    return next(filter(None, found), None)


def _pins(session: Session) -> Iterator[Path]:
    environ = session.circumstances.environ
    if session.circumstances.pin:
        yield Path(session.circumstances.pin).expanduser()
    else:
        yield from pins.all_stored(environ)


def _passed(session: Session, pin: Path, branch: str) -> CommitId | None:
    found = passed_here(session, pin).tips.get(branch) if pin.is_file() else None
    return CommitId(found) if found else None
