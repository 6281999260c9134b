"""Signatures checked on other cores: the same answers, in order, and none that was not found."""

import sys
import threading
from collections.abc import Iterator

import pytest

from commscli.domain.history import Signature
from commscli.ledger import signature_checks
from commscli.ledger.signature_checks import SignatureChecks
from commscli.ledger.signed import signature_of
from tests.support.story import public_key, sign

NAMESPACE = "git"
MANY = signature_checks.WORTH_A_THREAD * 3


@pytest.fixture(autouse=True)
def _nothing_is_left() -> Iterator[None]:
    before, seconds = threading.active_count(), sys.getswitchinterval()
    yield
    assert threading.active_count() == before
    assert sys.getswitchinterval() == seconds


def jobs(count: int) -> list[tuple[bytes, bytes | None]]:
    """Every third signature is wrong, every seventh is not there."""
    made = []
    for number in range(count):
        data = f"{number}\n".encode()
        armored = sign("ana" if number % 2 else "bea", data, NAMESPACE)
        made.append((b"other" if number % 3 == 0 else data, None if number % 7 == 0 else armored))
    return made


@pytest.mark.parametrize("cores", [1, 2, 8])
@pytest.mark.parametrize("count", [0, 1, MANY])
def test_the_same_answers_as_one_by_one(
    cores: int, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signature_checks, "_cores", lambda: cores)
    with SignatureChecks() as checks:
        places = [checks.add(data, armored, NAMESPACE) for data, armored in jobs(count)]
        found = checks.results()

    assert places == list(range(count))
    assert found == [signature_of(data, armored, NAMESPACE) for data, armored in jobs(count)]


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
        checks.add(b"1", sign("ana", b"1", NAMESPACE), NAMESPACE)

        assert checks.results()[MANY:] == [Signature(key=public_key("ana"))]


def test_no_more_wait_than_may(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody takes them away, so whoever adds must."""
    monkeypatch.setattr(signature_checks, "_cores", lambda: 1)
    monkeypatch.setattr(signature_checks, "MOST_WAITING", 5)
    with SignatureChecks() as checks:
        for data, armored in jobs(40):
            checks.add(data, armored, NAMESPACE)
            assert checks._waiting.qsize() <= 5
        found = checks.results()

    assert len(found) == 40


def test_what_is_long_does_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signature_checks, "MOST_OCTETS", 1000)
    data = b"x" * 1000
    with SignatureChecks() as checks:
        checks.add(data, sign("ana", data, NAMESPACE), NAMESPACE)

        assert checks._waiting.empty()
        assert checks.results() == [Signature(key=public_key("ana"))]


class BrokenError(Exception):
    """What a thread may die of."""


@pytest.mark.parametrize("cores", [1, 2])
def test_a_check_that_breaks_is_no_result(cores: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signature_checks, "_cores", lambda: cores)
    broken = jobs(MANY)[10]

    def check(data: bytes, armored: bytes | None, namespace: str) -> Signature:
        if (data, armored) == broken:
            raise BrokenError
        return signature_of(data, armored, namespace)

    monkeypatch.setattr(signature_checks, "signature_of", check)

    def all_of_them() -> list[Signature]:
        with SignatureChecks() as checks:
            for data, armored in jobs(MANY):
                checks.add(data, armored, NAMESPACE)
            return checks.results()

    with pytest.raises(BrokenError):
        all_of_them()


def test_a_check_that_nobody_made_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    with SignatureChecks() as checks:
        monkeypatch.setattr(checks, "_check", lambda _: None)
        checks.add(b"1", sign("ana", b"1", NAMESPACE), NAMESPACE)

        with pytest.raises(AssertionError, match="was not checked"):
            checks.results()


def test_who_gives_up_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """As with Ctrl-C, in the midst of it."""
    monkeypatch.setattr(signature_checks, "_cores", lambda: 2)

    def give_up() -> None:
        with SignatureChecks() as checks:
            for data, armored in jobs(MANY):
                checks.add(data, armored, NAMESPACE)
            assert threading.active_count() > 1
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        give_up()
