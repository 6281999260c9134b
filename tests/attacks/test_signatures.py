"""Signatures and keys that hold by one program's reading, and must not by ours."""

import base64
import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from commscli.domain.ids import PersonId
from commscli.domain.trust import Trust
from commscli.ledger import objects, record_files, trust_files
from commscli.ledger.public_keys import parse_public_key
from commscli.ledger.record_files import RecordBytes
from tests.attacks.raw import reported
from tests.attacks.staging import Stage, two_sent
from tests.support.keys import Keyring, public_line
from tests.support.keys import sign as keygen_sign
from tests.support.signatures import Draft, SigningKey, Token, armored, pack, software_token
from tests.support.story import Story, first_trust, key_of, passed, person, sign, with_role

pytest_plugins = ["tests.support.key_fixtures"]

RECORD, TRUST = record_files.NAMESPACE.encode(), trust_files.NAMESPACE.encode()
SMALL_ORDER = b"\x01" + bytes(31)
"""The neutral point: with it as the key, one signature holds for every message."""


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage.of(tmp_path)


def leos_ok(stage: Stage) -> RecordBytes:
    """A verdict as Leo's tool would write it, not yet signed."""
    body = stage.story.shelf.records[stage.story.of_kind("ok")[0].digest].record.body
    return stage.story.written("ok", body, "leo", gate="legal")


def enter(stage: Stage, record: RecordBytes, signature: bytes) -> None:
    stage.story.shelf.records[record.digest] = record
    stage.story.commit({record.path: record.data, f"{record.path}.sig": signature}, by="leo")


def next_version(stage: Stage) -> trust_files.TrustBytes:
    """A version that could follow, and would make Max a legal officer."""
    old = stage.story.in_force
    new = with_role(old.trust, "max", "legal-officer")
    return trust_files.write(replace(new, version=2, previous=str(old.digest)))


def enter_version(stage: Stage, data: bytes, signature: bytes, admin: str = "ada") -> None:
    path = trust_files.signature_path(2, admin)
    stage.story.commit({"trust/0002.yaml": data, path: signature}, by="ada")


# -- two signatures, and another purpose


@pytest.mark.row(54)
@pytest.mark.parametrize(
    "spoil",
    [lambda s: s + s, lambda s: s + b"more\n", lambda s: b"\n" + s, lambda s: s[:-1],
     lambda s: s.replace(b"\n", b"\r\n")],
    ids=["twice", "trailing", "leading", "no last line feed", "crlf"],
)  # fmt: skip
def test_a_roster_signature_with_something_beside_it(stage: Stage, spoil) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001 - a table of lambdas
    version = next_version(stage)
    enter_version(stage, version.data, spoil(sign("ada", version.data, TRUST.decode())))

    stage.fails("trust-chain", says=["a signature of ada that does not hold"])
    assert stage.check().json["trust"]["version"] == 1


@pytest.mark.row(54)
def test_the_same_record_with_a_second_signature(stage: Stage) -> None:
    """The good one counts, whichever commit it came in; the other is told of."""
    record = leos_ok(stage)
    side = stage.story.aside()
    stage.story.enter(record, key="leo")
    side.enter(record, key="stranger")
    path = f"{record.path}.sig"
    stage.story.merge(side, put={path: stage.story.tree[path]})

    stage.fails("append-only", "record-writer", says=["nobody's in trust version 1"])


@pytest.mark.row(55)
@pytest.mark.parametrize("namespace", ["git", "file", "comms-trust@v1", "comms-record@v2", "x"])
def test_a_verdict_signed_for_another_purpose(stage: Stage, namespace: str) -> None:
    record = leos_ok(stage)
    enter(stage, record, sign("leo", record.data, namespace))

    stage.fails("record-signature", says=["another purpose"])


@pytest.mark.row(55)
@pytest.mark.parametrize("namespace", ["git", "comms-record@v1"])
def test_a_roster_signed_for_another_purpose(stage: Stage, namespace: str) -> None:
    version = next_version(stage)
    enter_version(stage, version.data, sign("ada", version.data, namespace))

    stage.fails("trust-chain", says=["another purpose"])
    assert stage.check().json["trust"]["version"] == 1


@pytest.mark.row(55)
def test_a_roster_signature_under_another_admins_name(stage: Stage) -> None:
    version = next_version(stage)
    enter_version(stage, version.data, sign("max", version.data, TRUST.decode()), admin="ada")

    stage.fails("trust-chain", says=["signed by 0 of 1"])


# -- spare fields and algorithms


@pytest.mark.row(56)
@pytest.mark.parametrize(
    "spoil",
    [
        lambda d: replace(d, reserved=b"x"),
        lambda d: replace(d, digest=b"sha384"),
        lambda d: replace(d, digest=b"sha1"),
        lambda d: replace(d, digest=b"SHA512"),
        lambda d: replace(d, version=2),
        lambda d: replace(d, version=0),
        lambda d: replace(d, magic=b"SSHSIH"),
        lambda d: replace(d, algorithm=b"ssh-rsa"),
        lambda d: replace(d, algorithm=b"ssh-ed448"),
        lambda d: replace(d, namespace=b""),
        lambda d: replace(d, after_inner=b"x"),
        lambda d: replace(d, after=b"x"),
        lambda d: replace(d, shown_key=key_of("lea").blob),
        lambda d: replace(d, shown_key=b""),
    ],
)
def test_a_signature_with_something_in_a_spare_place(stage: Stage, spoil) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001 - a table of lambdas
    record = leos_ok(stage)
    draft = Draft(key=key_of("leo"), data=record.data, namespace=RECORD)
    enter(stage, record, spoil(draft).armored)

    stage.fails("record-signature")


# -- keys that must not sign


def weak_line(kind: str, keyring: Keyring) -> str:
    if kind == "small order":
        blob = pack(b"ssh-ed25519", SMALL_ORDER)
        return f"ssh-ed25519 {base64.b64encode(blob).decode()}"
    if kind == "even exponent":
        key = rsa.generate_private_key(public_exponent=65537, key_size=3072)
        modulus = key.public_key().public_numbers().n
        blob = pack(b"ssh-rsa", b"\x02", b"\0" + modulus.to_bytes(384, "big"))
        return f"ssh-rsa {base64.b64encode(blob).decode()}"
    return public_line(keyring.path(kind))


@pytest.mark.row(57)
@pytest.mark.parametrize("kind", ["dsa", "rsa-1024", "rsa-2048", "small order", "even exponent"])
def test_a_roster_that_gives_somebody_a_weak_key(stage: Stage, kind: str, keyring: Keyring) -> None:
    data = next_version(stage).data.replace(
        key_of("max").line.encode(), weak_line(kind, keyring).encode()
    )
    enter_version(stage, data, sign("ada", data, TRUST.decode()))

    stage.fails("trust-chain", says=["cannot be read"])
    assert stage.check().json["trust"]["version"] == 1


@pytest.mark.row(57)
@pytest.mark.parametrize("kind", ["rsa-1024", "rsa-2048"])
def test_a_verdict_signed_with_a_weak_key(stage: Stage, kind: str, keyring: Keyring) -> None:
    record = leos_ok(stage)
    enter(stage, record, keygen_sign(keyring.path(kind), record.data, RECORD.decode()))

    stage.fails("record-signature", says=["the key cannot be used"])


@pytest.mark.row(57)
def test_the_one_signature_that_holds_for_every_message(stage: Stage) -> None:
    record = leos_ok(stage)
    shown = pack(b"ssh-ed25519", SMALL_ORDER)
    universal = SMALL_ORDER + bytes(32)
    draft = Draft(key=key_of("leo"), data=record.data, namespace=RECORD, shown_key=shown)
    enter(stage, record, replace(draft, raw=lambda _: universal).armored)

    stage.fails("record-signature", says=["small order"])


@pytest.mark.row(57)
def test_sha1_with_a_good_key(tmp_path: Path, keyring: Keyring) -> None:
    """An RSA key signs with SHA-256 or SHA-512; ``ssh-rsa`` names SHA-1, and is no signature."""
    path = keyring.path("rsa-3072")
    stage = Stage.of(tmp_path, two_sent(passed_and_sent(with_key("leo", public_line(path)))))
    record = leos_ok(stage)
    good = keygen_sign(path, record.data, RECORD.decode())
    enter(stage, record, good)
    stage.repo.write(stage.story)
    assert "record-signature" not in {rule for rule, _ in reported(stage)}

    other = leos_ok(stage)
    data = base64.b64decode(b"".join(good.splitlines()[1:-1])).replace(
        pack(b"rsa-sha2-512"), pack(b"ssh-rsa")
    )
    enter(stage, other, armored(data))

    stage.fails("record-signature", warns=["commit-signature-lost"])


def with_key(name: str, line: str) -> Trust:
    """A first version in which somebody has this key."""
    trust = first_trust()
    changed = replace(person(name), keys=(parse_public_key(line),))
    return replace(trust, people={**trust.people, PersonId(name): changed})


def passed_and_sent(trust: Trust) -> Story:
    story = passed(trust)
    story.send()
    return story


# -- certificates, wildcards


@pytest.mark.row(58)
def test_a_roster_with_a_certificate_for_a_key(stage: Stage) -> None:
    blob = pack(b"ssh-ed25519-cert-v01@openssh.com", bytes(32), bytes(32)) + bytes(40)
    line = f"ssh-ed25519-cert-v01@openssh.com {base64.b64encode(blob).decode()}"
    data = next_version(stage).data.replace(key_of("max").line.encode(), line.encode())
    enter_version(stage, data, sign("ada", data, TRUST.decode()))

    stage.fails("trust-chain", says=["cannot be read"])


@pytest.mark.row(58)
@pytest.mark.parametrize("name", ["*", "max*", "!lea", "max,lea", "cert-authority", "Max"])
def test_a_roster_with_a_name_that_stands_for_many(stage: Stage, name: str) -> None:
    data = next_version(stage).data.replace(b"  max: ", f"  {name}: ".encode())
    enter_version(stage, data, sign("ada", data, TRUST.decode()))

    stage.fails("trust-chain")
    assert stage.check().json["trust"]["version"] == 1


@pytest.mark.row(58)
def test_a_verdict_signed_with_a_certificate(stage: Stage) -> None:
    record = leos_ok(stage)
    blob = pack(b"ssh-ed25519-cert-v01@openssh.com", bytes(32), key_of("leo").blob[-32:])
    draft = Draft(key=key_of("leo"), data=record.data, namespace=RECORD, shown_key=blob)
    enter(stage, record, draft.armored)

    stage.fails("record-signature", says=["the key cannot be used"])


# -- tokens


@pytest.mark.row(59)
@pytest.mark.parametrize("kind", ["sk-ed25519", "sk-ecdsa"])
def test_a_token_that_nobody_touched(tmp_path: Path, kind: str) -> None:
    token = software_token(kind)
    stage = Stage.of(tmp_path, two_sent(passed_and_sent(with_key("leo", token.line))))
    touched = leos_ok(stage)
    enter(stage, touched, Draft(key=token, data=touched.data, namespace=RECORD).armored)
    stage.repo.write(stage.story)
    assert {rule for rule, level in reported(stage) if level == "error"} == set()

    record = leos_ok(stage)
    untouched = SigningKey(private=token.private, token=Token(flags=0))
    enter(stage, record, Draft(key=untouched, data=record.data, namespace=RECORD).armored)

    stage.fails("record-signature", says=["nobody touched"], warns=["commit-signature-lost"])


@pytest.mark.row(59)
@pytest.mark.parametrize("application", [b"https://evil.example.com", b"ssh", b""])
def test_a_token_that_a_web_page_made(tmp_path: Path, application: bytes) -> None:
    token = software_token("sk-ed25519")
    stage = Stage.of(tmp_path, two_sent(passed_and_sent(with_key("leo", token.line))))
    record = leos_ok(stage)
    other = SigningKey(private=token.private, token=Token(application=application))
    enter(stage, record, Draft(key=other, data=record.data, namespace=RECORD).armored)

    stage.fails("record-signature")


# -- two contents, one name


class Collision:
    """SHA-1 as it will be one day: this content has the name that somebody wanted."""

    def __init__(self, content: bytes, name: str) -> None:
        self._content, self._name = content, name

    def __call__(self, data: bytes = b"") -> "Collision.Hash":
        return Collision.Hash(self._name if data == self._content else "", data)

    class Hash:
        def __init__(self, name: str, data: bytes) -> None:
            self._hash = hashlib.sha1(data)  # noqa: S324 - git's
            self._name, self.digest_size = name, self._hash.digest_size

        def update(self, data: bytes) -> None:
            self._hash.update(data)

        def hexdigest(self) -> str:
            return self._name or self._hash.hexdigest()


Other = Callable[[bytes], bytes]


def collide(stage: Stage, path: str, other: Other, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put other content under the name of a file's, with git's own hash broken for it."""
    stage.repo.loosen(stage.story)
    name = stage.repo.git("rev-parse", f"HEAD:{path}").strip()
    data = other(stage.story.tree[path].data)
    stage.repo.put_object(name, "blob", data)
    content = b"blob %d\0" % len(data) + data
    monkeypatch.setattr(objects, "sha1", Collision(content, name))


@pytest.mark.row(62)
def test_other_words_with_the_object_name_of_the_approved_ones(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"{stage.story.folder}/draft.md"
    collide(stage, path, lambda _: b"Pay by card on evil.example.com.\n", monkeypatch)

    stage.fails("draft-bytes", says=["other words"], write=False)


@pytest.mark.row(62)
def test_another_record_with_the_object_name_of_a_good_one(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = next(p for p in stage.story.of_kind("ok") if p.record.gate == "legal")
    path = stage.story.path(found.digest)
    collide(stage, path, lambda data: data.replace(b'"ok"', b'"no"'), monkeypatch)

    answer = stage.check()

    assert (answer.status, answer.json["outcome"]) == (1, "fail")
    assert "record-grammar" in {f["rule"] for f in answer.json["findings"]}


@pytest.mark.row(62)
def test_another_roster_with_the_object_name_of_the_first(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    collide(
        stage, "trust/0001.yaml", lambda d: d.replace(b'"needs": 1', b'"needs": 2'), monkeypatch
    )

    stage.is_undecided("no trust in force that the pin begins")
