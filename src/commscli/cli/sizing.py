"""Before a word is written: the questions of the playbook, one line each, all of them optional."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import typer

from commscli.errors import BadInput
from commscli.workflow.messages.drafting import Wanted, questions
from commscli.workflow.messages.sizing import checked_answer, given_answers

if TYPE_CHECKING:
    from commscli.cli.state import State
    from commscli.workflow.session import Session

_ENOUGH = "."


def sized_up(
    run: "State", session: "Session", wanted: Wanted, given: Sequence[str], *, ask: bool = True
) -> Wanted:
    """Return what is wanted with the answers: those that were given, or asked for on a terminal.

    Raises:
        BadInput: if one that was given answers no question.
    """
    if given:
        session.refresh()
        return replace(wanted, answers=given_answers(given, questions(session, wanted)))
    if not run.interactive or run.as_json or not ask:
        return wanted
    session.refresh()
    asked = questions(session, wanted)
    if not asked:
        return wanted
    sys.stderr.write("Size it up, for the reviewers: Enter leaves one out, a single . the rest.\n")
    return replace(wanted, answers=_asked(asked))


def _asked(asked: dict[str, tuple[str, ...]]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for audience, some in asked.items():
        sys.stderr.write(f"{audience}\n")
        for question in some:
            answer = _answer(question)
            if answer == _ENOUGH:
                return found
            found.setdefault(audience, {})[question] = answer
    return found


def _answer(question: str) -> str:
    while True:
        text = typer.prompt(f"  {question}\n ", err=True, default="", show_default=False)
        try:
            return checked_answer(text)
        except BadInput as fault:
            sys.stderr.write(f"  {fault.text}\n")
