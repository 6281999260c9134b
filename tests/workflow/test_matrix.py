"""The state of every cell, as an incident and its messages go on."""

from tests.support.cast import Cast, Clone

pytest_plugins = ["tests.support.cast_fixtures"]
AUDIENCES = ("internal-stakeholders", "strategic-customers", "all-customers")


def states(clone: Clone) -> dict[tuple[str, str], str]:
    (incident,) = clone.done("status", "--json").json["incidents"]
    return {(c["phase"], c["audience"].split("-")[0]): c["state"] for c in incident["cells"]}


def test_a_cell_goes_from_due_to_sent(small: Cast) -> None:
    ana, bo = small.ana, small.bo
    small.declare()
    cell = ("investigation", "all")
    assert states(ana)[cell] == "due"
    (message,) = ana.done("draft", "customers").ids
    assert states(ana)[cell] == "in-review"
    small.passed(message, "approval")
    assert states(bo)[cell] == "approved"
    small.passed(message, "release")
    assert states(bo)[cell] == "released"
    ana.done("send", message)
    assert states(ana)[cell] == "sent"
    ana.done("draft", "customers")
    assert states(ana)[cell] == "in-review", "another update within the phase"


def test_an_objection_sends_it_back_to_its_drafter(small: Cast) -> None:
    (message,) = small.declare("customers")
    small.bo.done("sync")
    small.bo.done("approve", message, "--object", "no")
    assert states(small.bo)["investigation", "all"] == "drafting"
    (incident,) = small.bo.done("status", "--json").json["incidents"]
    (cell,) = [c for c in incident["cells"] if c["message"]]
    assert [(w["gate"], w["people"]) for w in cell["waiting_for"]] == [("draft", ["ana"])]


def test_a_send_that_began_is_sending_and_goes_on(small: Cast) -> None:
    (message,) = small.declare("customers")
    small.passed(message, "approval", "release")
    ana = small.ana
    ana.clean = False
    outbox = ana.folder / "outbox"
    outbox.write_text("in the way")
    stopped = ana("send", message)
    assert stopped.code == 5
    assert "has begun and is not finished" in stopped.err
    assert f"next: comms send {message}, again" in stopped.err
    assert states(ana)["investigation", "all"] == "sending"
    assert f"comms send {message}" in ana.done("next").out

    outbox.unlink()
    ana.clean = True
    ana.done("send", message)
    assert states(ana)["investigation", "all"] == "sent"
    assert ana.done("check").code == 0


def test_skipped_and_superseded_and_phases_that_go_back(small: Cast) -> None:
    ana = small.ana
    small.declare("customers")
    ana.done("skip", "strategic", "--why", "phoned")
    ana.done("phase", "monitoring")
    now = states(ana)
    assert now["investigation", "strategic"] == "skipped"
    assert now["investigation", "all"] == now["investigation", "internal"] == "superseded"
    assert not [phase for phase, _ in now if phase == "monitoring"], "optional cells stay out"

    ana.done("phase", "investigation", "--why", "it came back")
    back = states(ana)
    assert back["investigation", "internal"] == "due"
    assert back["investigation", "all"] == "in-review"
    assert back["investigation", "strategic"] == "skipped"


def test_drafting_ahead_of_the_phase(small: Cast) -> None:
    small.declare()
    small.ana.done("fact", "end=10:00", "remedy=a restart", "cause=x")
    small.ana.done("draft", "customers", "--phase", "resolution")
    assert states(small.ana)["resolution", "all"] == "in-review"
    (incident,) = small.ana.done("status", "--json").json["incidents"]
    assert [c["required"] for c in incident["cells"] if c["phase"] == "resolution"] == [False]


def test_every_state_is_a_published_word(small: Cast) -> None:
    small.declare(*AUDIENCES)
    words = {"due", "drafting", "in-review", "approved", "released", "sending", "sent", "skipped",
             "superseded"}  # fmt: skip
    assert set(states(small.ana).values()) <= words
