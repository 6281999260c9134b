"""The real program, in a process that dies by a real SIGKILL just where it is told to.

``python -m tests.support.dying POINT N -- send MESSAGE`` runs ``comms send MESSAGE``, and kills
itself when it comes to that point for the Nth time. The program itself knows nothing of it: what
it is made of is wrapped from outside, here. With ``--stop`` it gets a SIGSTOP instead, and can go
on. What cannot be done to a process from outside is done here as well: ``--lease SECONDS`` lets
it look sooner whether a send is still its own, ``--clock MINUTES`` lets its clock jump by so much
with each look at it, there and back; ``--room BYTES`` lets no file become larger, as on a disk that
is full.
"""

import argparse
import os
import resource
import select
import signal
import smtplib
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from threading import Lock
from typing import Any

from commscli.__main__ import main
from commscli.delivery.ledger import Ledger, Step
from commscli.ledger import send_locks, syncing
from commscli.workflow.sends import delivering, lease, sending
from commscli.workflow.sends.pace import Pace, pace_of
from commscli.workflow.sends.standings import deliveries

ROOT = Path(__file__).parents[2]
SECONDS = 20.0
"""For an answer that is not read: long enough for a server on this machine."""
COMMITTING = {"POST", "PATCH", "PUT"}
Call = Callable[..., bool]


@dataclass(slots=True)
class Death:
    """Counts how often a point is reached; the Nth time is the last."""

    left: int
    by: signal.Signals = signal.SIGKILL
    lock: Lock = field(default_factory=Lock)

    def is_now(self) -> bool:
        """Whether this time is the last."""
        with self.lock:
            self.left -= 1
            return self.left == 0

    def __call__(self) -> None:
        """Die, if it is time."""
        if self.is_now():
            os.kill(os.getpid(), self.by)


Install = Callable[[Death], None]


def always(*_arguments: Any, **_more: Any) -> bool:
    return True


def before(owner: Any, name: str, when: Call = always) -> Install:
    """Die before something is called."""

    def install(death: Death) -> None:
        real = getattr(owner, name)

        def called(*arguments: Any, **more: Any) -> Any:
            if when(*arguments, **more):
                death()
            return real(*arguments, **more)

        put(owner, name, called)

    return install


def after(owner: Any, name: str, when: Call = always) -> Install:
    """Die when something was done."""

    def install(death: Death) -> None:
        real = getattr(owner, name)

        def called(*arguments: Any, **more: Any) -> Any:
            result = real(*arguments, **more)
            if when(*arguments, **more):
                death()
            return result

        put(owner, name, called)

    return install


def step_is(step: Step) -> Call:
    """Whether a line of the ledger is about this step."""
    return lambda _ledger, _key, said, *_more, **_named: said is step


def put(owner: Any, name: str, wrapped: Callable[..., Any]) -> None:
    """Put something in the place of a part of the program."""
    setattr(owner, name, wrapped)


def torn(step: Step) -> Install:
    """Die in the midst of a line: half of it is in the file."""

    def install(death: Death) -> None:
        real = Ledger._write

        def half(ledger: Ledger, data: bytes) -> None:
            if f'"step": "{step}"'.encode() in data and death.is_now():
                ledger.file.write(data[: len(data) // 2])
                os.kill(os.getpid(), signal.SIGKILL)
            real(ledger, data)

        put(Ledger, "_write", half)

    return install


def full(step: Step) -> Install:
    """Let the machine take no more than half of a line, and nothing behind it, from then on."""

    def install(death: Death) -> None:
        real = Ledger._write

        def written(ledger: Ledger, data: bytes) -> None:
            if f'"step": "{step}"'.encode() in data and death.is_now():
                room = ledger.size + len(data) // 2
                resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
            real(ledger, data)

        put(Ledger, "_write", written)

    return install


def planning(death: Death) -> None:
    """Die while each delivery is looked at, before anything is begun."""

    def looked_at(plan: Any, channel: str = "") -> Iterator[Any]:
        for delivery in deliveries(plan, channel):
            if not channel:
                death()
            yield delivery

    put(delivering, "deliveries", looked_at)


def is_mail(_smtp: smtplib.SMTP, data: Any) -> bool:
    return isinstance(data, bytes) and data.endswith(b"\r\n.\r\n")


def is_body(wire: HTTPConnection, data: Any) -> bool:
    method = str(getattr(wire, "_method", ""))
    is_head = isinstance(data, bytes) and data.startswith(f"{method} ".encode())
    return method in COMMITTING and not is_head


COMMITS: tuple[tuple[Any, Call], ...] = ((smtplib.SMTP, is_mail), (HTTPConnection, is_body))
"""What writes the bytes that commit a delivery, and which bytes those are."""


def half_written(death: Death) -> None:
    """Die when half of a mail, or of a request, has been written: no server takes that."""
    for owner, commits in COMMITS:
        real = owner.send

        def send(wire: Any, data: Any, real: Any = real, commits: Call = commits) -> None:
            if commits(wire, data) and death.is_now():
                real(wire, data[: len(data) // 2])
                os.kill(os.getpid(), death.by)
            real(wire, data)

        put(owner, "send", send)


def written(death: Death) -> None:
    """Die when all is written and the server has answered, before the answer is read."""
    for owner, commits in COMMITS:
        real = owner.send

        def send(wire: Any, data: Any, real: Any = real, commits: Call = commits) -> None:
            real(wire, data)
            if commits(wire, data):
                select.select([wire.sock], [], [], SECONDS)
                death()

        put(owner, "send", send)


def never(_death: Death) -> None:
    """Live."""


POINTS: Mapping[str, Install] = {
    "never": never,
    "planning": planning,
    "locked": after(sending, "held_by_us"),
    "unshared": before(syncing, "push"),
    "shared": after(syncing, "push"),
    "intent": after(sending, "begin"),
    "before-attempting": before(Ledger, "append", step_is(Step.ATTEMPTING)),
    "torn-attempting": torn(Step.ATTEMPTING),
    "attempting": after(Ledger, "append", step_is(Step.ATTEMPTING)),
    "envelope": after(smtplib.SMTP, "rcpt"),
    "before-wire": before(Ledger, "append", step_is(Step.WIRE)),
    "torn-wire": torn(Step.WIRE),
    "wire": after(Ledger, "append", step_is(Step.WIRE)),
    "half-written": half_written,
    "written": written,
    "read": before(Ledger, "append", step_is(Step.ACCEPTED)),
    "torn-accepted": torn(Step.ACCEPTED),
    "recorded": after(Ledger, "append", step_is(Step.ACCEPTED)),
    "between-channels": before(delivering._Run, "carry_out"),
    "put-off": after(delivering, "wait_after"),
    "hanging-up": before(delivering.Crew, "end"),
    "all-sent": before(sending, "end"),
    "committed": after(sending, "end"),
    "released": after(send_locks, "release"),
    "full-attempting": full(Step.ATTEMPTING),
    "full-wire": full(Step.WIRE),
    "full-accepted": full(Step.ACCEPTED),
}


def jumping(real: Callable[[Any], Pace], minutes: int) -> Callable[[Any], Pace]:
    """Let the clock of a send jump with each look at it: back, and on, and back again."""
    numbers = count(1)

    def made(session: Any) -> Pace:
        pace = real(session)
        start = pace.now()

        def now() -> Any:
            number = next(numbers)
            return start + timedelta(minutes=minutes * number * (-1) ** number)

        return replace(pace, now=now)

    return made


def command(point: str, number: int, *argv: str, more: tuple[str, ...] = ()) -> list[str]:
    """The command line of a process that dies."""
    return [sys.executable, "-m", "tests.support.dying", *more, point, str(number), "--", *argv]


def run() -> int:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("point", choices=POINTS)
    parser.add_argument("number", type=int)
    parser.add_argument("--stop", action="store_true")
    parser.add_argument("--lease", type=float)
    parser.add_argument("--clock", type=int)
    parser.add_argument("--room", type=int)
    parser.add_argument("argv", nargs="+")
    told = parser.parse_args()
    POINTS[told.point](Death(told.number, signal.SIGSTOP if told.stop else signal.SIGKILL))
    if told.lease is not None:
        lease.SECONDS = told.lease
    if told.clock is not None:
        put(sending, "pace_of", jumping(pace_of, told.clock))
    if told.room is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (told.room, resource.RLIM_INFINITY))
    sys.argv = ["comms", *told.argv]
    return main()


if __name__ == "__main__":
    sys.exit(run())
