"""``comms clock``, and the clocks in ``comms status``: as people type them while time passes."""

from pathlib import Path
from typing import Any

from tests.support.cast import Cast, Clone
from tests.support.runner import comms

pytest_plugins = ["tests.support.cast_fixtures"]
WHY = ("--why", "as the bank told us")
CLOCKS = "playbooks/clocks/regulatory.yaml"


def sent(cast: Cast, *audiences: str) -> None:
    for message in cast.ana.done("draft", *audiences).ids:
        cast.passed(message, "approval", "release")
        cast.ana.done("send", message)


def states(clone: Clone, *argv: str) -> dict[str, tuple[str, str | None]]:
    """Every clock of the incident that was ever started, by id: state and due time."""
    found: list[Any] = clone.done("clock", "list", "--all", "--json", *argv).json["clocks"]
    return {c["id"]: (c["state"], c["due"]) for c in found if c["incident"]}


def shown(clone: Clone) -> list[str]:
    (incident,) = clone.done("status", "--json").json["incidents"]
    return [clock["clock"] for clock in incident["clocks"]]


def test_without_an_incident_the_list_says_what_there_is(small: Cast) -> None:
    ran = small.ana.done("clock", "list", "--json")
    found = {clock["id"]: clock for clock in ran.json["clocks"]}

    assert "not legal advice" in ran.json["note"]
    assert found["gdpr-33"]["state"] == "not-started"
    assert found["gdpr-33"]["content"]
    assert {c["status"] for i, c in found.items() if i.startswith("circia")} == {"not-in-force"}
    assert "uk-gdpr-33  UK GDPR Article 33: 72 hours from awareness, proposed" in (
        small.ana.done("clock", "list").out
    )


def test_outside_of_a_repository_the_shipped_ones_are_listed(small: Cast, tmp_path: Path) -> None:
    ran = comms("clock", "list", cwd=tmp_path, environ=small.ana.environ())

    assert ran.code == 0
    assert "gdpr-33  GDPR Article 33" in ran.out
    assert ran.out.count("not legal advice") == 1


def test_a_playbook_says_how_soon_the_first_words_are_out(small: Cast) -> None:
    ana = small.ana
    book = ana.folder / "playbooks" / "service-outage.yaml"
    text = book.read_text(encoding="utf-8")
    assert "acknowledge: 15m" in text
    book.write_text(text.replace("acknowledge: 15m", "acknowledge: 5m"), encoding="utf-8")
    ana.git("-c", "user.name=x", "-c", "user.email=x@example.com", "commit", "-aqm", "Be sooner")
    ana.git("push", "-q", "origin", "HEAD:main")
    small.declare()

    assert states(ana)["first-acknowledgement"] == ("running", "2026-11-22T09:25:00Z")


def test_the_first_words_and_the_next_ones_have_their_time(small: Cast) -> None:
    small.declare()
    due = states(small.ana)
    assert due["first-acknowledgement"] == ("running", "2026-11-22T09:35:00Z")
    assert due["cadence-all-customers"] == ("running", "2026-11-22T09:40:00Z")

    small.later(16)
    assert "LATE: first words to those affected by 09:35, 1 min ago: comms draft" in " ".join(
        small.ana.done("status").out.split()
    )
    sent(small, "internal")
    assert states(small.ana)["first-acknowledgement"][0] == "overdue", "our own people are told"
    sent(small, "customers")
    assert states(small.ana)["first-acknowledgement"][0] == "broken"
    assert shown(small.ana) == [
        "cadence-strategic-customers",
        "next-update-internal-stakeholders",
        "next-update-all-customers",
    ]


def test_a_law_runs_from_what_a_person_records_and_never_from_the_incident(small: Cast) -> None:
    small.declare()
    assert [id_ for id_ in states(small.ana) if "gdpr" in id_] == []

    ran = small.ana.done("clock", "start", "gdpr-33", "--at", "09:00", *WHY)

    assert ran.out == "gdpr-33  by 09:00 GMT on 25 November 2026, in 2 days 23 h\n"
    assert ran.err.count("not legal advice") == 1
    assert "lead supervisory authority" in ran.err
    assert "gdpr-33" in shown(small.ana)
    assert "clocks of laws are not legal advice" in small.ana.done("status").out
    log = small.ana.done("log").out
    assert "ana started the clock gdpr-33, as of 09:00 GMT on 22 November 2026: " in log


def test_a_chained_clock_starts_with_the_notice_before_it(small: Cast) -> None:
    small.declare()
    small.ana.done("clock", "start", "dora-initial", *WHY)
    small.later(120)
    met = small.ana.done(
        "clock", "met", "dora-initial", "--at", "11:00", "--why", "filed", "--json"
    )

    assert met.json["clocks"] == [
        {"id": "dora-initial", "state": "met", "due": "2026-11-22T13:20:00Z"},
        {"id": "dora-intermediate", "state": "running", "due": "2026-11-25T11:00:00Z"},
    ]
    small.ana.done("clock", "met", "dora-intermediate", "--why", "filed")
    assert states(small.ana)["dora-final"] == ("running", "2026-12-22T23:59:59Z")


def test_a_message_meets_a_clock_when_it_was_sent(small: Cast) -> None:
    small.declare()
    small.ana.done("clock", "start", "gdpr-34", *WHY)
    small.later(10)
    small.ana.done("draft", "customers")
    refused = small.ana("clock", "met", "gdpr-34", "--message", "customers", *WHY)
    assert (refused.code, "was not sent" in refused.err) == (1, True)

    small.passed("investigation-all-customers-1", "approval", "release")
    small.ana.done("send", "customers")
    small.later(30)
    small.ana.done("clock", "met", "gdpr-34", "--message", "customers", *WHY)

    (clock,) = [c for c in small.ana.done("clock", "list", "--all", "--json").json["clocks"]
                if c["id"] == "gdpr-34"]  # fmt: skip
    assert clock["met"] == "2026-11-22T09:30:00Z"
    assert clock["message"] == "investigation-all-customers-1"


def test_what_is_not_enabled_is_started_only_on_purpose(small: Cast) -> None:
    small.declare()
    for id_, why in (("us-ny", "secondary page"), ("circia-incident", "no law yet")):
        before = small.ana.state()
        ran = small.ana("clock", "start", id_, *WHY)
        assert ran.code == 1
        assert why in ran.err
        assert "--anyway" in ran.err
        assert small.ana.state() == before

    small.ana.done("clock", "start", "us-ny", "--anyway", *WHY)
    assert states(small.ana)["us-ny"] == ("running", "2026-12-22T23:59:59Z")


def test_what_cannot_be_recorded_of_a_clock(small: Cast) -> None:
    small.declare()
    small.ana.done("clock", "start", "gdpr-33", *WHY)
    for argv, code, text in (
        (["start", "gdpr-33", *WHY], 1, "runs since 2026-11-22T09:20:00Z"),
        (["start", "gdpr-33"], 2, "say why"),
        (["start", "gdpr", *WHY], 2, "more than one clock begins with 'gdpr'"),
        (["start", "gdrp-33", *WHY], 2, "gdpr-33"),
        (["start", "gdpr-34", "--at", "10:00", *WHY], 2, "still to come"),
        (["start", "gdpr-34", "--at", "soon", *WHY], 2, "no time"),
        (["met", "gdpr-34", *WHY], 1, "was not started"),
        (["met", "gdpr-33", "--at", "09:00", *WHY], 2, "is before that"),
        (["met", "first-acknowledgement", *WHY], 1, "met by a real send"),
    ):
        before = small.ana.state()
        ran = small.ana("clock", *argv)
        assert (ran.code, text in ran.err) == (code, True), (argv, ran.err)
        assert small.ana.state() == before, "nothing was written"


def test_another_beginning_corrects_a_clock(small: Cast) -> None:
    small.declare()
    small.ana.done("clock", "start", "gdpr-33", *WHY)
    small.ana.done("clock", "start", "gdpr-33", "--at", "2026-11-21 12:00", *WHY)

    assert states(small.ana)["gdpr-33"] == ("running", "2026-11-24T12:00:00Z")


def test_who_may_say_so_is_decided_by_the_roster(small: Cast) -> None:
    small.declare()
    small.bo.done("sync")
    ran = small.bo("clock", "start", "gdpr-33", *WHY)

    assert ran.code == 4
    assert "legal-officer" in ran.err


def test_business_days_are_those_of_the_country(small: Cast) -> None:
    small.declare()
    small.ana.done("severity", "2")
    small.ana.done("phase", "resolution")
    assert states(small.ana)["postmortem"] == ("running", "2026-11-27T23:59:59Z")

    settings = (small.ana.folder / "comms.yaml").read_text(encoding="utf-8")
    small.ana.edit("comms.yaml", f"{settings}holidays: US\n")
    assert states(small.ana)["postmortem"] == ("running", "2026-11-30T23:59:59Z"), "Thanksgiving"

    small.ana.edit("comms.yaml", f"{settings}holidays: XX\n")
    ran = small.ana("clock", "list")
    assert (ran.code, "no holidays are known for XX" in ran.err) == (2, True)
    doctor = small.ana("doctor")
    assert (doctor.code, "no holidays are known for XX" in doctor.out) == (1, True)


def test_a_contract_and_an_own_cadence_are_the_audiences(small: Cast) -> None:
    settings = (small.ana.folder / "audiences.yaml").read_text(encoding="utf-8")
    own = "    cadence: {investigation: 15m}\n    contract: {first-response: 10m, workaround: 4h}\n"
    small.ana.edit("audiences.yaml", settings + own)
    small.declare()
    due = states(small.ana)
    assert due["cadence-all-customers"] == ("running", "2026-11-22T09:35:00Z")
    assert due["cadence-internal-stakeholders"] == ("running", "2026-11-22T09:40:00Z")
    assert due["contract-all-customers-first-response"] == ("running", "2026-11-22T09:30:00Z")
    assert "contract with All customers, workaround by 13:20" in small.ana.done("status").out

    small.later(60)
    small.ana.done("clock", "met", "contract-all-customers-workaround", "--why", "cash works")
    assert states(small.ana)["contract-all-customers-workaround"][0] == "met"
    assert states(small.ana)["contract-all-customers-first-response"][0] == "overdue"


def test_how_urgent_an_issue_is_says_how_often_the_client_hears(small: Cast) -> None:
    small.declare()
    assert "update-by-urgency" not in states(small.ana)
    small.ana.done("fact", "urgency=urgent")
    assert states(small.ana)["update-by-urgency"] == ("running", "2026-11-22T10:20:00Z")
    small.later(61)
    assert states(small.ana)["update-by-urgency"] == ("running", "2026-11-22T12:20:00Z"), "skipped"
    small.later(120)
    assert states(small.ana)["update-by-urgency"] == ("overdue", "2026-11-22T12:20:00Z")


def test_an_urgency_that_follows_and_one_that_is_none(small: Cast) -> None:
    small.declare()
    refused = small.ana("fact", "set", "urgency=asap", "--json")
    assert (refused.code, refused.json["code"]) == (2, "bad-fact")
    assert "urgency: 'asap' is no urgency: expected one of urgent" in refused.json["text"]
    assert "comms fact set urgency=urgent" in refused.json["remedy"]

    small.ana.done("fact", "set", "customers_blocked=no", "deadline_blocked=yes")
    assert states(small.ana)["update-by-urgency"] == ("running", "2026-11-22T10:20:00Z")


def test_a_file_names_the_line_of_an_urgency_that_is_none(small: Cast) -> None:
    small.declare()
    file = small.root / "facts.yaml"
    file.write_text("services: search\nurgency: soon\n")
    refused = small.ana("fact", "import", str(file), "--yes")
    assert (refused.code, "facts.yaml:2:10: urgency: 'soon' is no urgency" in refused.err) == (
        2,
        True,
    )


def test_the_file_is_the_organisations(small: Cast) -> None:
    small.declare()
    text = (small.ana.folder / CLOCKS).read_text(encoding="utf-8")
    small.ana.edit(CLOCKS, text.replace("duration: 72", "duration: 48", 1))
    small.ana.done("clock", "start", "gdpr-33", *WHY)
    assert states(small.ana)["gdpr-33"] == ("running", "2026-11-24T09:20:00Z")
    assert "regulatory" not in small.ana.done("playbook", "list").out

    small.ana.edit(CLOCKS, text.replace("unit: hours", "unit: fortnights", 1))
    ran = small.ana("clock", "list")
    assert ran.code == 2
    assert f"{CLOCKS}:" in ran.err
    assert "business-days" in ran.err
    assert CLOCKS in small.ana("doctor").out


def test_the_status_shows_six_lines_of_clocks_and_where_the_rest_is(small: Cast) -> None:
    small.declare()
    for id_ in ("gdpr-33", "nis2-notification", "dora-initial", "sec-8k-105", "us-tx", "gdpr-34"):
        small.ana.done("clock", "start", id_, *WHY)
    text = small.ana.done("status").out

    assert "more: comms clock list" in text
    assert sum(line.startswith(("clock:", "LATE:")) for line in text.splitlines()) <= 6
    assert all(len(line) <= 80 for line in text.splitlines())
