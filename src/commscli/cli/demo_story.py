"""The story of the demo: a payment outage of 41 minutes, told in moments."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from commscli.cli.demo_stage import CAST, Ran, Stage, copy_of, people_file
from commscli.errors import CommsError
from commscli.ledger import git

RECIPIENTS = 12
_FIRST = ("Abel", "Bruna", "Cyril", "Dalia", "Emil", "Fern", "Gil", "Hana", "Ines", "Jon", "Kim",
          "Lou")  # fmt: skip


class StoryBroke(CommsError):
    """A command of the demo did not end as the story has it: a bug, never the user's."""

    code = "demo"


@dataclass(slots=True)
class Moment:
    """A caption, and what was typed then. ``told`` are the commands worth reading."""

    caption: str
    told: list[Ran] = field(default_factory=list)
    all: list[Ran] = field(default_factory=list)


@dataclass(slots=True)
class Telling:
    """Plays the story, and keeps it in moments."""

    stage: Stage
    listen: Callable[[Moment], None]
    port: int = 0
    """Where a mail server listens on this machine; 0: mails become files."""
    minute: float = 0.0
    now: Moment | None = None

    def moment(self, minute: float, caption: str) -> None:
        """Begin another moment."""
        self.done()
        self.minute = minute
        self.now = Moment(caption=caption)

    def done(self) -> None:
        """End the current moment."""
        if self.now is not None:
            self.listen(self.now)
        self.now = None

    def comms(
        self,
        person: str,
        *argv: str,
        tell: bool = False,
        expect: int = 0,
        folder: Path | None = None,
    ) -> Ran:
        """Run a command, and insist that it ends as the story has it."""
        ran = self.stage.comms(person, *argv, minute=self.minute, folder=folder)
        self.minute += 0.1
        if ran.status != expect:
            raise StoryBroke(
                f"{ran.typed} ended with {ran.status}, expected {expect}:\n{ran.out}{ran.err}",
                remedy="please report this",
            )
        if self.now is not None:
            self.now.all.append(ran)
            if tell:
                self.now.told.append(ran)
        return ran


def play(telling: Telling) -> None:
    """Play the whole story."""
    _begin(telling)
    _investigation(telling)
    _objection(telling)
    _round(
        telling, 11, "Minute 11. Everybody judges what is new, one command each; then it goes out."
    )
    _second_update(telling)
    _identification(telling)
    _monitoring(telling)
    _resolution(telling)
    _proof(telling)
    telling.done()


def _begin(t: Telling) -> None:
    stage = t.stage
    t.moment(-60, "In peace time, Ana makes the repository and puts everybody on the roster.")
    t.comms("ana", "init", str(stage.desk), "--organisation", "Example Payments", "--person", "ana",
            "--name", "Ana Alder", "--email", "ana@example.com", "--role", "business-lead",
            "--timezone", "Europe/London", folder=stage.folder)  # fmt: skip
    git.run(["remote", "add", "origin", str(stage.hub)], cwd=stage.desk)
    stage.pin.write_text(t.comms("ana", "trust", "pin").out)
    people = people_file(stage, CAST[1:])
    t.comms("ana", "trust", "add", "--from", str(people), tell=True)
    if t.port:
        _mail_for_real(t)
    t.comms("ana", "sync")
    _write_list(stage.desk / "recipients" / "strategic-customers.csv")


def _mail_for_real(t: Telling) -> None:
    """Let the channel `mail` lead to the server on this machine."""
    desk = t.stage.desk
    path = desk / "channels.yaml"
    text, count = re.subn(
        r"(?m)^  mail:.*(?:\n    .*)*",
        f"  mail: {{adapter: smtp, host: localhost, port: {t.port}, from: comms@example.com}}",
        path.read_text(),
    )
    if count != 1:
        raise StoryBroke("channels.yaml has no channel mail", remedy="please report this")
    path.write_text(text)
    who = ("-c", "user.name=Ana Alder", "-c", "user.email=ana@example.com")
    git.run(["add", "channels.yaml"], cwd=desk)
    git.run([*who, "commit", "--quiet", "-m", "Mail by the server on this machine"], cwd=desk)


def _write_list(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [
        f"{name.lower()}@customer-{n:02}.example,{name} Customer,Dora from your account team"
        for n, name in enumerate(_FIRST[:RECIPIENTS], 1)
    ]
    path.write_text("\n".join(["email,name,contact", *rows]) + "\n")


def _investigation(t: Telling) -> None:
    t.moment(4, "Minute 4. Card payments fail. Ana declares; the facts are few, and enough.")
    start = t.stage.start.strftime("%Y-%m-%dT%H:%M:%SZ")
    t.comms("ana", "new", "Card payments fail", "--severity", "1", "--fact", f"start={start}",
            "--fact", "services=card payments", "--fact", "impact=customers cannot pay by card",
            tell=True)  # fmt: skip
    t.moment(6, "Minute 6. Tess, the spokesperson, drafts for every audience that is due.")
    t.comms("tess", "draft", tell=True)


def _words(t: Telling, message: str) -> str:
    """Return the words of a message, as the person at the desk sees them."""
    folder = next((t.stage.desk / "incidents").iterdir())
    return (folder / "messages" / message / "draft.md").read_text()


def _propose(t: Telling, name: str, text: str) -> Path:
    path = t.stage.folder / name
    path.write_text(text)
    return path


def _objection(t: Telling) -> None:
    t.moment(7, "Minute 7. Reviews, in any order. Mo offers other words; Lea objects, and blocks.")
    public = _words(t, "investigation-all-customers-1")
    edited = _propose(t, "mo.md", public.replace("At the moment ", "Right now, ", 1))
    t.comms("cleo", "review", "--all", "--ok")
    t.comms("mo", "review", "all-customers", "--edit", "--file", str(edited), tell=True)
    t.comms("mo", "review", "internal", "strategic", "--ok")
    t.comms("lea", "review", "internal", "--ok")
    t.comms("lea", "review", "strategic", "--object",
            "no offer to talk before we know who is affected", tell=True)  # fmt: skip
    t.moment(9, "Minute 9. Eli, the executive, cannot approve past that, and reads who can help.")
    t.comms("eli", "approve", "strategic", expect=1, tell=True)
    t.moment(10, "Minute 10. Tess mends the mailing and takes Mo's words; Mo stays a reviewer.")
    mended = _propose(
        t, "tess.md", _without_offer(_words(t, "investigation-strategic-customers-1"))
    )
    t.comms("tess", "revise", "strategic", "--file", str(mended), tell=True)
    t.comms("tess", "revise", "all-customers", "--take", "mo", tell=True)


def _without_offer(text: str) -> str:
    """Take the paragraph that offers a conversation out of a mailing."""
    head, fence, body = text.partition("\n---\n")
    paragraphs = body.split("\n\n")
    kept = [p for p in paragraphs if not ("recipient.contact" in p and len(p) > 60)]  # noqa: PLR2004 - the signature is shorter
    if len(kept) == len(paragraphs):
        raise StoryBroke("the mailing has no offer to talk", remedy="please report this")
    return head + fence + "\n\n".join(kept)


def _round(t: Telling, minute: float, caption: str) -> None:
    """Three reviews, approval, release, send: one command each."""
    t.moment(minute, caption)
    for reviewer in ("cleo", "mo", "lea"):
        t.comms(reviewer, "review", "--all", "--ok", tell=reviewer == "lea")
    t.comms("eli", "approve", "--all")
    t.comms("ivy", "release", "--all")
    t.comms("rob", "send", "--released", tell=True)


def _second_update(t: Telling) -> None:
    t.moment(17, "Minute 17. A second update for employees is overtaken: the cause is found.")
    t.comms("tess", "draft", "internal")
    t.comms("ana", "fact", "set", "cause=a full connection pool at the payment gateway",
            "remedy=a larger pool, and a restart of the gateway")  # fmt: skip
    t.comms("ana", "phase", "identification", tell=True)


def _identification(t: Telling) -> None:
    t.moment(19, "Minute 19. Nobody finishes stale words; the next phase's are drafted instead.")
    t.comms("tess", "draft", tell=True)
    _round(t, 20, "Minute 20. The same five gates again; twelve customers get a mail of their own.")


def _monitoring(t: Telling) -> None:
    t.moment(29, "Minute 29. The remedy works. Ana skips the public post, and says why.")
    applied = (t.stage.start + timedelta(minutes=27)).strftime("%Y-%m-%dT%H:%M:%SZ")
    t.comms("ana", "fact", "set", f"remedy_applied={applied}")
    t.comms("ana", "phase", "monitoring")
    t.comms("ana", "skip", "all-customers", "--why",
            "resolution is minutes away; one post, not two", tell=True)  # fmt: skip


def _resolution(t: Telling) -> None:
    t.moment(35, "Minute 35. No symptom is left. The facts say when it ended and what was lost.")
    end = (t.stage.start + timedelta(minutes=33)).strftime("%Y-%m-%dT%H:%M:%SZ")
    t.comms("ana", "fact", "set", f"end={end}", "data_loss=no payment data was lost", tell=True)
    t.comms("ana", "phase", "resolution")
    t.comms("tess", "draft")
    _round(t, 37, "Minute 37. Nine of nine are out, each past five people.")
    t.moment(41, "Minute 41. Where it stands.")
    t.comms("ana", "status", tell=True)


def _proof(t: Telling) -> None:
    t.moment(43, "A stranger with a fresh clone and the pin checks all of it, offline.")
    t.comms("rob", "check", tell=True, folder=copy_of(t.stage, "verify"))


def sent_records(stage: Stage) -> Iterator[Path]:
    """Yield the records that say that something was sent."""
    yield from sorted((stage.desk / "incidents").glob("*/messages/*/records/*-sent-*.yaml"))


def an_ok(stage: Stage, person: str) -> Path:
    """Return one record in which somebody passed a gate."""
    for path in sorted((stage.desk / "incidents").glob("*/messages/*/records/*-ok-*.yaml")):
        if f'person: "{person}"' in path.read_text():
            return path
    raise StoryBroke(f"{person} has passed nothing", remedy="please report this")
