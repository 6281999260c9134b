"""Words that were passed in peace time, and an emergency that is ratified: as people type it."""

import json

from tests.support.cast import Cast

pytest_plugins = ["tests.support.cast_fixtures"]
TEMPLATE = "base/detection/all-customers"
WORDS = ("template", "approve", TEMPLATE, "--audience", "customers")


def passed_beforehand(cast: Cast, *more: str) -> list[str]:
    """Every content gate passes the acknowledgement, and Ana lists that as current."""
    digests = []
    for person in ("cleo", "mia", "lea", "eve"):
        clone = getattr(cast, person)
        clone.done("sync")
        digests += clone.done(*WORDS, *more).ids
    cast.ana.done("sync")
    for digest in digests:
        cast.ana.done("trust", "preapprove", digest[:12])
    return digests


def test_an_acknowledgement_goes_out_with_the_release_alone(full: Cast) -> None:
    passed_beforehand(full)
    full.ana.done("new", "Checkout outage", "--severity", "1")
    drafted = full.ana.done("draft", "customers", "--phase", "detection")
    (message,) = drafted.ids
    assert "passed beforehand: accuracy, messaging, legal, approval" in drafted.err

    full.ivo.done("sync")
    (task,) = full.ivo.done("next", "--json").json["tasks"]
    assert (task["verb"], task["gate"]) == ("approve", "release")
    full.ivo.done("release", message)
    full.ana.done("sync")
    full.ana.done("send", message)

    report = full.ana.done("check", "--json").json
    assert report["outcome"] == "pass"
    gates = {gate["gate"]: gate["state"] for gate in report["messages"][0]["gates"]}
    assert gates == {
        "accuracy": "preapproved", "messaging": "preapproved", "legal": "preapproved",
        "approval": "preapproved", "release": "passed",
    }  # fmt: skip
    assert "preapproved lea" in full.ana.done("show", message).out


def test_a_word_more_needs_everybody_again(full: Cast) -> None:
    passed_beforehand(full)
    full.ana.done("new", "Checkout outage", "--severity", "1")
    (message,) = full.ana.done("draft", "customers", "--phase", "detection").ids
    text = full.ana.git("show", f"HEAD:incidents/{incident(full)}/messages/{message}/draft.md")
    full.ana.done("revise", message, "--file", "-", stdin=f"{text}All is well.\n".encode())

    refused = full.ana("send", message)
    assert refused.code == 1
    assert "legal is open" in refused.err


def test_a_fact_stays_open_in_the_words_where_it_was_left_open(full: Cast) -> None:
    passed_beforehand(full, "--with", "services")
    full.ana.done("new", "Outage", "--severity", "1")
    assert "services is missing" in full.ana.done("draft", "customers", "--phase", "detection").err
    full.ana.done("new", "Another", "--severity", "1",
                  "--fact", "services=card payments")  # fmt: skip
    drafted = full.ana.done("-i", "another", "draft", "customers", "--phase", "detection")
    assert "passed beforehand" in drafted.err
    shown = full.ana.done("-i", "another", "show", drafted.ids[0]).out
    assert "card payments" in shown


class TestWhatIsApproved:
    def test_nothing_is_and_it_says_what_that_would_take(self, full: Cast) -> None:
        shown = full.ana.done("template", "show", TEMPLATE)
        assert shown.out.startswith("---\ntitle: Detection, all customers")
        assert "legal is missing → lea or leo: " in " ".join(shown.err.split())
        assert f"comms template approve {TEMPLATE} --gate legal" in shown.err
        assert "release" not in shown.err, "the last gate looks at each message"
        assert "beforehand" not in full.ana.done("template", "list").out

    def test_one_gate_is_not_all_and_a_signature_counts_once_it_is_listed(self, full: Cast) -> None:
        full.lea.done(*WORDS, "--until", "2027-05-22T00:00:00Z")
        listed = full.lea.done("template", "list").out
        assert "legal signed by lea until 2027-05-22" in listed
        assert "comms trust preapprove" in listed
        assert "messaging is missing → mia or moe" in " ".join(listed.split())

    def test_all_of_them_are_listed_with_who_and_until_when(self, full: Cast) -> None:
        digests = passed_beforehand(full, "--until", "2027-05-22T00:00:00Z")
        ran = full.ana.done("template", "list", "--json")
        (entry,) = [t for t in ran.json["templates"] if t["id"] == TEMPLATE]
        (text,) = entry["beforehand"]
        assert [(p["gate"], p["person"], p["record"]) for p in text["passed"]] == [
            *zip(("accuracy", "messaging", "legal", "approval"), ("cleo", "mia", "lea", "eve"),
                 digests, strict=True)
        ]  # fmt: skip
        assert all(p["listed"] and not p["overdue"] for p in text["passed"])
        assert (text["missing"], text["later"], text["outdated"]) == ([], ["release"], "")
        shown = full.ana.done("template", "show", TEMPLATE)
        assert "approved beforehand, for all-customers in detection" in shown.err
        assert "legal ok lea until 2027-05-22" in shown.err

    def test_what_is_to_be_looked_at_again_says_so(self, full: Cast) -> None:
        full.lea.done(*WORDS, "--until", "2026-11-01T00:00:00Z")
        said = full.lea.done("template", "show", TEMPLATE).err
        assert "until 2026-11-01, to be looked at again" in said

    def test_a_template_or_a_channel_that_changed_since_is_told(self, full: Cast) -> None:
        full.lea.done(*WORDS)
        path = f"templates/{TEMPLATE}.md"
        text = (full.lea.folder / path).read_text(encoding="utf-8")
        full.lea.edit(path, text.replace("We know that", "We are aware that"))
        assert "the template has changed since" in full.lea.done("template", "show", TEMPLATE).err
        channels = (full.lea.folder / "channels.yaml").read_text(encoding="utf-8")
        full.lea.edit("channels.yaml", channels.replace("as: json", "as: txt"))
        assert "the channels have changed" in full.lea.done("template", "show", TEMPLATE).err

    def test_the_command_that_is_named_signs_the_same_text(self, full: Cast) -> None:
        full.lea.done(*WORDS, "--with", "services")
        full.mia.done("sync")
        (found,) = full.mia.done("template", "show", TEMPLATE, "--json").json["beforehand"]
        command = next(g["command"] for g in found["missing"] if g["gate"] == "messaging")
        full.mia.done(*command.split()[1:])
        (found,) = full.mia.done("template", "show", TEMPLATE, "--json").json["beforehand"]
        assert [p["gate"] for p in found["passed"]] == ["messaging", "legal"]

    def test_what_binds_a_list_of_recipients_looks_at_each_message(self, full: Cast) -> None:
        name = "base/detection/strategic-customers"
        (found,) = full.lea.done("template", "show", name, "--json").json["beforehand"]
        assert found["later"] == ["approval", "release"]

    def test_its_former_name_works(self, full: Cast) -> None:
        assert full.lea.done("template", "ok", TEMPLATE, "--show").out

    def test_outside_of_a_repository_the_shipped_ones_are_listed(self, full: Cast) -> None:
        listed = full.lea.done("-C", "/", "template", "list", "--json").json["templates"]
        assert listed
        assert all(entry["beforehand"] == [] for entry in listed)


def test_what_would_be_passed_is_shown_and_nothing_signed(full: Cast) -> None:
    head = full.lea.git("rev-parse", "HEAD")
    text = full.lea.done(*WORDS, "--with", "services", "--show").out
    assert "{{ services }}" in text
    assert 'subject: "{{ incident.title }}: we are looking into it"' in text
    assert full.lea.git("rev-parse", "HEAD") == head


def test_what_a_template_does_with_a_fact_cannot_be_passed_beforehand(full: Cast) -> None:
    refused = full.lea(*WORDS, "--with", "start")
    assert refused.code == 2
    assert "when" in refused.err
    assert f"templates/{TEMPLATE.replace('all-customers', 'message')}.md" in refused.err


def test_the_release_is_never_passed_beforehand(full: Cast) -> None:
    refused = full.ivo(*WORDS)
    assert refused.code == 1
    assert "release is never passed beforehand" in refused.err


def test_who_judges_nothing_passes_nothing(full: Cast) -> None:
    assert full.ana(*WORDS).code == 4


def incident(cast: Cast) -> str:
    return str(cast.ana.done("status", "--json").json["incidents"][0]["id"])


def allow_an_emergency(cast: Cast) -> None:
    cast.ana.done(
        "trust", "emergency", "--person", "eve", "--person", "ivo", "--needs", "2",
        "--template", "service-outage/investigation/all-customers",
        "--audience", "all-customers",
    )  # fmt: skip


def test_an_emergency_is_red_until_it_is_ratified(full: Cast) -> None:
    allow_an_emergency(full)
    (message,) = full.declare("customers")
    for person in ("eve", "ivo"):
        clone = getattr(full, person)
        clone.done("sync")
        clone.done("approve", message, "--gate", "emergency", "--why", "cards fail everywhere")
    full.ana.done("sync")
    full.ana.done("send", message)

    report = full.ana("check", "--json")
    assert report.code == 1
    found = [f for f in json.loads(report.out)["findings"] if f["rule"] == "emergency-send"]
    assert len(found) == 5
    assert "comms ratify" in found[0]["remedy"]

    for person, gate in {"cleo": "accuracy", "mia": "messaging", "lea": "legal", "ed": "approval",
                         "ida": "release"}.items():  # fmt: skip
        clone = getattr(full, person)
        if person in {"ed", "ida"}:
            full.join(person)
        clone.done("sync")
        (task,) = [t for t in clone.done("next", "--json").json["tasks"] if t["verb"] == "ratify"]
        assert task["gate"] == gate
        assert clone.done("ratify", message).out == f"{message} {gate}\n"
    full.ana.done("sync")
    assert full.ana.done("check", "--json").json["outcome"] == "pass"


def test_one_person_is_no_emergency(full: Cast) -> None:
    allow_an_emergency(full)
    (message,) = full.declare("customers")
    full.eve.done("sync")
    full.eve.done("approve", message, "--gate", "emergency", "--why", "cards fail")
    full.ana.done("sync")
    assert full.ana("send", message).code == 1


def test_an_emergency_says_why(full: Cast) -> None:
    allow_an_emergency(full)
    (message,) = full.declare("customers")
    full.eve.done("sync")
    refused = full.eve("approve", message, "--gate", "emergency")
    assert (refused.code, "why it cannot wait" in refused.err) == (1, True)


def test_where_none_is_allowed_there_is_none(full: Cast) -> None:
    (message,) = full.declare("customers")
    full.eve.done("sync")
    refused = full.eve("approve", message, "--gate", "emergency", "--why", "x")
    assert refused.code == 1
    assert "allows no emergency" in refused.err


def test_there_is_nothing_to_ratify(full: Cast) -> None:
    (message,) = full.declare("customers")
    full.lea.done("sync")
    refused = full.lea("ratify", message)
    assert refused.code == 1
    assert "nothing" in refused.err


class TestWhatAReviewerSees:
    def test_it_is_said_in_one_line_that_the_words_were_approved(self, full: Cast) -> None:
        passed_beforehand(full, "--until", "2027-05-22T00:00:00Z")
        full.ana.done("new", "Checkout outage", "--severity", "1")
        (message,) = full.ana.done("draft", "customers", "--phase", "detection").ids

        said = " ".join(full.ana.done("show", message).out.split())
        assert (
            "approved beforehand: accuracy by cleo, messaging by mia, legal by lea, approval by "
            f"eve, from {TEMPLATE}, until 2027-05-22"
        ) in said
        assert "not as approved" not in said

    def test_one_changed_word_names_the_line_that_it_stands_in(self, full: Cast) -> None:
        passed_beforehand(full)
        full.ana.done("new", "Checkout outage", "--severity", "1")
        (message,) = full.ana.done("draft", "customers", "--phase", "detection").ids
        path = f"incidents/{incident(full)}/messages/{message}/draft.md"
        text = full.ana.git("show", f"HEAD:{path}").replace("a problem and", "no problem and")
        full.ana.done("revise", message, "--file", "-", stdin=text.encode())

        shown = full.ana.done("show", message)
        said = " ".join(shown.out.split())
        assert "not as approved: accuracy, messaging, legal, approval, beforehand by" in said
        line = "We have noticed no problem and are looking into it."
        assert f"the words differ, first here: {line}" in said
        assert f"\n| {line}\n" in shown.out
        assert "\n  We will keep you informed in the same way" in shown.out
        document = full.ana.done("show", message, "--json").json
        (reason,) = document["not_as_approved"]
        assert (reason["line"], document["approved_beforehand"]) == (line, [])

    def test_another_channel_is_named_where_the_words_are_the_same(self, full: Cast) -> None:
        passed_beforehand(full)
        full.ana.done("new", "Checkout outage", "--severity", "1")
        channels = (full.ana.folder / "channels.yaml").read_text(encoding="utf-8")
        full.ana.edit("channels.yaml", channels.replace("as: json", "as: txt"))
        (message,) = full.ana.done("draft", "customers", "--phase", "detection").ids
        said = " ".join(full.ana.done("show", message).out.split())
        assert "the channels are others, or set up otherwise" in said

    def test_words_that_somebody_wrote_are_marked_and_the_templates_are_not(
        self, full: Cast
    ) -> None:
        (message,) = full.declare("customers")
        path = f"incidents/{incident(full)}/messages/{message}/draft.md"
        text = full.ana.git("show", f"HEAD:{path}") + "\nThe bank says that it was lightning.\n"
        full.ana.done("revise", message, "--file", "-", stdin=text.encode())
        full.lea.done("sync")
        shown = full.lea.done("show", message).out
        assert "\n| The bank says that it was lightning.\n" in shown
        assert "\n: At the moment card payments cannot be used as usual." in shown
        assert "\n  We do not yet know what contributes to the problem." in shown
        assert "no mark: as in service-outage/investigation/all-customers" in shown

    def test_the_template_counts_as_it_was_when_the_message_was_drafted(self, full: Cast) -> None:
        (message,) = full.declare("customers")
        path = "templates/base/message.md"
        old = (full.ana.folder / path).read_text(encoding="utf-8")
        full.ana.edit(path, old.replace("We will keep you informed", "We will tell you"))
        text = full.ana.git("show", f"HEAD:incidents/{incident(full)}/messages/{message}/draft.md")
        full.ana.done("revise", message, "--file", "-", stdin=f"{text}\nMore.\n".encode())
        shown = full.ana.done("show", message).out
        assert "\n  We will keep you informed" in shown
        assert "\n| More.\n" in shown

    def test_a_template_of_ones_own_is_told_apart_alike(self, full: Cast) -> None:
        full.ana.edit("templates/own/x.md", OWN)
        full.ana.done("new", "Checkout outage", "--severity", "1", *FACT)
        (message,) = full.ana.done("draft", "customers", "--template", "own/x").ids
        assert "\n: It concerns cards.\n" in full.ana.done("show", message).out


FACT = ("--fact", "start=09:14", "--fact", "services=cards", "--fact", "impact=none")
OWN = """---
title: T
owner: technical-slt
last_reviewed: "2026-11-22"
review_interval: 180d
subject: "{{ words.incident }}: our own"
---

It concerns {{ services }}.
"""
