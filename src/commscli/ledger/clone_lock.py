"""One writer at a time in one clone. The lock goes with its process, however that ends."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

from commscli.errors import Busy

SECONDS = 20.0


@contextmanager
def only_writer(folder: Path) -> Iterator[None]:
    """Hold the lock of a clone.

    Raises:
        Busy: if somebody else holds it for longer than anybody should.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("a+b") as file:
        _wait(file.fileno())
        yield


def _wait(handle: int) -> None:
    try:
        import fcntl  # noqa: PLC0415 - not on every system; without it git's own locks remain
    except ImportError:
        return
    until = monotonic() + SECONDS
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if monotonic() > until:
                raise Busy(
                    "another comms is writing in this clone, and does not end",
                    remedy="wait for it, or end it, and try again",
                ) from None
            sleep(0.05)
        else:
            return
