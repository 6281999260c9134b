"""What ``comms correct`` drafts for each audience: which message is wrong, and what is so."""

import os
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from commscli.compose.choose import choose
from commscli.compose.render import Draft, render
from commscli.domain.phases import PHASES, names_next_update
from commscli.domain.slots import misplaced, tokens_in, unfilled
from tests.compose.rendering import FACTS, SHIPPED, words

GOLDENS = Path(__file__).parents[1] / "goldens" / "templates" / "corrections"
AUDIENCES = ("internal-stakeholders", "strategic-customers", "all-customers")
WROTE = "09:20 GMT on 22 November 2026"
WHY = "it began at 09:14, and not at 09:40."
NOTHING: Mapping[str, str] = {}


def corrected(
    audience: str, facts: Mapping[str, str] = FACTS, *, phase: str = "investigation",
    personal: bool | None = None, corrects: str = WROTE, why: str = WHY,
) -> Draft:  # fmt: skip
    one_to_one = audience == "strategic-customers" if personal is None else personal
    offset = "+30m" if names_next_update(phase) else ""
    said = words(phase=phase, one_to_one=one_to_one, next_update=offset)
    name = f"base/correction/{audience}"
    said = replace(said, corrects=corrects, why=why)
    return render(name=name, sources=SHIPPED, facts=facts, words=said)


@pytest.mark.parametrize("audience", AUDIENCES)
def test_a_correction_reads_as_its_golden_file(audience: str) -> None:
    during = {key: value for key, value in FACTS.items() if key != "end"}
    drafts = {
        "while it lasts": corrected(audience, during),
        "once it is over": corrected(audience, phase="resolution"),
        "the least": corrected(audience, NOTHING),
    }
    text = "".join(
        f"--- {what} ---\nSubject: {draft.subject}\n\n{draft.body}"
        for what, draft in drafts.items()
    )
    golden = GOLDENS / f"{audience}.md"
    if os.environ.get("COMMS_UPDATE_GOLDENS") == "1":
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


def test_every_audience_has_one_and_there_is_no_golden_file_without() -> None:
    shipped = {n.rpartition("/")[2] for n in SHIPPED if n.startswith("base/correction/")}
    assert shipped == {*AUDIENCES, "message"}
    assert {path.stem for path in GOLDENS.glob("*.md")} == set(AUDIENCES)
    found = choose(folder="data-loss", phase="correction", audience="regulators",
                   detail="formal", existing=SHIPPED)  # fmt: skip
    assert found == "base/correction/strategic-customers"


@pytest.mark.parametrize("audience", AUDIENCES)
@pytest.mark.parametrize("phase", PHASES)
def test_any_fact_may_be_missing(audience: str, phase: str) -> None:
    for key in (None, *FACTS):
        facts = {k: v for k, v in FACTS.items() if k != key}
        body = corrected(audience, facts, phase=phase).body
        assert unfilled(body, path=audience) == ()
        assert not re.search(r"\bNone\b|  |: \.|\(\)|\.\.", body), f"a gap where {key} was"
        assert ("{{ send.next_update }}" in body) == names_next_update(phase)


@pytest.mark.parametrize("audience", AUDIENCES)
def test_it_says_first_which_message_is_wrong(audience: str) -> None:
    body = corrected(audience).body
    said = f"We have to correct our message of {WROTE}: {WHY}"

    greeting, _, rest = body.partition(said)
    assert rest
    assert greeting.strip() in {"", "Dear {{ recipient.name }},"}
    without = corrected(audience, corrects="", why="").body
    assert "We have to correct an earlier message of ours." in without


@pytest.mark.parametrize("audience", AUDIENCES)
@pytest.mark.parametrize("personal", [True, False])
def test_only_a_correction_to_single_people_is_personal(audience: str, personal: bool) -> None:
    body = corrected(audience, personal=personal).body
    assert misplaced(body, one_to_one=personal, path=audience) == ()
    slots = {slot.name for slot in tokens_in(body)}
    wanted = personal and audience == "strategic-customers"
    assert ({"recipient.name", "recipient.contact"} <= slots) == wanted
    assert (body.startswith("Dear")) == wanted
