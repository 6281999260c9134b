"""Which keys may sign: one spelling for one key, and none that anybody could sign with."""

import base64
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from hypothesis import given, settings
from hypothesis import strategies as st

from commscli.domain.keys import PublicKey
from commscli.errors import BadInput
from commscli.ledger import edwards
from commscli.ledger.key_kinds import KeyFault
from commscli.ledger.public_keys import load_verifier, parse_public_key
from tests.support.keys import KINDS, Keyring, Oracle, keygen, make_key, public_line
from tests.support.signatures import SK_ECDSA, SK_ED25519, Token, number, pack, software_token

pytest_plugins = ["tests.support.key_fixtures"]

P = 2**255 - 19
ORDER_8_Y = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
# The eight points whose order divides 8, then their non-canonical spellings.
SMALL_ORDER = [
    y | sign << 255 for y in (0, 1, ORDER_8_Y, P - ORDER_8_Y, P - 1, P, P + 1) for sign in (0, 1)
]


def line(algorithm: bytes, *fields: bytes) -> str:
    return f"{algorithm.decode()} {base64.b64encode(pack(algorithm, *fields)).decode()}"


def refusal(text: str) -> str:
    with pytest.raises(BadInput) as caught:
        parse_public_key(text)
    assert caught.value.code == "bad-key"
    assert "ssh-keygen -t ed25519" in caught.value.remedy
    assert "expected one line such as" in caught.value.text
    return caught.value.text


def rsa_line(exponent: int, modulus: int) -> str:
    return line(b"ssh-rsa", number(exponent), number(modulus))


def ecdsa_line(name: str, point: bytes, curve: str = "") -> str:
    return line(b"ecdsa-sha2-" + name.encode(), (curve or name).encode(), point)


def p256_point() -> tuple[int, int]:
    numbers = ec.generate_private_key(ec.SECP256R1()).public_key().public_numbers()
    return numbers.x, numbers.y


def uncompressed(x: int, y: int) -> bytes:
    return b"\4" + x.to_bytes(32, "big") + y.to_bytes(32, "big")


@pytest.mark.parametrize("kind", KINDS)
def test_a_key_is_read_and_named_as_ssh_keygen_does(kind: str, keyring: Keyring) -> None:
    path = keyring.path(kind)

    key = parse_public_key(path.with_suffix(".pub").read_text(encoding="utf-8"))

    assert key.line == public_line(path)
    assert key.algorithm == public_line(path).split()[0]
    assert key.fingerprint == keygen("-l", "-f", str(path)).stdout.decode().split()[1]


@pytest.mark.parametrize("kind", ["sk-ed25519", "sk-ecdsa"])
def test_a_key_in_a_token_is_read(kind: str, oracle: Oracle) -> None:
    token = software_token(kind)

    assert parse_public_key(token.line).line == token.line
    assert oracle.reads_key(token.line)


def test_comments_and_outer_blanks_are_dropped(keyring: Keyring) -> None:
    bare = public_line(keyring.path("ed25519"))
    key = parse_public_key(bare)

    assert parse_public_key(f" {bare}\tAna María, laptop\n") == key
    assert key.line == bare


def test_keys_are_equal_and_hash_by_their_bytes() -> None:
    one = PublicKey(algorithm="ssh-ed25519", blob=b"x")

    assert one == PublicKey(algorithm="another", blob=b"x")
    assert len({one, PublicKey(algorithm="ssh-ed25519", blob=b"x")}) == 1
    assert one != PublicKey(algorithm="ssh-ed25519", blob=b"y")
    assert str(one).startswith("ssh-ed25519 SHA256:")


def test_a_key_is_loaded_once(keyring: Keyring) -> None:
    key = parse_public_key(public_line(keyring.path("ed25519")))

    assert load_verifier(key) is load_verifier(PublicKey(algorithm=key.algorithm, blob=key.blob))


def test_a_key_that_was_never_read_is_refused_at_load() -> None:
    with pytest.raises(KeyFault):
        load_verifier(PublicKey(algorithm="ssh-ed25519", blob=b"nothing"))


@pytest.mark.parametrize(
    "text",
    ["", " ", "ssh-ed25519", "AAAA", "ssh-ed25519\nAAAA", "\0", "ssh-ed25519 " + "A" * 20_000],
)
def test_what_is_not_one_line(text: str) -> None:
    assert "is not one line of algorithm and base64" in refusal(text)


def test_two_keys_are_not_one(keyring: Keyring) -> None:
    bare = public_line(keyring.path("ed25519"))

    assert "not one line" in refusal(f"{bare}\n{bare}\n")


def test_base64_has_one_spelling(keyring: Keyring) -> None:
    algorithm, encoded = public_line(keyring.path("ecdsa-256")).split()
    assert encoded.endswith("=")

    for other in (
        encoded[:-2] + chr(ord(encoded[-2]) + 1) + "=",
        encoded.rstrip("="),
        encoded + "=",
    ):
        assert "base64" in refusal(f"{algorithm} {other}")
    assert "base64" in refusal(f"{algorithm} {encoded[:20]}-{encoded[21:]}")
    assert "base64" in refusal(f"{algorithm} ключ")


def test_the_line_and_the_blob_must_name_one_algorithm(keyring: Keyring) -> None:
    encoded = public_line(keyring.path("ed25519")).split()[1]

    for name in ("ssh-rsa", "SSH-ED25519", "ssh-ed2551", "ssh-ed25519-cert-v01@openssh.com"):
        assert "the key inside says something else" in refusal(f"{name} {encoded}")


def test_options_of_authorized_keys_are_no_key(keyring: Keyring) -> None:
    refusal('from="10.0.0.0/8" ' + public_line(keyring.path("ed25519")))


@pytest.mark.parametrize(
    ("kind", "complaint"),
    [("dsa", "DSA is broken"), ("rsa-1024", "this has 1024"), ("rsa-2048", "this has 2048")],
)
def test_weak_kinds_are_refused(kind: str, complaint: str, keyring: Keyring) -> None:
    assert complaint in refusal(public_line(keyring.path(kind)))


def test_a_certificate_is_refused(tmp_path: Path, keyring: Keyring) -> None:
    path = make_key(tmp_path, "user")
    keygen("-q", "-s", str(keyring.path("ed25519")), "-I", "id", "-n", "*", str(path) + ".pub")

    assert "a certificate speaks for" in refusal(
        path.with_name("user-cert.pub").read_text(encoding="utf-8")
    )


def test_an_unknown_algorithm_is_shown_harmlessly() -> None:
    text = refusal(line(b"ssh-\x1b[31mred", b"x"))

    assert "is not a kind of key that may sign" in text
    assert "\x1b" not in text


@pytest.mark.parametrize("encoded", SMALL_ORDER)
@pytest.mark.parametrize("algorithm", [b"ssh-ed25519", SK_ED25519])
def test_points_of_small_order_are_refused(algorithm: bytes, encoded: int) -> None:
    fields = [encoded.to_bytes(32, "little"), b"ssh:"]

    text = refusal(line(algorithm, *fields[: 1 + (algorithm == SK_ED25519)]))

    assert "small order" in text or "canonical form" in text


def test_the_list_of_small_orders_is_complete() -> None:
    """The torsion subgroup has eight points; eight of the spellings are canonical."""
    faults = [edwards.point_fault(encoded.to_bytes(32, "little")) for encoded in SMALL_ORDER]

    assert faults.count("the point has a small order") == 8
    assert faults.count("the point is not written in its canonical form") == 6


def test_a_small_order_key_would_accept_anything() -> None:
    """Why they are refused: one signature, made without a key, holds for every message."""
    neutral = (1).to_bytes(32, "little")
    key = ed25519.Ed25519PublicKey.from_public_bytes(neutral)

    for message in (b"send", b"do not send"):
        key.verify(neutral + bytes(32), message)
    refusal(line(b"ssh-ed25519", neutral))


@pytest.mark.parametrize("y", [*range(P, P + 19, 5), 2**255 - 1])
def test_non_canonical_coordinates_are_refused(y: int) -> None:
    for sign in (0, 1):
        encoded = (y | sign << 255).to_bytes(32, "little")
        assert "canonical form" in refusal(line(b"ssh-ed25519", encoded))


def test_bytes_off_the_edwards_curve_are_refused() -> None:
    assert "not on the curve" in refusal(line(b"ssh-ed25519", (2).to_bytes(32, "little")))


@given(st.binary(min_size=32, max_size=32))
def test_every_honest_edwards_key_passes(seed: bytes) -> None:
    private = ed25519.Ed25519PrivateKey.from_private_bytes(seed)

    assert edwards.point_fault(private.public_key().public_bytes_raw()) == ""


@pytest.mark.parametrize("length", [0, 31, 33, 64])
def test_an_edwards_key_has_its_length(length: int) -> None:
    assert "has 32 bytes" in refusal(line(b"ssh-ed25519", b"\x11" * length))


def test_ecdsa_points_are_checked(oracle: Oracle) -> None:
    x, y = p256_point()
    parse_public_key(ecdsa_line("nistp256", uncompressed(x, y)))

    cases = {
        "not on the curve": uncompressed(x, y ^ 1),
        "uncompressed form": bytes([2 + y % 2]) + x.to_bytes(32, "big"),
    }
    for complaint, point in cases.items():
        assert complaint in refusal(ecdsa_line("nistp256", point))
    for point in (b"\0", b"", b"\4", b"\6" + uncompressed(x, y)[1:], uncompressed(x, y) + b"\0"):
        assert "uncompressed form" in refusal(ecdsa_line("nistp256", point))
        assert not oracle.reads_key(ecdsa_line("nistp256", point)) or point[0] == 6


def test_the_curve_is_the_one_that_the_algorithm_names() -> None:
    point = uncompressed(*p256_point())

    assert "the curve is not nistp384" in refusal(ecdsa_line("nistp384", point, "nistp256"))
    assert "the curve is not nistp256" in refusal(ecdsa_line("nistp256", point, "nistp521"))
    assert "uncompressed form" in refusal(ecdsa_line("nistp384", point))


def test_points_that_openssh_refuses_are_refused(oracle: Oracle) -> None:
    """Small coordinates: on the curve, but ssh-keygen would not have them."""
    prime = 2**256 - 2**224 + 2**192 + 2**96 - 1
    b = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
    roots = ((x, pow(x**3 - 3 * x + b, (prime + 1) // 4, prime)) for x in range(1, 100))
    x, y = next((x, y) for x, y in roots if (y * y - x**3 + 3 * x - b) % prime == 0)
    text = ecdsa_line("nistp256", uncompressed(x, y))

    assert not oracle.reads_key(text)
    assert "that OpenSSH takes" in refusal(text)


@pytest.fixture(scope="module")
def modulus() -> int:
    return rsa.generate_private_key(65537, 3072).public_key().public_numbers().n


def test_rsa_numbers_are_checked(modulus: int) -> None:
    parse_public_key(rsa_line(3, modulus))
    parse_public_key(rsa_line(2**64 - 1, modulus))

    for exponent in (1, 2, 4, 65536):
        assert "even or less than 3" in refusal(rsa_line(exponent, modulus))
    assert "more than 64 bits" in refusal(rsa_line(2**64 + 1, modulus))
    assert "modulus is even" in refusal(rsa_line(65537, modulus - 1))
    assert "this has 3071" in refusal(rsa_line(65537, modulus >> 1 | 1))
    assert "this has 16385" in refusal(rsa_line(65537, 2**16384 + 1))
    parse_public_key(rsa_line(65537, 2**16383 + 1))


def test_what_openssl_refuses_is_refused(modulus: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hardened OpenSSL may have rules of its own."""

    def refuse(_exponent: int, _modulus: int) -> None:
        raise ValueError("not in this mode")

    monkeypatch.setattr("commscli.ledger.key_kinds.rsa.RSAPublicNumbers", refuse)

    assert "OpenSSL refuses it (not in this mode)" in refusal(rsa_line(7, modulus))


@pytest.mark.parametrize("exponent", [b"", b"\0", b"\0\1\0\1", b"\0\0\x01\x00\x01", b"\x81"])
def test_rsa_numbers_have_one_spelling(exponent: bytes, modulus: int) -> None:
    assert "damaged" in refusal(line(b"ssh-rsa", exponent, number(modulus)))


def test_a_modulus_has_one_spelling(modulus: int) -> None:
    for octets in (b"\0" + number(modulus), number(modulus)[1:]):
        assert "damaged" in refusal(line(b"ssh-rsa", number(65537), octets))


@pytest.mark.parametrize(
    "application", [b"", b"ssh", b"https://example.org", b"ssh:\0", b"ssh:\n", b"ssh:\xe9", b"SSH:"]
)
@pytest.mark.parametrize("kind", ["sk-ed25519", "sk-ecdsa"])
def test_a_token_key_is_made_for_ssh(kind: str, application: bytes) -> None:
    token = software_token(kind, Token(application=application))

    assert 'begins with "ssh:"' in refusal(token.line)


def test_a_token_key_is_on_its_curve() -> None:
    x, y = p256_point()

    assert "not on the curve" in refusal(
        line(SK_ECDSA, b"nistp256", uncompressed(x, y ^ 1), b"ssh:")
    )
    assert "the curve is not" in refusal(line(SK_ECDSA, b"nistp384", uncompressed(x, y), b"ssh:"))


@pytest.mark.parametrize("kind", [*KINDS, "sk-ed25519", "sk-ecdsa"])
def test_nothing_may_follow_or_lack(kind: str, keyring: Keyring) -> None:
    text = software_token(kind).line if kind.startswith("sk") else public_line(keyring.path(kind))
    algorithm, encoded = text.split()
    blob = base64.b64decode(encoded)

    for other in (blob + b"\0", blob + pack(b""), blob[:-1]):
        refusal(f"{algorithm} {base64.b64encode(other).decode()}")


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_any_text_is_a_key_or_bad_input(data: st.DataObject, keyring: Keyring) -> None:
    kind = data.draw(st.sampled_from(["ed25519", "ecdsa-256", "rsa-3072"]))
    good = public_line(keyring.path(kind))
    at = data.draw(st.integers(0, len(good)))
    text = data.draw(
        st.one_of(st.text(), st.text(max_size=8).map(lambda new: good[:at] + new + good[at + 1 :]))
    )
    try:
        key = parse_public_key(text)
    except BadInput:
        return
    assert key.line == " ".join(text.split()[:2])
    assert parse_public_key(key.line) == key


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_never_laxer_than_ssh_keygen(data: st.DataObject, keyring: Keyring, oracle: Oracle) -> None:
    kind = data.draw(st.sampled_from(["ed25519", "ecdsa-256", "ecdsa-521", "rsa-3072"]))
    algorithm, encoded = public_line(keyring.path(kind)).split()
    blob = bytearray(base64.b64decode(encoded))
    blob[data.draw(st.integers(0, len(blob) - 1))] ^= data.draw(st.integers(0, 255))
    text = f"{algorithm} {base64.b64encode(blob).decode()}"
    try:
        parse_public_key(text)
    except BadInput:
        return
    assert oracle.reads_key(text)
