"""Large, honest histories, written straight into a pack.

Incident after incident is declared, drafted, passed by five gates and sent, one record a
commit, each record and each commit signed by a real Ed25519 key.
"""

import subprocess
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha1, sha256
from pathlib import Path
from struct import pack

from commscli.domain.history import Pin
from commscli.domain.ids import Digest, GateId, IncidentId, MessageId, PersonId
from commscli.domain.moments import stamp
from commscli.domain.records import Body, Declared, Drafted, Record, SendIntent, Sent, Verdict
from commscli.ledger import pins, record_files, trust_files
from commscli.ledger.record_files import RecordBytes
from tests.support.story import JUDGES, NOBODY, REPOSITORY, first_trust, key_of, sign

KINDS = {"commit": 1, "tree": 2, "blob": 3}
MESSAGES = 3
RECORDS_PER_INCIDENT = 1 + MESSAGES * 8
Tree = dict[str, "Tree | str"]


@dataclass(slots=True)
class Pack:
    """Objects on their way into a repository."""

    objects: dict[str, tuple[str, bytes]] = field(default_factory=dict)

    def add(self, kind: str, data: bytes) -> str:
        """Take an object; return its id."""
        name = sha1(b"%s %d\0" % (kind.encode(), len(data)) + data).hexdigest()  # noqa: S324 - git's own names
        self.objects[name] = (kind, data)
        return name

    def data(self) -> bytes:
        """Return the pack."""
        parts = [b"PACK" + pack(">II", 2, len(self.objects))]
        for kind, content in self.objects.values():
            parts += [_header(KINDS[kind], len(content)), zlib.compress(content, 1)]
        body = b"".join(parts)
        return body + sha1(body).digest()  # noqa: S324 - git's own checksum


def _header(kind: int, size: int) -> bytes:
    first, size = (kind << 4) | (size & 15), size >> 4
    out = bytearray()
    while size:
        out.append(first | 0x80)
        first, size = size & 0x7F, size >> 7
    out.append(first)
    return bytes(out)


@dataclass(slots=True)
class Builder:
    """One history in the making."""

    pack: Pack = field(default_factory=Pack)
    root: Tree = field(default_factory=dict)
    written: dict[int, tuple[int, str]] = field(default_factory=dict)
    tip: str = ""
    trust: Digest = field(default=Digest(""))
    now: datetime = datetime(2024, 1, 1, tzinfo=UTC)
    records: int = 0

    def put(self, path: str, data: bytes) -> None:
        """Set a file, and forget the ids of the folders above it."""
        *folders, name = path.split("/")
        tree = self.root
        self.written.pop(id(tree), None)
        for folder in folders:
            inner = tree.setdefault(folder, {})
            if isinstance(inner, str):
                raise TypeError(path)
            tree = inner
            self.written.pop(id(tree), None)
        tree[name] = self.pack.add("blob", data)

    def tree_id(self, tree: Tree) -> str:
        """Return the id of a folder; one that did not change is not written again."""
        known = self.written.get(id(tree))
        if known is not None and known[0] == len(tree):
            return known[1]
        entries = []
        for name, entry in tree.items():
            mode, object_id = (
                ("40000", self.tree_id(entry)) if isinstance(entry, dict) else ("100644", entry)
            )
            key = f"{name}/" if isinstance(entry, dict) else name
            entries.append((key, f"{mode} {name}\0".encode() + bytes.fromhex(object_id)))
        found = self.pack.add("tree", b"".join(line for _, line in sorted(entries)))
        self.written[id(tree)] = (len(tree), found)
        return found

    def commit(self, person: str, message: str) -> None:
        """Add a signed commit of all that was put."""
        self.now += timedelta(seconds=7)
        who = f"{person.title()} <{person}@example.com> {int(self.now.timestamp())} +0000"
        above = f"parent {self.tip}\n" if self.tip else ""
        head = f"tree {self.tree_id(self.root)}\n{above}author {who}\ncommitter {who}\n"
        body = f"\n{message}\n"
        armored = sign(person, (head + body).encode(), "git").decode().rstrip("\n")
        signed = "gpgsig " + armored.replace("\n", "\n ") + "\n"
        self.tip = self.pack.add("commit", (head + signed + body).encode())

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
            self.put(path, data)
        self.put(made.path, made.data)
        self.put(f"{made.path}.sig", sign(person, made.data, record_files.NAMESPACE))
        self.commit(person, kind)
        self.records += 1
        return made


def build(records: int) -> tuple[Builder, Pin]:
    """Return a history of at least this many records, and the pin for it."""
    builder = Builder()
    trust = trust_files.write(first_trust())
    builder.trust = trust.digest
    builder.put(trust.path, trust.data)
    for admin in trust.trust.admins:
        signature = sign(admin, trust.data, trust_files.NAMESPACE)
        builder.put(trust_files.signature_path(1, admin), signature)
    builder.commit(str(trust.trust.admins[0]), "Begin")
    while builder.records < records:
        _incident(builder, f"2024-01-01-outage-{builder.records:06}")
    return builder, Pin(repository=REPOSITORY, genesis=trust.digest)


def _incident(b: Builder, incident: str) -> None:
    declared = b.record("declared", "bea", incident, Declared(
        title="Outage", playbook="service-outage", severity="SEV-1", phase="investigation",
        reporter="", references=[],
    ))  # fmt: skip
    for audience in ("internal-stakeholders", "strategic-customers", "all-customers")[:MESSAGES]:
        _message(b, incident, f"investigation-{audience}-1", audience, declared)


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


def write(folder: Path, records: int) -> Path:
    """Write a history into a new bare repository; return the file of its pin.

    Git can verify its commits too: ``allowed_signers`` lies beside the pin.
    """
    builder, pin = build(records)
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(folder)], check=True)
    subprocess.run(
        ["git", "index-pack", "--stdin"], cwd=folder, input=builder.pack.data(), check=True,
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    (folder / "refs/heads/main").write_text(f"{builder.tip}\n")
    signers = folder / "allowed_signers"
    names = {str(p) for p in first_trust().people}
    signers.write_text("".join(f"{n}@example.com {key_of(n).line}\n" for n in sorted(names)))
    for key, value in {"gpg.format": "ssh", "gpg.ssh.allowedSignersFile": str(signers)}.items():
        subprocess.run(["git", "config", key, value], cwd=folder, check=True)
    path = folder / "the.pin"
    path.write_bytes(pins.write(pin))
    return path
