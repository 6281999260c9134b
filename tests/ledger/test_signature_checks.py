"""Signatures checked on another core: the same answers, in order, and none that was not found."""

import os
from collections.abc import Iterator

import pytest

from commscli.domain.history import Signature
from commscli.errors import Undecided
from commscli.ledger import forked, signature_checks
from commscli.ledger.signature_checks import SignatureChecks
from commscli.ledger.signed import signature_of
from tests.support.story import public_key, sign

NAMESPACE = "git"
MANY = 100
linux = pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no copies of a process")


@pytest.fixture(autouse=True)
def _nothing_is_left() -> Iterator[None]:
    """No process, and no file."""
    files = sorted(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else []  # noqa: PTH208, PTH112 - a list of numbers
    yield
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)
    if files:
        assert sorted(os.listdir("/proc/self/fd")) == files  # noqa: PTH208 - a list of numbers


@pytest.fixture(params=["alone", "with a copy"], autouse=True)
def _cores(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    helped = request.param == "with a copy"
    monkeypatch.setattr(forked, "cores", lambda: 2 if helped else 1)
    monkeypatch.setattr(signature_checks, "WORTH_A_PROCESS", 10)


def jobs(count: int) -> list[tuple[bytes, bytes | None]]:
    """Every third signature is wrong, every seventh is not there."""
    made = []
    for number in range(count):
        data = f"{number}\n".encode()
        armored = sign("ana" if number % 2 else "bea", data, NAMESPACE)
        made.append((b"other" if number % 3 == 0 else data, None if number % 7 == 0 else armored))
    return made


def all_of(count: int) -> list[Signature]:
    with SignatureChecks() as checks:
        places = [checks.add(data, armored, NAMESPACE) for data, armored in jobs(count)]
        assert places == list(range(count))
        return checks.results()


@pytest.mark.parametrize("count", [0, 1, 9, 10, 16, 17, MANY])
def test_the_same_answers_as_one_by_one(count: int) -> None:
    assert all_of(count) == [
        signature_of(data, armored, NAMESPACE) for data, armored in jobs(count)
    ]


def test_what_was_found_already_keeps_its_place() -> None:
    known = Signature(key=public_key("tom"))
    with SignatureChecks() as checks:
        checks.add(b"1", sign("ana", b"1", NAMESPACE), NAMESPACE)
        assert checks.add_found(known) == 1
        found = checks.results()

    assert found == [Signature(key=public_key("ana")), known]


def test_more_can_come_after_the_results() -> None:
    with SignatureChecks() as checks:
        for data, armored in jobs(MANY):
            checks.add(data, armored, NAMESPACE)
        checks.results()
        for data, armored in jobs(MANY):
            checks.add(data, armored, NAMESPACE)
        checks.results()
        checks.add(b"1", sign("ana", b"1", NAMESPACE), NAMESPACE)

        assert checks.results()[2 * MANY :] == [Signature(key=public_key("ana"))]


def test_what_is_long_is_checked_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signature_checks, "MOST_OCTETS", 1000)
    data = b"x" * 1000
    with SignatureChecks() as checks:
        checks.add(data, sign("ana", data, NAMESPACE), NAMESPACE)

        assert checks._waiting == []
        assert checks.results() == [Signature(key=public_key("ana"))]


def test_a_copy_that_is_busy_gets_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its reader checks what it has no room for."""
    monkeypatch.setattr(forked.Forked, "has_room", False)

    assert len(all_of(MANY)) == MANY


def test_nobody_else_helps_as_long_as_that_is_said() -> None:
    with SignatureChecks() as checks:
        with checks.alone():
            for data, armored in jobs(MANY):
                checks.add(data, armored, NAMESPACE)
        assert checks._process is None
        assert len(checks.results()) == MANY


class BrokenError(Exception):
    """What a check may die of."""


def test_a_check_that_breaks_is_no_result(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = jobs(MANY)[80]

    def check(data: bytes, armored: bytes | None, namespace: str) -> Signature:
        if (data, armored) == broken:
            raise BrokenError
        return signature_of(data, armored, namespace)

    monkeypatch.setattr(signature_checks, "signature_of", check)

    with pytest.raises((BrokenError, Undecided)):
        all_of(MANY)


def test_a_check_that_nobody_made_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    with SignatureChecks() as checks:
        monkeypatch.setattr(checks, "_check_waiting", lambda: None)
        checks.add(b"1", sign("ana", b"1", NAMESPACE), NAMESPACE)

        with pytest.raises(AssertionError, match="was not checked"):
            checks.results()


@linux
def test_a_copy_that_dies_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forked, "cores", lambda: 2)
    monkeypatch.setattr(signature_checks, "_check_all", lambda *_: os._exit(3))

    with pytest.raises(Undecided, match="ended before its work"):
        all_of(2000)


@linux
def test_a_copy_that_answers_half_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forked, "cores", lambda: 2)
    whole = SignatureChecks._take

    def half(checks: SignatureChecks, answer: bytes) -> None:
        whole(checks, answer.replace(b'"found": [[', b'"found": [], "lost": [['))

    monkeypatch.setattr(SignatureChecks, "_take", half)

    with pytest.raises(AssertionError, match="was not checked"):
        all_of(MANY)


def test_who_gives_up_leaves_nothing_behind() -> None:
    """As with Ctrl-C, in the midst of it."""

    def give_up() -> None:
        with SignatureChecks() as checks:
            for data, armored in jobs(MANY):
                checks.add(data, armored, NAMESPACE)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        give_up()
