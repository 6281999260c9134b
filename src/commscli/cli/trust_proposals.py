"""``comms trust propose``, ``sign``: versions that several admins sign."""

from typing import TYPE_CHECKING, Annotated

import typer

from commscli.cli.app import state
from commscli.cli.trust import trust
from commscli.cli.trust_telling import tell_changed
from commscli.errors import BadInput, Refused

if TYPE_CHECKING:
    from commscli.workflow.roster.looking import Sight
    from commscli.workflow.session import Session


@trust.command()
def propose(
    file: Annotated[str, typer.Argument(metavar="[FILE|-]")] = "",
    rebase: Annotated[str, typer.Option(metavar="ID", help="Make a stale one anew.")] = "",
    drop: Annotated[str, typer.Option(metavar="ID", help="Take one away.")] = "",
) -> None:
    """List what is proposed, or propose a version.

    FILE is a whole version as somebody edited it: a copy of the one in force, in ordinary YAML.
    """
    from commscli.render.proposal_text import sights_document, sights_text  # noqa: PLC0415 - lazy
    from commscli.workflow.roster.looking import find, look, proposals  # noqa: PLC0415 - lazy

    run = state.current
    session = run.session()
    if sum(map(bool, (file, rebase, drop))) > 1:
        raise BadInput("one of FILE, --rebase ID and --drop ID", code="usage")
    if file:
        _propose_file(session, file)
        return
    session.refresh()
    if rebase or drop:
        from commscli.workflow.roster import signing, trusting, whole_versions  # noqa: PLC0415 - lazy

        found = find(session, rebase or drop)
        tell_changed(
            signing.drop(session, found)
            if drop
            else trusting.change_trust(
                session,
                f"Make the trust proposal {found.id} anew",
                whole_versions.rebased(session, found),
                by_anybody=True,
                again=found,
            ),
            changes=True,
        )
        return
    sights = [look(session, proposal) for proposal in proposals(session)]
    run.answer(lambda: sights_document(sights), lambda: sights_text(sights, run.paint()))


def _propose_file(session: "Session", file: str) -> None:
    from commscli.cli.asking import given_text, yes  # noqa: PLC0415 - lazy
    from commscli.domain.trust_changes import changes  # noqa: PLC0415 - lazy
    from commscli.workflow.roster.trusting import change_trust  # noqa: PLC0415 - lazy
    from commscli.workflow.roster.whole_versions import read_version  # noqa: PLC0415 - lazy

    run = state.current
    session.refresh()
    name = "stdin" if file == "-" else file
    alter = read_version(session, given_text(file), name)
    if run.interactive:
        for change in changes(session.trust, alter(session.trust)):
            run.tell(f"  - {change}")
        if not yes("Is this what you mean?"):
            raise Refused("nothing was proposed", remedy=f"edit {name}", code="declined")
    changed = change_trust(session, "Change the trust by hand", alter, by_anybody=True)
    tell_changed(changed, changes=not run.interactive)


@trust.command()
def sign(id_: Annotated[str, typer.Argument(metavar="[ID]")] = "") -> None:
    """Read what is proposed, and sign it."""
    from commscli.workflow.roster.signing import sign as sign_  # noqa: PLC0415 - lazy

    run = state.current
    session = run.session()
    session.refresh()
    sight = _chosen(session, id_)
    _read(sight, id_)
    tell_changed(sign_(session, sight.proposal.digest))


def _chosen(session: "Session", id_: str) -> "Sight":
    """Return the proposal that is meant: the one that is named, or the only one there is."""
    from commscli.workflow.roster.looking import find, look, proposals  # noqa: PLC0415 - lazy

    if id_:
        return look(session, find(session, id_))
    waiting = [s for s in (look(session, p) for p in proposals(session)) if s.state == "open"]
    if len(waiting) == 1 and state.current.interactive:
        return waiting[0]
    if not waiting:
        raise Refused("no trust version waits to be signed", remedy="comms trust log",
                      code="nothing-waits")  # fmt: skip
    ids = ", ".join(sight.proposal.id for sight in waiting)
    raise BadInput(
        f"say which: {ids}", remedy=f"comms trust sign {waiting[0].proposal.id}", code="usage"
    )


def _read(sight: "Sight", id_: str) -> None:
    """Show it before it is signed. Where nobody is there to read, its digest must be typed."""
    import sys  # noqa: PLC0415 - lazy, with the rest

    from commscli.cli.asking import yes  # noqa: PLC0415 - lazy
    from commscli.ledger.trust_proposals import ID_LENGTH  # noqa: PLC0415 - lazy
    from commscli.render.proposal_text import sight_text  # noqa: PLC0415 - lazy
    from commscli.workflow.roster.signing import require_open  # noqa: PLC0415 - lazy

    run = state.current
    sys.stderr.write(sight_text(sight, run.paint(sys.stderr)))
    require_open(sight)
    if run.interactive:
        if not yes("Sign this?"):
            raise Refused("nothing was signed", remedy="comms trust propose", code="declined")
    elif len(id_) < ID_LENGTH:
        raise BadInput(
            f"nobody is here to read it: type at least {ID_LENGTH} digits of its digest, which "
            "can be no other's",
            remedy=f"comms trust sign {sight.proposal.id}",
            code="usage",
        )
