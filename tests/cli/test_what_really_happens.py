"""What really happens in incidents: a test for each that a command of the lead answers.

Each is named after a sentence of the process; who is on the call does what people do then.
"""

from typing import Any

from tests.support.cast import CUSTOMERS, Cast, Clone
from tests.support.keys import make_key

pytest_plugins = ["tests.support.cast_fixtures"]
INCIDENT = "2026-11-22-checkout-outage"
KNOWN = ("cause=an expired certificate", "resolution=a new certificate",
         "prevention=an alert before it expires")  # fmt: skip


def incident(clone: Clone, *which: str) -> Any:
    (found,) = clone.done(*which, "status", "--json").json["incidents"]
    return found


def cell(clone: Clone, phase: str, audience: str) -> Any:
    (found,) = [c for c in incident(clone)["cells"]
                if (c["phase"], c["audience"]) == (phase, audience)]  # fmt: skip
    return found


def told(small: Cast, *argv: str) -> str:
    (message,) = small.ana.done("draft", *argv).ids
    small.passed(message, "approval", "release")
    small.ana.done("send", message)
    small.later(10)
    return message


def skip(small: Cast, phase: str, *audiences: str) -> None:
    for audience in audiences:
        small.ana.done("skip", audience, "--phase", phase, "--why", "phoned")


def test_the_start_time_is_corrected_in_mid_review_which_drafts_say_the_old_one(
    small: Cast,
) -> None:
    old, sent = small.declare("internal", "customers")
    small.passed(sent, "approval", "release")
    small.ana.done("send", sent)
    small.later()
    ana, bo = small.ana, small.bo
    ana.done("fact", "start=2026-11-22T08:50:00Z", "cause=a certificate")
    (new,) = ana.done("draft", "strategic").ids

    stale = {c["message"]: c["stale_facts"] for c in incident(ana)["cells"] if c["message"]}
    assert stale == {old: {"changed": ["start"], "added": ["cause"]}, new: None}
    told = cell(ana, "investigation", "all-customers")
    assert (told["state"], told["again"]) == ("due", ["start changed since they were told"])
    told_of = " ".join(ana.done("status").out.split())
    assert f"stale facts: {old}, written before start changed: comms revise {old}" in told_of
    shown = " ".join(ana.done("show", old).out.split())
    assert "start was 2026-11-22T09:14:00Z, is 2026-11-22T08:50:00Z" in shown
    assert ana.done("show", old, "--json").json["stale_facts"]["changed"] == ["start"]
    bo.done("sync")
    texts = {t["message"]: t["text"] for t in bo.done("next", "--json").json["tasks"]}
    assert texts[old].endswith("waits for approval, written before start changed")
    assert "changed" not in texts[new]
    revise = [t for t in ana.done("next", "--json").json["tasks"] if t["verb"] == "revise"]
    assert [(t["message"], t["command"]) for t in revise] == [(old, f"comms revise {old}")]

    text = b"It began at 08:50.\n"
    ana.done("revise", old, "--file", "-", stdin=text)
    assert cell(ana, "investigation", "internal-stakeholders")["stale_facts"] is None


def test_a_fact_that_was_not_known_yet_makes_no_draft_wrong(small: Cast) -> None:
    (message,) = small.declare("customers")
    ana = small.ana
    ana.done("fact", "cause=a certificate")
    found = cell(ana, "investigation", "all-customers")["stale_facts"]
    assert found == {"changed": [], "added": ["cause"]}
    assert "written before cause was known" in ana.done("status").out
    verbs = [t["verb"] for t in ana.done("next", "--json").json["tasks"] if t["message"] == message]
    assert verbs == [], "nobody has to revise it"
    ana.done("fact", "cause=")
    assert cell(ana, "investigation", "all-customers")["stale_facts"] is None


def test_the_next_update_time_passes_while_the_message_is_in_the_gates(small: Cast) -> None:
    ana, bo = small.ana, small.bo
    small.declare()
    first = told(small, "customers")
    (second,) = ana.done("draft", "customers").ids
    small.later(30)
    bo.done("sync")

    late = "LATE: next update to All customers by 09:40, 20 min ago"
    assert f"{late}\n" in ana.done("status").out, "and no word of drafting: that is done"
    assert [t["message"] for t in bo.done("next", "--json").json["tasks"]] == [second]
    assert "by {{ send.next_update }}" in bo.done("show", second).out
    (broken,) = [f for f in ana.done("check", "--clocks", "--json").json["findings"]
                 if f["rule"] == "broken-promise"]  # fmt: skip
    assert (broken["message"], "is in work" in broken["remedy"]) == (first, True)

    small.passed(second, "approval", "release")
    small.later(5)
    assert "promising the next update by 10:25 GMT" in " ".join(
        ana.done("send", second, "--dry-run").out.split()
    )
    ana.done("send", second)
    (sent,) = (ana.folder / "outbox" / INCIDENT / second).rglob("*.json")
    assert "by 10:25 GMT on 22 November 2026" in sent.read_text(), "twenty minutes from the send"
    promises = ana.done("metrics", "--json").json["incidents"][0]["promises"]
    assert [(p["message"], p["state"], p["late"]) for p in promises] == [
        (first, "broken", 25 * 60), (second, "running", 0),
    ]  # fmt: skip
    assert "promised: next update to All customers by 10:25" in ana.done("status").out


def recipients(full: Cast, text: str) -> None:
    """Change who is on the list of the strategic customers, where it is sent from."""
    file = full.ana.folder / "recipients" / "strategic-customers.csv"
    file.write_text(text, encoding="utf-8")


def recorded_again(full: Cast, message: str) -> str:
    """Record the words as they are, and who is on the list by now."""
    draft = f"incidents/{INCIDENT}/messages/{message}/draft.md"
    return full.ana.done("revise", message, "--file", draft).err


def test_one_recipient_is_added_after_approval(full: Cast) -> None:
    (message,) = full.declare("strategic")
    full.passed(message, "accuracy", "messaging", "legal", "approval", "release")
    recipients(full, f"{CUSTOMERS}max@new.example,Max May,Max,ana\n")

    refused = full.ana("send", message)
    assert (refused.code, "has changed since the list of 2 recipients" in refused.err) == (1, True)
    assert "then again approval by eve or ed; release by ivo or ida" in refused.err
    told_of = recorded_again(full, message)
    assert "eve's verdict in approval was on other recipients" in told_of
    assert "legal" not in told_of, "who read the words alone need not look again"
    refused = full.ana("send", message)
    assert (refused.code, "approval is stale (eve judged" in refused.err) == (1, True)
    assert {m["gate"] for m in full.ana("send", message, "--json").json["missing"]} == {
        "approval", "release",
    }  # fmt: skip
    full.passed(message, "approval", "release")
    full.ana.done("send", message)
    assert "sent it: 3 accepted over mail" in full.ana.done("log").out


def test_one_recipient_asks_to_be_removed_after_approval(full: Cast) -> None:
    (message,) = full.declare("strategic")
    full.passed(message, "accuracy", "messaging", "legal", "approval", "release")
    recipients(full, "".join(CUSTOMERS.splitlines(keepends=True)[:-1]))

    refused = full.ana("send", message)
    assert (refused.code, "it has 1\n" in refused.err) == (1, True)
    assert not (full.ana.folder / "outbox").exists(), (
        "nobody is mailed on a list that is not theirs"
    )
    recorded_again(full, message)
    full.passed(message, "approval", "release")
    full.ana.done("send", message)
    assert "sent it: 1 accepted over mail" in full.ana.done("log").out
    assert full.ana.done("check", "--json").json["checked"]["sent"] == 1


def test_the_phase_moves_when_a_message_is_approved(small: Cast) -> None:
    (message,) = small.declare("customers")
    small.passed(message, "approval")
    ana = small.ana
    ana.done("phase", "identification", "--why", "found")
    assert cell(ana, "investigation", "all-customers")["state"] == "superseded"
    ana.done("drop", message, "--why", "the phase moved on")
    ana.done("fact", "cause=a certificate", "remedy=a new one")
    (second,) = ana.done("draft", "customers").ids
    assert second == "identification-all-customers-1"


def test_the_phase_moves_when_a_message_is_half_sent(small: Cast) -> None:
    (message,) = small.declare("customers")
    small.passed(message, "approval", "release")
    ana = small.ana
    ana.clean = False
    (ana.folder / "outbox").write_text("in the way")
    assert ana("send", message).code == 5
    ana.done("phase", "identification", "--why", "found")
    assert cell(ana, "investigation", "all-customers")["state"] == "sending"
    assert "part of it may have arrived" in ana("drop", message, "--why", "late").err
    (ana.folder / "outbox").unlink()
    ana.done("send", message)
    assert cell(ana, "investigation", "all-customers")["state"] == "sent"


def test_wrong_words_are_out(small: Cast) -> None:
    small.declare()
    message = told(small, "customers")
    ana = small.ana
    ana.done("phase", "monitoring", "--why", "it gets better")
    (second,) = ana.done("correct", message, "--why", "cash is taken as well").ids
    small.passed(second, "approval", "release")
    ana.done("send", second)
    found = cell(ana, "investigation", "all-customers")
    assert (found["state"], found["message"], found["corrects"]) == ("sent", second, message)
    assert ana.done("check", "--json").json["checked"]["sent"] == 2


def test_a_correction_goes_to_the_same_people_or_says_that_it_does_not(small: Cast) -> None:
    small.declare()
    message = told(small, "strategic")
    ana = small.ana
    first = ana.done("correct", message, "--why", "the hour")
    assert "the list has changed" not in first.err
    ana.done("drop", first.ids[0], "--why", "one of them left")
    ana.clean = False
    file = ana.folder / "recipients" / "strategic-customers.csv"
    file.write_text("".join(file.read_text().splitlines(keepends=True)[:-1]))
    second = ana.done("correct", message, "--why", "the hour")
    assert "2 got what this corrects, and 1 are on it now" in second.err


def test_a_false_alarm(small: Cast) -> None:
    small.declare("internal")
    message = told(small, "customers")
    ana = small.ana
    assert ana("close", "--false-alarm").code == 2, "it says why"
    refused = ana("close", "--false-alarm", "--why", "a broken probe")
    assert (refused.code, "left hanging: all-customers" in refused.err) == (1, True)
    (second,) = ana.done("correct", message, "--why", "our probe was broken, nothing else").ids
    small.passed(second, "approval", "release")
    ana.done("send", second)
    closed = ana.done("close", "--false-alarm", "--why", "a broken probe")
    assert "investigation-internal-stakeholders-1 stays as it is, unsent" in closed.err
    found = incident(ana, "-i", INCIDENT)
    assert (found["stage"], found["closed"]) == ("closed", "false alarm: a broken probe")


def test_two_leads_declare_the_same_incident_and_one_is_a_duplicate(full: Cast) -> None:
    full.declare()
    ana, ivo = full.ana, full.ivo
    ivo.done("sync")
    ivo.done("new", "Payments are down", "--severity", "2")
    ana.done("sync")
    other = "2026-11-22-payments-are-down"
    itself = ana("-i", other, "close", "--duplicate-of", "payments", "--why", "twice")
    assert (itself.code, "duplicate of itself" in itself.err) == (2, True)
    ana.done("-i", other, "close", "--duplicate-of", "checkout", "--why", "declared twice")
    assert incident(ana)["id"] == INCIDENT, "nobody has to name it any more"
    assert f"closed it: duplicate of {INCIDENT}: declared twice" in " ".join(
        ana.done("-i", other, "log").out.split()
    )


def test_the_chief_executive_posts_on_her_own(small: Cast) -> None:
    small.declare()
    ana = small.ana
    ana.done("said", "--where", "eve, on LinkedIn", "--text", "Cards fail. We are on it.")
    assert (
        "noted what was said (eve, on LinkedIn): Cards fail. We are on it." in ana.done("log").out
    )
    ana.done("check")


def test_somebody_on_the_call_without_a_gate_must_be_able_to_say_stop(small: Cast) -> None:
    make_key(small.root / "keys", "zoe")
    public = str(small.root / "keys" / "zoe.pub")
    small.ana.done("trust", "add", "zoe", "--name", "Zoe Zander", "--email", "zoe@example.com",
                   "--public-key", public, "--role", "business-responder")  # fmt: skip
    (message,) = small.declare("customers")
    small.passed(message, "approval", "release")
    assert small.join("zoe").code == 0
    small.zoe.done("hold", "-m", message, "--why", "that is not our bank")
    small.ana.done("sync")
    refused = small.ana("send", message)
    assert (refused.code, "zoe holds it (that is not our bank)" in refused.err) == (1, True)


def test_the_cause_is_known_days_later(small: Cast) -> None:
    ana = small.ana
    small.declare()
    skip(small, "investigation", "internal", "strategic")
    told(small, "customers")
    ana.done("phase", "resolution")
    ana.done("fact", "end=2026-11-22T09:40:00Z")
    skip(small, "resolution", "internal", "strategic")
    told(small, "customers")
    assert incident(ana)["stage"] == "aftercare"
    ana.done("new", "Another one", "--severity", "3")
    assert ana.done("fact", "list").out == "", "what is active comes before what is in aftercare"
    small.later(3 * 24 * 60)
    ana.done("-i", INCIDENT, "fact", *KNOWN)
    assert [i["id"] for i in ana.done("status", "--json").json["incidents"]] == [
        "2026-11-22-another-one", INCIDENT,
    ]  # fmt: skip
    ana.done("-i", INCIDENT, "close")
    assert incident(ana)["title"] == "Another one"


def test_an_audience_that_was_told_of_the_problem_must_be_told_that_it_is_over(
    small: Cast,
) -> None:
    ana = small.ana
    small.declare()
    told(small, "customers")
    ana.done("phase", "resolution")
    skip(small, "resolution", "internal", "strategic", "customers")
    assert incident(ana)["left_hanging"] == ["all-customers"], "a skip does not tell them"
    assert "left hanging: All customers heard" in " ".join(ana.done("status").out.split())
    (task,) = ana.done("next", "--json").json["tasks"]
    assert task["command"] == "comms draft all-customers --phase resolution"
    ana.done("fact", *KNOWN, "end=2026-11-22T09:40:00Z")
    assert "left hanging: all-customers" in ana("close").err
    told(small, "customers", "--phase", "resolution")
    ana.done("close")
