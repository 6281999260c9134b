"""``comms check``, ``rules``, ``explain``: what is proven, and by which rules."""

from typing import Annotated

import typer

from commscli.cli.app import app, state
from commscli.cli.exits import Exit
from commscli.errors import BadInput, CommsError

PANEL = "Proof"


@app.command(rich_help_panel=PANEL)
def check(
    paths: Annotated[list[str], typer.Argument(metavar="[PATH]...")] = [],  # noqa: B006 - typer's form
    form: Annotated[
        str, typer.Option("--format", metavar="text|json", help="How to say it.")
    ] = "text",
    pin: Annotated[str, typer.Option(metavar="FILE", help="The pin to hold it against.")] = "",
    strict: Annotated[bool, typer.Option("--strict", help="Warnings count too.")] = False,
    exit_zero: Annotated[bool, typer.Option("--exit-zero", help="Exit 0 on findings.")] = False,
) -> None:
    """Prove that every sent message passed every gate."""
    from commscli.render.check_text import check_text  # noqa: PLC0415 - lazy
    from commscli.render.documents import check_document  # noqa: PLC0415 - lazy
    from commscli.workflow.checking import check as check_  # noqa: PLC0415 - lazy

    run = state.current
    if form not in {"text", "json"}:
        raise BadInput(f"--format {form}: expected text or json", code="usage")
    run.as_json = run.as_json or form == "json"
    run.pin = pin or run.pin
    try:
        report = check_(run.session(), paths)
    except CommsError as fault:
        _unreadable(fault)
        return
    run.answer(lambda: check_document(report), lambda: check_text(report, run.paint()))
    warned = any(finding.level == "warning" for finding in report.findings)
    run.exit_code = _exit(str(report.outcome), warned=warned and strict)
    if exit_zero and run.exit_code == Exit.REFUSED:
        run.exit_code = Exit.DONE


def _unreadable(fault: CommsError) -> None:
    """A check with ``--json`` always prints its own document: whoever reads it reads one shape."""
    from commscli.cli.boundary import error_text  # noqa: PLC0415 - lazy
    from commscli.cli.exits import exit_code  # noqa: PLC0415 - lazy
    from commscli.render.documents import check_document, error_document  # noqa: PLC0415 - lazy
    from commscli.workflow.checking import undecided  # noqa: PLC0415 - lazy

    run = state.current
    if not run.as_json:
        raise fault
    code = exit_code(fault)
    document = check_document(undecided(fault)) | {"error": error_document(fault, code)}
    run.answer(lambda: document, str)
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

    pages = {name.removesuffix(".md"): data.decode() for name, data in shipped("rules").items()}
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
