"""Stories: who did what, told in a few lines, as a `History` in memory and as real git commits.

Every act is one commit with real bytes and real signatures, whose object id is known before
anything is written; so the same story can be judged both ways, and must get the same report.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha1, sha256
from types import MappingProxyType
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from commscli.domain.durations import parse_offset
from commscli.domain.history import History, Pin
from commscli.domain.ids import Digest, GateId, IncidentId, MessageId, PersonId, RoleId
from commscli.domain.keys import PublicKey
from commscli.domain.moments import moment, stamp
from commscli.domain.order import Placed, order
from commscli.domain.presets import GATES, MAY, SHARED
from commscli.domain.records import (
    Body,
    Declared,
    Drafted,
    Fact,
    Reasoned,
    Record,
    SendIntent,
    Sent,
    Verdict,
    Withdrawn,
)
from commscli.domain.report import Report
from commscli.domain.trust import Ended, Person, Trust
from commscli.gates.engine import check
from commscli.ledger import record_files, trust_files
from commscli.ledger.public_keys import parse_public_key
from commscli.ledger.record_files import RecordBytes, digest_of, folder_of
from commscli.ledger.trust_files import TrustBytes, signature_path
from tests.support.signatures import Draft, SigningKey

REPOSITORY = "8d3ca2f0-4a4f-4c64-9d52-3a1f6f0e6a11"
INCIDENT = IncidentId("2026-11-22-checkout-outage")
START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
TEAM: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "business-lead": ("bea",),
    "technical-slt": ("tom", "tara"),
    "customer-liaison": ("cleo", "carl"),
    "messaging-officer": ("mia", "max"),
    "legal-officer": ("lea", "leo"),
    "elt-approver": ("eli", "eva"),
    "incident-commander": ("ian", "ida"),
    "business-responder": ("rob", "ruth"),
})  # fmt: skip
JUDGES = MappingProxyType(
    {"accuracy": "cleo", "messaging": "mia", "legal": "lea", "approval": "eli", "release": "ian"}
)
"""Who passes a gate where a story does not say."""
WORDS = "We are looking into failing card payments.\n"
CHANNELS: Mapping[str, dict[str, str]] = MappingProxyType({
    "status": {"adapter": "file", "page": "status.example.com"}
})  # fmt: skip
NOBODY: Mapping[str, object] = MappingProxyType({"digest": "", "count": 0})


@cache
def key_of(name: str) -> SigningKey:
    """The same real Ed25519 key for a name, always."""
    seed = sha256(f"the key of {name}".encode()).digest()
    return SigningKey(private=Ed25519PrivateKey.from_private_bytes(seed))


@cache
def public_key(name: str) -> PublicKey:
    return parse_public_key(key_of(name).line)


def sign(name: str, data: bytes, namespace: str) -> bytes:
    return Draft(key=key_of(name), data=data, namespace=namespace.encode()).armored


def person(name: str, *keys: str, kind: str = "person") -> Person:
    return Person(
        id=PersonId(name),
        name=name.title(),
        email=f"{name}@example.com",
        kind=kind,
        keys=tuple(public_key(key) for key in keys or (name,)),
    )


def first_trust(
    *, gates: str = "full", quorum: int = 1, admins: Sequence[str] = ("ada", "alf")
) -> Trust:
    """A first version with two of everybody, as most stories begin."""
    names = dict.fromkeys([*admins, *(n for held in TEAM.values() for n in held)])
    return Trust(
        repository=REPOSITORY,
        version=1,
        previous="",
        quorum=quorum,
        admins=tuple(map(PersonId, admins)),
        people={PersonId(name): person(name) for name in names},
        roles={RoleId(role): tuple(map(PersonId, held)) for role, held in TEAM.items()},
        gates={gate.id: gate for gate in GATES[gates]},
        may=dict(MAY),
        may_share=SHARED[gates],
        relaxed={},
        preapproved=(),
        emergency=None,
        commits="recorded",
        ended=Ended(),
        compromised=(),
        accepted=(),
    )


def without_role(trust: Trust, name: str, *roles: str) -> Trust:
    """A trust in which somebody does not hold these roles, or no role at all."""
    taken = roles or tuple(trust.roles)
    kept = {
        role: tuple(p for p in held if p != name or role not in taken)
        for role, held in trust.roles.items()
    }
    return replace(trust, roles=kept)


def with_role(trust: Trust, name: str, role: str) -> Trust:
    held = trust.roles[RoleId(role)]
    return replace(trust, roles={**trust.roles, RoleId(role): (*held, PersonId(name))})


class File(NamedTuple):
    """What a tree has at a path."""

    data: bytes
    mode: str = "100644"


Put = Mapping[str, File | bytes | None]
Tree = dict[str, File]


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One commit of a story."""

    id: str
    data: bytes
    parents: tuple[int, ...]
    tree: Tree
    signer: str
    about: str


@dataclass(slots=True)
class Shelf:
    """What all branches of one story share. ``objects``: id → kind and content."""

    object_format: str = "sha1"
    nodes: list[Node] = field(default_factory=list)
    objects: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    records: dict[Digest, RecordBytes] = field(default_factory=dict)
    trusts: dict[Digest, TrustBytes] = field(default_factory=dict)
    ticks: int = 0
    _folders: dict[tuple[tuple[str, str], ...], str] = field(default_factory=dict)

    def add(self, kind: str, data: bytes) -> str:
        """Keep an object; return its id."""
        hashed = sha256 if self.object_format == "sha256" else sha1
        name = hashed(b"%s %d\0" % (kind.encode(), len(data)) + data).hexdigest()
        self.objects[name] = (kind, data)
        return name

    def tree(self, files: Mapping[str, File]) -> str:
        """Keep the trees of a flat listing; return the id of the root."""
        entries: dict[str, tuple[str, str]] = {}
        folders: dict[str, dict[str, File]] = {}
        for path, file in files.items():
            name, slash, rest = path.partition("/")
            if slash:
                folders.setdefault(name, {})[rest] = file
            elif file.mode == "160000":
                entries[name] = (file.mode, file.data.decode())
            else:
                entries[name] = (file.mode, self.add("blob", file.data))
        for name, inner in folders.items():
            entries[name] = ("40000", self.tree(inner))
        return self.raw_tree([(mode, name, id_) for name, (mode, id_) in entries.items()])

    def raw_tree(self, entries: Sequence[tuple[str, str, str]], *, ordered: bool = True) -> str:
        """Keep a tree of (mode, name, id), in git's order or just as given."""
        listed = [
            (mode, name.encode("utf-8", "surrogateescape"), id_) for mode, name, id_ in entries
        ]
        if ordered:
            listed.sort(key=lambda e: e[1] + (b"/" if e[0] == "40000" else b""))
        packed = (b"%s %s\0" % (m.encode(), n) + bytes.fromhex(id_) for m, n, id_ in listed)
        return self.add("tree", b"".join(packed))

    def tick(self) -> datetime:
        """The next minute of the story."""
        self.ticks += 1
        return START + timedelta(minutes=self.ticks)


class Story:
    """One branch of a story, which goes on where it ends. Acts return the record's digest."""

    def __init__(self, trust: Trust | None = None, *, object_format: str = "sha1") -> None:
        self.shelf = Shelf(object_format=object_format)
        self.head = -1
        self.incident = INCIDENT
        self.message = MessageId("investigation-all-customers-1")
        self.drill = False
        self.commit({"comms.yaml": b"organisation: Example Ltd\n"}, by="ada", about="begin")
        self.genesis = self.introduce(trust or first_trust(), signers=("ada", "alf"))

    # -- trust

    def introduce(self, trust: Trust, *, signers: Sequence[str], put: Put | None = None) -> Digest:
        """Commit a trust version as it stands, signed by these keys' owners."""
        written = trust_files.write(trust)
        if len({*signers} & {*trust.admins}) >= trust.quorum:
            self.shelf.trusts[written.digest] = written
        files: dict[str, File | bytes | None] = {written.path: written.data, **(put or {})}
        for name in signers:
            armored = sign(name, written.data, trust_files.NAMESPACE)
            files[signature_path(trust.version, name.partition("_")[0])] = armored
        self.commit(files, by=signers[0] if signers else "ada", about=f"trust {trust.version}")
        return written.digest

    def change_trust(
        self, alter: Callable[[Trust], Trust], *, signers: Sequence[str] = ("ada",)
    ) -> Digest:
        """Put the next version in force."""
        old = self.in_force
        new = replace(alter(old.trust), version=self.free_number, previous=old.digest)
        return self.introduce(new, signers=signers)

    @property
    def in_force(self) -> TrustBytes:
        """The version that this branch holds and no other follows."""
        here = [
            self.shelf.trusts[digest_of(file.data)]
            for path, file in sorted(self.tree.items())
            if path.startswith("trust/") and digest_of(file.data) in self.shelf.trusts
        ]
        last = here[0]
        for version in here:
            last = version if version.trust.previous == last.digest else last
        return last

    @property
    def free_number(self) -> int:
        return 1 + sum(p.startswith("trust/") and p.endswith(".yaml") for p in self.tree)

    # -- acts

    def declare(self, *, by: str = "bea", drill: bool = False) -> Digest:
        self.drill = drill
        body = Declared(
            title="Checkout outage",
            playbook="service-outage",
            severity="SEV-1",
            phase="investigation",
            reporter="",
            references=[],
        )
        return self.record("declared", body, by=by, message="")

    def fact(self, key: str, value: str, *, by: str = "bea") -> Digest:
        return self.record("fact", Fact(key=key, value=value), by=by, message="")

    def draft(
        self,
        text: str = WORDS,
        *,
        by: str = "tom",
        audience: str = "all-customers",
        attachments: Mapping[str, bytes] | None = None,
        put: Put | None = None,
        after: Sequence[Digest] | None = None,
        **changed: Any,
    ) -> Digest:
        """Record a revision: of the current message, or of a new one for another audience."""
        folder = folder_of(self.incident, self.message)
        attached = attachments or {}
        body = self._drafted(text.encode(), audience, attached)
        words: Put = {
            f"{folder}/draft.md": text.encode(),
            **{f"{folder}/attachments/{name}": data for name, data in attached.items()},
        }
        body = replace(body, **changed)
        seen = sorted({*self.heads(self.message), *self.heads("")}) if after is None else after
        return self.record("drafted", body, by=by, after=seen, put={**words, **(put or {})})

    def _drafted(self, text: bytes, audience: str, attached: Mapping[str, bytes]) -> Drafted:
        return Drafted(
            revision=1 + len(self.of_kind("drafted")),
            audience=audience,
            phase="investigation",
            severity="SEV-1",
            draft=digest_of(text),
            attachments=[[name, digest_of(data)] for name, data in sorted(attached.items())],
            template=[["all-customers", "d" * 64]],
            recipients=dict(NOBODY),
            channels=dict(CHANNELS),
            rendered={"status": digest_of(b"rendered " + text)},
            facts=digest_of(b""),
            next_update="+30m",
            corrects="",
        )

    def verdict(
        self,
        kind: str,
        gate: str,
        *,
        by: str | None = None,
        subject: Digest | None = None,
        settles: Sequence[Digest] = (),
        text: str = "",
        key: str | None = None,
        after: Sequence[Digest] | None = None,
    ) -> Digest:
        body = Verdict(subject=subject or self.newest, text=text, settles=sorted(settles), edit="")
        who = by or JUDGES[gate]
        return self.record(kind, body, by=who, gate=gate, key=key, after=after)

    def ok(self, gate: str, *, by: str | None = None, **more: Any) -> Digest:
        return self.verdict("ok", gate, by=by, **more)

    def object(self, gate: str, *, by: str | None = None, **more: Any) -> Digest:
        return self.verdict("objected", gate, by=by, text="no", **more)

    def withdraw(
        self, of: Digest, *, by: str, gate: str = "", after: Sequence[Digest] | None = None
    ) -> Digest:
        return self.record("withdrawn", Withdrawn(of=of, text=""), by=by, gate=gate, after=after)

    def pass_gates(self, *, but: Sequence[str] = ()) -> dict[str, Digest]:
        """Have everybody of the trust in force say ok, in order; leave some gates out."""
        gates = [gate for gate in self.in_force.trust.gates if gate not in but]
        return {gate: self.ok(gate) for gate in gates}

    def drop(self, *, by: str = "bea") -> Digest:
        return self.record("dropped", Reasoned(why="no longer needed"), by=by)

    def begin_send(
        self,
        *,
        by: str = "rob",
        subject: Digest | None = None,
        why: str = "",
        after: Sequence[Digest] | None = None,
    ) -> Digest:
        body = SendIntent(
            subject=subject or self.newest, plan=digest_of(b""), why=why, offline=False
        )
        return self.record("send-intent", body, by=by, after=after)

    def end_send(
        self, intent: Digest, *, by: str = "rob", put: Put | None = None, **changed: Any
    ) -> Digest:
        at = stamp(START + timedelta(minutes=self.shelf.ticks + 1))
        later = stamp(moment(at) + parse_offset("+30m"))
        body = Sent(
            intent=intent,
            slots={"send.time": at, "send.next_update": later},
            counts={"status": {"accepted": 1}},
            payloads={"status": digest_of(b"as it left")},
            evidence="",
        )
        body = replace(body, **changed)
        return self.record("sent", body, by=by, put=put)

    def send(self, *, by: str = "rob", why: str = "") -> Digest:
        """Send the newest revision; return the send-intent."""
        intent = self.begin_send(by=by, why=why)
        self.end_send(intent, by=by)
        return intent

    def record(
        self,
        kind: str,
        body: Body,
        *,
        by: str,
        gate: str = "",
        message: str | None = None,
        key: str | None = None,
        after: Sequence[Digest] | None = None,
        put: Put | None = None,
        committer: str | None = None,
        **changed: Any,
    ) -> Digest:
        """Commit one record with its signature, and whatever else is put beside it."""
        written = self.written(kind, body, by, gate=gate, message=message, after=after, **changed)
        return self.enter(written, key=key or by, put=put, committer=committer)

    def written(
        self,
        kind: str,
        body: Body,
        by: str,
        *,
        gate: str = "",
        message: str | None = None,
        after: Sequence[Digest] | None = None,
        **changed: Any,
    ) -> RecordBytes:
        """A record as its writer's tool would write it now, not yet signed or committed."""
        record = Record(
            repository=REPOSITORY,
            incident=self.incident,
            message=self.message if message is None else MessageId(message),
            kind=kind,
            gate=GateId(gate),
            person=PersonId(by),
            trust=self.in_force.digest,
            drill=self.drill,
            at=stamp(START + timedelta(minutes=self.shelf.ticks + 1)),
            after=[],
            body=body,
        )
        seen = self.heads(record.message) if after is None else after
        return record_files.write(replace(record, **{"after": sorted(seen), **changed}))

    def enter(
        self,
        written: RecordBytes,
        *,
        key: str,
        path: str = "",
        put: Put | None = None,
        committer: str | None = None,
    ) -> Digest:
        """Commit a record that is already written, at its place or another."""
        self.shelf.records[written.digest] = written
        path = path or written.path
        armored = sign(key, written.data, record_files.NAMESPACE)
        files = {path: written.data, f"{path}.sig": armored, **(put or {})}
        about = f"{written.record.kind} by {written.record.person}"
        self.commit(files, by=key if committer is None else committer, about=about)
        return written.digest

    # -- what this branch holds

    @property
    def tree(self) -> Tree:
        return self.shelf.nodes[self.head].tree if self.head >= 0 else {}

    @property
    def tip(self) -> str:
        """The id of the newest commit of this branch."""
        return self.shelf.nodes[self.head].id

    def placed(self, message: str | None = None) -> list[Placed]:
        """The records of a message (or, for ``""``, of the incident) that lie here."""
        wanted = self.message if message is None else message
        here = (self.shelf.records.get(digest_of(file.data)) for file in self.tree.values())
        return [
            Placed(digest=r.digest, record=r.record)
            for r in here
            if r is not None and (r.record.incident, r.record.message) == (self.incident, wanted)
        ]

    def heads(self, message: str) -> list[Digest]:
        """What the next record of a message or of the incident comes after."""
        own = order(self.placed(message)).heads()
        if own or not message:
            return own
        return [p.digest for p in self.placed("") if p.record.kind == "declared"]

    def of_kind(self, kind: str) -> list[Placed]:
        """The records of one kind of the current message, oldest first."""
        return [p for p in order(self.placed()).records if p.record.kind == kind]

    @property
    def newest(self) -> Digest:
        """The last revision of the current message."""
        return self.of_kind("drafted")[-1].digest

    def path(self, digest: Digest) -> str:
        """Where a record of this story belongs."""
        return self.shelf.records[digest].path

    @property
    def folder(self) -> str:
        """The folder of the current message."""
        return folder_of(self.incident, self.message)

    # -- commits

    def commit(
        self,
        put: Put,
        *,
        by: str = "",
        about: str = "edit",
        also: Sequence[int] = (),
        base: Tree | None = None,
    ) -> str:
        """Add a commit: these files put (or, for ``None``, taken away); return its id."""
        tree = dict(self.tree if base is None else base)
        for path, content in put.items():
            if content is None:
                tree.pop(path, None)
            else:
                tree[path] = content if isinstance(content, File) else File(content)
        parents = ((self.head,) if self.head >= 0 else ()) + tuple(also)
        data = self._commit_bytes(self.shelf.tree(tree), parents, by, about)
        node = Node(
            id=self.shelf.add("commit", data),
            data=data,
            parents=parents,
            tree=tree,
            signer=by,
            about=about,
        )
        self.shelf.nodes.append(node)
        self.head = len(self.shelf.nodes) - 1
        return node.id

    def _commit_bytes(self, tree: str, parents: Sequence[int], by: str, about: str) -> bytes:
        who = (
            f"{by or 'xan'} <{by or 'xan'}@example.com> {int(self.shelf.tick().timestamp())} +0000"
        )
        above = "".join(f"parent {self.shelf.nodes[parent].id}\n" for parent in parents)
        head = f"tree {tree}\n{above}author {who}\ncommitter {who}\n".encode()
        body = f"\n{about}\n".encode()
        if not by:
            return head + body
        name = b"gpgsig-sha256 " if self.shelf.object_format == "sha256" else b"gpgsig "
        armored = sign(by, head + body, "git").rstrip(b"\n").replace(b"\n", b"\n ")
        return head + name + armored + b"\n" + body

    def aside(self) -> "Story":
        """Another branch, which begins where this one is now."""
        side = object.__new__(Story)
        side.shelf, side.head, side.genesis = self.shelf, self.head, self.genesis
        side.incident, side.message, side.drill = self.incident, self.message, self.drill
        return side

    @contextmanager
    def branch(self) -> Iterator["Story"]:
        """Another branch, merged into this one at the end."""
        side = self.aside()
        yield side
        self.merge(side)

    def merge(
        self, *others: "Story", put: Put | None = None, theirs: bool = False, by: str = ""
    ) -> str:
        """Bring branches in. Both sides' files come together; where they differ ours stay."""
        tree = dict(self.tree)
        for other in others:
            tree = {**tree, **other.tree} if theirs else {**other.tree, **tree}
        also = [other.head for other in others]
        return self.commit(put or {}, by=by, about="merge", also=also, base=tree)

    # -- both ways

    @property
    def pin(self) -> Pin:
        """The pin that an admin of this story would give out."""
        return Pin(repository=REPOSITORY, genesis=self.genesis, source="story")

    def history(self) -> History:
        """This branch as the ledger would read it, without git."""
        from tests.support.story_history import history_of  # noqa: PLC0415 - it needs this module

        return history_of(self)

    def report(self, pin: Pin | None = None) -> Report:
        """What a check of this branch says, without git."""
        return check(self.history(), pin or self.pin)

    def dump(self) -> str:
        """The story in words, for a test that failed."""
        lines = []
        for number in reachable(self.shelf.nodes, self.head):
            node = self.shelf.nodes[number]
            above = ",".join(map(str, node.parents))
            lines.append(
                f"{number:3} <- {above:8} {node.id[:8]} {node.signer or '-':6} {node.about}"
            )
        return "\n".join(lines)


def reachable(nodes: Sequence[Node], head: int) -> list[int]:
    """The commits of a branch, parents first."""
    found, waiting = set(), [head]
    while waiting:
        number = waiting.pop()
        if number not in found:
            found.add(number)
            waiting.extend(nodes[number].parents)
    return sorted(found)


def passed(trust: Trust | None = None, **more: str) -> Story:
    """A message that passed every gate and waits to be sent."""
    story = Story(trust, **more)
    story.declare()
    story.draft()
    story.pass_gates()
    return story


def sent(trust: Trust | None = None, **more: str) -> Story:
    """The story that most tests change in one place: a message that was rightly sent."""
    story = passed(trust, **more)
    story.send()
    return story
