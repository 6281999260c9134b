"""``comms review``, ``approve``, ``release``, ``withdraw``: the judgements."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from commscli.cli.app import app, state
from commscli.cli.telling import tell_meant, tell_recorded, tell_resolved
from commscli.errors import BadInput, Refused

if TYPE_CHECKING:
    from commscli.cli.state import State
    from commscli.domain.ids import Digest
    from commscli.gates.message import MessageCase
    from commscli.workflow.recording import Recorded
    from commscli.workflow.session import Session
    from commscli.workflow.verdicts.judging import Opinion

PANEL = "Every incident"
_Gate = Annotated[str, typer.Option(metavar="G", help="Which gate, for who holds several.")]
_All = Annotated[bool, typer.Option("--all", help="All that waits on me.")]
_Messages = Annotated[list[str], typer.Argument(metavar="[MESSAGE]...")]


@app.command(rich_help_panel=PANEL)
def review(  # noqa: PLR0917 - typer's form
    messages: _Messages = [],  # noqa: B006 - typer's form
    ok: Annotated[bool, typer.Option("--ok", help="It passes.")] = False,
    suggest: Annotated[
        str, typer.Option(metavar="TEXT", help="A suggestion; blocks nothing.")
    ] = "",
    object_: Annotated[
        str, typer.Option("--object", metavar="TEXT|-", help="A strong objection; blocks.")
    ] = "",
    private: Annotated[
        bool, typer.Option("--private", help="The objection's words stay off the record.")
    ] = False,
    category: Annotated[
        str, typer.Option(metavar="C", help="What a private objection is about, in a word.")
    ] = "",
    edit: Annotated[bool, typer.Option("--edit", help="Propose other words.")] = False,
    file: Annotated[str, typer.Option(metavar="F|-", help="The other words, for --edit.")] = "",
    gate: _Gate = "",
    why: Annotated[str, typer.Option(metavar="TEXT", help="A remark with an ok.")] = "",
    all_: _All = False,
) -> None:
    """Give a verdict: ok, a suggestion, an objection, or other words."""
    from commscli.workflow.verdicts.judging import Opinion  # noqa: PLC0415 - lazy

    said = [name for name, given in (("--ok", ok), ("--suggest", suggest), ("--object", object_),
                                     ("--edit", edit)) if given]  # fmt: skip
    if len(said) != 1:
        raise BadInput(
            "say one of --ok, --suggest TEXT, --object TEXT or --edit"
            + (f", not {' and '.join(said)}" if said else ""),
            remedy="comms review MESSAGE --ok",
            code="usage",
        )
    kind = {"--ok": "ok", "--object": "objected"}.get(said[0], "suggested")
    opinion = Opinion(
        kind=kind,
        text=suggest or _given(object_) or why,
        gate=gate,
        private=_category(object_, private=private, category=category),
    )
    _judge(messages, opinion, everything=all_, edit=edit, file=file)


def _given(text: str) -> str:
    """Return the words of an objection: from stdin for ``-``, so that no shell keeps them.

    Raises:
        BadInput: if there are none, or they look like words that are kept private.
    """
    from commscli.cli.asking import given_text  # noqa: PLC0415 - lazy
    from commscli.domain.private_words import withheld  # noqa: PLC0415 - lazy

    if text != "-":
        words = text
    else:
        words = given_text("-").decode(errors="surrogateescape").strip("\n")
        if not words.strip():
            raise BadInput("there are no words on stdin", remedy="--object TEXT", code="usage")
    if withheld(words):
        raise BadInput(
            "these words look like a private objection, and are none",
            remedy="--object TEXT --private keeps words off the record",
            code="usage",
        )
    return words


def _category(object_: str, *, private: bool, category: str) -> str:
    """Return what a private objection is about; nothing, for one on record."""
    from commscli.domain.ids import checked_id  # noqa: PLC0415 - lazy
    from commscli.domain.private_words import UNSTATED  # noqa: PLC0415 - lazy

    if (private and not object_) or (category and not private):
        raise BadInput(
            "--private is for --object TEXT, and --category for --private",
            remedy="comms review MESSAGE --object TEXT --private --category legal",
            code="usage",
        )
    return checked_id(category or UNSTATED, what="category") if private else ""


@app.command(rich_help_panel=PANEL)
def approve(
    messages: _Messages = [],  # noqa: B006 - typer's form
    object_: Annotated[str, typer.Option("--object", metavar="TEXT", help="Object instead.")] = "",
    gate: _Gate = "",
    why: Annotated[str, typer.Option(metavar="TEXT", help="Why, where one is needed.")] = "",
    all_: _All = False,
) -> None:
    """Approve the content, or release it for sending."""
    from commscli.workflow.verdicts.judging import Opinion  # noqa: PLC0415 - lazy

    kind = "objected" if object_ else "ok"
    opinion = Opinion(kind=kind, text=object_ or why, gate=gate, approving=True)
    _judge(messages, opinion, everything=all_)


@app.command(rich_help_panel=PANEL)
def release(
    messages: _Messages = [],  # noqa: B006 - typer's form
    why: Annotated[str, typer.Option(metavar="TEXT", help="Why, where one is needed.")] = "",
    all_: _All = False,
) -> None:
    """Release for sending: the same as approve --gate release."""
    from commscli.workflow.verdicts.judging import Opinion  # noqa: PLC0415 - lazy

    opinion = Opinion(kind="ok", text=why, gate="release", approving=True)
    _judge(messages, opinion, everything=all_)


@app.command(rich_help_panel=PANEL)
def ratify(message: Annotated[str, typer.Argument()], gate: _Gate = "") -> None:
    """Agree to what an emergency sent without me."""
    from commscli.workflow.verdicts.ratifying import ratify as ratify_  # noqa: PLC0415 - lazy

    run = state.current
    session = run.session()
    recorded = ratify_(session, message, gate, show=_shower(run, session))
    tell_recorded(run, recorded, lambda: f"{recorded.first.message} {recorded.first.gate}\n")
    tell_resolved(run, recorded)


@app.command(rich_help_panel=PANEL)
def withdraw(
    message: Annotated[str, typer.Argument()],
    why: Annotated[str, typer.Option(metavar="TEXT", help="Why.")] = "",
    gate: _Gate = "",
) -> None:
    """Take back my own verdict or objection."""
    from commscli.workflow.verdicts.withdrawing import withdraw as withdraw_  # noqa: PLC0415 - lazy

    run = state.current
    if not why:
        raise BadInput("say why", remedy=f"comms withdraw {message} --why TEXT", code="usage")
    recorded = withdraw_(run.session(), message, gate, why)
    tell_recorded(run, recorded, lambda: f"{recorded.first.message}\n")
    first = recorded.first
    tell_meant(run, first.incident, first.message, recorded.judged or 0, drill=first.drill)


def _judge(
    messages: list[str], opinion: "Opinion", *, everything: bool, edit: bool = False, file: str = ""
) -> None:
    from dataclasses import replace  # noqa: PLC0415 - lazy, with the rest

    from commscli.workflow.verdicts.judging import judge  # noqa: PLC0415 - lazy

    run = state.current
    session = run.session()
    if everything:
        messages = waiting(session, opinion)
    if everything and not messages:
        session.refresh()
        raise _none_waits(waiting(session, opinion))
    if not messages:
        raise BadInput("name a message, or --all", remedy="comms next", code="usage")
    if edit:
        opinion = replace(opinion, edit=_other_words(run, session, messages, file))
    shower = _shower(run, session)
    recorded = judge(session, messages, opinion, show=shower, show_all=everything)
    kept = _kept(session, recorded) if opinion.private else {}
    tell_recorded(
        run, recorded, lambda: "".join(f"{_line(r.record)}\n" for r in recorded.records), **kept
    )
    tell_resolved(run, recorded)
    for one in kept.get("private", ()):
        run.tell(
            f"the words are in {one['file']}, readable by you alone, and nowhere else: hand the "
            f"file over, and comms show {one['message']} --private FILE verifies it"
        )


def _kept(session: "Session", recorded: "Recorded") -> dict[str, list[dict[str, str]]]:
    """Return where the words lie that are not on record."""
    from commscli.domain.private_words import withheld  # noqa: PLC0415 - lazy
    from commscli.workflow.verdicts.withholding import place_of  # noqa: PLC0415 - lazy

    found = [(r.record.message, withheld(getattr(r.record.body, "text", "")))
             for r in recorded.records]  # fmt: skip
    return {
        "private": [
            {"message": message, "category": words.category, "digest": words.digest,
             "file": str(place_of(session.repository, words))}
            for message, words in found if words is not None
        ]
    }  # fmt: skip


def _line(record: object) -> str:
    subject = getattr(getattr(record, "body", None), "subject", "")
    return f"{getattr(record, 'message', '')}@{subject[:8]} {getattr(record, 'gate', '')}"


def waiting(session: "Session", opinion: "Opinion") -> list[str]:
    """Return what waits on this person for this kind of verdict, in the clone as it is.

    What only a fetch would bring is not among it: nobody can have read that.
    """
    from commscli.workflow.incident.matrix import in_order  # noqa: PLC0415 - lazy
    from commscli.workflow.settings import load_settings  # noqa: PLC0415 - lazy
    from commscli.workflow.verdicts.judging import waits_on  # noqa: PLC0415 - lazy

    chosen = session.circumstances.incident
    return [
        f"{m.incident}/{m.message}"
        for m in in_order(session.case.messages, load_settings(session).audiences)
        if (not chosen or chosen in m.incident) and waits_on(session, m, opinion)
    ]


def _none_waits(arrived: list[str]) -> Refused:
    if not arrived:
        return Refused("nothing waits on you", remedy="comms status", code="nothing-waits")
    names = ", ".join(name.rpartition("/")[2] for name in arrived)
    return Refused(
        f"{names} has only just arrived here, and nobody signs unseen words",
        remedy="comms next, then try again",
        code="newer-revision",
    )


def _other_words(run: "State", session: "Session", messages: list[str], file: str) -> bytes:
    from commscli.cli.asking import edit, given_text  # noqa: PLC0415 - lazy
    from commscli.workflow.roster.proposing import proposal  # noqa: PLC0415 - lazy

    if len(messages) != 1:
        raise BadInput("other words are for one message", remedy="name one", code="usage")
    if not file and not run.interactive:
        raise BadInput("there is nobody to edit it", remedy="--file FILE", code="usage")
    return proposal(session, messages[0], given_text(file) if file else None, edit)


def _shower(run: "State", session: "Session") -> "Callable[[MessageCase, Digest], bool] | None":
    """Return how to show a text before it is signed; nothing, where nobody is there."""
    if not run.interactive:
        return None

    def show(message: "MessageCase", digest: "Digest") -> bool:
        from commscli.cli.asking import yes  # noqa: PLC0415 - lazy
        from commscli.cli.reading_out import read_out  # noqa: PLC0415 - lazy

        read_out(run, session, message, digest)
        return yes(f"Sign this for {message.message}?")

    return show
