"""Words that were passed in peace time, and an emergency that is ratified: as people type it."""

import json

from tests.support.cast import Cast

pytest_plugins = ["tests.support.cast_fixtures"]
TEMPLATE = "base/detection/all-customers"
WORDS = ("template", "ok", TEMPLATE, "--audience", "customers")


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
