"""The messages beyond the matrix: each renders from what is known, and says what it has to say."""

import os
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from commscli.compose.render import Draft, render
from commscli.domain.phases import PHASES, names_next_update
from commscli.domain.slots import misplaced, tokens_in, unfilled
from commscli.errors import BadInput
from tests.compose.rendering import FACTS, SHIPPED, needed, words

GOLDENS = Path(__file__).parents[1] / "goldens" / "templates" / "occasions"
NEEDED: Mapping[str, tuple[str, ...]] = {
    "acknowledgement": (),
    "acknowledgement-sms": (),
    "correction": ("correction", "mistaken"),
    "end-of-day": (),
    "escalation": ("impact", "services"),
    "holding-statement": (),
    "notice-to-people": ("breach", "contact_point"),
    "post-incident-summary": ("end", "services", "start"),
    "regulatory-notification": ("aware", "breach", "contact_point"),
    "resolution": ("end", "services", "start"),
    "status-update": ("services",),
}
"""The facts that each cannot do without. Every other fact has a neutral wording."""
OVER = ("resolution", "post-incident-summary")
"""Those that speak when it is over, and promise no next update."""


def drawn(
    name: str, facts: Mapping[str, str] = FACTS, *, phase: str = "", personal: bool = False
) -> Draft:
    """Render as a draft of the phase does, which promises nothing once it is resolved."""
    phase = phase or ("resolution" if name in OVER else "investigation")
    offset = "+30m" if names_next_update(phase) else ""
    said = words(phase=phase, one_to_one=personal, next_update=offset)
    return render(name=f"occasions/{name}", sources=SHIPPED, facts=facts, words=said)


def only(name: str) -> dict[str, str]:
    return {key: FACTS[key] for key in NEEDED[name]}


def test_these_are_all_occasions() -> None:
    shipped = {n.removeprefix("occasions/") for n in SHIPPED if n.startswith("occasions/")}
    assert shipped == {*NEEDED, "message"}


@pytest.mark.parametrize("name", NEEDED)
def test_an_occasion_reads_as_its_golden_file(name: str) -> None:
    drafts = {"all facts": drawn(name), "the least": drawn(name, only(name))}
    text = "".join(
        f"--- {what} ---\nSubject: {draft.subject}\n\n{draft.body}"
        for what, draft in drafts.items()
    )
    golden = GOLDENS / f"{name}.md"
    if os.environ.get("COMMS_UPDATE_GOLDENS") == "1":
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


def test_there_is_no_golden_file_without_an_occasion() -> None:
    assert {path.stem for path in GOLDENS.glob("*.md")} == set(NEEDED)


@pytest.mark.parametrize("name", NEEDED)
def test_it_cannot_do_without_these_facts_alone(name: str) -> None:
    assert needed(name, drawn) == NEEDED[name]


@pytest.mark.parametrize("name", NEEDED)
def test_any_other_fact_may_be_missing(name: str) -> None:
    for key in set(FACTS) - set(NEEDED[name]):
        body = drawn(name, {k: v for k, v in FACTS.items() if k != key}).body
        assert unfilled(body, path=name) == ()
        assert not re.search(r"\bNone\b|  |: \.|:\n\n|\(\)", body), f"a gap where {key} was"


@pytest.mark.parametrize("name", sorted(set(NEEDED) - set(OVER)))
@pytest.mark.parametrize("phase", PHASES)
def test_the_next_update_is_named_before_the_resolution_and_only_then(
    name: str, phase: str
) -> None:
    body = drawn(name, only(name), phase=phase).body
    assert ("{{ send.next_update }}" in body) == names_next_update(phase)


@pytest.mark.parametrize("name", NEEDED)
@pytest.mark.parametrize("personal", [True, False])
def test_only_a_personal_message_is_personal(name: str, personal: bool) -> None:
    body = drawn(name, personal=personal).body
    assert misplaced(body, one_to_one=personal, path=name) == ()
    of_base = {"acknowledgement-sms", "holding-statement", "regulatory-notification"}
    greeted = any(slot.name == "recipient.name" for slot in tokens_in(body))
    assert greeted == (personal and name not in of_base)


@pytest.mark.parametrize("phase", ["resolution", "analysis"])
def test_a_summary_names_no_contributing_factor_before_the_postmortem(phase: str) -> None:
    assert FACTS["cause"] not in drawn("post-incident-summary", phase=phase).body
    assert FACTS["cause"] in drawn("post-incident-summary", phase="publishing").body


def test_a_notice_to_an_authority_holds_what_article_33_asks_for() -> None:
    body = drawn("regulatory-notification").body
    for key in ("breach", "data_categories", "people_affected", "records_affected",
                "consequences", "measures", "contact_point", "delay_reason"):  # fmt: skip
        assert FACTS[key].rstrip(".").lower() in body.lower(), key
    assert "12:30 GMT" in body, "when we became aware"
    least = drawn("regulatory-notification", only("regulatory-notification")).body
    assert "in phases without undue further delay" in least
    assert "reasons for the delay" not in least


@pytest.mark.parametrize("name", ["regulatory-notification", "notice-to-people"])
def test_what_touches_law_says_that_it_is_no_legal_advice(name: str) -> None:
    text = SHIPPED[f"occasions/{name}"]
    head, _, body = text.removeprefix("---\n").partition("\n---\n")
    assert "not legal advice" in head.lower()
    assert "not legal advice" in body.lower()
    assert "legal advice" not in drawn(name).body, "a note to us, and not to whoever reads it"
    assert "owner: legal-officer" in head


def test_a_correction_says_what_it_corrects_and_what_is_so() -> None:
    body = drawn("correction").body
    assert body.index(FACTS["mistaken"]) < body.index(FACTS["correction"])
    with pytest.raises(BadInput, match="correction"):
        drawn("correction", {"mistaken": "it began at 09:40"})
