"""The scenarios over the base set: what each says otherwise, and that the rest stays."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from commscli.compose.choose import choose
from commscli.compose.library import shipped
from commscli.documents.models.playbook import Playbook
from commscli.documents.validate import read_document
from commscli.domain.duties import DUTIES, PARTIES
from commscli.domain.facts import KEYS
from commscli.domain.phases import PHASES, names_next_update
from commscli.domain.presets import ROLES
from commscli.domain.slots import misplaced, unfilled
from tests.compose.rendering import FACTS, SHIPPED, needed, rendered, serving

GOLDENS = Path(__file__).parents[1] / "goldens" / "templates" / "scenarios"
AUDIENCES = {
    "internal-stakeholders": "operational",
    "strategic-customers": "impact",
    "all-customers": "simple",
}
BOOKS = {
    path.removesuffix(".yaml"): read_document(Playbook, data, path=path)
    for path, data in shipped("playbooks").items()
    if "/" not in path
}
SCENARIOS = [id_ for id_ in BOOKS if id_ != "service-outage"]
TEMPLATES = [name for id_ in SCENARIOS for name in serving(id_)]
SHOWN = (
    "client-support/resolution/strategic-customers",
    "data-loss/identification/all-customers",
    "degraded-performance/investigation/all-customers",
    "security-incident/investigation/strategic-customers",
    "third-party-outage/investigation/all-customers",
)
"""One of each scenario: goldens are for reading, and nobody reads hundreds."""


def test_the_six_scenarios_are_there() -> None:
    assert sorted(BOOKS) == [
        "client-support", "data-loss", "degraded-performance", "security-incident",
        "service-outage", "third-party-outage",
    ]  # fmt: skip


@pytest.mark.parametrize("id_", BOOKS)
def test_a_scenario_has_words_of_its_own_and_says_who_says_what(id_: str) -> None:
    book = BOOKS[id_]
    assert book.templates == id_
    assert serving(id_), "it overrides something"
    assert set(book.responsibilities) == set(DUTIES)
    assert set(book.responsibilities.values()) <= {*ROLES, *PARTIES}
    assert book.language
    assert set(book.questions) == {"technical", "operational", "impact", "simple", "formal"}
    assert set(book.estimates) <= {"accuracy", "messaging", "legal", "approval", "release"}


@pytest.mark.parametrize("id_", BOOKS)
def test_escalations_reach_audiences_and_roles_that_exist(id_: str) -> None:
    escalations = BOOKS[id_].escalations
    assert escalations
    for escalation in escalations:
        assert set(escalation.due) <= set(AUDIENCES)
        assert set(escalation.tell) <= set(ROLES)
        assert escalation.when.fact is None or escalation.when.fact in KEYS


@pytest.mark.parametrize("id_", BOOKS)
@pytest.mark.parametrize("audience", AUDIENCES)
def test_every_cell_has_a_template_and_no_cell_is_silent_for_ever(id_: str, audience: str) -> None:
    book = BOOKS[id_]
    for phase in PHASES:
        if book.requires(phase, audience) or book.allows(phase, audience):
            assert choose(
                folder=book.templates, phase=phase, audience=audience,
                detail=AUDIENCES[audience], existing=SHIPPED,
            )  # fmt: skip
            assert not names_next_update(phase) or book.pace(phase), "a cadence"


@pytest.mark.parametrize(
    "id_", ["service-outage", "degraded-performance", "data-loss", "third-party-outage"]
)
@pytest.mark.parametrize("phase", ["investigation", "identification"])
def test_the_worst_outage_is_told_of_every_twenty_minutes_and_the_gates_can_keep_it(
    id_: str, phase: str
) -> None:
    book = BOOKS[id_]
    usual = book.estimates
    reviews = max(usual[gate] for gate in ("accuracy", "messaging", "legal"))

    assert book.pace(phase, severity="SEV-1") == timedelta(minutes=20)
    assert reviews + usual["approval"] + usual["release"] <= timedelta(minutes=20)


def test_a_security_incident_and_a_loss_of_data_suggest_their_clocks() -> None:
    assert BOOKS["security-incident"].clocks == ("gdpr-33", "gdpr-34")
    assert BOOKS["data-loss"].clocks == ("gdpr-33",)
    assert BOOKS["service-outage"].clocks == ()


def test_the_client_hears_from_us_by_half_past_four_and_within_the_hour_when_blocked() -> None:
    book = BOOKS["client-support"]
    assert book.end_of_day == "16:30"
    paces = [book.pace("investigation", urgency=u) for u in ("urgent", "high", "medium", "")]
    assert [pace.total_seconds() / 3600 for pace in paces if pace] == [1, 4, 24, 4]
    assert book.responsibilities["technical"] == "provider"
    assert book.responsibilities["external"] == "client"
    assert book.responsibilities["business-impact"] == "client"


@pytest.mark.parametrize("name", SHOWN)
def test_a_scenario_reads_as_its_golden_file(name: str) -> None:
    least = {key: FACTS[key] for key in needed(name, rendered)}
    drafts = {"all facts": rendered(name), "the least": rendered(name, least)}
    text = "".join(
        f"--- {what} ---\nSubject: {draft.subject}\n\n{draft.body}"
        for what, draft in drafts.items()
    )
    golden = GOLDENS / f"{name.replace('/', '-')}.md"
    if os.environ.get("COMMS_UPDATE_GOLDENS") == "1":
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


def test_there_is_no_golden_file_without_a_scenario() -> None:
    assert {path.stem for path in GOLDENS.glob("*.md")} == {n.replace("/", "-") for n in SHOWN}


@pytest.mark.parametrize("name", TEMPLATES)
def test_it_needs_no_fact_that_the_base_can_do_without(name: str) -> None:
    own = set(needed(name, rendered))
    base = set(needed(f"base/{name.partition('/')[2]}", rendered))
    more = {"data_loss"} if name.startswith("data-loss/resolution/") else set()
    assert own <= base | more


@pytest.mark.parametrize("name", TEMPLATES)
def test_any_fact_that_is_not_needed_may_be_missing(name: str) -> None:
    for key in set(FACTS) - set(needed(name, rendered)):
        body = rendered(name, {k: v for k, v in FACTS.items() if k != key}).body
        assert unfilled(body, path=name) == ()
        assert "  " not in body
        assert ": ." not in body


@pytest.mark.parametrize("name", TEMPLATES)
def test_the_next_update_and_personal_words_stay_as_in_the_base(name: str) -> None:
    body = rendered(name).body
    base = rendered(f"base/{name.partition('/')[2]}").body
    for slot in ("{{ send.next_update }}", "{{ recipient.name }}", "{{ recipient.contact }}"):
        assert (slot in body) == (slot in base)
    assert misplaced(body, one_to_one="strategic" in name, path=name) == ()
    assert body != base


@pytest.mark.parametrize("audience", ["all-customers", "strategic-customers"])
def test_a_security_incident_never_says_that_no_data_are_concerned_nor_how_it_was_done(
    audience: str,
) -> None:
    for phase in ("investigation", "identification", "resolution"):
        name = f"security-incident/{phase}/{audience}"
        assert FACTS["cause"] not in rendered(name).body
        least = rendered(name, {key: FACTS[key] for key in needed(name, rendered)}).body
        assert "We do not yet know whether personal data are concerned." in least


def test_a_client_is_shown_respect_and_a_ticket_is_closed_well() -> None:
    name = "client-support/investigation/strategic-customers"
    least = rendered(name, {key: FACTS[key] for key in needed(name, rendered)}).body
    assert "We would like to see it as you see it" in least
    closed = rendered("client-support/resolution/strategic-customers").body
    for key in ("cause", "remedy", "actions"):
        assert FACTS[key].rstrip(".") in closed


def test_the_page_names_every_scenario_occasion_duty_and_key() -> None:
    page = (Path(__file__).parents[2] / "docs" / "playbooks.md").read_text(encoding="utf-8")
    occasions = {n.removeprefix("occasions/") for n in SHIPPED if n.startswith("occasions/")}
    for word in (*BOOKS, *(occasions - {"message"}), *DUTIES, *Playbook.model_fields):
        assert f"`{word}`" in page, word
