"""Look at the open incidents without reading all of history: for who looks, never for who acts.

What this user's machine has seen pass is taken as checked. What came after it is judged as
``check --since`` judges it; if that passes, all of it does, and the open incidents are read from
their folders, each record with its signature. ``check``, hooks, and whatever writes or sends,
look at the whole history; so a wrong memory can mislead a look, and no verdict.
"""

from pathlib import Path

from commscli.domain.ids import CommitId
from commscli.domain.part import Whole
from commscli.domain.report import Outcome, Report
from commscli.errors import CommsError
from commscli.gates.case import Case, build
from commscli.gates.engine import report
from commscli.gates.stand_ins import Layout
from commscli.ledger import pins, trust_files
from commscli.ledger.line_grammar import GrammarFault
from commscli.ledger.objects import Objects
from commscli.ledger.older import open_incidents
from commscli.ledger.repository import tip
from commscli.ledger.since import read_since
from commscli.ledger.snapshot import snapshot
from commscli.workflow.proof.checking import judge_part, passed_here, pin_for_part
from commscli.workflow.session import Session


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
    named = session.circumstances.incident

    def wanted(objects: Objects, root: str) -> set[str]:
        everything = objects.tree(root).get("incidents")
        names = objects.tree(everything.id) if everything is not None and named else {}
        return open_incidents(objects, root) | {name for name in names if named in name}

    part = read_since(session.repository, head, known, also=wanted)
    if isinstance(part, Whole):
        return None
    found = judge_part(session, part)
    pin, contained = pin_for_part(session, part)
    layout = Layout.of(part, contained)
    passes = isinstance(found, Report) and found.outcome is Outcome.PASS
    if not passes or isinstance(layout, Whole) or pin is None:
        return None
    if head != known:
        passed_here(session, Path(pin.source)).keep({branch: head})
    return build(layout.history(layout.possible[0]), pin)


def _whole(session: Session, branch: str) -> Case:
    case = session.whole()
    if case.pin is not None and report(case).outcome is Outcome.PASS:
        passed_here(session, Path(case.pin.source)).keep({branch: case.history.head})
    return case


def _known(session: Session, branch: str) -> CommitId | None:
    """Return the last tip of a branch that passed, held against the pin of this user."""
    environ = session.circumstances.environ
    if session.circumstances.pin:
        pin = Path(session.circumstances.pin).expanduser()
    else:
        name = _name(session)
        pin = pins.stored(name, environ) if name else Path()
    if not pin.is_file():
        return None
    found = passed_here(session, pin).tips.get(branch)
    return CommitId(found) if found else None


def _name(session: Session) -> str:
    """Return what the first trust version here calls the repository."""
    with snapshot(session.repository, tip(session.repository)) as files:
        data = files.read(trust_files.path_of(1))
    try:
        return trust_files.read(data or b"").repository
    except GrammarFault:
        return ""
