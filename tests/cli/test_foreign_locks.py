"""A lock that no send left so: whoever may push can put one there, or a newer version did."""

import json

import pytest

from commscli.delivery.ledger import Step
from commscli.domain.ids import CommitId
from commscli.ledger.send_locks import Held
from commscli.workflow.sends.lease import TAKEN, steps_in, takers_in
from tests.cli.test_send_options import locks, mailing
from tests.support.cast import Cast, Clone
from tests.support.sends import second_machine
from tests.support.servers import Mailbox, ScriptedMail, raw_server

pytest_plugins = ["tests.support.cast_fixtures"]


def lock(state: str = "stopped", **files: bytes) -> Held:
    named = {name.replace("_json", ".json"): data for name, data in files.items()}
    return Held(commit=CommitId("0" * 40), message=f"Sending x\n\nstate: {state}\n", files=named)


def test_how_far_it_came_is_what_it_says() -> None:
    said = {"a": "accepted", "b": "deferred", "c": "carried-by-pigeon", "d": ["accepted"]}
    assert steps_in(lock(ledger_json=json.dumps(said).encode())) == {
        "a": Step.ACCEPTED, "b": Step.DEFERRED, "c": Step.UNKNOWN, "d": Step.UNKNOWN,
    }  # fmt: skip


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"1", b"null", b"[" * 200_000, b"\xff"])
def test_what_cannot_be_read_does_not_say_that_nothing_left(data: bytes) -> None:
    assert steps_in(lock(ledger_json=data)) is None
    assert steps_in(lock()) is None
    assert steps_in(lock("open", ledger_json=b"{}")) is None
    assert steps_in(lock(ledger_json=b"{}")) == {}


def test_no_more_is_taken_in_than_people_write() -> None:
    many = b"".join(b"%d %s\n\n" % (number, b"y" * 5000) for number in range(5000))
    told = takers_in(Held(commit=CommitId("0" * 40), message="", files={TAKEN: many}))
    assert sum(map(len, told)) < 100_000
    assert told[-1].startswith("4999 ")


def forged(ana: Clone, path: str, data: bytes | None) -> None:
    """Put a file into the lock, or take one out of it."""
    tip, ref = locks(ana.cast).split()
    ana.git("fetch", "--quiet", "origin", f"+{ref}:refs/x")
    message = ana.git("log", "-1", "--format=%B", tip)
    ana.git("read-tree", tip)
    if data is None:
        ana.git("rm", "--quiet", "--cached", path)
    else:
        (ana.folder / ".git" / "forged").write_bytes(data)
        blob = ana.git("hash-object", "-w", ".git/forged").strip()
        ana.git("update-index", "--add", "--cacheinfo", f"100644,{blob},{path}")
    tree = ana.git("write-tree").strip()
    ana.git("read-tree", "HEAD")
    made = ana.git("-c", "user.name=a", "-c", "user.email=a@x.example", "commit-tree", tree, "-p",
                   "HEAD", "-m", message).strip()  # fmt: skip
    ana.git("push", "--quiet", "--force", "origin", f"{made}:{ref}")


@pytest.mark.parametrize(("path", "data", "code", "more"), [
    ("sending/ledger.json", None, 6, 0), ("sending/ledger.json", b"{", 6, 0),
    ("sending/extra/x", b"x", 0, 2), ("sending/taken-over.txt", b"y" * 40_000_000, 0, 2),
])  # fmt: skip
def test_a_lock_that_says_too_little_leaves_all_in_doubt_and_too_much_stops_nothing(
    small: Cast, path: str, data: bytes | None, code: int, more: int
) -> None:
    server = ScriptedMail(answers={"final": b"450 later"})
    with raw_server(server) as port:
        message = mailing(small, Mailbox(host="localhost", port=port), 2)
        assert small.ana("send", message).code == 5
        forged(small.ana, path, data)
        server.answers, before = {}, server.taken
        home = second_machine(small)
        assert home("send", message, "--take-over", "it burnt\nstate: stopped").code == code
        assert server.taken == before + more
    assert home.done("check").code == 0
