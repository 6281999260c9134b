"""How fast mail leaves: by the durable ledger, by a bare loop over ``smtplib``, by Apprise.

All to one server, which takes whatever comes, in a process of its own. What is timed is what the
program runs: a list that is read, deliveries that are rendered, a ledger that is on the disk.
"""

import logging
import resource
import smtplib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from apprise import Apprise

from bench.timing import Figure, Pair
from commscli.delivery.channels.channel import Sending
from commscli.delivery.ledger import Step, opened, read
from commscli.delivery.markdown.html import page
from commscli.delivery.mime import mail_bytes
from commscli.delivery.payload import Words
from commscli.delivery.recipients import read_list
from commscli.domain.ids import Digest
from commscli.domain.records import Drafted
from commscli.workflow.sends.delivering import crew_of, deliver_all, probe
from commscli.workflow.sends.pace import Pace
from commscli.workflow.sends.send_plan import Plan
from commscli.workflow.sends.standings import counts, deliveries, evidence, standings

MAILS, RUNS, MANY, CONNECTIONS = 1_000, 5, 100_000, 4
MOST_MEGABYTES = 150
TEXT = "Card payments fail since 09:14 GMT. We look for where the problem lies.\n\n" * 8
OWN = "Dear {{ recipient.name }},\n\n" + TEXT
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
    """Measure mails to one server, over one connection and several, and how a long ledger opens."""
    with mail_host() as port:
        yield _pair(
            f"{MAILS:,} mails by the ledger / by a loop over smtplib and email, one connection",
            [(_ours(folder / f"one-{n}", port), _loop(folder, port)) for n in range(RUNS)],
            goal="≤ 1.43 (0.7 of its speed)",
        )
        yield _pair(
            f"{MAILS:,} mails by the ledger / by a loop over smtplib with mails as we make them",
            [(_ours(folder / f"same-{n}", port), _bare(folder, port)) for n in range(RUNS)],
            goal="",
        )
        yield _pair(
            f"{MAILS:,} mails by the ledger over {CONNECTIONS} connections / by that second loop",
            [
                (_ours(folder / f"more-{n}", port, CONNECTIONS), _bare(folder, port))
                for n in range(RUNS)
            ],
            goal="< 1",
        )
        for count in (1, CONNECTIONS):
            yield _pair(
                f"{MAILS:,} letters, each with its own words, {count} at once / by the first loop",
                [
                    (_ours(folder / f"own-{count}-{n}", port, count, text=OWN),
                     _loop(folder, port, OWN))
                    for n in range(RUNS)
                ],
                goal="≤ 1.43" if count == 1 else "< 1",
            )  # fmt: skip
        yield _pair(
            f"{MAILS:,} mails by the ledger, one connection / by Apprise, an address each",
            [(_ours(folder / f"other-{n}", port), _apprise(port)) for n in range(2)],
            goal="≤ 0.5",
        )
    yield _long_ledger(folder / "long")


def _pair(name: str, pairs: list[tuple[float, float]], goal: str) -> Pair:
    ours, other = (median(column) for column in zip(*pairs, strict=True))
    return Pair(
        name=name, ours="", other="", ours_seconds=ours, other_seconds=other,
        ratio=median(one / two for one, two in pairs), goal=goal, runs=len(pairs),
    )  # fmt: skip


def _settings(port: int, connections: int = 1) -> dict[str, str]:
    return {"adapter": "smtp", "host": "localhost", "port": str(port), "from": "a@x.example",
            "connections": str(connections)}  # fmt: skip


def _sending(folder: Path, text: str = TEXT) -> Sending:
    words = Words(incident="2026-11-22-x", message="m-1", subject="It began", body=text)
    return Sending(send_id="0" * 16, words=words, domain="x.example", at=datetime.now(UTC),
                   root=folder, outbox=folder, secret=lambda _name, _host: "")  # fmt: skip


def plan(folder: Path, settings: dict[str, str], size: int, text: str = TEXT) -> Plan:
    """Return a plan to mail a list of so many, as the program makes one."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "list.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write("# salt: " + "0" * 32 + "\nemail,name,first_name\n")
        file.writelines(f"p{n}@y.example,Person {n},Person\n" for n in range(size))
    recipients = read_list(path)
    body = Drafted(
        revision=1, audience="a", phase="investigation", severity="1", draft=Digest("0" * 64),
        attachments=[], template=[], recipients=recipients.as_recorded(),
        channels={"mail": settings}, rendered={}, facts=Digest("0" * 64), next_update="",
        corrects="",
    )  # fmt: skip
    return Plan(
        incident="2026-11-22-x", message="m-1", subject=Digest("0" * 64), body=body,
        words=_sending(folder, text).words, recipients=recipients,
        slots={"send.time": "2026-11-22T09:20:00Z"}, spoken={"send.time": "09:20"}, why="",
    )  # fmt: skip


def _ours(
    folder: Path, port: int, connections: int = 1, size: int = MAILS, text: str = TEXT
) -> float:
    made = plan(folder, _settings(port, connections), size, text)
    crew = crew_of(made, _sending(folder, text))
    pace = Pace(now=lambda: datetime.now(UTC), sleep=time.sleep)
    started = time.perf_counter()
    with opened(folder) as ledger:
        probe(crew, partial=False)
        deliver_all(crew, ledger, pace, {})
        found = counts(standings(made, ledger.lines))
        evidence(standings(made, ledger.lines))
    spent = time.perf_counter() - started
    if found != {"mail": {"accepted": size}}:
        raise RuntimeError(f"not all were accepted: {found}")
    return spent


def _loop(folder: Path, port: int, text: str = TEXT) -> float:
    """Send the same words, text and page, as anybody would with the standard library alone."""
    made = plan(folder / "bare", _settings(port), MAILS, text)
    started = time.perf_counter()
    with smtplib.SMTP("localhost", port) as smtp:
        for delivery in deliveries(made):
            payload = delivery.payload
            mail = EmailMessage()
            mail["From"], mail["To"], mail["Subject"] = "a@x.example", payload.to, payload.subject
            mail["Date"], mail["Message-ID"] = formatdate(), make_msgid(domain="x.example")
            mail.set_content(payload.text)
            mail.add_alternative(page(payload.subject, payload.text), subtype="html")
            smtp.send_message(mail)
    return time.perf_counter() - started


def _bare(folder: Path, port: int) -> float:
    settings, all_of_it = _settings(port), _sending(folder)
    made = plan(folder / "bare", settings, MAILS)
    started = time.perf_counter()
    with smtplib.SMTP("localhost", port) as smtp:
        for delivery in deliveries(made):
            data = mail_bytes(delivery.payload, settings, all_of_it, delivery.key)
            smtp.sendmail("a@x.example", [delivery.payload.to], data)
    return time.perf_counter() - started


def _apprise(port: int) -> float:
    logging.getLogger("apprise").setLevel(logging.CRITICAL)
    started = time.perf_counter()
    for number in range(MAILS):
        target = Apprise()
        target.add(f"mailto://localhost:{port}/?from=a@x.example&to=p{number}@y.example")
        if not target.notify(body=TEXT, title="It began"):
            raise RuntimeError("Apprise calls it no success")
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


def wide(folder: Path) -> Iterator[Figure]:
    """Mail a hundred thousand, and say what memory that took at its height: minutes long."""
    with mail_host() as port:
        spent = _ours(folder / "wide", port, CONNECTIONS, MANY)
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    yield Figure(name=f"memory while {MANY:,} are mailed", value=f"{most:.0f} MB",
                 goal=f"< {MOST_MEGABYTES} MB", runs=1)  # fmt: skip
    yield Figure(name=f"mailing {MANY:,}, {CONNECTIONS} connections", value=f"{spent:.0f} s",
                 goal="", runs=1)  # fmt: skip
    started = time.perf_counter()
    read(folder / "wide")
    yield Figure(name="its ledger, read again", value=f"{time.perf_counter() - started:.2f} s",
                 goal="< 2 s", runs=1)  # fmt: skip


def main() -> None:
    """Print the rows; with ``wide``, those of a hundred thousand."""
    socket.setdefaulttimeout(60)
    measured = wide if sys.argv[1:] == ["wide"] else sending
    with TemporaryDirectory() as folder:
        for row in measured(Path(folder)):
            print(row.row(), flush=True)


if __name__ == "__main__":
    main()
