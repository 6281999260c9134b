"""Aftercare, the end, and opening again; stop and go on."""

from typing import Any

from tests.support.cast import Cast, Clone

pytest_plugins = ["tests.support.cast_fixtures"]
INCIDENT = "2026-11-22-checkout-outage"
KNOWN = ("cause=an expired certificate", "resolution=a new certificate",
         "prevention=an alert before it expires")  # fmt: skip
OTHERS = ("internal", "strategic")


def incident(clone: Clone, *which: str) -> Any:
    (found,) = clone.done(*which, "status", "--json").json["incidents"]
    return found


def told(small: Cast, audience: str, *argv: str) -> str:
    (message,) = small.ana.done("draft", audience, *argv).ids
    small.passed(message, "approval", "release")
    small.ana.done("send", message)
    return message


def skip(small: Cast, phase: str, *audiences: str) -> None:
    for audience in audiences:
        small.ana.done("skip", audience, "--phase", phase, "--why", "phoned")


def over(small: Cast) -> None:
    """Everybody outside knows that it is over; the lead has not closed it."""
    ana = small.ana
    small.declare()
    skip(small, "investigation", *OTHERS)
    told(small, "customers")
    small.later(30)
    ana.done("phase", "resolution")
    ana.done("fact", "end=2026-11-22T10:00:00Z", "remedy=a new certificate")
    skip(small, "resolution", *OTHERS)
    told(small, "customers")


def test_what_is_missing_is_named_with_its_commands_and_then_it_closes(small: Cast) -> None:
    ana = small.ana
    small.declare()
    skip(small, "investigation", *OTHERS)
    told(small, "customers")
    early = ana("close", "--json")
    assert (early.code, early.json["code"]) == (1, "not-done")
    said = [problem["text"] for problem in early.json["problems"]]
    assert [text.rpartition(": comms ")[2] for text in said] == [
        f"-i {INCIDENT} draft all-customers --phase resolution",
        f"-i {INCIDENT} phase resolution",
        f"-i {INCIDENT} fact set cause=…",
        f"-i {INCIDENT} fact set resolution=…",
        f"-i {INCIDENT} fact set prevention=…",
    ]
    small.later(30)
    ana.done("phase", "resolution")
    assert incident(ana)["stage"] == "active"
    assert incident(ana)["left_hanging"] == ["all-customers"]
    assert "resolution for internal-stakeholders is due" in ana("close").err
    ana.done("fact", "end=2026-11-22T10:00:00Z", "remedy=a new certificate")
    skip(small, "resolution", *OTHERS)
    told(small, "customers")

    now = incident(ana)
    assert (now["stage"], now["left_hanging"]) == ("aftercare", [])
    assert "to close: the fact cause" in ana.done("status").out
    (task,) = ana.done("next", "--json").json["tasks"]
    assert (task["verb"], "the fact cause" in task["text"]) == ("close", True)
    ana.done("fact", *KNOWN)
    assert "to close: comms close" in ana.done("status").out
    assert ana.done("close").out == f"closed {INCIDENT}\n"
    assert ana.done("status").out == "no incident is active\n"
    assert incident(ana, "-i", "checkout")["stage"] == "closed"
    assert "closed it: cause, resolution and prevention" in ana.done("-i", "checkout", "log").out
    assert ana.done("check").code == 0


def test_a_closed_incident_takes_little_until_it_is_opened_again(small: Cast) -> None:
    ana = small.ana
    over(small)
    ana.done("fact", *KNOWN)
    ana.done("close")
    small.bo.done("sync")
    late = [
        ("draft", "customers", "--phase", "resolution"), ("fact", "cause=x"),
        ("skip", "customers", "--why", "x"), ("phase", "analysis"), ("hold", "--why", "x"),
        ("revise", "resolution-all", "--file", "-"), ("close",),
        ("estimate", "customers", "5m"), ("handover", "--to", "ana", "--why", "x"),
        ("correct", "resolution-all", "--why", "x"), ("severity", "2"),
    ]  # fmt: skip
    for argv in late:
        refused = ana("-i", "checkout", *argv, stdin=b"Words.\n")
        assert refused.code == 1, argv
        assert "is closed" in refused.err or "is sent" in refused.err, argv
    objected = small.bo("approve", "resolution-all", "--gate", "approval", "--object", "no")
    assert f"comms -i {INCIDENT} reopen --why TEXT" in objected.err
    ana.done("-i", "checkout", "said", "--where", "a talk", "--text", "We learned.")

    assert ana("reopen").code == 2
    assert ana.done("reopen", "--why", "it is back").out == f"reopened {INCIDENT}\n"
    assert incident(ana)["stage"] == "aftercare"
    assert "is not closed" in ana("-i", "checkout", "reopen", "--why", "again").err
    ana.done("phase", "investigation", "--why", "it is back")
    assert incident(ana)["stage"] == "active"
    assert "opened it again: it is back" in ana.done("log").out


def test_only_the_lead_closes(small: Cast) -> None:
    over(small)
    small.ana.done("fact", *KNOWN)
    small.bo.done("sync")
    assert small.bo("close").code == 4


def test_the_resolution_can_be_told_in_the_phases_after_it(small: Cast) -> None:
    ana = small.ana
    small.declare()
    skip(small, "investigation", *OTHERS)
    told(small, "customers")
    small.later()
    ana.done("phase", "analysis")
    now = incident(ana)
    assert (now["stage"], now["left_hanging"]) == ("aftercare", ["all-customers"])
    assert "left hanging: All customers heard of the problem" in ana.done("status").out
    commands = [t["command"] for t in ana.done("next", "--json").json["tasks"]]
    assert "comms draft all-customers --phase resolution" in commands
    ana.done("fact", "end=2026-11-22T10:00:00Z")
    small.later()
    told(small, "customers", "--phase", "resolution")
    assert incident(ana)["left_hanging"] == []


def test_a_begun_send_keeps_it_open(small: Cast) -> None:
    (message,) = small.declare("customers")
    small.passed(message, "approval", "release")
    ana = small.ana
    ana.clean = False
    (ana.folder / "outbox").write_text("in the way")
    assert ana("send", message).code == 5
    refused = ana("close", "--false-alarm", "--why", "none")
    assert f"{message} is half sent: comms -i {INCIDENT} send {message}" in refused.err


def test_anybody_says_stop_and_the_lead_or_the_commander_lets_it_go_on(full: Cast) -> None:
    (message,) = full.declare("customers")
    full.passed(message, "accuracy", "messaging", "legal", "approval", "release")
    full.mia.done("sync")
    assert full.mia("hold").code == 2
    assert full.mia.done("hold", "--why", "the facts are moving").out == f"held {INCIDENT}\n"
    full.later()
    full.ana.done("sync")
    refused = full.ana("send", message, "--json")
    assert (refused.code, refused.json["code"]) == (1, "held")
    assert "mia holds it (the facts are moving)" in refused.json["text"]
    assert refused.json["remedy"] == "ana or ben or ivo or ida: comms lift --why TEXT"

    lines = full.ana.done("status").out.splitlines()
    assert lines[1].startswith("HELD: mia holds everything since 09:")
    assert full.ana.done("status", "--json").json["incidents"][0]["holds"][0]["person"] == "mia"
    verbs = [t["verb"] for t in full.ana.done("next", "--json").json["tasks"]]
    assert verbs[0] == "lift"
    assert "send" not in verbs

    assert full.mia("lift", "--why", "never mind").code == 4
    full.ivo.done("sync")
    assert "comms lift --why TEXT" in full.ivo("lift", "-m", message, "--why", "x").err
    full.ivo.done("lift", "--why", "they are settled")
    full.ana.done("send", message)
    assert "says stop: the facts are moving" in full.ana.done("log").out
    assert "lets it go on: they are settled" in full.ana.done("log").out
    assert full.ana.done("check").code == 0


def test_one_message_is_held_and_the_others_go(small: Cast) -> None:
    messages = small.declare("customers", "internal")
    for message in messages:
        small.passed(message, "approval", "release")
    ana = small.ana
    held, free = sorted(messages)
    ana.done("hold", "-m", held, "--why", "a wrong name")
    assert f"comms lift -m {held} --why TEXT" in ana("send", held).err
    ana.done("send", free)
    assert f"nobody holds {INCIDENT}" in ana("lift", "--why", "x").err
    ana.done("lift", "-m", held, "--why", "the name is right")
    ana.done("send", held)
