"""``comms metrics``: what people did, timed by what they signed."""

import csv
import io

from tests.cli.test_json import fits
from tests.support.cast import Cast

pytest_plugins = ["tests.support.cast_fixtures"]


def told(cast: Cast, *, title: str = "Checkout outage", drill: bool = False) -> str:
    """One message: 2 min to the draft, 4 to the approval, 1 to the release, 1 to the send."""
    ana = cast.ana
    more = ["--drill"] if drill else []
    facts = ["--fact", "start=09:14", "--fact", "services=payments", "--fact", "impact=none work"]
    (incident,) = ana.done("new", title, "--severity", "1", *facts, *more).ids
    cast.later(2)
    (message,) = ana.done("-i", incident, "draft", "customers").ids
    for gate, minutes in (("approval", 4), ("release", 1)):
        cast.later(minutes)
        cast.passed(f"{incident}/{message}", gate)
    cast.later()
    ana.done("sync")
    ana.done("send", f"{incident}/{message}")
    return incident


def test_one_incident_is_timed(small: Cast) -> None:
    told(small)
    small.later(90)

    document = small.ana.done("metrics", "--json").json

    assert fits(document) == "metrics"
    (one,) = document["incidents"]
    assert one["acknowledgement"]["seconds"] == 8 * 60
    assert one["acknowledgement"]["in_time"] is True
    (message,) = one["messages"]
    assert [(g["gate"], g["seconds"], g["by"]) for g in message["gates"]] == [
        ("approval", 240, ["bo"]), ("release", 60, ["bo"]),
    ]  # fmt: skip
    assert (message["to_send"], message["revisions"]) == (6 * 60, 1)
    (promise,) = one["promises"]
    assert (promise["state"], promise["late"]) == ("broken", 70 * 60)
    assert document["summary"] is None
    assert "claim" in document["times"]


def test_an_ok_that_came_too_early_does_not_end_a_gate(full: Cast) -> None:
    full.ana.done("new", "Outage", "--severity", "1", "--fact", "start=09:14", "--fact",
                  "services=payments", "--fact", "impact=none can pay")  # fmt: skip
    (message,) = full.ana.done("draft", "customers").ids
    for gate in ("accuracy", "messaging", "legal"):
        full.later(3)
        full.passed(message, gate)
    words = b"Other words. The next update follows by {{ send.next_update }}.\n"
    full.ana.done("sync")
    full.later()
    full.ana.done("revise", message, "--file", "-", stdin=words)
    for gate in ("accuracy", "messaging", "legal", "approval"):
        full.later(2)
        full.passed(message, gate)

    (one,) = full.eve.done("metrics", "--json").json["incidents"]

    gates = {gate["gate"]: gate for gate in one["messages"][0]["gates"]}
    assert {name: gate["seconds"] for name, gate in gates.items()} == {
        "accuracy": 120, "messaging": 240, "legal": 360, "approval": 120, "release": None,
    }  # fmt: skip
    assert gates["release"]["state"] == "open"
    assert one["messages"][0]["revisions"] == 2


def test_drills_are_left_out_of_all_unless_asked_for(small: Cast) -> None:
    refused = small.ana("metrics", "--all")
    assert refused.code == 1
    told(small, title="A drill", drill=True)
    only_drills = small.ana("metrics", "--all")
    assert only_drills.code == 1
    assert "--drills" in only_drills.err
    told(small)

    real = small.ana.done("metrics", "--all", "--json").json
    with_drills = small.ana.done("metrics", "--all", "--drills", "--json").json

    assert fits(real) == "metrics"
    assert [one["drill"] for one in real["incidents"]] == [False]
    assert (real["drills_left_out"], real["summary"]["incidents"]) == (1, 1)
    assert (with_drills["drills_left_out"], with_drills["summary"]["incidents"]) == (0, 2)
    assert real["summary"]["gates"]["approval"] == {"count": 1, "median": 240, "p90": 240}


def test_a_spreadsheet_gets_a_row_a_number(small: Cast) -> None:
    incident = told(small)

    rows = list(csv.DictReader(io.StringIO(small.ana.done("metrics", "--format", "csv").out)))

    assert {row["incident"] for row in rows} == {incident}
    (approval,) = [r for r in rows if (r["measure"], r["gate"]) == ("gate", "approval")]
    assert (approval["value"], approval["unit"]) == ("240", "seconds")


def test_a_format_that_is_not_there(small: Cast) -> None:
    ran = small.ana("metrics", "--format", "xml")

    assert ran.code == 2
    assert "text, json, csv" in ran.err


def test_a_screen_has_80_columns_and_says_whose_times_they_are(small: Cast) -> None:
    told(small)
    for argv in (["metrics"], ["metrics", "--all"]):
        out = small.ana.done(*argv).out
        assert max(map(len, out.splitlines())) <= 80
        assert "claim" in out
