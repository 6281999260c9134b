"""What does not go out, what went out wrong, what was said elsewhere."""

from pathlib import Path

from tests.support.cast import Cast, Clone

pytest_plugins = ["tests.support.cast_fixtures"]


def cell(clone: Clone, audience: str) -> dict[str, object]:
    (incident,) = clone.done("status", "--json").json["incidents"]
    (found,) = [c for c in incident["cells"] if c["audience"] == audience]
    return dict(found)


def test_a_dropped_message_leaves_the_matrix_and_its_cell_is_due_again(small: Cast) -> None:
    (message,) = small.declare("customers")
    ana, bo = small.ana, small.bo
    small.passed(message, "approval", "release")
    ana.done("sync")
    assert ana("drop", message).code == 2, "a reason is needed"
    assert ana.done("drop", message, "--why", "the phones are back").out == f"dropped {message}\n"
    assert cell(ana, "all-customers")["state"] == "due"
    assert cell(ana, "all-customers")["message"] is None

    refused = ana("send", message)
    assert (refused.code, "was dropped" in refused.err) == (1, True)
    assert "was dropped" in ana("revise", message, "--file", "-", stdin=b"Others.\n").err
    assert "was dropped already" in ana("drop", message, "--why", "again").err
    bo.done("sync")
    assert "was dropped" in bo("approve", message, "--gate", "approval").err
    assert ana.done("show", message, "--json").json["state"] == "dropped"
    assert "dropped it: the phones are back" in ana.done("log").out

    (second,) = ana.done("draft", "customers").ids
    assert second == "investigation-all-customers-2"
    assert "revision 1" in ana.done("show", "customers").out, "the one that goes on is meant"
    assert ana.done("check").code == 0


def test_only_the_lead_drops_and_only_what_is_not_sent(small: Cast) -> None:
    (message,) = small.declare("customers")
    small.bo.done("sync")
    assert small.bo("drop", message, "--why", "no").code == 4
    small.passed(message, "approval", "release")
    small.ana.done("send", message)
    refused = small.ana("drop", message, "--why", "no", "--json")
    assert refused.code == 1
    assert refused.json["code"] == "sent"
    assert f"comms correct {message}" in refused.json["remedy"]


def sent(small: Cast) -> str:
    (message,) = small.declare("customers")
    small.passed(message, "approval", "release")
    small.ana.done("send", message)
    small.later(10)
    return message


def test_a_correction_names_what_it_corrects_and_goes_through_the_gates(small: Cast) -> None:
    message = sent(small)
    ana = small.ana
    ana.done("fact", "start=08:50")
    made = ana.done("correct", message, "--why", "it began at 08:50.")
    (second,) = made.ids
    assert second == "investigation-all-customers-2"
    assert f"comms revise {second}" in made.err
    shown = ana.done("show", second, "--json").json
    assert "no fact has changed" not in made.err
    assert shown["subject"] == "Checkout outage: a correction"
    assert shown["body"].startswith(
        "We have to correct our message of 09:20 GMT on 22 November 2026: it began at 08:50.\n\n"
        "As far as we know now, the problem with card payments began at 08:50 GMT"
    )
    records = ana.folder / "incidents" / "2026-11-22-checkout-outage" / "messages"
    (digest,) = [line.split('"')[1] for p in (records / second).rglob("*drafted*.yaml")
                 for line in p.read_text().splitlines() if line.startswith("corrects")]  # fmt: skip
    (of,) = (records / message).rglob(f"*sent-{digest[:8]}.yaml")
    assert of.exists()
    assert cell(ana, "all-customers")["state"] == "in-review"
    assert cell(ana, "all-customers")["corrects"] == message

    again = ana("correct", message, "--why", "twice")
    assert (again.code, f"comms revise {second}" in again.err) == (1, True)

    ana.done("phase", "identification", "--why", "found")
    small.passed(second, "approval", "release")
    ana.done("send", second)
    ana.done("check")
    assert "corrected 09:30" in ana.done("status").out, "no phase overtakes a correction"
    assert "wrote revision 1, a correction" in ana.done("log").out


def test_a_correction_in_words_of_ones_own(small: Cast) -> None:
    message = sent(small)
    text = b"It began at 08:50, and not at 09:14.\n"
    (second,) = small.ana.done("correct", message, "--why", "the hour", "--file", "-",
                               stdin=text).ids  # fmt: skip
    body = small.ana.done("show", second, "--json").json["body"]
    assert body.endswith("the hour.\n\nIt began at 08:50, and not at 09:14.\n")


def test_a_correction_of_facts_that_nobody_changed_says_so(small: Cast) -> None:
    message = sent(small)
    made = small.ana.done("correct", message, "--why", "the hour")
    assert f"no fact has changed since {message}" in made.err


def test_a_correction_to_single_people_greets_them(small: Cast) -> None:
    (message,) = small.declare("strategic")
    small.passed(message, "approval", "release")
    small.ana.done("send", message)
    (second,) = small.ana.done("correct", message, "--why", "the hour").ids
    body = small.ana.done("show", second, "--json").json["body"]
    assert body.startswith("Dear {{ recipient.name }},\n\nWe have to correct our message of 09:")


def test_a_library_without_corrections_has_the_old_words_under_a_line(small: Cast) -> None:
    ana = small.ana
    ana.git("rm", "-rq", "templates/base/correction")
    ana.git("-c", "user.name=x", "-c", "user.email=x@example.com", "commit", "-qm", "Fewer")
    ana.git("push", "-q", "origin", "HEAD:main")
    messages = small.declare("customers", "strategic")
    corrections = {}
    for message in messages:
        small.passed(message, "approval", "release")
        ana.done("send", message)
        (second,) = ana.done("correct", message, "--why", "it began at 08:50.").ids
        corrections[message] = ana.done("show", second, "--json").json
    line = "This corrects our message of 09:20 GMT on 22 November 2026: it began at 08:50.\n\n"

    public = corrections["investigation-all-customers-1"]
    assert public["subject"].startswith("Correction: ")
    assert public["body"].startswith(line)
    assert "cannot pay by card" in public["body"]
    personal = corrections["investigation-strategic-customers-1"]["body"]
    assert personal.startswith(f"Dear {{{{ recipient.name }}}},\n\n{line}")


def test_a_template_for_corrections_is_used_where_there_is_one(small: Cast) -> None:
    message = sent(small)
    head = ('---\ntitle: Correction\nowner: technical-slt\nlast_reviewed: "2026-11-22"\n'
            'review_interval: 180d\nsubject: "{{ words.incident }}: correction"\nsummary: Short.\n'
            "---\n\n")  # fmt: skip
    words = "What we wrote at {{ words.corrects }} was wrong: {{ words.why }}.\n"
    small.ana.edit("templates/base/correction/all-customers.md", head + words)
    (second,) = small.ana.done("correct", message, "--why", "the hour").ids
    shown = small.ana.done("show", second, "--json").json
    assert shown["subject"] == "Checkout outage: correction"
    assert shown["body"] == (
        "What we wrote at 09:20 GMT on 22 November 2026 was wrong: the hour.\n"
    )


def test_what_is_not_sent_is_revised_and_not_corrected(small: Cast) -> None:
    (message,) = small.declare("customers")
    refused = small.ana("correct", message, "--why", "no")
    assert (refused.code, f"comms revise {message}" in refused.err) == (1, True)


def test_what_was_said_elsewhere_is_kept_word_by_word(small: Cast) -> None:
    small.declare()
    ana = small.ana
    ran = ana.done("said", "--where", "the CEO, on LinkedIn", "--text", "We are on it.")
    file = ana.folder / ran.out.strip()
    assert file.read_text() == "We are on it.\n"
    assert "noted what was said (the CEO, on LinkedIn): We are on it." in ana.done("log").out
    long = b"First line.\n\nSecond line.\n"
    ana.done("said", "--where", "a reporter called", "--text", "-", stdin=long)
    assert "First line." in ana.done("log").out
    assert ana.done("check").code == 0

    ana.edit(str(Path(ran.out.strip())), "We know of nothing.\n")
    assert "are not those that were recorded" in " ".join(ana.done("log").out.split())


def test_words_that_cannot_be_kept(small: Cast) -> None:
    small.declare()
    ana = small.ana
    assert ana("said", "--where", "x").code == 2
    assert ana("said", "--where", "x", "--text", " ").code == 2
    assert ana("said", "--where", "x", "--text", "\u202ehidden").code == 2
