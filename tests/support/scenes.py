"""A message that is ready to be sent to a few people, over a server that knows the truth.

One is made for each kind of channel, and copied for each kill; the server is the same for all.
"""

import json
import signal
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from commscli.delivery.ledger import NAME, read
from tests.support.apis import running
from tests.support.asked_channels import KINDS as ASKED
from tests.support.asked_channels import PHONE
from tests.support.cast import Cast, Clone
from tests.support.dying import ROOT, command
from tests.support.runner import Ran
from tests.support.sends import FILE, lead_to, many, released
from tests.support.servers import Hook, Mailbox, mail_server, web_hook

PEOPLE = 3
DOUBT = {"wire", "unknown"}


@dataclass(slots=True, kw_only=True)
class Truth:
    """What a server got: who, and under which identity."""

    settings: str
    to: Callable[[], list[str]]
    identities: Callable[[], list[str]]
    clear: Callable[[], None]
    ended: Callable[[], None]
    """Wait until the server has dealt with all that dead clients sent."""
    channel: str = "mail"
    audience: str = "strategic"
    people: tuple[str, ...] = ()
    """Where they are not the people of a list: a broadcast is to nobody by name."""

    def copies(self) -> Counter[str]:
        """How many each of them got."""
        self.ended()
        return Counter(self.to())


def of_mails(box: Mailbox, more: str = "") -> Truth:
    return Truth(
        settings=f"{{adapter: smtp, host: {box.host}, port: {box.port}{more}}}",
        to=lambda: [to for tos, _ in box.mails for to in tos],
        identities=lambda: [str(mail["Message-ID"]) for _, mail in box.mails],
        clear=box.mails.clear,
        ended=box.open.ended,
    )


def of_posts(hook: Hook, more: str = "") -> Truth:
    def clear() -> None:
        hook.got.clear()
        hook.keys.clear()

    return Truth(
        settings=f"{{adapter: webhook, url: '{hook.url}/x'{more}}}",
        to=lambda: [json.loads(body)["data"]["to"] for _, body in hook.got],
        identities=lambda: list(hook.keys),
        clear=clear,
        ended=hook.open.ended,
    )


@contextmanager
def mails(more: str = "") -> Iterator[Truth]:
    with mail_server() as box:
        yield of_mails(box, more)


@contextmanager
def posts(more: str = "") -> Iterator[Truth]:
    with web_hook() as hook:
        yield of_posts(hook, more)


@contextmanager
def asked(name: str, **more: str) -> Iterator[Truth]:
    """A channel that can be asked what became of a delivery; it has one, to everybody there."""
    kind = ASKED[name]
    to = more.get("to", "")
    with running(kind.make()) as api:

        def clear() -> None:
            for held in (getattr(api, name, []) for name in ("incidents", "posts", "messages")):
                held.clear()

        settings = {**kind.settings, "url": f"{api.url}{kind.path}", **more}
        yield Truth(
            settings=json.dumps(settings).replace('"false"', "false"),
            to=lambda: [to] * kind.held(api),
            identities=lambda: [str(number) for number in range(kind.held(api))],
            clear=clear,
            ended=api.open.ended,
            channel="status-page",
            audience="customers",
            people=(to,),
        )


KINDS: Mapping[str, Callable[[], AbstractContextManager[Truth]]] = {
    "mail": mails,
    "mail-resend": lambda: mails(", on_unknown: resend"),
    "hook": posts,
    "hook-idempotent": lambda: posts(", idempotent: true"),
    "statuspage": lambda: asked("statuspage"),
    "slack": lambda: asked("slack"),
    "sms": lambda: asked("sms", to=PHONE),
}
RESENT = {"mail-resend", "hook-idempotent"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """How a send stands: by what it says itself, and by what the server got."""

    begun: bool
    accepted: frozenset[str]
    doubt: frozenset[str]
    got: Counter[str]


@dataclass(slots=True, kw_only=True)
class Scene:
    """A cast, its message, and the truth."""

    cast: Cast
    message: str
    people: list[str]
    truth: Truth

    def copy(self, folder: Path) -> "Scene":
        """The same once more, with a server that has got nothing."""
        self.truth.ended()
        self.truth.clear()
        return replace(self, cast=self.cast.copy(folder))

    def begun(self, *line: str, clone: Clone | None = None) -> "subprocess.Popen[bytes]":
        """Start a process that ends by itself at a point."""
        here = clone or self.cast.ana
        return subprocess.Popen(
            line, cwd=here.folder, env=here.environ(PYTHONPATH=str(ROOT)),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip

    def ran(
        self, point: str, number: int, *argv: str, more: tuple[str, ...] = ()
    ) -> tuple[int, str]:
        """Send up to a point; return how it ended, and what it said."""
        argv = argv or ("send", self.message)
        with self.begun(*command(point, number, *argv, more=more)) as process:
            _, said = process.communicate(timeout=60)
        return process.returncode, said.decode()

    def killed(self, point: str, number: int, *argv: str) -> None:
        """Send, and die at a point."""
        code, said = self.ran(point, number, *argv)
        assert code == -signal.SIGKILL, said

    def send(self) -> Ran:
        """Send, or go on."""
        return self.cast.ana("send", self.message)

    def seen(self, clone: Clone | None = None, *, asleep: bool = False) -> Seen:
        """How it stands now; the ledger opens, and it holds what has to hold at any moment.

        ``asleep``: whoever talks to the server has not ended, and is not waited for.
        """
        here = clone or self.cast.ana
        for file in here.folder.glob(f".git/comms/sends/*/{NAME}"):
            read(file.parent)
        ran = here("send", self.message, "--status", "--json")
        begun = "messages" in ran.json
        found = ran.json["messages"][0]["deliveries"] if begun else []
        seen = Seen(
            begun=begun,
            accepted=frozenset(d["to"] for d in found if d["step"] == "accepted"),
            doubt=frozenset(d["to"] for d in found if d["step"] in DOUBT),
            got=Counter(self.truth.to()) if asleep else self.truth.copies(),
        )
        assert ran.code == (6 if seen.doubt else 0 if begun else 1), ran.err
        assert not begun or {d["to"] for d in found} == set(self.people), "all are in it"
        assert seen.accepted <= seen.got.keys(), "nobody who got nothing is called accepted"
        assert seen.got.keys() <= seen.accepted | seen.doubt, "who got it is on record, or in doubt"
        return seen

    def resolved(self, seen: Seen, clone: Clone | None = None) -> None:
        """Let a person ask everybody in doubt, and write down what they say."""
        here = clone or self.cast.ana
        for to in sorted(seen.doubt):
            arrived = "--sent" if to in seen.got else "--not-sent"
            here.done("resolve", self.message, "--recipient", to, arrived, "--why", "asked them")

    def assert_sent(self, clone: Clone | None = None) -> None:
        """It is on record that everybody got it, the history is sound, and the lock is gone."""
        here = clone or self.cast.ana
        checked = here.done("check", "--json").json["checked"]
        assert checked["sent"] == 1
        (record,) = here.folder.glob("incidents/*/messages/*/records/*-sent-*.yaml")
        counts = f'counts: {{"{self.truth.channel}": {{"accepted": {len(self.people)}}}}}'
        assert counts in record.read_text()
        (evidence,) = here.folder.glob("incidents/*/messages/*/evidence/*.txt")
        rows = [line for line in evidence.read_text().splitlines() if not line.startswith("#")]
        assert [row.split()[2] for row in rows] == ["accepted"] * len(self.people)
        assert here.git("ls-remote", "origin", "refs/comms/send/*") == ""
        assert here("send", self.message).code == 0, "and it is not sent again"
        assert set(self.truth.copies()) == set(self.people), "nobody is lost"


def staged(cast: Cast, truth: Truth, count: int = PEOPLE) -> Scene:
    """Bring a message to so many people to where it may be sent."""
    files = dict.fromkeys(("mail", "intranet", "status-page"), FILE)
    lead_to(cast, {**files, truth.channel: truth.settings})
    secret = cast.root / "secret"
    secret.write_text("s3cret\n")
    secret.chmod(0o600)
    cast.ana.git("config", "--global", "comms.secret.x.from", f"file:{secret}")
    cast.ana.git("config", "--global", "comms.secret.x.host", "127.0.0.1")
    people = [*truth.people] or many(cast, count)
    return Scene(cast=cast, message=released(cast, truth.audience), people=people, truth=truth)


@dataclass(slots=True)
class Stages:
    """One scene for each kind of channel, made when it is asked for."""

    cast: Cast
    folder: Path
    servers: ExitStack
    made: dict[str, Scene] = field(default_factory=dict)

    def scene(self, name: str, folder: Path) -> Scene:
        """A copy of a scene."""
        if name not in self.made:
            truth = self.servers.enter_context(KINDS[name]())
            self.made[name] = staged(self.cast.copy(self.folder / name), truth)
        return self.made[name].copy(folder)
