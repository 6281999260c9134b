"""``comms fact import``: what an alert says becomes facts, and a hostile one becomes nothing."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_json import fits
from tests.support.cast import Cast
from tests.support.dialogue import talk
from tests.support.runner import Ran

pytest_plugins = ["tests.support.cast_fixtures"]
PAYLOADS = Path(__file__).parents[1] / "payloads"
MAPPING = 'imports:\n  desk:\n    symptoms: "$.issue.title"\n    services: "$.issue.parts[0]"\n'


def given(cast: Cast, document: Any, *argv: str) -> Ran:
    text = document if isinstance(document, bytes) else json.dumps(document).encode()
    return cast.ana("fact", "import", "-", *argv, stdin=text)


def recorded(cast: Cast) -> dict[str, str]:
    found: dict[str, str] = cast.ana.done("fact", "list", "--json").json["facts"]
    return found


def test_an_alert_becomes_facts_and_the_rest_is_told(small: Cast) -> None:
    small.ana.done("new", "Outage", "--severity", "1", "--fact", "services=payments")

    ran = small.ana.done("fact", "import", str(PAYLOADS / "pagerduty-triggered.json"))

    facts = recorded(small)
    assert facts["start"] == "2026-11-22T09:14:03Z"
    assert (facts["services"], facts["severity"]) == ("Card payments", "SEV-1")
    assert "read as pagerduty" in ran.err
    assert "services = Card payments (was payments)" in ran.err
    again = small.ana("fact", "import", str(PAYLOADS / "pagerduty-triggered.json"))
    assert again.code == 1
    assert "recorded already" in again.err


def test_an_alert_of_alertmanager_comes_by_stdin(small: Cast) -> None:
    small.ana.done("new", "Outage", "--severity", "1")
    data = (PAYLOADS / "alertmanager-firing.json").read_bytes()

    ran = given(small, data, "--from", "alertmanager", "--json")

    assert fits(ran.json) == "recorded"
    assert recorded(small)["start"] == "2026-11-22T09:13:41Z"


def test_an_incident_is_declared_from_an_alert(small: Cast) -> None:
    file = str(PAYLOADS / "alertmanager-firing.json")

    small.ana.done("new", "Outage", "--severity", "1", "--from", file)

    assert recorded(small)["services"] == "checkout"


def test_an_organisations_own_tool(small: Cast) -> None:
    settings = (small.ana.folder / "comms.yaml").read_text()
    small.ana.edit("comms.yaml", settings + MAPPING)
    small.ana.done("new", "Outage", "--severity", "1")

    ran = given(small, {"issue": {"title": "Slow", "parts": ["search"]}}, "--from", "desk")
    lost = given(small, {"issue": {"title": "Slower"}}, "--from", "desk")

    assert ran.code == lost.code == 0
    assert "left out: services: nothing at $.issue.parts[0]" in lost.err
    assert recorded(small) == {"symptoms": "Slower", "services": "search"}


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("a\nb", "U+000A"), ("a\x1b[2Jb", "U+001B"), ("a\u202eb", "U+202E"), ("a\udc00b", "U+DC00"),
        ("x" * 5000, "5000 bytes"), ("{{ secrets }}", "mark of templates"), (["x"], "a list"),
    ],
)  # fmt: skip
def test_a_hostile_value_is_refused_with_its_place(small: Cast, title: object, said: str) -> None:
    small.ana.done("new", "Outage", "--severity", "1")
    document = json.loads((PAYLOADS / "pagerduty-triggered.json").read_text())
    document["event"]["data"]["title"] = title
    before = small.ana.state()

    ran = given(small, document)

    assert ran.code == 2
    assert said in ran.err
    assert "stdin: $.event.data.title" in ran.err
    assert not {"\x1b", "\u202e"} & {*ran.err}
    assert small.ana.state() == before


def test_what_only_looks_like_a_command_stays_text(small: Cast) -> None:
    small.ana.done("new", "Outage", "--severity", "1")
    words = "$(touch /tmp/x) `id` <b>__import__('os')</b> %s"

    assert given(small, {"symptoms": words}).code == 0
    assert recorded(small)["symptoms"] == words


def test_yaml_is_read_as_before_and_wrong_yaml_with_its_line(small: Cast) -> None:
    small.ana.done("new", "Outage", "--severity", "1")

    assert given(small, b"services: payments\nregions: north\n").code == 0
    wrong = given(small, b"services: payments\nregions: [north]\ncause: {a: b}\n")

    assert recorded(small) == {"services": "payments", "regions": "north"}
    assert wrong.code == 2
    assert "stdin:2:10: regions: expected one text" in wrong.err
    assert "stdin:3:8: cause: expected one text" in wrong.err


def test_at_a_terminal_it_shows_and_asks(small: Cast) -> None:
    small.ana.done("new", "Outage", "--severity", "1")
    argv = ["fact", "import", str(PAYLOADS / "pagerduty-triggered.json")]
    environ = small.ana.environ()

    no = talk(*argv, cwd=small.ana.folder, environ=environ, lines=[("record these", "n\n")])
    assert "services = Card payments" in no.screen.partition("record these")[0]
    assert (no.code, recorded(small)) == (1, {})

    yes = talk(*argv, "--yes", cwd=small.ana.folder, environ=environ)
    assert yes.code == 0
    assert recorded(small)["services"] == "Card payments"
