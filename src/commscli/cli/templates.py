"""``comms template``: list, show, try, compare, check and approve beforehand."""

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from commscli.cli.app import group, state
from commscli.cli.exits import Exit
from commscli.cli.incident import pairs
from commscli.cli.peace import PANEL
from commscli.errors import BadInput, Refused

if TYPE_CHECKING:
    from commscli.workflow.circumstances import Circumstances
    from commscli.workflow.library.shelf import Shelf
    from commscli.workflow.session import Session

templates = group("template", "The templates that drafts come from.", PANEL)
Name = Annotated[str, typer.Argument(metavar="NAME")]


@templates.command("list")
def template_list() -> None:
    """List the templates, and what was approved of them beforehand.

    Those of this repository; outside of any, the shipped ones.
    """
    from commscli.render.passed_text import templates_document, templates_text  # noqa: PLC0415 - lazy
    from commscli.workflow.library.passed import all_passed  # noqa: PLC0415 - lazy
    from commscli.workflow.setup.library_of import template_heads  # noqa: PLC0415 - lazy

    run = state.current
    circumstances = run.circumstances()
    session = _looked_at()
    found, passed = template_heads(circumstances), all_passed(session) if session else ()
    run.answer(
        lambda: templates_document(found, passed),
        lambda: templates_text(found, passed, run.paint()),
    )


@templates.command("show")
def template_show(name: Name) -> None:
    """Print a template; say who approved it beforehand."""
    from commscli.render.passed_text import beforehand_document, beforehand_text  # noqa: PLC0415 - lazy
    from commscli.workflow.library.passed import passed  # noqa: PLC0415 - lazy
    from commscli.workflow.setup.library_of import templates as templates_  # noqa: PLC0415 - lazy

    run = state.current
    circumstances = run.circumstances()
    texts = templates_(circumstances)
    session = _looked_at()
    found = passed(session, name) if session and name in texts else ()
    show_text("template", name, texts, "comms template list", beforehand=beforehand_document(found))
    sys.stdout.flush()
    sys.stderr.write(beforehand_text(found, run.paint(sys.stderr)))


@templates.command("ok", hidden=True)
@templates.command("approve")
def template_approve(  # noqa: PLR0917 - typer's form
    name: Name,
    audience: Annotated[str, typer.Option(metavar="A", help="For whom.")] = "",
    phase: Annotated[str, typer.Option(metavar="P", help="In which phase.")] = "",
    with_: Annotated[
        list[str], typer.Option("--with", metavar="FACT", help="A fact to leave open; repeat it.")
    ] = [],  # noqa: B006 - typer's form
    gate: Annotated[str, typer.Option(metavar="G", help="Which gate, for who holds several.")] = "",
    until: Annotated[str, typer.Option(metavar="TIME", help="When to look at it again.")] = "",
    show: Annotated[bool, typer.Option("--show", help="Print the text and sign nothing.")] = False,
) -> None:
    """Approve a template's words beforehand, for a gate of mine.

    A message of exactly these words then needs no verdict of this gate.
    """
    from commscli.cli.asking import yes  # noqa: PLC0415 - lazy
    from commscli.cli.telling import tell_recorded  # noqa: PLC0415 - lazy
    from commscli.render.documents import plain_document  # noqa: PLC0415 - lazy
    from commscli.workflow.settings import load_settings  # noqa: PLC0415 - lazy
    from commscli.workflow.verdicts.preapproving import (  # noqa: PLC0415 - lazy
        Wanted,
        approve_template,
        complete,
        text_of,
    )

    run = state.current
    session = run.session()
    wanted = complete(
        Wanted(template=name, audience=audience, phase=phase, facts=with_, gate=gate, until=until)
    )
    text = text_of(load_settings(session), wanted)
    if show:
        document = {"template": name, "audience": wanted.audience, "phase": wanted.phase,
                    "text": text}  # fmt: skip
        run.answer(lambda: plain_document("template-text", document), lambda: run.as_is(text))
        return
    run.tell(text)
    if run.interactive and not yes("Pass these words, whenever they are used?"):
        raise Refused("nothing was signed", remedy=f"edit templates/{name}.md", code="declined")
    recorded = approve_template(session, wanted, text)
    digest = recorded.records[0].digest
    tell_recorded(run, recorded, lambda: f"{digest}\n")
    run.tell(f"not current yet: an admin lists it (comms trust preapprove {digest[:12]})")


@templates.command("check")
def template_check(
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAME]...")] = None,
) -> None:
    """Look for mistakes, unknown facts and overdue reviews."""
    from commscli.render.library_text import looked_document, looked_text  # noqa: PLC0415 - lazy
    from commscli.workflow.library.checking_templates import check_templates  # noqa: PLC0415 - lazy

    run = state.current
    circumstances = run.circumstances()
    looked = check_templates(shelf(circumstances), circumstances, names or ())
    run.answer(
        lambda: looked_document(looked, "template-check"),
        lambda: looked_text(looked, "template", run.paint()),
    )
    run.exit_code = Exit.REFUSED if looked.errors else Exit.DONE


@templates.command("diff")
def template_diff(name: Name) -> None:
    """Compare the shipped version of a template with yours."""
    from commscli.render.documents import plain_document  # noqa: PLC0415 - lazy
    from commscli.render.library_text import diff_text  # noqa: PLC0415 - lazy
    from commscli.workflow.library.comparing import compare  # noqa: PLC0415 - lazy

    run = state.current
    compared = compare(shelf(run.circumstances()), name)
    document = {"id": name, "state": compared.state, "diff": compared.diff}
    run.answer(
        lambda: plain_document("template-diff", document),
        lambda: diff_text(compared.diff, run.paint()),
    )
    said = {
        "same": "the same words as shipped",
        "changed": "- is what is shipped, + is what you have",
        "own": "your own: nothing of this name is shipped",
        "lacking": f"shipped, and not here: comms -C / template show {name}",
    }
    run.tell(said[compared.state])


@templates.command("preview")
def template_preview(
    name: Name,
    with_: Annotated[
        list[str], typer.Option("--with", metavar="K=V", help="A fact; repeat it.")
    ] = [],  # noqa: B006 - typer's form
    audience: Annotated[str, typer.Option(metavar="A", help="For whom.")] = "",
    phase: Annotated[str, typer.Option(metavar="P", help="In which phase.")] = "",
    bare: Annotated[bool, typer.Option("--bare", help="Without example facts.")] = False,
) -> None:
    """Render a template with example facts, or with yours."""
    from commscli.render.library_text import tried_document, tried_text  # noqa: PLC0415 - lazy
    from commscli.workflow.library.trying import Trial, attempt  # noqa: PLC0415 - lazy

    run = state.current
    circumstances = run.circumstances()
    trial = Trial(template=name, audience=audience, phase=phase, facts=pairs(with_), bare=bare)
    tried = attempt(shelf(circumstances), circumstances, trial)
    run.answer(lambda: tried_document(tried), lambda: tried_text(tried))
    if tried.summary:
        run.tell(tried.summary)
    run.tell(f"it cannot do without: {', '.join(tried.needs) or 'no fact at all'}")


def _looked_at() -> "Session | None":
    """Open the repository for somebody who only looks; outside of any there is none."""
    from commscli.cli.watching import looking  # noqa: PLC0415 - lazy

    try:
        return looking(state.current)
    except BadInput as fault:
        if fault.code != "no-repository":
            raise
        return None


def shelf(circumstances: "Circumstances") -> "Shelf":
    """Return what lies here, and say where it is not what drafts are made of."""
    from commscli.workflow.library.shelf import open_shelf  # noqa: PLC0415 - lazy

    found = open_shelf(circumstances)
    if found.uncommitted:
        count = len(found.uncommitted)
        shown = f"{found.uncommitted[0]}{f' and {count - 1} more' if count > 1 else ''}"
        state.current.tell(f"not committed: {shown}; a draft is made of what is committed")
    return found


def show_text(what: str, name: str, texts: dict[str, str], remedy: str, **more: Any) -> None:
    """Print the exact text of a template or playbook; ``more`` is what a document says besides.

    Raises:
        BadInput: if there is none of that name.
    """
    from commscli.render.documents import plain_document  # noqa: PLC0415 - lazy

    if name not in texts:
        raise BadInput(f"no {what} is called {name!r}", remedy=remedy, code=f"no-{what}")
    state.current.answer(
        lambda: plain_document(what, {"id": name, "text": texts[name], **more}),
        lambda: state.current.as_is(texts[name]),
    )
