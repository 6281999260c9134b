"""Every format of ``comms check``, held against its own schema and read by its own reader.

Whatever anybody wrote into a name, a reason or a path, no reader obeys it, and none chokes.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import jsonschema  # type: ignore[import-untyped]  # it ships no types, and no stubs are locked
import pytest
import xmlschema
from markdown_it import MarkdownIt

from commscli.compose.library import shipped
from commscli.domain.report import Finding, Level, Outcome, Report
from commscli.gates.catalog import RULES
from commscli.gates.engine import finding_id
from commscli.gates.mending import named
from commscli.render.annotations import MOST, annotations
from commscli.render.check_groups import groups, location, next_step, shown
from commscli.render.check_summary import LIMIT, check_summary
from commscli.render.check_text import check_text
from commscli.render.code_quality import code_quality
from commscli.render.documents import check_document, written
from commscli.render.escaping import clipped, safe
from commscli.render.human import Paint
from commscli.render.junit import junit_text
from commscli.render.sarif import sarif_document
from tests.support.check_reports import FIELDS, HOSTILE, REPORTS, hostile
from tests.support.story import passed
from tests.support.workflow_commands import commands

SCHEMAS = Path(__file__).resolve().parents[1] / "schemas"
PLAIN = Paint(colour=False)
STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069]")
COMMANDS = {Level.ERROR: "error", Level.WARNING: "warning", Level.ACCEPTED: "notice"}


@cache
def pages() -> Mapping[str, str]:
    return {n.removesuffix(".md"): data.decode() for n, data in shipped("rules").items()}


@cache
def sarif_schema() -> Any:
    text = (SCHEMAS / "sarif-2.1.0-rtm.5.json").read_text(encoding="utf-8")
    return jsonschema.Draft4Validator(json.loads(text))


@cache
def junit_schema() -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(SCHEMAS / "junit-10.xsd")


@cache
def real(name: str) -> Report:
    return REPORTS[name]()


def as_sarif(report: Report) -> Any:
    text = written(sarif_document(report, pages()))
    assert STEERING.search(text) is None
    assert commands(text) == []
    log = json.loads(text)
    sarif_schema().validate(log)
    return log["runs"][0]


def as_junit(report: Report, *, strict: bool = False) -> ET.Element:
    text = junit_text(report, strict=strict)
    assert STEERING.search(text) is None
    assert commands(text) == []
    junit_schema().validate(text)
    return ET.fromstring(text)  # noqa: S314 - our own output, held against its schema above


def strings(value: Any) -> list[str]:
    """Every string in a JSON value, keys too."""
    if isinstance(value, dict):
        return [s for k, v in value.items() for s in (k, *strings(v))]
    if isinstance(value, list):
        return [s for v in value for s in strings(v)]
    return [value] if isinstance(value, str) else []


every_hostile_text = pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
every_field = pytest.mark.parametrize("field", FIELDS)
every_report = pytest.mark.parametrize("name", REPORTS)


# -- hostile text


@every_hostile_text
@every_field
def test_text_obeys_nothing(field: str, text: str) -> None:
    report = hostile(field, text)
    out = check_text(report, PLAIN, every=True)

    assert commands(out) == []
    assert STEERING.search(out) is None
    at_the_margin = re.findall(r"^(?! |undecided:|pass: |fail: |$).*", out, re.MULTILINE)
    assert len(at_the_margin) == len({*groups_shown(report)}), "a name is a heading, on one line"


def groups_shown(report: Report) -> list[str]:
    return [g.name for g in groups(report) if g.findings or g.verdict is not None]


@every_hostile_text
@every_field
def test_json_says_exactly_what_was_found(field: str, text: str) -> None:
    report = hostile(field, text)

    out = written(check_document(report))

    assert STEERING.search(out) is None
    assert commands(out) == []
    document = json.loads(out)
    [finding] = document["findings"]
    for name in ("rule", "text", "remedy", "incident", "message", "path"):
        assert finding[name] == getattr(report.findings[0], name)
    assert finding["who"] == [*report.findings[0].who]
    [gate] = document["messages"][0]["gates"]
    assert (gate["gate"], gate["reason"]) == (
        report.messages[0].gates[0].gate,
        report.messages[0].gates[0].reason,
    )
    assert document["reasons"] == [*report.reasons]


@every_hostile_text
@every_field
def test_sarif_has_no_string_that_means_more_than_it_says(field: str, text: str) -> None:
    report = hostile(field, text)

    run = as_sarif(report)

    told = [s for s in strings(run["results"]) if s != run["results"][0]["ruleId"]]
    assert [s for s in told if STEERING.search(s)] == []
    [result] = run["results"]
    message = result["message"]["text"]
    assert re.search(r"\]\(", message) is None, "no link"
    assert re.sub(r"\{\{|\}\}", "", message) == message.replace("{", "").replace("}", "")
    finding = report.findings[0]
    place = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert unquote(place["uri"]) == location(finding)
    assert re.fullmatch(r"[A-Za-z0-9._~/%-]+", place["uri"])
    if field == "reasons":
        [notification] = run["invocations"][0]["toolExecutionNotifications"]
        assert STEERING.search(notification["message"]["text"]) is None


@every_hostile_text
@every_field
def test_junit_stays_one_document_with_the_same_tests(field: str, text: str) -> None:
    report = hostile(field, text)

    document = as_junit(report)

    cases = document.findall(".//testcase")
    assert len(cases) == 2
    assert [child.tag for case in cases for child in case].count("failure") == 1
    assert all(len(case) <= 1 for case in cases)
    assert all(set(case.attrib) == {"name", "classname", "time"} for case in cases)
    failure = document.find(".//failure")
    assert failure is not None
    assert failure.text is not None
    if field == "text":
        flat = " ".join(failure.text.split())
        assert " ".join(safe(clipped(text, 2000)).split())[:60].strip() in flat or "<U+00" in flat


@every_hostile_text
@every_field
def test_annotations_are_those_of_the_findings_and_no_others(field: str, text: str) -> None:
    report = hostile(field, text)
    finding = report.findings[0]

    out = annotations(report)

    assert STEERING.search(out) is None
    found = commands(out)
    assert [c.name for c in found] == ["error"] * (1 + len(report.reasons))
    assert set(found[-1].properties) == {"file", "line", "title"}
    lines = [line for line in (shown(finding.text), next_step(finding)) if line]
    assert found[-1].data == "\n".join(lines)
    assert found[-1].properties["line"] == "1"
    assert found[-1].properties["title"].startswith("comms ")
    if field == "path" and text:
        assert found[-1].properties["file"] == safe(text).replace("\n", " ").replace("\t", " ")


@every_hostile_text
@every_field
def test_code_quality_keeps_its_shape(field: str, text: str) -> None:
    report = hostile(field, text)

    out = written(code_quality(report))

    assert commands(out) == []
    entries = json.loads(out)
    assert len(entries) == 1 + len(report.reasons)
    for entry in entries:
        assert set(entry) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert re.fullmatch(r"[0-9a-f]+", entry["fingerprint"])
        assert [s for s in strings(entry) if STEERING.search(s) or "\n" in s] == []


@every_hostile_text
@every_field
def test_the_summary_has_no_markup_of_others(field: str, text: str) -> None:
    summary = check_summary(hostile(field, text))

    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(summary)
    assert [t.type for t in tokens] == [
        "heading_open", "inline", "heading_close", "fence", "fence",
    ]  # fmt: skip
    assert all(t.info == "text" for t in tokens if t.type == "fence")
    assert [t.content for t in tokens if t.type == "inline"] in (
        ["comms check: fail"],
        ["comms check: undecided"],
    )
    assert STEERING.search(summary) is None
    assert commands(summary) == []


@pytest.mark.parametrize("name", ["long word", "long and wide"])
def test_a_long_name_is_cut_where_people_read_and_whole_where_programs_do(name: str) -> None:
    report = hostile("text", HOSTILE[name])

    assert len(check_text(report, PLAIN)) < 4_000
    assert "more characters)" in check_text(report, PLAIN)
    assert json.loads(written(check_document(report)))["findings"][0]["text"] == HOSTILE[name]


# -- SARIF


@every_report
def test_a_result_has_a_place_a_rule_and_fingerprints(name: str) -> None:
    run = as_sarif(real(name))
    rules = run["tool"]["driver"]["rules"]

    assert [rule["id"] for rule in rules] == [rule.id for rule in RULES]
    assert len(run["results"]) == len(real(name).findings)
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        [place] = result["locations"]
        uri = place["physicalLocation"]["artifactLocation"]["uri"]
        assert not uri.startswith(("/", "file:", "../"))
        assert set(result["partialFingerprints"]) == {"primaryLocationLineHash", "commsFinding/v1"}
        assert bool(result.get("suppressions")) is (result["level"] == "note")


def test_the_rules_explain_themselves() -> None:
    for rule in as_sarif(real("pass"))["tool"]["driver"]["rules"]:
        assert rule["help"]["markdown"].replace("{{", "{").replace("}}", "}") == pages()[rule["id"]]
        assert 20 < len(rule["fullDescription"]["text"]) <= 1024
        assert len(rule["shortDescription"]["text"]) <= 1024
        assert re.fullmatch(r"[A-Z][A-Za-z]+", rule["name"])


def test_undecided_is_an_invocation_that_failed() -> None:
    for name in REPORTS:
        report = real(name)
        [invocation] = as_sarif(report)["invocations"]
        assert invocation["executionSuccessful"] is (report.outcome is not Outcome.UNDECIDED)
        told = [n["message"]["text"] for n in invocation["toolExecutionNotifications"]]
        assert len(told) == len(report.reasons)


def test_fingerprints_outlive_what_has_nothing_to_do_with_them() -> None:
    story = passed()
    story.commit({"trust/notes.txt": b"hm\n"})
    story.object("legal")
    story.send()
    before = fingerprints(story.report())
    story.commit({"README.md": b"Nothing.\n"})
    story.fact("start", "09:14")
    story.change_trust(lambda trust: replace(trust, commits="recorded"))
    side = story.aside()
    side.commit({"elsewhere.md": b"Nothing.\n"})
    story.merge(side)
    after = fingerprints(story.report())

    assert len(before) == 2
    assert len(set(before)) == 2
    assert after == before


def fingerprints(report: Report) -> list[str]:
    results = as_sarif(report)["results"]
    return [result["partialFingerprints"]["primaryLocationLineHash"] for result in results]


# -- JUnit


@every_report
def test_junit_has_a_test_a_message_and_one_for_the_repository(name: str) -> None:
    report = real(name)
    document = as_junit(report)
    names = [(c.get("classname"), c.get("name")) for c in document.iter("testcase")]

    messages = [(m.incident, m.message) for m in report.messages]
    assert names == [*messages, ("comms", "the repository")]
    for element in (document, document[0]):
        assert element.get("tests") == str(len(names))
        assert element.get("failures") == str(len(document.findall(".//failure")))
        assert element.get("errors") == str(len(document.findall(".//error")))
    assert (document.find(".//error") is not None) is bool(report.reasons)
    wrong = any(f.level is Level.ERROR for f in report.findings)
    assert (document.find(".//failure") is not None) is wrong


def test_a_warning_fails_its_test_only_if_warnings_count() -> None:
    report = hostile("text", "fine", Level.WARNING)

    assert as_junit(report).find(".//failure") is None
    assert "warning[open-gate]" in (as_junit(report).findtext(".//testcase/system-out") or "")
    assert as_junit(report, strict=True).find(".//failure") is not None


# -- annotations and the summary


@every_report
def test_annotations_say_what_was_found(name: str) -> None:
    report = real(name)
    found = commands(annotations(report))

    errors = sum(f.level is Level.ERROR for f in report.findings) + len(report.reasons)
    counts = {level: sum(f.level is level for f in report.findings) for level in Level}
    assert [c.name for c in found] == [
        *["error"] * errors,
        *["warning"] * counts[Level.WARNING],
        *["notice"] * counts[Level.ACCEPTED],
    ]


def many_findings(count: int, level: Level) -> Report:
    one = hostile("text", "it was open", level)
    findings = tuple(replace(one.findings[0], key=str(number)) for number in range(count))
    return replace(one, findings=findings)


@pytest.mark.parametrize("level", Level)
@pytest.mark.parametrize("count", [MOST, MOST + 1, 500])
def test_no_more_annotations_than_are_shown_and_the_rest_is_counted(
    level: Level, count: int
) -> None:
    found = commands(annotations(many_findings(count, level)))

    assert len(found) == MOST
    assert {c.name for c in found} == {COMMANDS[level]}
    told = re.search(r"(\d+) \w+ more", found[-1].data)
    assert (told is not None) is (count > MOST)
    assert told is None or int(told[1]) == count - MOST + 1


def test_a_summary_that_is_too_long_is_cut_and_says_so() -> None:
    parts = [
        replace(f, message=f"m-{n}")
        for n, f in enumerate(many_findings(9000, Level.ERROR).findings)
    ]
    report = replace(real("fail"), findings=tuple(parts))

    summary = check_summary(report)

    assert LIMIT - 2000 < len(summary.encode()) <= LIMIT
    shown_ = summary.count("error[open-gate]")
    [cut] = re.findall(r"^Cut here: (\d+) parts? did not fit", summary, re.MULTILINE)
    assert int(cut) + shown_ == 9000
    fences = [t for t in MarkdownIt().parse(summary) if t.type == "fence"]
    assert len(fences) == shown_ + 1, "it is cut between blocks"


@pytest.mark.parametrize("room", [-5, 0, 10, 299, 300, 500, 2000])
def test_a_summary_never_takes_more_than_the_room_there_is(room: int) -> None:
    assert len(check_summary(real("fail"), room).encode()) <= max(0, room)


# -- GitLab


@every_report
def test_code_quality_has_what_gitlab_reads(name: str) -> None:
    report = real(name)
    entries = code_quality(report)

    assert len(entries) == len(report.findings) + len(report.reasons)
    assert len({entry["fingerprint"] for entry in entries}) == len(entries)
    for entry in entries:
        assert entry["severity"] in {"info", "minor", "critical", "blocker"}
        assert entry["location"]["lines"]["begin"] >= 1
        assert not entry["location"]["path"].startswith(("/", "./"))


# -- what all say


@every_report
def test_a_finding_that_somebody_can_mend_says_who(name: str) -> None:
    text = check_text(real(name), PLAIN)

    for finding in real(name).findings:
        if finding.level is not Level.ACCEPTED:
            assert finding.who, finding
            assert f"who: {named(finding.who)}" in " ".join(text.split())


def test_text_of_a_check_that_has_nothing_to_say_is_short() -> None:
    assert len(check_text(real("pass"), PLAIN).splitlines()) == 2
    assert "legal ok lea" in check_text(real("pass"), PLAIN, every=True)


def test_each_finding_stands_in_one_group() -> None:
    report = real("fail")
    orphan = replace(report.findings[0], incident="2026-01-01-x", message="gone")
    report = replace(report, findings=(*report.findings, orphan))

    grouped: list[Finding] = [f for group in groups(report) for f in group.findings]

    assert sorted(map(finding_id, grouped)) == sorted(map(finding_id, report.findings))
    for render in (annotations, junit_text, check_summary):
        assert "gone" in render(report)


def test_errors_come_first() -> None:
    one = hostile("text", "it was open")
    finding = one.findings[0]
    levels = (Level.ACCEPTED, Level.WARNING, Level.ERROR, Level.WARNING)
    report = replace(
        one, findings=tuple(replace(finding, level=v, key=str(n)) for n, v in enumerate(levels))
    )

    marks = re.findall(r"(\w+)\[open-gate\]", check_text(report, PLAIN))
    assert marks == ["error", "warning", "warning", "accepted"]
    assert [c.name for c in commands(annotations(report))] == [
        "error", "warning", "warning", "notice",
    ]  # fmt: skip
    assert [entry["severity"] for entry in code_quality(report)] == [
        "critical", "minor", "minor", "info",
    ]  # fmt: skip
