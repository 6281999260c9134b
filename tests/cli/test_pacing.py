"""Who does it, how long it takes, and who checks back."""

from typing import Any

from tests.support.cast import Cast, Clone

pytest_plugins = ["tests.support.cast_fixtures"]


def waiting(clone: Clone, gate: str, audience: str = "all-customers") -> Any:
    (incident,) = clone.done("status", "--json").json["incidents"]
    (cell,) = [c for c in incident["cells"] if c["audience"] == audience]
    (found,) = [w for w in cell["waiting_for"] if w["gate"] == gate]
    return found


def test_the_playbook_says_how_long_a_gate_usually_takes(full: Cast) -> None:
    full.declare("customers")
    found = waiting(full.ana, "legal")
    assert (found["estimate"], found["overdue"], found["since"], found["due"]) == (
        "10m", False, "2026-11-22T09:20:00Z", "2026-11-22T09:30:00Z",
    )  # fmt: skip
    full.later(12)
    assert waiting(full.ana, "legal")["overdue"]
    assert "legal: lea or leo, 2 min over" in full.ana.done("status").out


def test_an_estimate_replaces_it_until_other_words_come(full: Cast) -> None:
    (message,) = full.declare("customers")
    full.lea.done("sync")
    full.later(5)
    full.lea.done("estimate", message, "20m")
    full.ana.done("sync")
    assert (waiting(full.ana, "legal")["estimate"], waiting(full.ana, "legal")["due"]) == (
        "20m", "2026-11-22T09:45:00Z",
    )  # fmt: skip
    assert f"lea {message}: needs 20 min for legal" in full.ana.done("log").out
    full.ana.done("revise", message, "--file", "-", stdin=b"Other words.\n")
    assert waiting(full.ana, "legal")["estimate"] == "10m", "for new words she may need longer"


def test_the_lead_estimates_for_somebody_and_for_what_is_not_drafted_yet(full: Cast) -> None:
    (message,) = full.declare("customers")
    ana = full.ana
    ana.done("estimate", message, "2m", "--gate", "messaging", "--for", "mia")
    assert waiting(ana, "messaging")["estimate"] == "2m"
    ana.done("estimate", "internal", "90s")
    found = waiting(ana, "draft", "internal-stakeholders")
    assert (found["estimate"], found["people"]) == ("2m", ["ana", "ben"])
    asked = ana("estimate", message, "2m")
    assert (asked.code, "say which: --gate" in asked.err) == (2, True)
    for argv in (["customers", "soon"], [message, "5m", "--gate", "nope"],
                 [message, "5m", "--gate", "legal", "--for", "nope"], ["nope", "5m"]):  # fmt: skip
        assert ana("estimate", *argv).code == 2, argv


def test_what_is_late_comes_first_for_whoever_is_late_and_for_the_lead(full: Cast) -> None:
    internal, message = full.declare("internal", "customers")
    full.lea.done("sync")
    full.lea.done("estimate", message, "1m")
    full.later(3)
    tasks = full.lea.done("next", "--json").json["tasks"]
    assert [t["message"] for t in tasks] == [message, internal], "and not as the audiences stand"
    assert tasks[0]["text"].endswith("; 2 min over the estimate of 1 min")
    full.ana.done("sync")
    first = full.ana.done("next", "--json").json["tasks"][0]
    assert (first["verb"], first["gate"], first["command"]) == (
        "nudge", "legal", f"comms nudge {message}",
    )  # fmt: skip


def test_nudge_prints_whom_to_call_and_calls_nobody(full: Cast) -> None:
    (message,) = full.declare("customers")
    full.later(12)
    ran = full.ana.done("nudge", message)
    lines = ran.out.splitlines()
    at = lines.index(f"legal of {message}: 12 min, 2 min over the estimate")
    assert lines[at + 1 : at + 3] == [
        "    lea (Lea Example): lea@example.com", "    or leo (Leo Example): leo@example.com",
    ]  # fmt: skip
    assert "nobody was told of this" in ran.err
    assert "draft of investigation for internal-stakeholders" in full.ana.done("nudge").out
    waits = full.ana.done("nudge", message, "--json").json["waiting"]
    assert {w["message"] for w in waits} == {message}


def test_work_goes_to_somebody_by_name(full: Cast) -> None:
    (message,) = full.declare("customers")
    ana = full.ana
    assert ana.done("assign", "legal", "--to", "leo", "--why", "lea is out").out == "legal leo\n"
    assert waiting(ana, "legal")["people"] == ["leo", "lea"]
    assert "legal: leo, in hand" in ana.done("status").out
    full.lea.done("sync")
    assert "(leo has it in hand)" in full.lea.done("next", "--json").json["tasks"][0]["text"]
    ana.done("assign", message, "--to", "lea", "--gate", "legal")
    assert waiting(ana, "legal")["assigned"] == "lea", "the message's own word comes first"
    ana.done("assign", "internal", "--to", "ben")
    assert waiting(ana, "draft", "internal-stakeholders")["people"] == ["ben", "ana"]
    told = ana.done("log").out
    assert "gave legal to leo (lea is out)" in told
    assert f"{message}: gave legal to lea" in told
    assert full.lea("assign", "legal", "--to", "leo").code == 4


def test_nobody_is_given_what_they_cannot_do(full: Cast) -> None:
    full.declare("customers")
    refused = full.ana("assign", "legal", "--to", "mia")
    assert (refused.code, "one of lea, leo" in refused.err) == (1, True)
    assert full.ana("assign", "customers", "--to", "mia").code == 1
    assert full.ana("assign", "legal", "--to", "nobody").code == 2
    assert full.ana("assign", "nope", "--to", "lea").code == 2


def test_the_lead_is_handed_over(full: Cast) -> None:
    full.declare("customers")
    ana = full.ana
    assert ana("handover", "--to", "ben").code == 2
    refused = ana("handover", "--to", "lea", "--why", "I sleep")
    assert (refused.code, "lea is no business-lead" in refused.err) == (1, True)
    ana.done("handover", "--to", "ben", "--why", "I sleep")
    assert "\nlead: ben, from ana at 09:20\n" in ana.done("status").out
    assert ana.done("status", "--json").json["incidents"][0]["lead"] == "ben"
    assert "handed the lead to ben (I sleep)" in ana.done("log").out
    full.later(30)
    verbs = {t["verb"] for t in ana.done("next", "--json").json["tasks"]}
    assert "nudge" not in verbs, "whoever leads checks back"
