"""A proposed trust version is nobody's word: what a contributor does to it changes nothing.

The attacker is Cleo, who may push to the hub and is no admin, or Eve, who is one of three.
"""

from pathlib import Path

import pytest

from commscli.ledger import trust_files
from commscli.ledger.record_files import digest_of
from tests.support.admins import (
    checks,
    clone_of,
    hand_signed,
    let_admins_be,
    only_proposal,
    proposals,
    trust_of,
    version,
)
from tests.support.cast import Cast, Clone
from tests.support.keys import make_key, public_line

pytest_plugins = ["tests.support.cast_fixtures"]

CHANGE = ("trust", "role", "mia", "--role", "legal-officer")


@pytest.fixture
def three(full: Cast) -> Cast:
    """Ana, Lea and Eve are admins; two of them must sign."""
    let_admins_be(full, ["ana", "lea", "eve"], 2)
    return full


def proposed(cast: Cast) -> str:
    """Ana proposes, and has signed; return the id."""
    return str(cast.ana.done(*CHANGE, "--json").json["proposal"])


def path_of(id_: str, person: str = "") -> str:
    return f"proposals/trust/{id_}{f'.{person}.sig' if person else '.yaml'}"


def bytes_at(clone: Clone, path: str) -> bytes:
    return (clone.folder / path).read_bytes()


def pushes(clone: Clone, files: dict[str, bytes | None], message: str = "innocent") -> None:
    """Commit and push with plain git, as whoever can push does."""
    for path, data in files.items():
        file = clone.folder / path
        if data is None:
            clone.git("rm", "-q", path)
            continue
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
        clone.git("add", "--force", path)
    who = ("-c", f"user.name={clone.person}", "-c", f"user.email={clone.person}@example.com")
    clone.git(*who, "-c", "commit.gpgsign=false", "commit", "-q", "-m", message)
    clone.git("push", "-q", "origin", "main")


def test_a_proposal_is_no_authority(three: Cast) -> None:
    """Signed by all who must, it still binds nobody until it is a version."""
    id_ = proposed(three)
    lea = clone_of(three, "lea")
    pushes(lea, {path_of(id_, "lea"): hand_signed(three, "lea", bytes_at(lea, path_of(id_)))})

    assert only_proposal(clone_of(three, "ana"))["lacking"] == []
    assert version(three) == 3
    assert "legal-officer" not in _roles(three, "mia")
    assert checks(three)["findings"] == []


def _roles(cast: Cast, person: str) -> list[str]:
    return next(p["roles"] for p in trust_of(cast)["people"] if p["id"] == person)


def test_the_proposal_is_edited_after_the_first_signature(three: Cast) -> None:
    id_ = proposed(three)
    cleo = clone_of(three, "cleo")
    evil = bytes_at(cleo, path_of(id_)).replace(b'["ana", "lea", "eve"]', b'["ana", "lea", "cleo"]')
    pushes(cleo, {path_of(id_): evil})
    lea = clone_of(three, "lea")
    before = lea.state()

    ran = lea("trust", "sign", id_)

    assert ran.code == 1
    assert "changed after it was proposed" in ran.err
    assert lea.state() == before
    seen = only_proposal(lea)
    assert (seen["state"], seen["signed"], seen["changes"]) == ("unusable", [], [])
    assert version(three) == 3


def test_the_edited_proposal_under_its_new_name_takes_no_signature_along(three: Cast) -> None:
    id_ = proposed(three)
    cleo = clone_of(three, "cleo")
    evil = bytes_at(cleo, path_of(id_)).replace(b'["ana", "lea", "eve"]', b'["ana", "lea", "cleo"]')
    other = digest_of(evil)[:16]
    signature = bytes_at(cleo, path_of(id_, "ana"))
    pushes(cleo, {path_of(other): evil, path_of(other, "ana"): signature})
    lea = clone_of(three, "lea")

    seen = next(p for p in proposals(lea) if p["proposal"] == other)

    assert seen["signed"] == []
    assert "the signature of ana does not hold" in seen["uncounted"][0]
    assert "cleo becomes an admin" in seen["changes"], "whoever signs reads it first"
    assert lea("trust", "sign", other, "--json").json["state"] == "proposed"
    assert version(three) == 3


def test_a_signature_of_another_proposal_is_replayed(three: Cast) -> None:
    good = proposed(three)
    lea = clone_of(three, "lea")
    other = lea.done("trust", "remove", "mia", "--json").json["proposal"]
    cleo = clone_of(three, "cleo")
    pushes(cleo, {path_of(other, "ana"): bytes_at(cleo, path_of(good, "ana"))})

    seen = next(p for p in proposals(clone_of(three, "eve")) if p["proposal"] == other)

    assert seen["signed"] == ["lea"]
    assert seen["lacking"][0]["count"] == 1
    assert "does not hold" in seen["uncounted"][0]


@pytest.mark.parametrize("name", ["cleo", "lea"])
def test_a_signature_of_somebody_else_under_a_name(three: Cast, name: str) -> None:
    """Cleo signs as herself, who is no admin; or files her signature as Lea's."""
    id_ = proposed(three)
    cleo = clone_of(three, "cleo")
    pushes(cleo, {path_of(id_, name): hand_signed(three, "cleo", bytes_at(cleo, path_of(id_)))})

    seen = only_proposal(clone_of(three, "eve"))

    assert seen["signed"] == ["ana"]
    assert f"the signature of {name} counts for nothing" in seen["uncounted"][0]
    assert three.eve.done("trust", "sign", id_, "--json").json["signed"] == ["ana", "eve"]
    assert checks(three)["findings"] == [], "what does not count is not brought along"


def test_a_signature_in_anothers_place_does_not_keep_them_from_signing(three: Cast) -> None:
    id_ = proposed(three)
    cleo = clone_of(three, "cleo")
    pushes(cleo, {path_of(id_, "lea"): b"junk\n"})

    ran = clone_of(three, "lea")("trust", "sign", id_)

    assert ran.out == "trust version 4\n"
    assert checks(three)["findings"] == []


def test_one_admin_with_two_keys_is_one_admin(three: Cast) -> None:
    make_key(three.root / "keys", "eve-two")
    id_ = three.ana.done(
        "trust", "key", "add", "eve", "--public-key", str(three.key("eve-two")) + ".pub", "--json"
    ).json["proposal"]
    assert clone_of(three, "lea").done("trust", "sign", id_).out == "trust version 4\n"
    other = clone_of(three, "eve").done(*CHANGE, "--json").json["proposal"]

    again = three.eve("trust", "sign", other, COMMS_KEY=str(three.key("eve-two")))

    assert "not in force yet" in again.err
    assert only_proposal(three.eve)["signed"] == ["eve"]
    assert version(three) == 4


def test_a_hand_made_version_with_too_few_signatures(three: Cast) -> None:
    """Eve writes the version past the tool, with her one signature, and a second by her key."""
    id_ = proposed(three)
    eve = clone_of(three, "eve")
    data = bytes_at(eve, path_of(id_))
    own = hand_signed(three, "eve", data)
    pushes(eve, {"trust/0004.yaml": data, "trust/0004.eve.sig": own, "trust/0004.lea.sig": own})

    report = checks(three)

    assert report["trust"]["version"] == 3
    assert [f["rule"] for f in report["findings"]] == ["trust-chain"]
    assert "signed by 1 of 2" in report["findings"][0]["text"]


def test_squatted_numbers_do_not_end_changes_of_the_trust(three: Cast) -> None:
    """Junk takes the next numbers, and a huge one; a lone signature takes one more."""
    cleo = clone_of(three, "cleo")
    own = bytes_at(cleo, "trust/0003.yaml")
    huge = own.replace(b"version: 3\n", b"version: 9007199254740992\n")
    pushes(cleo, {
        "trust/0004.yaml": own,
        "trust/9007199254740992.yaml": huge,
        "trust/0005.ana.sig": b"junk\n",
    })  # fmt: skip

    ana = clone_of(three, "ana")
    id_ = ana.done(*CHANGE, "--json").json["proposal"]
    done = clone_of(three, "lea").done("trust", "sign", id_, "--json").json

    assert (done["state"], done["version"]) == ("in-force", 6)
    assert trust_of(three)["version"] == 6


def test_a_number_taken_after_the_proposal(three: Cast) -> None:
    id_ = proposed(three)
    cleo = clone_of(three, "cleo")
    pushes(cleo, {"trust/0004.yaml": b"junk\n"})
    lea = clone_of(three, "lea")

    refused = lea("trust", "sign", id_)
    again = lea.done("trust", "propose", "--rebase", id_, "--json").json

    assert refused.code == 1
    assert "the number 4 is taken" in refused.err
    assert again["version"] == 5
    assert lea.done("trust", "sign", again["proposal"], "--json").json["state"] == "proposed"
    assert clone_of(three, "ana").done("trust", "sign", again["proposal"]).out == (
        "trust version 5\n"
    )


def test_a_proposal_that_reaches_out_of_its_folder(three: Cast, tmp_path: Path) -> None:
    """A link where the proposal should be: read from objects, it is a few odd bytes."""
    id_ = proposed(three)
    cleo = clone_of(three, "cleo")
    secret = tmp_path / "secret"
    secret.write_text("quorum: 1\n", encoding="utf-8")
    (cleo.folder / path_of(id_)).unlink()
    (cleo.folder / path_of(id_)).symlink_to(secret)
    cleo.git("add", "-A", "proposals")
    cleo.git("-c", "commit.gpgsign=false", "-c", "user.name=c", "-c", "user.email=c@example.com",
             "commit", "-qm", "link")  # fmt: skip
    cleo.git("push", "-q", "origin", "main")

    seen = only_proposal(clone_of(three, "lea"))

    assert seen["state"] == "unusable"
    assert three.lea("trust", "sign", id_).code == 1
    assert secret.read_text(encoding="utf-8") == "quorum: 1\n"


def test_words_that_steer_a_terminal_are_spelled_out(three: Cast) -> None:
    """A name can hide nothing from whoever reads the change before signing it."""
    make_key(three.root / "keys", "zed")
    people = (
        "people:\n  zed:\n    name: Zed\u200b \u202eeve\n    email: zed@example.com\n"
        f"    public_key: {public_line(three.key('zed'))}\n    roles: [legal-officer]\n"
    )
    (three.root / "zed.yaml").write_text(people, encoding="utf-8")
    refused = three.ana("trust", "add", "--from", str(three.root / "zed.yaml"))
    assert refused.code == 2
    hidden = people.replace("\u202e", "")
    (three.root / "zed.yaml").write_text(hidden, encoding="utf-8")
    id_ = three.ana.done("trust", "add", "--from", str(three.root / "zed.yaml"), "--json").json[
        "proposal"
    ]

    shown = clone_of(three, "lea")("trust", "sign", id_)

    assert "<U+200B>" in shown.err
    assert "\u200b" not in shown.err


def test_a_proposal_of_another_repository(three: Cast) -> None:
    id_ = proposed(three)
    cleo = clone_of(three, "cleo")
    data = bytes_at(cleo, path_of(id_))
    own = trust_files.read(data)
    other = data.replace(own.repository.encode(), b"8d3ca2f0-4a4f-4c64-9d52-3a1f6f0e6a11")
    evil = digest_of(other)[:16]
    pushes(cleo, {path_of(evil): other})

    seen = next(p for p in proposals(clone_of(three, "lea")) if p["proposal"] == evil)

    assert seen["state"] == "unusable"
    assert "another repository" in seen["why"]
    assert three.lea("trust", "sign", evil).code == 1


def test_a_rolled_back_history_is_not_built_upon(three: Cast) -> None:
    """The hub, and the clone with it, go back to before the proposal's base came into force."""
    ana = clone_of(three, "ana")
    assert ana("check").code == 0
    early = ana.git("rev-list", "--max-count=1", "--skip=3", "HEAD").strip()
    ana.git("reset", "-q", "--hard", early)
    ana.git("push", "-q", "--force", "origin", "main")

    ran = ana("trust", "role", "mia", "--role", "legal-officer")

    assert ran.code == 1
    assert "pinned" in ran.err
