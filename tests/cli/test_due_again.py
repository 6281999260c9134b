"""Words that the matrix alone would not ask for: escalations, changed facts, a phase come back."""

from typing import Any

from tests.support.cast import Cast, Clone

pytest_plugins = ["tests.support.cast_fixtures"]
AN_HOUR = "an-hour-without-remedy: 1h after the declaration"


def incident(clone: Clone) -> Any:
    (found,) = clone.done("status", "--json").json["incidents"]
    return found


def states(clone: Clone, phase: str = "investigation") -> dict[str, str]:
    return {c["audience"]: c["state"] for c in incident(clone)["cells"] if c["phase"] == phase}


def again(clone: Clone) -> dict[str, list[str]]:
    """Why words are due again, by audience."""
    return {c["audience"]: c["again"] for c in incident(clone)["cells"] if c["again"]}


def tell(small: Cast, *audiences: str) -> None:
    for message in small.ana.done("draft", *audiences).ids:
        small.passed(message, "approval", "release")
        small.ana.done("send", message)


def tasks(clone: Clone) -> list[tuple[str, str, str]]:
    found = clone.done("next", "--json").json["tasks"]
    return [(task["verb"], task["text"], task["command"]) for task in found]


def test_time_sets_one_off_and_words_are_due_to_whom_it_names(small: Cast) -> None:
    small.declare()
    tell(small, "internal", "strategic", "customers")
    assert set(states(small.ana).values()) == {"sent"}
    small.later(61)
    (open_one,) = incident(small.ana)["escalations"]
    assert (open_one["escalation"], open_one["due"]) == (
        "an-hour-without-remedy", ["internal-stakeholders"],
    )  # fmt: skip
    assert states(small.ana)["internal-stakeholders"] == "due"
    assert again(small.ana) == {"internal-stakeholders": [AN_HOUR]}
    assert ("escalate", AN_HOUR, "comms escalate") in tasks(small.ana)

    assert small.ana.done("escalate").out.startswith("an-hour-without-remedy: 1h after")
    assert incident(small.ana)["escalations"] == []
    assert again(small.ana) == {"internal-stakeholders": [AN_HOUR]}, "the words are still due"
    assert small.ana.done("escalate").out == "no escalation is open\n"
    tell(small, "internal")
    assert again(small.ana) == {}
    assert small.bo.done("check").code == 0


def test_looking_records_nothing(small: Cast) -> None:
    small.declare()
    small.later(61)
    before = small.ana.git("rev-parse", "HEAD")
    for argv in (["status"], ["next"], ["log"], ["check"]):
        small.ana.done(*argv)
    assert small.ana.git("rev-parse", "HEAD") == before


def test_the_next_record_of_a_lead_carries_out_what_time_set_off(small: Cast) -> None:
    small.declare()
    small.later(61)
    small.ana.done("fact", "set", "ticket=OPS-1")
    assert incident(small.ana)["escalations"] == []
    assert "escalated an-hour-without-remedy" in small.ana.done("log").out


def test_who_may_start_no_clock_carries_out_none(full: Cast) -> None:
    full.declare()
    full.later(61)
    full.mia.done("sync")
    refused = full.mia("escalate")
    assert refused.code == 4
    assert "may write 'clock-started'" in refused.err
    assert not [t for t in tasks(full.mia) if t[0] == "escalate"]
    full.lea.done("sync")
    assert [t for t in tasks(full.lea) if t[0] == "escalate"], "Legal may"


def test_two_who_escalate_at_once_record_it_once(full: Cast) -> None:
    full.declare()
    full.later(61)
    full.lea.done("sync")
    full.ana.done("escalate")
    full.lea.done("escalate")
    assert full.lea.done("log").out.count("escalated an-hour-without-remedy") == 1


def test_nothing_is_escalated_once_it_is_over(small: Cast) -> None:
    small.declare()
    small.later(30)
    small.ana.done("fact", "end=09:45", "remedy=x", "cause=y")
    small.ana.done("phase", "resolution", "--why", "it works")
    small.later(40)
    assert incident(small.ana)["escalations"] == []


def test_a_fact_sets_one_off(small: Cast) -> None:
    small.declare()
    small.ana.done("fact", "set", "data_loss=orders of an hour")
    assert "escalated data-concerned: the fact data_loss is known" in small.ana.done("log").out
    small.ana.done("fact", "set", "data_loss=")
    small.ana.done("fact", "set", "data_loss=orders of two hours")
    assert small.ana.done("log").out.count("escalated data-concerned") == 1


def test_a_fact_that_they_were_told_changes(small: Cast) -> None:
    small.declare()
    tell(small, "internal", "strategic", "customers")
    small.ana.done("fact", "set", "impact=nobody can pay at all")
    assert set(states(small.ana).values()) == {"due"}
    assert again(small.ana)["all-customers"] == ["impact changed since they were told"]
    assert ("draft", ("investigation for all-customers is due (impact changed since they were "
            "told)"), "comms draft all-customers") in tasks(small.ana)  # fmt: skip
    shown = " ".join(small.ana.done("status").out.split())
    assert "All customers: impact changed since they were told" in shown

    tell(small, "customers")
    assert states(small.ana)["all-customers"] == "sent"
    small.later()
    small.ana.done("skip", "strategic", "--why", "each of them was phoned")
    assert states(small.ana)["strategic-customers"] == "sent"
    small.ana.done("fact", "set", "impact=customers cannot pay by card")
    assert states(small.ana)["internal-stakeholders"] == "sent", "what they were told is so again"


def test_a_fact_that_nobody_was_told_or_that_is_news_makes_nothing_due(small: Cast) -> None:
    small.declare()
    tell(small, "customers")
    for fact in ("ticket=OPS-1", "ticket=OPS-2", "cause=a certificate", "progress=half of it",
                 "progress=most of it", "regions=north"):  # fmt: skip
        small.ana.done("fact", "set", fact)
    assert states(small.ana)["all-customers"] == "sent"


def test_a_phase_that_comes_back_asks_again(small: Cast) -> None:
    small.declare()
    tell(small, "internal", "strategic", "customers")
    small.ana.done("phase", "monitoring", "--why", "it gets better")
    small.later(5)
    small.ana.done("phase", "investigation", "--why", "it came back")
    assert set(states(small.ana).values()) == {"due"}
    (reason,) = again(small.ana)["all-customers"]
    assert reason == "the incident is in investigation again since 09:25"
    tell(small, "customers")
    assert states(small.ana)["all-customers"] == "sent"


def test_the_next_list_names_silence_and_the_clock_of_a_law(small: Cast) -> None:
    small.declare()
    tell(small, "internal", "strategic", "customers")
    small.ana.done("clock", "start", "gdpr-33", "--at", "2026-11-22T09:20:00Z", "--why", "certain")
    small.later(21)
    late = [t for t in tasks(small.ana) if t[0] == "draft"]
    assert late == [(
        "draft",
        ("the next update to internal-stakeholders, strategic-customers, all-customers was "
        "promised by 09:40"),
        "comms draft internal-stakeholders strategic-customers all-customers",
    )]  # fmt: skip
    assert not [t for t in tasks(small.ana) if t[0] == "clock"], "three days are not soon"
    small.later(60 * 49)
    assert ("clock", "gdpr-33 is due by 09:20 GMT on 25 November 2026",
            "comms clock met gdpr-33 --why TEXT") in tasks(small.ana)  # fmt: skip
    small.later(60 * 24)
    assert any(verb == "clock" and "was due" in text for verb, text, _ in tasks(small.ana))
    assert not [t for t in tasks(small.bo) if t[0] == "clock"], "bo may not record it"


def test_a_close_stops_no_clock_of_a_law(small: Cast) -> None:
    small.declare()
    small.ana.done("clock", "start", "gdpr-33", "--why", "certain")
    for audience in ("internal", "strategic", "customers"):
        small.ana.done("skip", audience, "--why", "phoned")
    closed = small.ana.done("close", "--false-alarm", "--why", "a broken probe")
    assert "gdpr-33: no close stops the clock of a law" in closed.err
    where = ("-i", "2026-11-22-checkout-outage")
    assert "gdpr-33" in small.ana.done(*where, "clock", "list").out.split("not started")[0]
    assert "gdpr-33" in small.ana.done("report", "--open").out
    small.ana.done(*where, "clock", "met", "gdpr-33", "--why", "told them that it was none")
    assert "gdpr-33" not in small.ana.done("report", "--open").out


def test_a_worse_severity_brings_in_audiences(small: Cast) -> None:
    facts = ("--fact", "start=09:14", "--fact", "services=imports", "--fact", "impact=none end")
    small.ana.done("new", "Imports do not end", "--severity", "3", "--playbook", "client-support",
                   *facts)  # fmt: skip
    assert states(small.ana) == {"strategic-customers": "due"}
    small.ana.done("severity", "1", "--why", "all of their customers are blocked")
    assert states(small.ana) == {"internal-stakeholders": "due", "strategic-customers": "due"}
    assert again(small.ana) == {"internal-stakeholders": ["blocked: severity SEV-1"]}
    assert small.ana.done("draft").ids == [
        "investigation-internal-stakeholders-1", "investigation-strategic-customers-1",
    ]  # fmt: skip
