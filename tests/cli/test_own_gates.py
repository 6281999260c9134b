"""A gate of an organisation's own: the project manager reads first what may surprise a client."""

from tests.support.cast import Cast
from tests.support.keys import make_key

pytest_plugins = ["tests.support.cast_fixtures"]


def project_manager(full: Cast) -> None:
    """Give the organisation the role and the gate, and somebody who holds it."""
    ana = full.ana
    text = (ana.folder / "comms.yaml").read_text()
    own = "roles:\n  project-manager: {name: Project Manager}\n"
    ana.edit("comms.yaml", text.replace("roles:\n", own, 1))
    make_key(full.root / "keys", "pam")
    ana.done("trust", "add", "pam", "--name", "Pam", "--email", "pam@example.com", "--public-key",
             str(full.root / "keys" / "pam.pub"), "--role", "project-manager")  # fmt: skip
    ana.done("trust", "gates", "--add", "project-manager=project-manager")


def gates(full: Cast) -> dict[str, list[str]]:
    found = full.ana.done("trust", "gates", "--json").json["gates"]
    return {gate["gate"]: gate["after"] for gate in found}


def test_what_waits_for_the_reviews_waits_for_it_as_well(full: Cast) -> None:
    project_manager(full)
    assert gates(full)["project-manager"] == []
    assert gates(full)["approval"] == ["accuracy", "messaging", "legal", "project-manager"]
    assert gates(full)["release"] == ["approval"]
    (message,) = full.declare("customers")
    full.passed(message, "accuracy", "messaging", "legal")
    full.eve.done("sync")
    refused = full.eve("approve", message)
    assert refused.code == 1
    assert "project-manager" in refused.err
    full.join("pam")
    full.pam.done("review", message, "--ok")
    full.passed(message, "approval", "release")
    full.ana.done("send", message)
    assert full.lea.done("check").code == 0


def test_who_stands_in_for_her_phones_the_client_and_both_are_on_record(full: Cast) -> None:
    project_manager(full)
    full.ana.done("trust", "role", "ben", "--role", "project-manager")
    full.join("ben")
    (message,) = full.declare("strategic")
    full.passed(message, "accuracy", "messaging", "legal")
    full.ben.done("sync")
    full.ben.done("review", message, "--gate", "project-manager", "--ok")
    full.ben.done(
        "said", "--where", "telephone", "--text", "Pam is on a flight; phoned Kim at once"
    )
    log = " ".join(full.ben.done("log").out.split())
    assert "passed project-manager" in log
    assert "Pam is on a flight; phoned Kim at once" in log


def test_it_can_be_taken_away_again(full: Cast) -> None:
    before = gates(full)
    project_manager(full)
    full.ana.done("trust", "gates", "--remove", "project-manager")
    assert gates(full) == before


def test_it_applies_to_clients_alone_where_the_others_are_relaxed(full: Cast) -> None:
    project_manager(full)
    full.ana.done("trust", "relax", "internal", "--gates",
                  "accuracy,messaging,legal,approval,release", "--channel", "intranet")  # fmt: skip
    internal, client = full.declare("internal", "strategic")
    full.passed(internal, "accuracy", "messaging", "legal", "approval", "release")
    full.ana.done("send", internal)
    full.passed(client, "accuracy", "messaging", "legal")
    full.eve.done("sync")
    assert full.eve("approve", client).code == 1


def test_a_slip_changes_nothing(full: Cast) -> None:
    project_manager(full)
    ana, before = full.ana, gates(full)
    for argv, code in (
        (["--add", "pm=projekt-manager"], 2),
        (["--add", "legal=legal-officer"], 1),
        (["--add", "emergency=legal-officer"], 2),
        (["--add", "A B=legal-officer"], 2),
        (["--add", "pm"], 2),
        (["--remove", "nope"], 2),
        (["--remove", "legal", "--needs", "legal=2"], 2),
        ([word for gate in before for word in ("--remove", gate)], 1),
    ):
        assert ana("trust", "gates", *argv).code == code, argv
    assert gates(full) == before
