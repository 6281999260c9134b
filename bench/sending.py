"""How fast mail leaves: by the durable ledger, and by a bare loop over ``smtplib``."""

import smtplib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bench.timing import Figure, Pair
from commscli.delivery.channels.channel import Delivery, Sending, delivery_of
from commscli.delivery.channels.smtp import SmtpChannel
from commscli.delivery.ledger import Step, opened
from commscli.delivery.mime import mail_bytes
from commscli.delivery.payload import Payload, Words

MAILS, RUNS, MANY = 1_000, 5, 100_000
TEXT = "Card payments fail since 09:14 GMT. We look for where the problem lies.\n\n" * 8
SERVER = """
import socket, sys
from aiosmtpd.controller import Controller
class Taker:
    async def handle_DATA(self, server, session, envelope): return "250 OK"
class AnyPort(Controller):
    def _trigger_server(self):
        with socket.create_connection(self.server.sockets[0].getsockname()) as wire:
            wire.recv(1024)
taker = AnyPort(Taker(), hostname="127.0.0.1", port=0)
taker.start()
print(taker.server.sockets[0].getsockname()[1], flush=True)
sys.stdin.read()
"""


@contextmanager
def mail_host() -> Iterator[int]:
    """Run a mail server in a process of its own; yield its port."""
    with subprocess.Popen(
        [sys.executable, "-c", SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        if process.stdout is None or process.stdin is None:
            raise RuntimeError("a pipe is missing")
        yield int(process.stdout.readline())
        process.stdin.close()


def sending(folder: Path) -> Iterator[Pair | Figure]:
    """Measure mails to one server over one connection, and how fast a long ledger opens."""
    with mail_host() as port:
        pairs = [(_ours(folder / str(n), port), _bare(folder, port)) for n in range(RUNS)]
    ours, bare = (median(column) for column in zip(*pairs, strict=True))
    yield Pair(
        name=f"{MAILS:,} mails by the ledger / by a loop over smtplib, one connection",
        ours="", other="", ours_seconds=ours, other_seconds=bare,
        ratio=median(one / other for one, other in pairs), goal="≤ 1.43 (0.7 of its speed)",
        runs=RUNS,
    )  # fmt: skip
    yield _long_ledger(folder / "long")


def _settings(port: int) -> dict[str, str]:
    return {"adapter": "smtp", "host": "localhost", "port": str(port), "from": "a@x.example"}


def _sending(folder: Path) -> Sending:
    words = Words(incident="2026-11-22-x", message="m-1", subject="S", body=TEXT)
    return Sending(send_id="0" * 16, words=words, domain="x.example", at=datetime.now(UTC),
                   root=folder, outbox=folder, secret=lambda _name, _host: "")  # fmt: skip


def _deliveries(count: int) -> Iterator[Delivery]:
    for number in range(count):
        payload = Payload(channel="mail", row=f"{number:064x}", to=f"p{number}@y.example",
                          name="P", subject="It began", text=TEXT)  # fmt: skip
        yield delivery_of("0" * 16, payload)


def _ours(folder: Path, port: int) -> float:
    channel = SmtpChannel(_settings(port), _sending(folder))
    started = time.perf_counter()
    with opened(folder) as ledger:
        channel.probe()
        for delivery in _deliveries(MAILS):
            now = datetime.now(UTC)
            ledger.append(delivery.key, Step.ATTEMPTING, now)

            def wire(key: str = delivery.key) -> None:
                ledger.append(key, Step.WIRE, datetime.now(UTC))

            outcome = channel.send(delivery, wire)
            ledger.append(delivery.key, outcome.step, datetime.now(UTC), id_=outcome.id)
        channel.end()
    return time.perf_counter() - started


def _bare(folder: Path, port: int) -> float:
    settings, all_of_it = _settings(port), _sending(folder)
    started = time.perf_counter()
    with smtplib.SMTP("localhost", port) as smtp:
        for delivery in _deliveries(MAILS):
            data = mail_bytes(delivery.payload, settings, all_of_it, delivery.key)
            smtp.sendmail("a@x.example", [delivery.payload.to], data)
    return time.perf_counter() - started


def _long_ledger(folder: Path) -> Figure:
    with opened(folder) as ledger:
        now = datetime.now(UTC)
        for number in range(MANY):
            for step in (Step.ATTEMPTING, Step.WIRE, Step.ACCEPTED):
                ledger.append(f"{number:032x}", step, now, id_="queued as 4711")
    started = time.perf_counter()
    with opened(folder) as ledger:
        if len(ledger.lines) != MANY:
            raise RuntimeError("the ledger lost something")
    spent = time.perf_counter() - started
    return Figure(name=f"opening the ledger of {MANY:,} deliveries", value=f"{spent:.2f} s",
                  goal="< 2 s", runs=1)  # fmt: skip


def main() -> None:
    """Print the rows."""
    socket.setdefaulttimeout(60)
    with TemporaryDirectory() as folder:
        for row in sending(Path(folder)):
            print(row.row())


if __name__ == "__main__":
    main()
