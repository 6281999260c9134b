"""Six people, six clones, all five gates: the process of the guide, with what goes wrong in it."""

from tests.cli.test_small_story import passes_in_a_fresh_clone
from tests.support.cast import Cast, Clone

pytest_plugins = ["tests.support.cast_fixtures"]


def test_an_incident_by_six_people(full: Cast) -> None:
    small_talk, personal, public = full.declare("internal", "strategic", "customers")
    an_early_approval_says_what_is_missing(full, public)
    an_objection_stands_until_it_is_settled(full, public)
    a_wording_is_proposed_and_taken(full, public)
    every_gate_is_passed_and_the_message_sent(full, public)
    the_phase_moves_on(full, small_talk, personal)
    for person in full.people:
        clone = getattr(full, person)
        clone.done("sync")
        assert clone.done("check", "--json").json["checked"]["sent"] == 2, person
    passes_in_a_fresh_clone(full, sent=2)


def synced(clone: Clone) -> Clone:
    clone.done("sync")
    return clone


def an_early_approval_says_what_is_missing(full: Cast, message: str) -> None:
    eve = synced(full.eve)
    told = eve("approve", message)
    assert told.code == 1
    assert "approval of" in told.err
    assert "accuracy (open): 1 missing, could: cleo, cas" in told.err
    document = eve("approve", message, "--json").json
    assert document["schema"] == "comms/error@1"
    assert document["exit"] == 1
    assert document["code"] == "gate-open"
    assert document["missing"] == [
        {"gate": "accuracy", "state": "open", "count": 1, "could": ["cleo", "cas"]},
        {"gate": "messaging", "state": "open", "count": 1, "could": ["mia", "moe"]},
        {"gate": "legal", "state": "open", "count": 1, "could": ["lea", "leo"]},
    ]
    refused = synced(full.ivo)("release", message)
    assert refused.code == 1
    assert "comes after approval" in refused.err


def an_objection_stands_until_it_is_settled(full: Cast, message: str) -> None:
    full.later()
    synced(full.cleo).done("review", message, "--ok")
    synced(full.lea).done("review", message, "--object", "say nothing of cards")
    synced(full.mia).done("review", message, "--suggest", "shorter")
    ana = synced(full.ana)
    assert "lea (legal) OBJECTS: say nothing of cards" in ana.done("show", message).out
    assert "revise" in ana.done("next").out

    full.later()
    revised = ana.done("revise", message, "--file", "-", stdin=b"We are looking into payments.\n")
    assert revised.ids == [f"{message}@2"]
    assert "stale: cleo's verdict in accuracy" in revised.err
    states = gates(ana, message)
    assert (states["accuracy"], states["legal"]) == ("stale", "objected")
    assert synced(full.cleo).done("diff", message).out.count("+We are looking") == 1

    synced(full.lea).done("review", message, "--ok")
    assert gates(full.lea, message)["legal"] == "passed"


def a_wording_is_proposed_and_taken(full: Cast, message: str) -> None:
    full.later()
    words = b"We are looking into payments. We will tell you more.\n"
    mia = synced(full.mia)
    mia.done("review", message, "--edit", "--file", "-", stdin=words)
    ana = synced(full.ana)
    assert f"comms revise {message} --take mia" in " ".join(ana.done("show", message).out.split())
    assert ana.done("revise", message, "--take", "mia").ids == [f"{message}@3"]
    assert set(gates(ana, message).values()) <= {"stale", "open"}


def every_gate_is_passed_and_the_message_sent(full: Cast, message: str) -> None:
    full.later()
    full.passed(message, "legal", "accuracy", "messaging", "approval")
    ivo = synced(full.ivo)
    assert full.ana("send", message).code == 1
    assert ivo.done("release", message).code == 0
    full.later()
    ana = full.ana
    assert ana.done("send", message).ids == [message]
    again = ana.done("send", message)
    assert again.out == ""
    assert "nothing was sent again" in again.err
    assert ana("revise", message, "--file", "-", stdin=b"Other words.\n").code == 1


def the_phase_moves_on(full: Cast, internal: str, personal: str) -> None:
    full.later(10)
    ana = full.ana
    ana.done("phase", "identification", "--why", "a certificate ran out")
    cells = {c["message"]: c["state"] for c in incident(ana)["cells"] if c["message"]}
    assert cells[internal] == cells[personal] == "superseded"
    ana.done("fact", "cause=an expired certificate", "remedy=a new certificate")
    ana.done("skip", "strategic", "--why", "each was phoned")
    (message,) = ana.done("draft", "internal").ids
    assert message == "identification-internal-stakeholders-1"
    full.passed(message, "accuracy", "messaging", "legal", "approval", "release")
    ana.done("send", "--released")
    here = {c["audience"]: c["state"] for c in incident(ana)["cells"]
            if c["phase"] == "identification"}  # fmt: skip
    assert here == {
        "internal-stakeholders": "sent", "strategic-customers": "skipped", "all-customers": "due",
    }  # fmt: skip


def gates(clone: Clone, message: str) -> dict[str, str]:
    return {g["gate"]: g["state"] for g in clone.done("show", message, "--json").json["gates"]}


def incident(clone: Clone) -> dict[str, list[dict[str, str]]]:
    (found,) = clone.done("status", "--json").json["incidents"]
    return dict(found)


def test_a_backup_stands_in(full: Cast) -> None:
    (message,) = full.declare("customers")
    joined = full.join("leo")
    assert joined.code == 0
    leo = Clone(cast=full, person="leo", folder=full.root / "clones" / "leo")
    leo.done("review", message, "--ok")
    assert gates(leo, message)["legal"] == "passed"


def test_nobody_judges_their_own_words(full: Cast) -> None:
    (message,) = full.declare("customers")
    full.ana.done("trust", "role", "ana", "--role", "legal-officer")
    told = full.ana("review", message, "--ok", "--json")
    assert told.code == 1
    assert told.json["code"] == "cannot-judge"
    assert "nobody judges their own words" in told.json["text"]
    assert told.json["missing"][0]["could"] == ["lea", "leo"]


def test_one_person_counts_in_one_gate(full: Cast) -> None:
    (message,) = full.declare("customers")
    full.ana.done("trust", "role", "cleo", "--role", "legal-officer")
    cleo = synced(full.cleo)
    cleo.done("review", message, "--ok", "--gate", "accuracy")
    assert cleo("review", message, "--ok", "--gate", "legal").code == 1


def test_withdrawing_opens_the_gate_again(full: Cast) -> None:
    (message,) = full.declare("customers")
    cleo = synced(full.cleo)
    cleo.done("review", message, "--ok")
    assert cleo.done("withdraw", message, "--why", "too early", "--json").json["revision"] == 1
    assert gates(cleo, message)["accuracy"] == "open"
