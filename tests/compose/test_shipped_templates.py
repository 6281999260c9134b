"""Every shipped template renders, and says what its phase has to say.

``COMMS_UPDATE_GOLDENS=1`` writes the golden files anew: read the difference before it is
committed, these are words that people will send.
"""

import os
import re
from pathlib import Path

import pytest

from commscli.domain.phases import PHASES, names_next_update
from commscli.domain.slots import misplaced, tokens_in, unfilled
from commscli.errors import BadInput
from tests.compose.rendering import FACTS, SHIPPED, rendered

GOLDENS = Path(__file__).parents[1] / "goldens" / "templates"
AUDIENCES = ("internal-stakeholders", "strategic-customers", "all-customers")
BASE = [f"base/{phase}/{audience}" for phase in PHASES for audience in AUDIENCES]
FOLDERS = ("base", "service-outage")
"""What is held against golden files whole; the other scenarios are in test_scenarios.py."""
SERVING = [
    n for n in SHIPPED
    if n.startswith(FOLDERS) and n.count("/") == 2 and "/message" not in n
    and n.split("/")[1] in PHASES
]  # fmt: skip

REQUIRED = {
    "detection": (),
    "investigation": ("start", "services", "impact"),
    "identification": ("start", "services", "impact", "cause"),
    "monitoring": ("start", "services", "remedy"),
    "resolution": ("start", "end", "services"),
    "analysis": ("end", "services"),
    "publishing": ("start", "end", "services", "postmortem", "summary", "actions"),
}
"""The facts that a phase cannot do without; the internal analysis has the start as well."""


def required(name: str) -> tuple[str, ...]:
    _, phase, audience = name.split("/")
    internal_analysis = phase == "analysis" and audience == "internal-stakeholders"
    return REQUIRED[phase] + (("start",) if internal_analysis else ())


def only(keys: tuple[str, ...]) -> dict[str, str]:
    return {key: FACTS[key] for key in keys}


def test_the_serving_templates_are_the_base_set_and_its_overrides() -> None:
    assert set(BASE) < set(SERVING)
    assert {name.split("/")[0] for name in set(SERVING) - set(BASE)} == {"service-outage"}


@pytest.mark.parametrize("facts", ["full", "minimal"])
@pytest.mark.parametrize("name", SERVING)
def test_a_draft_reads_as_its_golden_file(name: str, facts: str) -> None:
    draft = rendered(name, FACTS if facts == "full" else only(required(name)))
    text = f"Subject: {draft.subject}\n\n{draft.body}"
    golden = GOLDENS / facts / f"{name.replace('/', '-')}.md"
    if os.environ.get("COMMS_UPDATE_GOLDENS") == "1":
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


def test_there_is_no_golden_file_without_a_template() -> None:
    names = {name.replace("/", "-") for name in SERVING}
    for folder in ("full", "minimal"):
        assert {path.stem for path in (GOLDENS / folder).glob("*.md")} == names


@pytest.mark.parametrize(
    ("name", "key"), [(name, key) for name in SERVING for key in required(name)]
)
def test_a_missing_fact_is_named_with_its_line_and_its_command(name: str, key: str) -> None:
    with pytest.raises(BadInput, match=f"one fact is missing for {name}: {key}") as caught:
        rendered(name, {k: v for k, v in FACTS.items() if k != key})
    assert caught.value.remedy == f"comms fact set {key}=…"
    assert caught.value.problems
    for problem in caught.value.problems:
        assert problem.text.startswith(f"the fact `{key}` (")
        assert problem.place is not None
        assert problem.place.line is not None
        text = SHIPPED[problem.place.path.removeprefix("templates/").removesuffix(".md")]
        assert re.search(rf"\b{key}\b", text.split("\n")[problem.place.line - 1])


@pytest.mark.parametrize("name", [name for name in SERVING if required(name)])
def test_all_missing_facts_are_named_at_once(name: str) -> None:
    with pytest.raises(BadInput) as caught:
        rendered(name, {})
    assert {p.text.split("`")[1] for p in caught.value.problems} == set(required(name))


@pytest.mark.parametrize("name", SERVING)
@pytest.mark.parametrize("promised", ["+30m", ""])
def test_the_next_update_is_named_before_the_resolution_and_only_then(
    name: str, promised: str
) -> None:
    draft = rendered(name, next_update=promised)
    phase = name.split("/")[1]
    named = "{{ send.next_update }}" in draft.body
    assert named == (promised != "" and names_next_update(phase))


@pytest.mark.parametrize("name", SERVING)
@pytest.mark.parametrize("facts", ["full", "minimal"])
def test_nothing_is_left_unfilled_and_only_personal_messages_are_personal(
    name: str, facts: str
) -> None:
    draft = rendered(name, FACTS if facts == "full" else only(required(name)))
    assert unfilled(draft.body, path=name) == ()
    personal = name.endswith("/strategic-customers")
    slots = {slot.name for slot in tokens_in(draft.body)}
    assert ({"recipient.name", "recipient.contact"} <= slots) == personal
    assert misplaced(draft.body, one_to_one=personal, path=name) == ()


@pytest.mark.parametrize("name", [name for name in BASE if "strategic" in name])
def test_an_audience_at_the_same_level_that_is_not_personal_gets_no_personal_words(
    name: str,
) -> None:
    draft = rendered(name, personal=False)
    assert misplaced(draft.body, one_to_one=False, path=name) == ()
    assert "reply to this message" not in draft.body, "nobody is offered what nobody can keep"


@pytest.mark.parametrize("audience", AUDIENCES)
def test_the_analysis_asserts_no_contributing_factor(audience: str) -> None:
    draft = rendered(f"base/analysis/{audience}")
    assert FACTS["cause"] not in draft.body
    preliminary = "preliminary analysis" in draft.body
    assert preliminary == (audience == "internal-stakeholders")


@pytest.mark.parametrize(
    ("phase", "keys"),
    [
        ("investigation", ("impact", "services", "symptoms", "next_step", "workaround")),
        ("identification", ("impact", "services", "cause", "remedy", "symptoms", "workaround")),
        ("monitoring", ("services", "remedy", "expected_outcome", "symptoms", "workaround")),
        ("resolution", ("services", "symptoms", "data_loss")),
        ("publishing", ("services", "postmortem", "summary", "actions")),
    ],
)
@pytest.mark.parametrize("audience", AUDIENCES)
def test_what_a_phase_has_to_say_is_said(phase: str, keys: tuple[str, ...], audience: str) -> None:
    body = rendered(f"base/{phase}/{audience}").body.lower()
    for key in keys:
        assert FACTS[key].rstrip(".").lower() in body, key


@pytest.mark.parametrize("audience", AUDIENCES)
def test_times_and_severity_are_said_where_they_have_to_be(audience: str) -> None:
    assert "09:14 GMT" in rendered(f"base/investigation/{audience}").body
    assert "SEV-1" in rendered(f"base/identification/{audience}").body
    assert "10:20 GMT" in rendered(f"base/monitoring/{audience}").body
    assert "11:05 GMT" in rendered(f"base/resolution/{audience}").body
    assert "17:00 GMT on 25 November 2026" in rendered(f"base/resolution/{audience}").body
    assert "17:00 GMT on 25 November 2026" in rendered(f"base/analysis/{audience}").body


def test_an_override_changes_its_block_and_keeps_the_rest() -> None:
    base = rendered("base/resolution/all-customers").body
    outage = rendered("service-outage/resolution/all-customers").body
    assert "What resolved it" in base
    assert "What resolved it" in outage, "super() keeps what the base says"
    assert "The outage is over" in outage
    assert "The outage is over" not in base


@pytest.mark.parametrize("name", SHIPPED)
def test_a_template_blames_nobody_and_promises_no_time_of_a_fix(name: str) -> None:
    blame = r"human error|fault of|\bblam|\bmistakes?\b"
    promise = r"will be (fixed|resolved|restored)|(?<!as )\bsoon\b|\bshortly\b|\bETA\b"
    dismissal = r"(can ?not|can't|unable to) reproduce|\bonly affects\b|\bjust\b"
    assert not re.search(f"{blame}|{promise}|{dismissal}", SHIPPED[name], re.IGNORECASE)
