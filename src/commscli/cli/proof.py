"""``comms check``, ``rules``, ``explain``: what is proven, and by which rules."""

import os
from typing import TYPE_CHECKING, Annotated

import typer

from commscli.cli.app import app, state
from commscli.cli.exits import Exit
from commscli.errors import BadInput, CommsError

if TYPE_CHECKING:
    from commscli.domain.report import Report

PANEL = "Proof"


@app.command(rich_help_panel=PANEL)
def check(  # noqa: PLR0917 - typer's form
    paths: Annotated[list[str], typer.Argument(metavar="[PATH]...")] = [],  # noqa: B006 - typer's form
    form: Annotated[
        str,
        typer.Option(
            "--format", metavar="FORMAT", help="text, json, sarif, junit, github, gitlab."
        ),
    ] = "text",
    pin: Annotated[str, typer.Option(metavar="FILE", help="The pin to hold it against.")] = "",
    since: Annotated[
        str, typer.Option(metavar="REV", help="Take REV as checked; judge what came after it.")
    ] = "",
    at: Annotated[str, typer.Option(metavar="REV", help="Judge this commit, not HEAD.")] = "",
    bundle: Annotated[
        str, typer.Option(metavar="FILE", help="Judge an evidence file, offline.")
    ] = "",
    genesis: Annotated[
        str, typer.Option(metavar="DIGEST", help="For --bundle: the digest that I was told.")
    ] = "",
    clocks: Annotated[
        bool, typer.Option("--clocks", help="Also warn of silence, noise, broken promises.")
    ] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings count too.")] = False,
    exit_zero: Annotated[bool, typer.Option("--exit-zero", help="Exit 0 on findings.")] = False,
) -> None:
    """Prove that every sent message passed every gate."""
    from commscli.cli.check_output import chosen, output_of, print_check  # noqa: PLC0415 - lazy
    from commscli.cli.limits import limited  # noqa: PLC0415 - lazy

    run = state.current
    form = chosen(form, as_json=run.as_json)
    run.pin = pin or run.pin
    try:
        with limited(os.environ):
            report = (
                _check_evidence(bundle, genesis, alone=not (paths or since or at or clocks))
                if bundle or genesis
                else _check_clone(paths, since=since, at=at, clocks=clocks)
            )
            output = output_of(run, report, form, every=bool(paths), strict=strict)
    except CommsError as fault:
        _unreadable(fault, form)
        return
    print_check(run, output)
    warned = any(finding.level == "warning" for finding in report.findings)
    run.exit_code = _exit(str(report.outcome), warned=warned and strict)
    if exit_zero and run.exit_code == Exit.REFUSED:
        run.exit_code = Exit.DONE


def _check_clone(paths: list[str], *, since: str, at: str, clocks: bool) -> "Report":
    from commscli.workflow.proof.checking import check as check_  # noqa: PLC0415 - lazy

    if clocks and at:
        raise BadInput(
            "--clocks says how it stands now, and --at judges another commit",
            remedy="comms check --clocks",
            code="usage",
        )
    session = state.current.session()
    report = check_(session, paths, since=since, at=at)
    if clocks:
        from commscli.workflow.incident.warnings import with_warnings  # noqa: PLC0415 - lazy

        report = with_warnings(session, report, paths)
    return report


def _check_evidence(bundle: str, genesis: str, *, alone: bool) -> "Report":
    from pathlib import Path  # noqa: PLC0415 - lazy, with the rest

    from commscli.workflow.proof.bundle_checking import check_evidence  # noqa: PLC0415 - lazy

    run = state.current
    if not alone or not bundle or (genesis and run.pin):
        raise BadInput(
            "--bundle FILE stands by itself, with one of --pin FILE and --genesis DIGEST",
            remedy="comms check --bundle FILE --genesis DIGEST",
            code="usage",
        )
    return check_evidence(run.circumstances(), Path(bundle).expanduser(), genesis=genesis)


def _unreadable(fault: CommsError, form: str) -> None:
    """Print a document all the same, for whoever reads one; a person reads the error alone."""
    from commscli.cli.boundary import error_text  # noqa: PLC0415 - lazy
    from commscli.cli.check_output import output_of, print_check  # noqa: PLC0415 - lazy
    from commscli.cli.exits import exit_code  # noqa: PLC0415 - lazy
    from commscli.render.documents import error_document  # noqa: PLC0415 - lazy
    from commscli.workflow.proof.checking import undecided  # noqa: PLC0415 - lazy

    if form == "text":
        raise fault
    run, code = state.current, exit_code(fault)
    error = error_document(fault, code)
    report = undecided(fault)
    print_check(run, output_of(run, report, form, every=False, strict=False, error=error))
    run.tell(error_text(fault))
    run.exit_code = code


def _exit(outcome: str, *, warned: bool) -> Exit:
    if outcome == "undecided":
        return Exit.UNDECIDED
    return Exit.REFUSED if outcome == "fail" or warned else Exit.DONE


@app.command(rich_help_panel=PANEL)
def rules() -> None:
    """List the rules."""
    from commscli.gates.catalog import RULES  # noqa: PLC0415 - lazy
    from commscli.render.documents import plain_document  # noqa: PLC0415 - lazy

    listed = [{"id": rule.id, "title": rule.title} for rule in RULES]
    width = max(len(rule.id) for rule in RULES)
    state.current.answer(
        lambda: plain_document("rules", {"rules": listed}),
        lambda: "".join(f"{rule.id:<{width}}  {rule.title}\n" for rule in RULES),
    )


@app.command(rich_help_panel=PANEL)
def explain(rule: Annotated[str, typer.Argument(metavar="RULE")]) -> None:
    """Print the page of a rule: what it checks, and what mends it."""
    from difflib import get_close_matches  # noqa: PLC0415 - lazy

    from commscli.compose.library import shipped  # noqa: PLC0415 - lazy
    from commscli.render.documents import plain_document  # noqa: PLC0415 - lazy

    files = {**shipped("rules"), **shipped("warnings")}
    pages = {name.removesuffix(".md"): data.decode() for name, data in files.items()}
    if rule not in pages:
        near = [page for page in pages if rule in page] or get_close_matches(rule, pages, n=1)
        raise BadInput(
            f"no rule is called {rule!r}",
            remedy=f"comms explain {near[0]}" if near else "comms rules",
            code="no-rule",
        )
    state.current.answer(
        lambda: plain_document("rule", {"id": rule, "page": pages[rule]}), lambda: pages[rule]
    )
