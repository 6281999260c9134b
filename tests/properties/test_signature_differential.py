"""What we call signed, git and ssh-keygen call signed: stricter than they are, and never laxer."""

import os
import random
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from commscli.errors import Undecided
from commscli.ledger.commit_bytes import parse_commit
from commscli.ledger.signed import signature_of
from tests.support.keys import Oracle
from tests.support.repos import Repo
from tests.support.signatures import Draft, armored, unarmored
from tests.support.story import key_of, sent, sign

DEEP = os.environ.get("COMMS_DEEP") == "1"
COMMITS = 6000 if DEEP else 500
RECORDS = 4000 if DEEP else 400
SIGNERS = ("lea", "eli", "ian", "tom")
WHO = "".join(
    f"{role} Lea <lea@example.com> 1795000000 +0000\n" for role in ("author", "committer")
)
ORDER = 2**252 + 27742317777372353535851937790883648493

Mangle = Callable[[random.Random, bytes], bytes]


def noise(chosen: random.Random, data: bytes) -> bytes:
    at = chosen.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << chosen.randrange(8)]) + data[at + 1 :]


def cut(chosen: random.Random, data: bytes) -> bytes:
    at = chosen.randrange(len(data))
    return data[:at] + data[at + chosen.choice([1, 2, 70]) :]


def doubled(chosen: random.Random, data: bytes) -> bytes:
    lines = data.split(b"\n")
    at = chosen.randrange(len(lines))
    return b"\n".join([*lines[: at + 1], *lines[at:]])


def swapped(chosen: random.Random, data: bytes) -> bytes:
    lines = data.split(b"\n")
    at = chosen.randrange(len(lines) - 1)
    lines[at], lines[at + 1] = lines[at + 1], lines[at]
    return b"\n".join(lines)


def spaced(chosen: random.Random, data: bytes) -> bytes:
    at = chosen.randrange(len(data))
    return data[:at] + chosen.choice([b"\n", b" ", b"\r\n", b"\t", b"\0", b"="]) + data[at:]


def left(_: random.Random, data: bytes) -> bytes:
    return data


MANGLES: tuple[Mangle, ...] = (left, noise, cut, doubled, swapped, spaced)


def header(armor: bytes, name: str = "gpgsig") -> bytes:
    return f"{name} ".encode() + armor.rstrip(b"\n").replace(b"\n", b"\n ") + b"\n"


def other_order(_: random.Random, armor: bytes) -> bytes:
    """The same signature with S + L, which OpenSSH takes for another good one."""
    blob = unarmored(armor)
    s = int.from_bytes(blob[-32:], "little") + ORDER
    return armored(blob[:-32] + s.to_bytes(32, "little"))


def commits(chosen: random.Random, tree: str) -> Iterator[bytes]:
    """Signed commits: as they should be, then with any part of them mangled."""
    for number in range(COMMITS):
        name = chosen.choice(SIGNERS)
        head = f"tree {tree}\n{WHO}".encode()
        message = f"\ncommit {number}\n".encode()
        armor = sign(name, head + message, chosen.choice(["git", "git", "git", "comms-record@v1"]))
        mangle = chosen.choice([*MANGLES, other_order])
        if mangle is other_order or chosen.random() < 0.4:
            armor = mangle(chosen, armor)
            yield head + header(armor) + message
        elif chosen.random() < 0.3:
            extra = header(
                sign("tom", head + message, "git"), chosen.choice(["gpgsig", "gpgsig-sha256", "x"])
            )
            parts = [head, header(armor), extra, message]
            yield (
                b"".join(parts) if chosen.random() < 0.5 else b"".join([head, extra, *parts[1::2]])
            )
        else:
            yield mangle(chosen, head + header(armor) + message)


def test_no_commit_is_signed_for_us_that_is_not_for_git(tmp_path: Path) -> None:
    chosen = random.Random(2026)  # noqa: S311 - to be the same each time
    repo = Repo.make(tmp_path / "repo")
    tree = repo.git("hash-object", "-t", "tree", "-w", "--stdin").strip()
    found = {put(repo, data): data for data in commits(chosen, tree)}
    theirs = good_for_git(repo, tmp_path, list(found))
    ours = {name: key for name, data in found.items() if (key := signer(name, data))}

    assert {name: owner for name, owner in ours.items() if theirs.get(name) != owner} == {}
    assert len(ours) > COMMITS / 20, "most of what is left as it was counts"
    assert len(found) - len(theirs) > COMMITS / 5, "and much of what is mangled does not"
    assert len(theirs) > len(ours), "git takes what we refuse, such as a second spelling of S"


def put(repo: Repo, data: bytes) -> str:
    return repo.git(
        "hash-object", "-t", "commit", "-w", "--literally", "--stdin", data=data
    ).strip()


def signer(name: str, data: bytes) -> str:
    try:
        commit = parse_commit(name, data)
    except Undecided:
        return ""
    key = signature_of(commit.payload, commit.signature, "git").key
    return next((who for who in SIGNERS if key and key_of(who).line == key.line), "")


def good_for_git(repo: Repo, folder: Path, names: list[str]) -> dict[str, str]:
    """Who signed each commit for whom git's own check says good."""
    allowed = folder / "allowed"
    allowed.write_text("".join(f"{who} {key_of(who).line}\n" for who in SIGNERS))
    settings = ("-c", "gpg.format=ssh", "-c", f"gpg.ssh.allowedSignersFile={allowed}")
    good: dict[str, str] = {}
    for name in names:
        done = subprocess.run(
            ["git", *settings, "verify-commit", "--raw", name],
            cwd=repo.path, capture_output=True, check=False,
        )  # fmt: skip
        said = done.stderr.decode(errors="replace")
        who = next((who for who in SIGNERS if f"signature for {who} " in said), "")
        if done.returncode == 0 and who:
            good[name] = who
    return good


def test_no_record_is_signed_for_us_that_is_not_for_ssh_keygen(tmp_path: Path) -> None:
    chosen = random.Random(2027)  # noqa: S311 - to be the same each time
    oracle, namespace = Oracle(tmp_path), "comms-record@v1"
    story = sent()
    records = [
        f.data for p, f in sorted(story.tree.items()) if p.endswith(".yaml") and "/records/" in p
    ]
    taken = stricter = 0
    for _ in range(RECORDS):
        data, name = chosen.choice(records), chosen.choice(SIGNERS)
        armor = Draft(key=key_of(name), data=data, namespace=namespace.encode()).armored
        if chosen.random() < 0.2:
            data = chosen.choice(MANGLES)(chosen, data)
        else:
            armor = chosen.choice([*MANGLES, other_order])(chosen, armor)
        ours = signature_of(data, armor, namespace).key
        theirs = oracle.accepts(data, armor, key_of(name).line, namespace)
        assert ours is None or (theirs and ours.line == key_of(name).line), armor
        taken += ours is not None
        stricter += ours is None and theirs
    assert taken > RECORDS / 20
    assert stricter > 0


@pytest.mark.parametrize("name", SIGNERS)
def test_the_second_spelling_is_one_that_only_we_refuse(name: str, tmp_path: Path) -> None:
    """What makes the comparison worth something: there is a case on which they differ."""
    armor = other_order(random.Random(0), sign(name, b"data", "git"))  # noqa: S311 - unused
    theirs = Oracle(tmp_path).accepts(b"data", armor, key_of(name).line)
    assert signature_of(b"data", armor, "git").key is None
    assert theirs in {True, False}, "newer versions of OpenSSH may refuse it too"
