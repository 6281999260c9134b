"""``comms check --clocks``: warnings of how it was communicated, only when asked, never errors."""

import json
import re
from pathlib import Path

import pytest

from commscli.compose.library import shipped
from commscli.domain.clocks import patterns
from commscli.domain.consistency import INCONSISTENT
from tests.support.cast import Cast

pytest_plugins = ["tests.support.cast_fixtures"]
IDS = sorted([
    INCONSISTENT,
    *(v for name, v in vars(patterns).items() if name.isupper() and isinstance(v, str)),
])  # fmt: skip


@pytest.fixture
def silent(small: Cast) -> Cast:
    """A SEV-1 of which the public heard once, and then nothing for two hours."""
    (message,) = small.declare("customers")
    small.passed(message, "approval", "release")
    small.ana.done("send", message)
    small.later(120)
    return small


def test_it_warns_only_when_asked_and_never_fails(silent: Cast) -> None:
    plain = silent.ana("check", "--json")
    asked = silent.ana("check", "--clocks", "--json")

    assert (plain.code, asked.code) == (0, 0)
    assert plain.json["findings"] == []
    assert asked.json["outcome"] == "pass"
    assert {f["level"] for f in asked.json["findings"]} == {"warning"}
    rules = {f["rule"] for f in asked.json["findings"]}
    assert rules == {"radio-silence", "broken-promise", "single-channel-critical"}
    assert silent.ana("check", "--clocks", "--strict").code == 1
    keys = [f["id"] for f in asked.json["findings"]]
    assert len(set(keys)) == len(keys)


def test_a_promise_that_is_kept_late_stays_a_warning(silent: Cast) -> None:
    (message,) = silent.ana.done("draft", "customers").ids
    silent.passed(message, "approval", "release")
    silent.ana.done("send", message)
    found = silent.ana("check", "--clocks", "--json").json["findings"]

    (broken,) = [f for f in found if f["rule"] == "broken-promise"]
    assert broken["message"] == "investigation-all-customers-1"
    assert "came at 2026-11-22T11:20:00Z" in broken["text"]
    (again,) = [f for f in found if f["rule"] == "over-communication"]
    assert again["message"] == message


def test_what_mends_it_is_what_can_be_done_now_by_whom(silent: Cast) -> None:
    silent.ana.done("clock", "start", "us-tx", "--at", "2026-09-01 09:00", "--why", "told late")
    silent.ana.done("draft", "customers")
    found = silent.ana("check", "--clocks", "--json").json["findings"]
    remedies = {f["text"].split(",")[0].split(" ran out")[0]: f["remedy"] for f in found}

    assert (
        "in work, so see whom it waits for: comms -i"
        in remedies["the next update to all-customers"]
    )
    assert remedies["us-tx"].endswith("clock met us-tx --why TEXT")
    assert "draft strategic-customers" in remedies["cadence-strategic-customers"]


@pytest.mark.parametrize("form", ["text", "json", "sarif", "junit", "github", "gitlab"])
def test_every_format_has_them(silent: Cast, form: str) -> None:
    ran = silent.ana("check", "--clocks", "--format", form)

    assert ran.code == 0
    assert "radio-silence" in ran.out
    if form == "sarif":
        results = json.loads(ran.out)["runs"][0]["results"]
        assert {result["level"] for result in results} == {"warning"}
    if form == "text":
        assert "mend: tell them, even that there is nothing new" in " ".join(ran.out.split())


def inconsistent(cast: Cast) -> list[dict[str, str]]:
    findings = cast.ana.done("check", "--clocks", "--json").json["findings"]
    return [finding for finding in findings if finding["rule"] == INCONSISTENT]


def test_words_that_were_said_elsewhere_count(silent: Cast) -> None:
    ana = silent.ana
    assert inconsistent(silent) == []
    ana.done("said", "--where", "the CEO, on the radio", "--text", "Payments fail since 8:30.")

    (one,) = inconsistent(silent)
    assert one["text"].startswith("the start was said to be 08:30 (the CEO, on the radio, ")
    assert "and all-customers 09:14 (investigation-all-customers-1, " in one["text"]
    assert "said --where PLACE --text TEXT" in one["remedy"]
    assert one["message"] == ""

    right = ("said", "--where", "the CEO, on the radio", "--text", "It began at 9:14.")
    silent.later()
    ana.done(*right)
    assert inconsistent(silent) == []


def test_words_that_are_gone_are_not_seen(silent: Cast) -> None:
    silent.ana.done("said", "--where", "the radio", "--text", "Payments fail since 8:30.")
    silent.ana.git("rm", "-rq", "incidents/2026-11-22-checkout-outage/said")
    who = ("-c", "user.name=x", "-c", "user.email=x@example.com")
    silent.ana.git(*who, "commit", "-qm", "Erase")

    assert inconsistent(silent) == []


def test_an_audience_that_was_told_another_time(silent: Cast) -> None:
    ana = silent.ana
    ana.done("fact", "start=08:50")
    (message,) = ana.done("draft", "internal").ids
    silent.passed(message, "approval", "release")
    ana.done("send", message)

    (one,) = inconsistent(silent)
    assert one["text"].startswith("all-customers was told the start 09:14 (investigation-all")
    assert one["message"] == "investigation-all-customers-1"
    assert "correct investigation-all-customers-1 --why TEXT" in one["remedy"]

    (correction,) = ana.done("correct", "customers", "--why", "it began at 08:50").ids
    silent.passed(correction, "approval", "release")
    ana.done("send", correction)
    assert inconsistent(silent) == []


def test_a_path_narrows_them_to_its_incident(silent: Cast) -> None:
    silent.ana.done("new", "Another outage", "--severity", "3", "--id", "other")
    silent.later(60)
    incidents = {
        f["incident"]
        for f in silent.ana("check", "incidents/other", "--clocks", "--json").json["findings"]
    }

    assert incidents == {"other"}


def test_it_is_about_now_and_about_a_clone(silent: Cast) -> None:
    assert silent.ana("check", "--clocks", "--at", "HEAD").code == 2
    assert silent.ana("check", "--clocks", "--bundle", "evidence.zip").code == 2


@pytest.mark.parametrize("id_", IDS)
def test_each_has_a_page_that_explain_prints(small: Cast, id_: str) -> None:
    page = small.ana.done("explain", id_).out

    assert page.startswith(f"# {id_}\n")
    assert f"warning[{id_}]: " in page
    assert len(re.findall(r"^## ", page, re.MULTILINE)) == 5


def test_there_is_no_page_of_anything_else() -> None:
    assert sorted(name.removesuffix(".md") for name in shipped("warnings")) == IDS
    rules = Path(__file__).parents[2] / "docs" / "rules"
    assert not {path.stem for path in rules.iterdir()} & set(IDS)
