"""People with keys and clones of one bare repository: two for ``small``, six for ``full``.

A cast is made once by the commands themselves, and copied for each test.
"""

import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from tests.support.keys import make_key
from tests.support.runner import NOW, Ran, comms, environment

SMALL: Mapping[str, Sequence[str]] = {
    "ana": ("technical-slt", "business-lead", "business-responder"),
    "bo": ("elt-approver", "incident-commander"),
}
FULL: Mapping[str, Sequence[str]] = {
    "ana": ("technical-slt", "business-lead", "business-responder"),
    "cleo": ("customer-liaison",),
    "mia": ("messaging-officer",),
    "lea": ("legal-officer",),
    "eve": ("elt-approver",),
    "ivo": ("incident-commander",),
}
BACKUPS: Mapping[str, Sequence[str]] = {
    "ben": ("technical-slt", "business-lead", "business-responder"),
    "cas": ("customer-liaison",),
    "moe": ("messaging-officer",),
    "leo": ("legal-officer",),
    "ed": ("elt-approver",),
    "ida": ("incident-commander",),
}
CUSTOMERS = """\
# salt: 00000000000000000000000000000000
email,name,first_name,contact
kim@customer.example,Kim Kay,Kim,ana
lou@client.example,Lou Lee,Lou,ana
"""
FACTS = (
    "start=2026-11-22T09:14:00Z",
    "services=card payments",
    "impact=customers cannot pay by card",
)


@dataclass(slots=True)
class Clone:
    """Somebody's clone: call it to run a command there as that person."""

    cast: "Cast"
    person: str
    folder: Path
    clean: bool = True
    """Whether every command has to leave ``git status`` without a word."""

    def __call__(self, *argv: str, stdin: bytes = b"", real: bool = False, **env: str) -> Ran:
        ran = comms(*argv, cwd=self.folder, environ=self.environ(**env), stdin=stdin, real=real)
        if self.clean:
            assert self.git("status", "--porcelain") == "", f"after {argv}"
        return ran

    def done(self, *argv: str, stdin: bytes = b"", **env: str) -> Ran:
        """Run a command that has to work."""
        ran = self(*argv, stdin=stdin, real=False, **env)
        assert ran.code == 0, f"{argv}: {ran.code}\n{ran.out}{ran.err}"
        return ran

    def environ(self, **more: str) -> dict[str, str]:
        """The environment in which this person's commands run."""
        return self.cast.environ(self.person, **more)

    def git(self, *argv: str) -> str:
        """Run git in the clone, as this person would."""
        return git(*argv, cwd=self.folder, environ=self.environ())

    def edit(self, path: str, text: str | bytes) -> None:
        """Write a file and commit it with plain git."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        self.git("add", "--force", path)
        who = ("-c", f"user.name={self.person}", "-c", f"user.email={self.person}@example.com")
        self.git(*who, "-c", "commit.gpgsign=false", "commit", "--quiet", "-m", f"Edit {path}")

    def state(self) -> tuple[str, str, str]:
        """HEAD, index and work tree: what a command that fails must leave as it was."""
        return (
            self.git("for-each-ref", "--format=%(refname) %(objectname)", "refs/heads"),
            self.git("ls-files", "--stage"),
            self.git("status", "--porcelain", "--ignored"),
        )


@dataclass(slots=True)
class Cast:
    """People, their keys, and the bare repository in the middle."""

    root: Path
    preset: str
    now: datetime = field(default_factory=lambda: datetime.fromisoformat(NOW))

    @property
    def people(self) -> Mapping[str, Sequence[str]]:
        """Who has a clone, with their roles."""
        return SMALL if self.preset == "small" else FULL

    @property
    def hub(self) -> Path:
        """The bare repository that everybody shares."""
        return self.root / "hub.git"

    @property
    def pin(self) -> Path:
        """The pin file, as the first admin gave it to everybody."""
        return self.root / "messages.pin"

    def __getattr__(self, person: str) -> Clone:
        if person.startswith("_"):
            raise AttributeError(person)
        return Clone(cast=self, person=person, folder=self.root / "clones" / person)

    def key(self, person: str) -> Path:
        """The private key of somebody."""
        return self.root / "keys" / person

    def environ(self, person: str, **more: str) -> dict[str, str]:
        """The environment of somebody's commands."""
        own = {"COMMS_KEY": str(self.key(person)), "COMMS_NOW": self.now.isoformat()}
        return environment(self.root / "homes" / person, **{**own, **more})

    def later(self, minutes: int = 1) -> None:
        """Let time pass for everybody."""
        self.now += timedelta(minutes=minutes)

    def join(self, person: str) -> Ran:
        """Clone for somebody, by the command."""
        (self.root / "clones").mkdir(exist_ok=True)
        (self.root / "homes" / person).mkdir(parents=True, exist_ok=True)
        return comms(
            "join", str(self.hub), f"clones/{person}", "--pin", str(self.pin),
            cwd=self.root, environ=self.environ(person),
        )  # fmt: skip

    def declare(self, *audiences: str) -> list[str]:
        """Ana declares an incident and drafts; return the ids of the messages."""
        self.ana.done("new", "Checkout outage", "--severity", "1", *_facts())
        return self.ana.done("draft", *audiences).ids if audiences else []

    def passed(self, message: str, *gates: str) -> None:
        """Let the holder of each gate pass a message."""
        for gate in gates:
            clone = getattr(self, self.holder(gate))
            clone.done("sync")
            verb = "approve" if gate in {"approval", "release"} else "review"
            clone.done(verb, message, "--gate", gate, *(["--ok"] if verb == "review" else []))

    def holder(self, gate: str) -> str:
        """Who judges a gate."""
        if self.preset == "small":
            return "bo"
        return {"accuracy": "cleo", "messaging": "mia", "legal": "lea", "approval": "eve",
                "release": "ivo"}[gate]  # fmt: skip

    def copy(self, root: Path) -> "Cast":
        """The same people elsewhere, with everything that their clones say about places."""
        shutil.copytree(self.root, root, symlinks=True, dirs_exist_ok=True)
        for config in [*root.glob("clones/*/.git/config"), root / "hub.git" / "config"]:
            text = config.read_text(encoding="utf-8")
            config.write_text(text.replace(str(self.root), str(root)), encoding="utf-8")
        return Cast(root=root, preset=self.preset, now=self.now)


def _facts() -> list[str]:
    return [word for fact in FACTS for word in ("--fact", fact)]


def git(*argv: str, cwd: Path, environ: Mapping[str, str]) -> str:
    done = subprocess.run(
        ["git", *argv], cwd=cwd, env=dict(environ), capture_output=True, check=False
    )
    assert done.returncode == 0, f"git {argv}: {done.stderr.decode()}"
    return done.stdout.decode()


def assemble(root: Path, preset: str) -> Cast:
    """Make a cast by the commands themselves: init, trust add, pin, join."""
    cast = Cast(root=root, preset=preset)
    for folder in ("keys", "clones", "homes"):
        (root / folder).mkdir(parents=True)
    backups = BACKUPS if preset == "full" else {}
    for person in (*cast.people, *backups):
        make_key(root / "keys", person)
        (root / "homes" / person).mkdir()
    roles = [word for role in cast.people["ana"] for word in ("--role", role)]
    comms(
        "init", "clones/ana", "--organisation", "Example Ltd", "--person", "ana",
        "--name", "Ana Alder", "--email", "ana@example.com", "--gates", preset,
        "--timezone", "Europe/London", *roles, cwd=root, environ=cast.environ("ana"),
    )  # fmt: skip
    ana = cast.ana
    git("init", "--quiet", "--bare", "-b", "main", str(cast.hub), cwd=root, environ=ana.environ())
    ana.git("remote", "add", "origin", str(cast.hub))
    others = {p: r for p, r in {**cast.people, **backups}.items() if p != "ana"}
    (root / "people.yaml").write_text(people_file(others), encoding="utf-8")
    ana.done("trust", "add", "--from", str(root / "people.yaml"))
    cast.pin.write_text(ana.done("trust", "pin").out, encoding="utf-8")
    for person in cast.people:
        if person != "ana":
            joined = cast.join(person)
            assert joined.code == 0, joined.err
    (ana.folder / "recipients").mkdir(exist_ok=True)
    (ana.folder / "recipients" / "strategic-customers.csv").write_text(CUSTOMERS, encoding="utf-8")
    return cast


def people_file(people: Mapping[str, Sequence[str]]) -> str:
    """A ``people.yaml`` for ``trust add --from`` that lies beside the folder of keys."""
    entries = (
        f"  {id_}:\n    name: {id_.title()} Example\n    email: {id_}@example.com\n"
        f"    public_key: keys/{id_}.pub\n    roles: [{', '.join(roles)}]\n"
        for id_, roles in people.items()
    )
    return "people:\n" + "".join(entries)
