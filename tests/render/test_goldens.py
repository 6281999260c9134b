"""Every output that a person reads, at 80 columns, without colour, as one incident goes on.

``COMMS_UPDATE_GOLDENS=1`` writes the files anew. Read them as a lead does at three in the
morning: what is waited for, who, and which command is next.
"""

import pytest

from commscli.cli.app import app
from tests.support.cast import Cast, Clone
from tests.support.runner import Ran
from tests.support.scrub import assert_golden, assert_shown

pytest_plugins = ["tests.support.cast_fixtures"]


def golden(cast: Cast, name: str, ran: Ran) -> None:
    assert_shown(name, ran, cast.root)


def test_one_incident_as_everybody_sees_it(full: Cast) -> None:
    ana, lea = full.ana, full.lea
    golden(full, "status-nothing", ana("status"))
    golden(full, "next-nothing", lea("next"))
    golden(full, "check-nothing-sent", ana("check"))
    golden(full, "new", ana("new", "Checkout outage", "--severity", "1", "--fact", "start=09:14",
                            "--fact", "services=card payments", "--fact",
                            "impact=customers cannot pay by card"))  # fmt: skip
    golden(full, "status-due", ana("status"))
    full.later()
    golden(full, "next-drafter", ana("next"))
    for audience in ("internal", "strategic"):
        ana.done("draft", audience)
        full.later()
    golden(full, "draft", ana("draft"))
    full.later()
    golden(full, "status-in-review", ana("status"))
    golden(full, "approve-too-early", synced(full.eve)("approve", "customers"))
    golden(full, "next-reviewer", synced(lea)("next"))
    golden(full, "show", lea("show", "customers"))
    golden(full, "preview-personal", ana("preview", "strategic"))
    golden(full, "preview-without-the-list", lea("preview", "strategic"))
    golden(full, "review-ok", lea("review", "strategic", "--ok"))
    full.later()
    golden(full, "review-object", lea("review", "customers", "--object", LONG))
    objected_and_revised(full)
    gates_and_sends(full)
    phases_move_on(full)
    golden(full, "log", ana("log"))
    golden(full, "metrics", ana("metrics"))
    golden(full, "metrics-all", ana("metrics", "--all"))


LONG = ("We promised never to name a means of payment before the bank has agreed to it; say "
        "payments, and nothing of cards, in the subject as well.")  # fmt: skip


def synced(clone: Clone) -> Clone:
    clone.done("sync")
    return clone


def objected_and_revised(full: Cast) -> None:
    ana, lea = synced(full.ana), full.lea
    golden(full, "status-objected", ana("status"))
    golden(full, "show-objected", ana("show", "customers"))
    golden(full, "next-objected", ana("next"))
    synced(full.cleo).done("review", "customers", "--ok")
    full.later(3)
    words = b"We are looking into payments that fail.\n\nYou will hear from us again.\n"
    ana.done("sync")
    golden(full, "revise", ana("revise", "customers", "--file", "-", stdin=words))
    golden(full, "diff", synced(lea)("diff", "customers"))
    golden(full, "status-stale", ana("status"))


def gates_and_sends(full: Cast) -> None:
    ana = full.ana
    full.passed("customers", "legal", "accuracy", "messaging", "approval")
    golden(full, "status-approved", synced(ana)("status"))
    golden(full, "send-not-released", ana("send", "customers"))
    full.passed("customers", "release")
    golden(full, "status-released", synced(ana)("status"))
    golden(full, "next-sender", ana("next"))
    golden(full, "send-dry-run", ana("send", "--released", "--dry-run"))
    golden(full, "send", ana("send", "--released"))
    golden(full, "send-again", ana("send", "customers"))
    golden(full, "check-pass", ana("check"))
    full.later()
    full.eve.done("sync")
    full.eve.done("approve", "customers", "--object", "It names the wrong time.")
    golden(full, "check-late-objection", full.eve("check"))


def phases_move_on(full: Cast) -> None:
    ana = full.ana
    full.later(120)
    golden(full, "status-promise-broken", ana("status"))
    golden(full, "phase", ana("phase", "identification", "--why", "a certificate ran out"))
    for argv in (["fact", "cause=an expired certificate"], ["fact", "remedy=a new certificate"]):
        full.later()
        ana.done(*argv)
    full.later()
    golden(full, "skip", ana("skip", "strategic", "--why", "each of them was phoned"))
    full.later()
    ana.done("draft", "customers")
    full.later()
    ana.done("phase", "monitoring")
    ana.done("phase", "investigation", "--why", "it came back")
    ana.done("phase", "resolution")
    golden(full, "status-phases", ana("status"))
    golden(full, "approve-superseded", approve_superseded(full))


def approve_superseded(full: Cast) -> Ran:
    return synced(full.lea)("review", "identification-all", "--ok")


def test_what_a_lead_asks_for(full: Cast) -> None:
    ana = full.ana
    (message,) = full.declare("customers")
    for argv in (
        ["estimate", message, "2m", "--gate", "messaging", "--for", "mia"],
        ["assign", "legal", "--to", "leo", "--why", "Lea is in court"],
        ["handover", "--to", "ben", "--why", "my shift ends"],
    ):
        full.later()
        ana.done(*argv)
    full.later()
    synced(full.cleo).done("hold", "--why", "the bank says that it is not theirs")
    for argv in (
        ["fact", "start=2026-11-22T08:50:00Z"],
        ["said", "--where", "Eve, on LinkedIn", "--text", "Cards fail; we are on it."],
    ):
        full.later(3)
        synced(ana).done(*argv)
    golden(full, "status-held", ana("status"))
    golden(full, "next-held", ana("next"))
    golden(full, "nudge", ana("nudge", message))
    golden(full, "close-too-early", ana("close"))
    for argv in (
        ["lift", "--why", "it is theirs"],
        ["drop", message, "--why", "it names the wrong hour"],
        ["close", "--false-alarm", "--why", "the terminals of one shop"],
    ):
        full.later()
        ana.done(*argv)
    golden(full, "status-closed", ana("-i", "checkout", "status"))
    golden(full, "log-of-a-lead", ana("-i", "checkout", "log"))


def test_the_rows_stand_in_the_order_of_the_audiences_whoever_is_told_first(small: Cast) -> None:
    small.declare()
    small.ana.done("draft", "customers", "--phase", "detection")
    lines = small.ana.done("status").out.splitlines()
    rows = [line.split("  ")[0] for line in lines[3:6]]

    assert rows == ["Internal stakeholders", "Strategic customers", "All customers"]


def test_the_roster(full: Cast) -> None:
    golden(full, "trust-show", full.ana("trust", "show"))
    golden(full, "trust-log", full.ana("trust", "log"))
    golden(full, "trust-gates", full.ana("trust", "gates"))
    golden(full, "trust-pin", full.ana("trust", "pin"))
    golden(full, "trust-role", full.ana("trust", "role", "ben", "--role", "admin"))


def test_a_roster_that_two_must_sign(full: Cast) -> None:
    ana, lea = full.ana, full.lea
    golden(full, "trust-admins", ana("trust", "admins", "--add", "lea", "--quorum", "2"))
    synced(lea)
    golden(full, "trust-propose", lea("trust", "propose"))
    id_ = lea("trust", "propose", "--json").json["proposals"][0]["proposal"]
    golden(full, "trust-sign", lea("trust", "sign", id_))
    golden(full, "trust-propose-nothing", lea("trust", "propose"))
    golden(full, "trust-sign-nothing", lea("trust", "sign"))


def test_evidence(small: Cast) -> None:
    small.ana.done("new", "Checkout outage", "--severity", "1")
    file = str(small.root / "evidence.zip")
    golden(small, "bundle-no-incident", small.ana("bundle", "nope", "-o", file))
    made = small.ana.done("bundle", "checkout", "-o", file)
    golden(small, "check-evidence-alone", small.ana("check", "--bundle", file, HOME="/nowhere",
                                                    XDG_CONFIG_HOME="/nowhere"))  # fmt: skip
    assert "without it they cannot decide" in made.err


def test_clocks(small: Cast) -> None:
    ana, why = small.ana, ("--why", "names were copied, says the report")
    golden(small, "clock-list-nothing", ana("clock", "list"))
    small.declare()
    golden(small, "clock-start", ana("clock", "start", "gdpr-33", "--at", "09:15", *why))
    golden(small, "clock-not-enabled", ana("clock", "start", "us-ny", *why))
    ana.done("clock", "start", "dora-initial", *why)
    golden(small, "clock-met", ana("clock", "met", "dora-initial", "--why", "filed"))
    small.later(60)
    golden(small, "clock-list", ana("clock", "list", "--all"))
    golden(small, "status-clocks", ana("status"))
    golden(small, "check-clocks", ana("check", "--clocks"))


def test_doctor(small: Cast) -> None:
    golden(small, "doctor", small.ana("doctor"))
    small.ana.git("config", "pull.rebase", "true")
    small.ana.git("remote", "set-url", "origin", "/nowhere/hub.git")
    golden(small, "doctor-in-trouble", small.ana("doctor", COMMS_KEY="/nowhere/key"))


def test_check_that_fails_and_one_that_cannot_decide(small: Cast) -> None:
    (message,) = small.declare("customers")
    small.passed(message, "approval", "release")
    small.ana.done("send", message)
    golden(small, "check-undecided", small.ana("check", "nope", "--strict"))
    ok = next(n for n in small.ana.git("ls-files", "incidents").split() if n.endswith("yaml")
              and "-ok-" in n)  # fmt: skip
    small.ana.git("rm", "--quiet", ok, f"{ok}.sig")
    who = ("-c", "user.name=ana", "-c", "user.email=ana@example.com", "-c", "commit.gpgsign=false")
    small.ana.git(*who, "commit", "--quiet", "-m", "Tidy up")
    ran = small.ana("check")
    assert ran.code == 1
    assert "error[append-only]" in ran.out
    assert max(map(len, ran.out.splitlines())) <= 130, "paths stay whole"


def commands() -> list[str]:
    names = [
        name.name or getattr(name.callback, "__name__", "") for name in app.registered_commands
    ]
    groups = [group.name or "" for group in app.registered_groups]
    inner = [
        f"{group.name} {command.name or getattr(command.callback, '__name__', '')}"
        for group in app.registered_groups
        if group.typer_instance is not None
        for command in group.typer_instance.registered_commands
        if not command.hidden
    ]
    return ["", *sorted([*names, *groups, *inner])]


@pytest.mark.parametrize("command", commands())
def test_help(small: Cast, command: str) -> None:
    ran = small.ana(*command.split(), "--help")
    assert ran.code == 0
    assert all(len(line) <= 80 for line in ran.out.splitlines())
    assert "..." not in ran.out.replace("]...", "").replace("VALUE...", "").replace("ARGS]...", "")
    assert_golden(f"help/{command.replace(' ', '-') or 'comms'}.txt", ran.out)
