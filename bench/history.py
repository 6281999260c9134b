"""Large, honest histories, written straight into a pack.

Incident after incident is declared, drafted, passed by five gates and sent, one record a
commit, each record and each commit signed by a real Ed25519 key.
"""

import subprocess
from bisect import insort
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import TextIO

from bench.packs import Base, Pack
from commscli.domain.history import Pin
from commscli.domain.ids import Digest, GateId, IncidentId, MessageId, PersonId
from commscli.domain.moments import stamp
from commscli.domain.records import (
    Body,
    Declared,
    Drafted,
    Reasoned,
    Record,
    SendIntent,
    Sent,
    Verdict,
)
from commscli.ledger import pins, record_files, trust_files
from commscli.ledger.record_files import RecordBytes
from tests.support.story import JUDGES, NOBODY, REPOSITORY, first_trust, key_of, sign

MESSAGES = 3
RECORDS_PER_INCIDENT = 1 + MESSAGES * 8
NOTHING: Mapping[str, bytes] = MappingProxyType({})


@dataclass(slots=True)
class Folder:
    """A folder in the making: its entries as a tree has them, in git's order."""

    order: list[str] = field(default_factory=list)
    lines: dict[str, bytes] = field(default_factory=dict)
    folders: dict[str, "Folder"] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)
    base: Base | None = None

    def set(self, key: str, line: bytes) -> None:
        """Set an entry; the key of a folder ends with a slash, as git sorts it."""
        if key not in self.lines:
            insort(self.order, key)
        self.lines[key] = line


@dataclass(slots=True)
class Builder:
    """One history in the making. ``plan`` takes the objects that a check reads, in order."""

    pack: Pack
    plan: TextIO
    root: Folder = field(default_factory=Folder)
    tip: str = ""
    trust: Digest = field(default=Digest(""))
    now: datetime = datetime(2024, 1, 1, tzinfo=UTC)
    records: int = 0

    def put(self, path: str, data: bytes, use: str) -> None:
        """Set a file, and remember which folders above it have changed."""
        *folders, name = path.split("/")
        folder = self.root
        for inner in folders:
            folder.changed.add(inner)
            folder = folder.folders.setdefault(inner, Folder())
        blob, _ = self.pack.add("blob", data)
        folder.set(name, f"100644 {name}\0".encode() + bytes.fromhex(blob))
        self.plan.write(f"{use} {blob}\n")

    def tree_id(self, folder: Folder) -> str:
        """Write a folder that has changed, and the folders in it that have."""
        for name in folder.changed:
            inner = self.tree_id(folder.folders[name])
            folder.set(f"{name}/", f"40000 {name}\0".encode() + bytes.fromhex(inner))
        folder.changed.clear()
        data = b"".join(map(folder.lines.__getitem__, folder.order))
        tree, base = self.pack.add("tree", data, folder.base)
        folder.base = base or folder.base
        self.plan.write(f"tree {tree}\n")
        return tree

    def commit(self, person: str, message: str) -> None:
        """Add a signed commit of all that was put."""
        self.now += timedelta(seconds=7)
        who = f"{person.title()} <{person}@example.com> {int(self.now.timestamp())} +0000"
        above = f"parent {self.tip}\n" if self.tip else ""
        head = f"tree {self.tree_id(self.root)}\n{above}author {who}\ncommitter {who}\n"
        body = f"\n{message}\n"
        armored = sign(person, (head + body).encode(), "git").decode().rstrip("\n")
        signed = "gpgsig " + armored.replace("\n", "\n ") + "\n"
        self.tip, _ = self.pack.add("commit", (head + signed + body).encode())
        self.plan.write(f"commit {self.tip}\n")

    def record(
        self, kind: str, person: str, incident: str, body: Body, *, message: str = "",
        gate: str = "", after: tuple[Digest, ...] = (), files: Mapping[str, bytes] | None = None,
    ) -> RecordBytes:  # fmt: skip
        """Add one record in a commit of its own."""
        made = record_files.write(Record(
            repository=REPOSITORY, incident=IncidentId(incident), message=MessageId(message),
            kind=kind, gate=GateId(gate), person=PersonId(person), trust=self.trust, drill=False,
            at=stamp(self.now), after=sorted(after), body=body,
        ))  # fmt: skip
        for path, data in (files or {}).items():
            self.put(path, data, "blob")
        self.put(made.path, made.data, "record")
        armored = sign(person, made.data, record_files.NAMESPACE)
        self.put(f"{made.path}.sig", armored, "signature")
        self.commit(person, kind)
        self.records += 1
        return made


OPEN = 3
"""Incidents that are not closed, in a repository that is lived in: the last ones."""


def build(builder: Builder, records: int, files: Mapping[str, bytes]) -> Pin:
    """Make a history of this many records; return the pin for it.

    ``files`` come with the first roster. Where there are some, incidents are closed.
    """
    trust = trust_files.write(first_trust())
    builder.trust = trust.digest
    builder.put(trust.path, trust.data, "blob")
    for admin in trust.trust.admins:
        signature = sign(admin, trust.data, trust_files.NAMESPACE)
        builder.put(trust_files.signature_path(1, admin), signature, "blob")
    for path, data in files.items():
        builder.put(path, data, "blob")
    builder.commit(str(trust.trust.admins[0]), "Begin")
    while builder.records < records:
        incident = f"2024-01-01-outage-{builder.records:06}"
        declared = _incident(builder, incident)
        if files and builder.records < records - OPEN * RECORDS_PER_INCIDENT:
            why = Reasoned(why="all is well again")
            builder.record("closed", "bea", incident, why, after=(declared.digest,))
    return Pin(repository=REPOSITORY, genesis=trust.digest)


def _incident(b: Builder, incident: str) -> RecordBytes:
    declared = b.record("declared", "bea", incident, Declared(
        title="Outage", playbook="service-outage", severity="SEV-1", phase="investigation",
        reporter="", references=[],
    ))  # fmt: skip
    for audience in ("internal-stakeholders", "strategic-customers", "all-customers")[:MESSAGES]:
        _message(b, incident, f"investigation-{audience}-1", audience, declared)
    return declared


def _message(b: Builder, incident: str, message: str, audience: str, declared: RecordBytes) -> None:
    words = f"We are looking into it. {incident} {audience}\n".encode()
    channels = {"status": {"adapter": "file"}}
    payload = Digest(sha256(words).hexdigest())
    path = f"{record_files.folder_of(incident, message)}/draft.md"
    drafted = b.record("drafted", "tom", incident, Drafted(
        revision=1, audience=audience, phase="investigation", severity="SEV-1",
        draft=payload, attachments=[], template=[["base", payload]], recipients=dict(NOBODY),
        channels=channels, rendered={"status": payload}, facts=payload, next_update="",
        corrects="",
    ), message=message, after=(declared.digest,), files={path: words})  # fmt: skip
    heads: tuple[Digest, ...] = (drafted.digest,)
    for gate, judge in JUDGES.items():
        ok = Verdict(subject=drafted.digest, text="", settles=[], edit="")
        made = b.record("ok", judge, incident, ok, message=message, gate=gate, after=heads)
        heads = (made.digest,)
    begun = SendIntent(subject=drafted.digest, plan=payload, why="", offline=False)
    intent = b.record("send-intent", "rob", incident, begun, message=message, after=heads)
    b.record("sent", "rob", incident, Sent(
        intent=intent.digest, slots={"send.time": stamp(b.now)},
        counts={"status": {"accepted": 1}}, payloads={"status": payload}, evidence="",
    ), message=message, after=(intent.digest,))  # fmt: skip


def write(folder: Path, records: int, files: Mapping[str, bytes] = NOTHING) -> Path:
    """Write a history into a new bare repository; return the file of its pin.

    Git can verify its commits too: ``allowed_signers`` lies beside the pin, and ``plan`` names
    what there is to read.
    """
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(folder)], check=True)
    packed = folder / "history.pack"
    with packed.open("wb") as file, (folder / "plan").open("w") as plan:
        builder = Builder(pack=Pack(file), plan=plan)
        pin = build(builder, records, files)
        builder.pack.finish(packed)
    with packed.open("rb") as data:
        subprocess.run(
            ["git", "index-pack", "--stdin"], cwd=folder, stdin=data, check=True,
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
    packed.unlink()
    (folder / "refs/heads/main").write_text(f"{builder.tip}\n")
    signers = folder / "allowed_signers"
    names = {str(p) for p in first_trust().people}
    signers.write_text("".join(f"{n}@example.com {key_of(n).line}\n" for n in sorted(names)))
    for key, value in {"gpg.format": "ssh", "gpg.ssh.allowedSignersFile": str(signers)}.items():
        subprocess.run(["git", "config", key, value], cwd=folder, check=True)
    path = folder / "the.pin"
    path.write_bytes(pins.write(pin))
    return path
