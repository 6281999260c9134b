"""One signature, one reading: what `verify` accepts, and what it says to the rest."""

import base64
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from commscli.domain.keys import PublicKey
from commscli.ledger import public_keys, sshsig
from commscli.ledger.edwards import ORDER
from commscli.ledger.sshsig import SignatureFault, verify
from tests.support.keys import ENVIRONMENT, KINDS, Keyring, Oracle, public_line, sign
from tests.support.signatures import (
    BEGIN,
    END,
    Draft,
    SigningKey,
    Token,
    armored,
    from_file,
    number,
    pack,
    software_token,
    unarmored,
)

pytest_plugins = ["tests.support.key_fixtures"]

DATA = b"data"
TOKENS = ("sk-ed25519", "sk-ecdsa")
EVERY_KIND = (*KINDS, *TOKENS)


@pytest.fixture
def key_of(keyring: Keyring) -> Callable[[str], SigningKey]:
    def find(kind: str) -> SigningKey:
        return software_token(kind) if kind in TOKENS else from_file(keyring.path(kind))

    return find


def plain() -> SigningKey:
    return SigningKey(private=ed25519.Ed25519PrivateKey.generate())


def refusal(block: bytes, *, data: bytes = DATA, namespace: str = "git") -> str:
    with pytest.raises(SignatureFault) as caught:
        verify(data, block, namespace=namespace)
    assert type(caught.value) is SignatureFault
    return str(caught.value)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("data", [b"", b"data", b"\0\xff" * 50_000])
def test_what_ssh_keygen_signs_is_accepted(kind: str, data: bytes, keyring: Keyring) -> None:
    path = keyring.path(kind)

    key = verify(data, sign(path, data, "comms-record@v1"), namespace="comms-record@v1")

    assert key.line == public_line(path)


@pytest.mark.parametrize("kind", EVERY_KIND)
@pytest.mark.parametrize("digest", [b"sha256", b"sha512"])
def test_what_the_tests_build_is_real(
    kind: str, digest: bytes, key_of: Callable[[str], SigningKey], oracle: Oracle
) -> None:
    """The fixture itself: ssh-keygen accepts it, so a refusal elsewhere means something."""
    key = key_of(kind)
    block = Draft(key=key, digest=digest).armored

    assert oracle.accepts(DATA, block, key.line)
    assert verify(DATA, block, namespace="git") == PublicKey(algorithm="", blob=key.blob)


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_other_bytes_or_another_purpose_are_refused(
    kind: str, key_of: Callable[[str], SigningKey]
) -> None:
    block = Draft(key=key_of(kind)).armored

    assert "not made over these bytes" in refusal(block, data=b"date")
    for namespace in ("file", "", "git ", "gi", "git\0", "GIT"):
        assert "another purpose" in refusal(block, namespace=namespace)


def test_an_empty_namespace_is_no_namespace() -> None:
    block = Draft(key=plain(), namespace=b"").armored

    assert "another purpose" in refusal(block, namespace="")


def test_a_signature_by_one_key_is_none_by_another() -> None:
    block = Draft(key=plain(), shown_key=plain().blob).armored

    assert "not made over these bytes with this key" in refusal(block)


def test_rsa_may_sign_with_either_digest(keyring: Keyring, oracle: Oracle) -> None:
    key = from_file(keyring.path("rsa-3072"))
    assert "not made" in refusal(Draft(key=key, algorithm=b"rsa-sha2-256").armored)

    for algorithm in (b"ssh-rsa", b"rsa-sha2-384", b"ssh-ed25519"):
        block = Draft(key=key, algorithm=algorithm).armored
        assert "not one that the key may use" in refusal(block)
        assert not oracle.accepts(DATA, block, key.line)


@pytest.mark.parametrize("shorten", [lambda raw: raw[1:], lambda raw: b"\0" + raw, lambda _: b""])
def test_an_rsa_signature_has_one_length(
    shorten: Callable[[bytes], bytes], keyring: Keyring
) -> None:
    key = from_file(keyring.path("rsa-3072"))

    assert "as long as its modulus" in refusal(Draft(key=key, raw=shorten).armored)


@pytest.mark.parametrize("kind", ["rsa-1024", "rsa-2048", "dsa"])
def test_weak_keys_do_not_sign(kind: str, keyring: Keyring) -> None:
    path = keyring.path(kind)

    assert "the key cannot be used" in refusal(sign(path, DATA))


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"magic": b"SSHSIh"}, "does not begin with SSHSIG"),
        ({"version": 0}, "version is not 1"),
        ({"version": 2}, "version is not 1"),
        ({"reserved": b"\0"}, "reserved field is not empty"),
        ({"digest": b"sha1"}, "neither sha256 nor sha512"),
        ({"digest": b"sha384"}, "neither sha256 nor sha512"),
        ({"digest": b"SHA512"}, "neither sha256 nor sha512"),
        ({"digest": b"sha512\0"}, "neither sha256 nor sha512"),
        ({"namespace": b"git\0"}, "another purpose"),
        ({"algorithm": b"ssh-ed25519\0"}, "not one that the key may use"),
        ({"algorithm": b"sk-ssh-ed25519@openssh.com"}, "not one that the key may use"),
        ({"algorithm": b""}, "not one that the key may use"),
        ({"raw": lambda raw: raw[:-1]}, "has 64 bytes"),
        ({"raw": lambda raw: raw + b"\0"}, "has 64 bytes"),
        ({"raw": lambda raw: raw[:32] + bytes(32)}, "not made"),
        ({"tail": b"\1\0\0\0\7"}, "5 bytes follow"),
        ({"after_inner": b"\0"}, "1 bytes follow"),
        ({"after": b"\0"}, "1 bytes follow"),
        ({"after": pack(b"more")}, "8 bytes follow"),
        ({"shown_key": b""}, "the key cannot be used"),
    ],
)
def test_each_field_has_its_one_value(change: dict[str, object], complaint: str) -> None:
    draft = Draft(key=plain(), **change)  # type: ignore[arg-type]  # one field of any type

    assert complaint in refusal(draft.armored)


@pytest.mark.parametrize("times", [1, 2, 3, 7])
def test_s_has_one_value_modulo_the_order(times: int) -> None:
    """S+L is the other spelling that `ssh-keygen` 9.2 accepts: threat 50."""

    def shifted(raw: bytes) -> bytes:
        s = int.from_bytes(raw[32:], "little") + times * ORDER
        return raw[:32] + s.to_bytes(32, "little")

    assert "canonical range" in refusal(Draft(key=plain(), raw=shifted).armored)


@pytest.mark.parametrize("kind", ["ecdsa-256", "ecdsa-384", "ecdsa-521", "sk-ecdsa"])
@pytest.mark.parametrize(
    ("numbers", "complaint"),
    [
        ((b"", b"\1"), "zero found"),
        ((b"\1", b"\0"), "leading zeros"),
        ((b"\0\1", b"\1"), "leading zeros"),
        ((b"\xff", b"\1"), "negative"),
        ((number(2**521), b"\1"), "less than the group's order"),
        ((b"\1", number(2**521)), "less than the group's order"),
        ((b"\1", b"\1"), "not made"),
        ((b"\1", b"\1", b""), "4 bytes follow"),
        ((b"\1",), "bytes expected"),
    ],
)
def test_r_and_s_are_in_range_and_spelled_once(
    kind: str, numbers: tuple[bytes, ...], complaint: str, key_of: Callable[[str], SigningKey]
) -> None:
    draft = Draft(key=key_of(kind), raw=lambda _: pack(*numbers))

    assert complaint in refusal(draft.armored)


@pytest.mark.parametrize("kind", ["ecdsa-256", "ecdsa-384", "ecdsa-521"])
def test_the_order_itself_is_out_of_range(kind: str, key_of: Callable[[str], SigningKey]) -> None:
    key = key_of(kind)
    order = key.private.curve.group_order  # type: ignore[union-attr]  # ECDSA by its kind
    draft = Draft(key=key, raw=lambda _: pack(number(1), number(order)))

    assert "less than the group's order" in refusal(draft.armored)


@pytest.mark.parametrize("kind", TOKENS)
@pytest.mark.parametrize("flags", range(256))
def test_a_token_must_have_been_touched(kind: str, flags: int) -> None:
    block = Draft(key=software_token(kind, Token(flags=flags))).armored

    if flags & 0x01 and not flags & 0xE2:
        verify(DATA, block, namespace="git")
    elif not flags & 0x01:
        assert "nobody touched" in refusal(block)
    else:
        assert "flags that have no meaning" in refusal(block)


@pytest.mark.parametrize("kind", TOKENS)
def test_flags_and_counter_are_signed(kind: str) -> None:
    key = software_token(kind)

    for tail in (b"\5\0\0\0\7", b"\1\0\0\0\x08"):
        assert "not made" in refusal(Draft(key=key, tail=tail).armored)
    for tail in (b"", b"\1", b"\1\0\0\0"):
        assert "bytes expected" in refusal(Draft(key=key, tail=tail).armored)
    assert "1 bytes follow" in refusal(Draft(key=key, after_inner=b"\0").armored)


def test_a_web_page_cannot_sign() -> None:
    draft = Draft(
        key=software_token("sk-ecdsa"),
        algorithm=b"webauthn-sk-ecdsa-sha2-nistp256@openssh.com",
    )

    assert "not one that the key may use" in refusal(draft.armored)


def test_a_small_order_key_signs_nothing() -> None:
    neutral = (1).to_bytes(32, "little")
    draft = Draft(
        key=plain(),
        shown_key=pack(b"ssh-ed25519", neutral),
        raw=lambda _: neutral + bytes(32),
    )

    assert "small order" in refusal(draft.armored)


def test_the_armor_is_ssh_keygens(keyring: Keyring) -> None:
    for kind in KINDS:
        block = sign(keyring.path(kind), DATA)
        assert sshsig.armor(unarmored(block)) == block


@pytest.mark.parametrize("length", range(100, 110))
def test_the_last_line_may_be_full(length: int) -> None:
    blob = bytes(length)

    assert sshsig.armor(blob) == armored(blob)


def spoiled(block: bytes) -> dict[str, bytes]:
    body = block.removeprefix(BEGIN).removesuffix(END)
    blob = unarmored(block)
    return {
        "crlf": block.replace(b"\n", b"\r\n"),
        "other columns": armored(blob, columns=76),
        "one line": armored(blob, columns=10_000),
        "no last line feed": block[:-1],
        "two last line feeds": block + b"\n",
        "text before": b"x\n" + block,
        "blank before": b"\n" + block,
        "text after": block + b"x",
        "twice": block + block,
        "another inside": BEGIN + block + body + END,
        "blank line inside": block.replace(b"\n", b"\n\n", 1),
        "blank in a line": block.replace(body[:4], body[:4] + b" "),
        "byte order mark": b"\xef\xbb\xbf" + block,
        "nul at the end": block + b"\0",
        "url alphabet": block.replace(b"+", b"-").replace(b"/", b"_"),
        "no padding": block.replace(b"=", b""),
        "header only": BEGIN,
        "overlapping": BEGIN[:-1] + END,
        "nothing inside": BEGIN + END,
        "pgp": block.replace(b"SSH", b"PGP"),
        "pem comment": block.replace(BEGIN, BEGIN + b"Comment: x\n"),
        "nothing": b"",
    }


@pytest.mark.parametrize("name", spoiled(BEGIN + b"AAAA\n" + END))
def test_the_armor_has_one_form(name: str) -> None:
    key = plain()
    blocks = (Draft(key=key, data=b"%d" % n) for n in range(1000))
    draft = next(d for d in blocks if b"+" in d.armored and b"=" in d.armored)
    verify(draft.data, draft.armored, namespace="git")

    refusal(spoiled(draft.armored)[name], data=draft.data)


def test_padding_bits_are_zero() -> None:
    blocks = (Draft(key=plain(), namespace=b"g" * n).armored for n in range(1, 9))
    block = next(block for block in blocks if block.count(b"=") == 1)
    at = block.index(b"=")
    alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    other = alphabet[alphabet.index(block[at - 1]) + 1]
    twin = block[: at - 1] + bytes([other]) + block[at:]
    assert base64.b64decode(twin[len(BEGIN) : -len(END)]) == unarmored(block)

    assert "written as ssh-keygen writes it" in refusal(twin)


def test_there_is_a_limit_to_its_size() -> None:
    draft = Draft(key=plain(), after=bytes(sshsig.MOST_OCTETS))

    assert "longer than 16384 bytes" in refusal(draft.armored)


def test_the_largest_key_fits_the_limit() -> None:
    """RSA of 16384 bits is the longest that a roster may hold."""
    blob = pack(b"ssh-rsa", number(65537), number(2**16383 + 1))
    draft = Draft(key=plain(), shown_key=blob, raw=lambda _: b"\1" * 2048)

    assert len(draft.armored) < sshsig.MOST_OCTETS


def test_a_commits_header_comes_without_the_last_line_feed() -> None:
    block = Draft(key=plain()).armored

    verify(DATA, block[:-1], namespace="git", in_header=True)
    for other in (block, block[:-2], block + b"\n"):
        with pytest.raises(SignatureFault):
            verify(DATA, other, namespace="git", in_header=True)


def test_a_commit_signed_by_git_verifies(tmp_path: Path, keyring: Keyring) -> None:
    """The real thing: cut the header out of git's own commit."""
    path = keyring.path("ed25519")
    settings_ = {
        "user.name": "Ana",
        "user.email": "ana@example.org",
        "gpg.format": "ssh",
        "user.signingkey": str(path),
    }
    options = [word for name, value in settings_.items() for word in ("-c", f"{name}={value}")]
    environment = ENVIRONMENT | {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}

    def git(*arguments: str) -> bytes:
        command = ["git", *options, *arguments]
        return subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, check=True
        ).stdout

    git("init", "-q")
    git("commit", "-q", "--allow-empty", "-S", "-m", "a message")
    head, _, message = git("cat-file", "commit", "HEAD").partition(b"\n\n")
    before, _, rest = head.partition(b"gpgsig ")
    block = rest.replace(b"\n ", b"\n")

    key = verify(before + b"\n" + message, block, namespace="git", in_header=True)

    assert key.line == public_line(path)


def test_a_key_is_loaded_once_for_many_signatures() -> None:
    key = plain()
    blocks = [Draft(key=key, data=b"%d" % n).armored for n in range(200)]
    before = public_keys.verifier_of.cache_info().misses

    keys = {id(verify(b"%d" % n, block, namespace="git")) for n, block in enumerate(blocks)}

    assert public_keys.verifier_of.cache_info().misses == before + 1
    assert len(keys) == 1


def test_a_library_that_throws_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: bytes) -> None:
        raise RuntimeError

    monkeypatch.setattr(sshsig, "verifier_of", broken)

    assert "broke off (RuntimeError)" in refusal(Draft(key=plain()).armored)


@settings(max_examples=500, deadline=None)
@given(st.one_of(st.binary(max_size=300), st.binary(max_size=300).map(armored)))
def test_any_bytes_are_refused_in_one_way(block: bytes) -> None:
    refusal(block)


@pytest.fixture(scope="module")
def blobs(keyring: Keyring) -> list[bytes]:
    files = [from_file(keyring.path(kind)) for kind in ("ed25519", "ecdsa-256", "rsa-3072")]
    return [Draft(key=key).blob for key in (*files, *map(software_token, TOKENS))]


@settings(max_examples=500, deadline=None)
@given(data=st.data())
def test_any_damage_is_refused_in_one_way(data: st.DataObject, blobs: list[bytes]) -> None:
    """Splices of real blobs reach deeper than noise does."""
    first, second = data.draw(st.sampled_from(blobs)), data.draw(st.sampled_from(blobs))
    head = first[: data.draw(st.integers(0, len(first)))]
    tail = second[data.draw(st.integers(0, len(second))) :]
    blob = head + data.draw(st.binary(max_size=6)) + tail

    assume(blob not in (first, second))

    refusal(armored(blob))
