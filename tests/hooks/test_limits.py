"""What a push may cost: it ends, whatever it is doing, and leaves no limit behind."""

import resource
import signal
import sys
import time
from contextlib import suppress

import pytest

from commscli.errors import CommsError
from commscli.workflow import hook_limits
from commscli.workflow.hook_limits import TooCostly, bounded

WHICH = (resource.RLIMIT_DATA, resource.RLIMIT_CPU)


def limits() -> list[tuple[int, int]]:
    return [resource.getrlimit(which) for which in WHICH]


def busy(seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        pass


def forgiving() -> None:
    with suppress(CommsError):
        busy(30)
    busy(30)


def test_what_is_quick_is_let_be() -> None:
    before = limits(), signal.getsignal(signal.SIGALRM)

    with bounded(60):
        assert limits() != before[0]

    assert (limits(), signal.getsignal(signal.SIGALRM)) == before
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


def test_what_does_not_end_is_ended() -> None:
    before = limits(), signal.getsignal(signal.SIGALRM)
    begun = time.monotonic()

    with pytest.raises(TooCostly, match=r"longer than 0 seconds"), bounded(0.2):
        busy(30)

    assert time.monotonic() - begun < 20
    assert (limits(), signal.getsignal(signal.SIGALRM)) == before


def test_a_suppress_on_the_way_up_does_not_save_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hook_limits, "_AGAIN", 0.1)
    begun = time.monotonic()

    with pytest.raises(TooCostly), bounded(0.2):
        forgiving()

    assert time.monotonic() - begun < 20


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere this limit bounds another thing")
def test_what_grows_without_end_is_ended() -> None:
    with pytest.raises(TooCostly, match=r"more than 1024 MiB"), bounded(60, memory=1 << 30):
        bytearray(2 << 30)

    assert len(bytearray(64 << 20)) == 64 << 20


def test_a_lower_limit_of_the_system_stays() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (1 << 30, hard))
    try:
        with bounded(60):
            assert resource.getrlimit(resource.RLIMIT_DATA)[0] == 1 << 30
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))
