"""Several admins, real clones of a real bare repository: proposed, read, signed, in force."""

from collections.abc import Sequence

import pytest

from tests.cli.test_json import fits
from tests.support.admins import (
    checks,
    clone_of,
    landed_by,
    let_admins_be,
    only_proposal,
    proposals,
    signs,
    trust_of,
    version,
    version_files,
)
from tests.support.cast import Cast

pytest_plugins = ["tests.support.cast_fixtures"]

Side = tuple[tuple[str, ...], int]
ROTATIONS: Sequence[tuple[Side, Side, Sequence[str]]] = [
    # admins and quorum before, after, and who must sign besides whoever proposes
    ((("ana",), 1), (("ana", "lea"), 1), []),
    ((("ana",), 1), (("ana", "lea"), 2), ["lea"]),
    ((("ana",), 1), (("lea",), 1), ["lea"]),
    ((("ana", "lea"), 2), (("ana", "lea"), 1), ["lea"]),
    ((("ana", "lea"), 2), (("ana",), 1), ["lea"]),
    ((("ana", "lea", "eve"), 2), (("ana", "lea", "eve"), 3), ["lea", "eve"]),
    ((("ana", "lea", "eve"), 2), (("ana", "lea", "mia"), 2), ["lea"]),
    ((("ana", "lea", "eve"), 2), (("ana", "mia", "ivo"), 2), ["lea", "mia"]),
    ((("ana", "lea", "eve"), 3), (("ana", "lea", "eve"), 2), ["lea", "eve"]),
]


def words_for(before: Sequence[str], after: Side) -> list[str]:
    admins, quorum = after
    added = [w for p in admins if p not in before for w in ("--add", p)]
    dropped = [w for p in before if p not in admins for w in ("--drop", p)]
    return [*added, *dropped, "--quorum", str(quorum)]


@pytest.mark.parametrize(("before", "after", "others"), ROTATIONS, ids=str)
def test_rotations(full: Cast, before: Side, after: Side, others: Sequence[str]) -> None:
    let_admins_be(full, *before)
    number = version(full)

    done = full.ana.done("trust", "admins", *words_for(before[0], after), "--json").json
    for person in others:
        assert done["state"] == "proposed"
        assert trust_of(full)["version"] == number, "a proposal is no authority"
        ran = signs(full, person, done["proposal"])
        assert ran.code == 0, ran.err
        done = done | {"state": "in-force" if "trust version" in ran.out else "proposed"}

    assert done["state"] == "in-force"
    found = trust_of(full, "cleo")
    assert (sorted(found["admins"]), found["quorum"]) == (sorted(after[0]), after[1])
    assert checks(full)["outcome"] == "pass"
    assert not any(path.startswith("proposals/") for path in version_files(full.ana))


def test_the_last_signature_brings_version_and_signatures_in_one_commit(full: Cast) -> None:
    let_admins_be(full, ["ana", "lea", "eve"], 3)
    id_ = full.ana.done("trust", "role", "mia", "--role", "legal-officer", "--json").json[
        "proposal"
    ]
    signs(full, "lea", id_)
    before = version_files(clone_of(full, "ana"))
    assert f"proposals/trust/{id_}.lea.sig" in before

    signs(full, "eve", id_)

    ana = clone_of(full, "ana")
    _, parents, changed = landed_by(ana, "trust/0004.yaml")
    assert len(parents) == 1
    assert changed == sorted([
        "A\ttrust/0004.yaml", "A\ttrust/0004.ana.sig", "A\ttrust/0004.eve.sig",
        "A\ttrust/0004.lea.sig", f"D\tproposals/trust/{id_}.yaml",
        f"D\tproposals/trust/{id_}.ana.sig", f"D\tproposals/trust/{id_}.lea.sig",
    ])  # fmt: skip
    log = ana.done("trust", "log", "--json").json
    assert log["versions"][-1]["signed"] == ["ana", "eve", "lea"]
    assert not (ana.folder / "proposals").exists(), "the folders that are empty are gone"


def test_the_documents(full: Cast) -> None:
    let_admins_be(full, ["ana", "lea"], 2)

    proposed = full.ana.done("trust", "role", "mia", "--role", "legal-officer", "--json").json
    assert fits(proposed) == "trust-recorded"
    assert proposed["state"] == "proposed"
    assert proposed["signed"] == ["ana"]
    assert proposed["lacking"] == [{"version": 3, "count": 1, "could": ["lea"]}]
    assert proposed["changes"] == ["mia gets the role legal-officer"]
    listed = clone_of(full, "lea").done("trust", "propose", "--json").json
    assert fits(listed) == "trust-proposals"
    assert listed["proposals"][0]["state"] == "open"
    signed = full.lea.done("trust", "sign", proposed["proposal"], "--json").json
    assert fits(signed) == "trust-recorded"
    assert (signed["state"], signed["proposal"], signed["lacking"]) == ("in-force", "", [])
    assert signed["signed"] == ["ana", "lea"]


def test_a_proposal_says_in_words_that_it_is_not_in_force(full: Cast) -> None:
    let_admins_be(full, ["ana", "lea"], 2)

    ran = full.ana.done("trust", "remove", "mia")

    id_ = ran.out.split()[-1]
    assert ran.out == f"proposal {id_}\n"
    for words in ("mia leaves the roster", "not in force yet", "lea",
                  f"next: comms trust sign {id_}"):  # fmt: skip
        assert words in ran.err
    assert "mia" in [p["id"] for p in trust_of(full)["people"]]


def test_nobody_signs_unseen_words(full: Cast) -> None:
    let_admins_be(full, ["ana", "lea"], 2)
    id_ = full.ana.done("trust", "role", "mia", "--role", "legal-officer", "--json").json[
        "proposal"
    ]
    lea = clone_of(full, "lea")
    before = lea.state()

    for words in ([], [id_[:15]]):
        ran = lea("trust", "sign", *words)
        assert ran.code == 2, ran
        assert lea.state() == before
    assert "mia gets the role legal-officer" in ran.err
    signed = lea("trust", "sign", id_)
    assert "mia gets the role legal-officer" in signed.err
    assert "+  legal-officer: " in signed.err, "every line that differs is shown"
    assert signed.code == 0


def test_the_same_change_by_another_admin_is_a_signature(full: Cast) -> None:
    let_admins_be(full, ["ana", "lea"], 2)
    change = ["trust", "role", "mia", "--role", "legal-officer"]
    full.ana.done(*change)

    ran = clone_of(full, "lea").done(*change)

    assert ran.out == "trust version 4\n"
    assert checks(full)["outcome"] == "pass"


def test_signing_twice_adds_nothing(full: Cast) -> None:
    let_admins_be(full, ["ana", "lea"], 2)
    id_ = full.ana.done("trust", "remove", "mia", "--json").json["proposal"]
    head = full.ana.git("rev-parse", "HEAD")

    ran = full.ana.done("trust", "sign", id_)

    assert "not in force yet" in ran.err
    assert full.ana.git("rev-parse", "HEAD") == head
    assert version(full) == 3


def test_two_proposals_in_two_clones(full: Cast) -> None:
    """Both wait on one version; the first that is complete leaves the other stale."""
    let_admins_be(full, ["ana", "lea", "eve"], 2)
    one = full.ana.done("trust", "role", "mia", "--role", "legal-officer", "--json").json
    other = full.lea.done("trust", "role", "cleo", "--role", "legal-officer", "--json").json
    assert {p["proposal"] for p in proposals(clone_of(full, "eve"))} == {
        one["proposal"], other["proposal"],
    }  # fmt: skip
    full.eve.done("trust", "sign", one["proposal"])

    refused = full.eve("trust", "sign", other["proposal"])

    assert refused.code == 1
    assert f"comms trust propose --rebase {other['proposal']}" in refused.err
    assert only_proposal(full.eve)["state"] == "stale"
    assert version(full) == 4

    again = full.eve.done("trust", "propose", "--rebase", other["proposal"], "--json").json
    assert (again["state"], again["signed"]) == ("proposed", []), "nobody has signed these words"
    assert again["changes"] == ["cleo gets the role legal-officer"]
    assert only_proposal(full.eve)["proposal"] == again["proposal"], "it takes the other's place"
    for person in ("eve", "lea"):
        assert signs(full, person, again["proposal"]).code == 0
    roles = {p["id"]: p["roles"] for p in trust_of(full)["people"]}
    assert "legal-officer" in roles["mia"], "what came into force meanwhile stays"
    assert "legal-officer" in roles["cleo"]
    assert checks(full)["outcome"] == "pass"


def test_a_clash_is_told_and_nothing_is_written(full: Cast) -> None:
    let_admins_be(full, ["ana", "lea"], 2)
    one = full.ana.done("trust", "gates", "--needs", "legal=2", "--json").json["proposal"]
    other = full.ana.done("trust", "gates", "--needs", "legal=3", "--json").json["proposal"]
    signs(full, "lea", one)
    before = full.lea.state()

    ran = full.lea("trust", "propose", "--rebase", other)

    assert ran.code == 1
    assert "gates.legal.needs" in ran.err
    assert full.lea.state() == before


def test_last_signers_race(full: Cast) -> None:
    """Two last signers at once: one puts it in force, the other hears of it; no fork, no twin."""
    let_admins_be(full, ["ana", "lea", "eve"], 2)
    id_ = full.ana.done("trust", "remove", "mia", "--json").json["proposal"]
    lea, eve = clone_of(full, "lea"), clone_of(full, "eve")

    assert lea("trust", "sign", id_, "--json").json["state"] == "in-force"
    late = eve("trust", "sign", id_)

    assert late.code == 1
    assert "in force already" in late.err
    assert version(full, "eve") == 4
    assert checks(full, "eve")["findings"] == []


def test_offline_the_last_signature_waits(full: Cast) -> None:
    let_admins_be(full, ["ana", "lea", "eve"], 2)
    id_ = full.ana.done("trust", "remove", "mia", "--json").json["proposal"]
    lea, eve = clone_of(full, "lea"), clone_of(full, "eve")

    for clone in (lea, eve):  # each would put it in force, apart from the other
        ran = clone.done("--offline", "trust", "sign", id_)
        assert "signed by all who must" in ran.err
        assert "trust/0004.yaml" not in version_files(clone)
    lea.done("sync")
    eve.done("sync")
    done = eve.done("trust", "sign", id_, "--json").json

    assert done["state"] == "in-force"
    assert done["signed"] == ["ana", "lea", "eve"]
    assert checks(full)["findings"] == []


def test_an_unreachable_remote_leaves_the_signature(full: Cast) -> None:
    let_admins_be(full, ["ana", "lea"], 2)
    id_ = full.ana.done("trust", "remove", "mia", "--json").json["proposal"]
    lea = clone_of(full, "lea")
    url = lea.git("remote", "get-url", "origin").strip()
    lea.git("remote", "set-url", "origin", "/nowhere/hub.git")

    ran = lea.done("trust", "sign", id_)
    assert "not in force yet" in ran.err
    lea.git("remote", "set-url", "origin", url)

    assert lea.done("trust", "sign", id_).out == "trust version 4\n"
    assert checks(full)["findings"] == []


def test_dropping_a_proposal(full: Cast) -> None:
    let_admins_be(full, ["ana", "lea"], 2)
    id_ = full.ana.done("trust", "remove", "mia", "--json").json["proposal"]

    dropped = clone_of(full, "lea").done("trust", "propose", "--drop", id_, "--json").json

    assert dropped["state"] == "dropped"
    assert proposals(clone_of(full, "ana")) == []
    assert signs(full, "ana", id_).code == 2


def test_who_is_no_admin_can_neither_change_nor_sign(full: Cast) -> None:
    let_admins_be(full, ["ana", "lea"], 2)
    id_ = full.ana.done("trust", "remove", "cleo", "--json").json["proposal"]
    mia = clone_of(full, "mia")
    before = mia.state()

    for words in (["trust", "remove", "cleo"], ["trust", "sign", id_]):
        ran = mia(*words)
        assert ran.code == 4, ran
        assert mia.state() == before


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--quorum", "3"], "the quorum is 3"),
        (["--drop", "ana", "--drop", "lea"], "quorum is 2"),
        (["--drop", "ana"], "quorum is 2"),
    ],
    ids=str,
)
def test_a_version_that_could_never_be_changed_again_is_refused(
    full: Cast, words: list[str], says: str
) -> None:
    let_admins_be(full, ["ana", "lea"], 2)
    before = clone_of(full, "ana").state()

    ran = full.ana("trust", "admins", *words)

    assert ran.code == 1
    assert says in ran.err
    assert full.ana.state() == before
