"""Payloads of alerting tools: facts out of them, and nothing else."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commscli.documents.alerts.json_paths import find, is_path
from commscli.documents.alerts.json_text import MAX_BYTES, load_json
from commscli.documents.alerts.recognise import read_payload
from commscli.documents.models.organisation import Organisation
from commscli.documents.validate import read_document
from commscli.errors import BadInput

PAYLOADS = Path(__file__).parents[1] / "payloads"
ORGANISATION = "organisation: Example Ltd\ntimezone: Europe/London\ndomain: example.com\n"


def payload(name: str) -> Any:
    return json.loads((PAYLOADS / f"{name}.json").read_text(encoding="utf-8"))


def facts(document: Any, form: str = "", **imports: dict[str, str]) -> dict[str, str]:
    text = document if isinstance(document, str) else json.dumps(document)
    taken = read_payload(text, name="p.json", form=form, imports=imports)
    return {key: value.text for key, value in taken.values.items()}


def test_pagerduty() -> None:
    assert facts(payload("pagerduty-triggered")) == {
        "start": "2026-11-22T09:14:03Z",
        "services": "Card payments",
        "symptoms": "Payments end in a time-out (5xx above 20 %)",
        "urgency": "high",
        "ticket": "PagerDuty #4711 https://example.pagerduty.com/incidents/PGR0VU2",
        "severity": "SEV-1",
        "bridge": "https://meet.example.com/4711",
    }


def test_pagerduty_says_when_it_is_resolved() -> None:
    document = payload("pagerduty-triggered")
    document["event"] |= {"event_type": "incident.resolved", "occurred_at": "2026-11-22T10:50:00Z"}

    assert facts(document)["end"] == "2026-11-22T10:50:00Z"


def test_pagerduty_without_priority_or_bridge() -> None:
    document = payload("pagerduty-triggered")
    document["event"]["data"] |= {"priority": None, "conference_bridge": None}

    assert {"severity", "bridge"} & facts(document).keys() == set()


def test_an_urgency_of_pagerduty_that_is_none_here_is_left_out_and_told() -> None:
    document = payload("pagerduty-triggered")
    document["event"]["data"] |= {"urgency": "low"}
    taken = read_payload(json.dumps(document), name="p.json", form="", imports={})

    assert "urgency" not in taken.values
    assert "urgency: 'low' at $.event.data.urgency is no urgency here" in taken.left_out


def test_pagerduty_about_something_else_is_refused() -> None:
    document = payload("pagerduty-triggered")
    document["event"]["data"] = {"type": "incident_note", "content": "x"}

    with pytest.raises(BadInput, match="incident_note"):
        facts(document)


def test_alertmanager() -> None:
    assert facts(payload("alertmanager-firing")) == {
        "start": "2026-11-22T09:13:41.123456789Z",
        "services": "checkout",
        "symptoms": "Error rate of checkout is above 20 %",
        "regions": "eu-west-1",
        "severity": "SEV-1",
        "alert_url": "https://alerts.example.com",
    }


def test_alertmanager_ends_with_the_last_alert_and_only_when_all_are_resolved() -> None:
    document = payload("alertmanager-firing")
    document["alerts"][0]["endsAt"] = "2026-11-22T10:50:00Z"
    document["alerts"][1]["endsAt"] = "2026-11-22T10:40:00Z"
    assert "end" not in facts(document)

    document["status"] = "resolved"
    assert facts(document)["end"] == "2026-11-22T10:50:00Z"


def test_an_unknown_severity_is_left_out_and_told() -> None:
    document = payload("alertmanager-firing")
    document["commonLabels"]["severity"] = "page"

    taken = read_payload(json.dumps(document), name="p", form="", imports={})

    assert "severity" not in taken.values
    assert any("'page'" in why for why in taken.left_out)


def test_a_time_of_an_alert_that_is_none_is_refused_with_its_place() -> None:
    document = payload("alertmanager-firing")
    document["alerts"][1]["startsAt"] = "yesterday"

    with pytest.raises(BadInput) as caught:
        facts(document)

    assert str(caught.value.place) == "p.json: $.alerts[1].startsAt"


def test_an_organisations_own_mapping() -> None:
    document = {"issue": {"opened": "09:14", "parts": [{"name": "payments"}], "n": 5, "up": False}}
    paths = {
        "start": "$.issue.opened",
        "services": "$.issue.parts[0].name",
        "customers_affected": "$.issue.n",
        "paging": "$.issue.up",
        "cause": "$.issue.cause",
    }

    assert facts(document, "desk", desk=paths) == {
        "start": "09:14", "services": "payments", "customers_affected": "5", "paging": "false",
    }  # fmt: skip


def test_where_a_mapping_finds_no_text_it_is_refused_with_each_place() -> None:
    with pytest.raises(BadInput) as caught:
        facts({"a": {"b": []}}, "desk", desk={"start": "$.a", "services": "$.a.b"})

    assert [str(problem) for problem in caught.value.problems] == [
        "p.json: $.a: start: an object: expected one text",
        "p.json: $.a.b: services: a list: expected one text",
    ]


def test_a_flat_object_is_facts_as_they_are() -> None:
    assert facts({"start": "09:14", "impact": "", "regions": None}) == {"start": "09:14"}


@pytest.mark.parametrize("text", ["[]", '{"a": {"b": 1}}', "3", "null"])
def test_a_shape_that_nobody_knows_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="unknown shape") as caught:
        facts(text)

    assert "pagerduty, alertmanager" in caught.value.remedy


def test_a_name_that_nobody_knows_is_refused() -> None:
    with pytest.raises(BadInput, match="'opsgenie'") as caught:
        facts("{}", "opsgenie", desk={"start": "$.a"})

    assert "desk, pagerduty, alertmanager" in caught.value.remedy


# -- JSON and paths


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"a": 1, "a": 2}', "stands twice"),
        ('{"a": NaN}', "no JSON number"),
        ('{"a": ', "not JSON"),
        ("[" * 100_000, "nested too deeply"),
        ('"' + "a" * MAX_BYTES + '"', "expected at most"),
        ("", "not JSON"),
    ],
)  # fmt: skip
def test_json_that_is_refused(text: str, said: str) -> None:
    with pytest.raises(BadInput, match=said) as caught:
        load_json(text, path="p.json")

    assert caught.value.place is not None
    assert caught.value.place.path == "p.json"


def test_numbers_stay_the_text_that_they_are() -> None:
    digits = "9" * 10_000

    assert load_json(f"[{digits}, 1.10, 1e400]", path="p") == [digits, "1.10", "1e400"]


@pytest.mark.parametrize(
    ("path", "value"),
    [("$.a", {"b": [1, {"c-d": 2}]}), ("$.a.b[0]", 1), ("$.a.b[1].c-d", 2), ("$.a.b[2]", None),
     ("$.x", None), ("$.a[0]", None), ("$.a.b.c", None)],
)  # fmt: skip
def test_a_path_leads_to_one_value_or_nowhere(path: str, value: object) -> None:
    assert is_path(path)
    assert find({"a": {"b": [1, {"c-d": 2}]}}, path) == value


@pytest.mark.parametrize(
    "path",
    ["", "$", "a.b", "$a", "$.", "$..a", "$.*", "$.a[*]", "$.a[-1]", "$.a[0:2]", "$.a[?(@.x)]",
     "$['a']", "$.a b", "$.a\n", "$.a()", "$.é", "$.__class__.x["],
)  # fmt: skip
def test_what_is_no_path(path: str) -> None:
    assert not is_path(path)


def test_a_path_reads_data_and_never_what_python_makes_of_it() -> None:
    assert is_path("$.__class__")
    assert find({"a": 1}, "$.__class__") is None
    assert find({"a": "text"}, "$.a.upper") is None


@given(st.recursive(st.none() | st.booleans() | st.text(), lambda inner: st.lists(inner) |
                    st.dictionaries(st.text(), inner), max_leaves=20))  # fmt: skip
def test_no_payload_is_a_bug(document: object) -> None:
    for form in ("", "pagerduty", "alertmanager", "desk"):
        try:
            facts(document, form, desk={"start": "$.a.b[0]"})
        except BadInput:
            continue


# -- comms.yaml


def test_a_mapping_in_comms_yaml() -> None:
    text = ORGANISATION + 'imports:\n  desk:\n    start: "$.issue.opened"\n'

    found = read_document(Organisation, text.encode(), path="comms.yaml")

    assert found.imports == {"desk": {"start": "$.issue.opened"}}


@pytest.mark.parametrize(
    ("mapping", "said"),
    [('start: "issue.opened"', "`start`: expected a path"), ("{}", "`desk`: "),
     ('Start: "$.a"', "cannot be the key of a fact"), ("start: [a]", "`start`: expected text")],
)  # fmt: skip
def test_a_mapping_that_is_wrong_is_refused_where_it_stands(mapping: str, said: str) -> None:
    text = ORGANISATION + f"imports:\n  desk:\n    {mapping}\n"

    with pytest.raises(BadInput) as caught:
        read_document(Organisation, text.encode(), path="comms.yaml")

    (problem,) = caught.value.problems
    assert said in problem.text
    assert problem.place is not None
    assert problem.place.line == 6
