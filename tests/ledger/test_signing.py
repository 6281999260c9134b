"""Signing for real: files, agents, tokens, terminals, and everything that can be missing."""

import base64
import os
import shlex
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from commscli.errors import NotEntitled
from commscli.ledger import signing, signing_environment
from commscli.ledger.signing import Signer, open_signer
from commscli.ledger.sshsig import verify
from tests.support import terminal
from tests.support.agents import Agent, running
from tests.support.keys import KINDS, Keyring, Oracle, keygen, make_key, public_line, sign
from tests.support.signatures import Draft, SigningKey, Token, from_file, pack, software_token

pytest_plugins = ["tests.support.key_fixtures"]

DATA = b"first line\nsecond line\n"
PASSPHRASE = "correct horse"  # noqa: S105 - of keys that live for one test
NAMESPACE = "comms-record@v1"


@pytest.fixture(autouse=True)
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """No agent, screen or terminal of whoever runs the tests."""
    for name in (
        "SSH_AUTH_SOCK",
        "SSH_ASKPASS",
        "SSH_ASKPASS_REQUIRE",
        "DISPLAY",
        "WAYLAND_DISPLAY",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(signing_environment, "_has_terminal", lambda: False)


@pytest.fixture
def agent(monkeypatch: pytest.MonkeyPatch) -> Iterator[Agent]:
    with running() as started:
        monkeypatch.setenv("SSH_AUTH_SOCK", str(started.socket))
        yield started


@pytest.fixture
def locked(tmp_path: Path) -> Path:
    return make_key(tmp_path, "locked", passphrase=PASSPHRASE)


def opened(path: object, *, interactive: bool = False) -> Signer:
    return open_signer(str(path), interactive=interactive)


def refusal(path: object, *, interactive: bool = False) -> NotEntitled:
    """Neither opening nor signing may get through; whichever refuses first, within seconds."""
    started = time.monotonic()
    with pytest.raises(NotEntitled) as caught:
        opened(path, interactive=interactive).sign(DATA, namespace=NAMESPACE)
    assert time.monotonic() - started < 10
    assert caught.value.remedy
    return caught.value


def assert_signs(path: object, line: str, *, interactive: bool = False) -> None:
    signer = opened(path, interactive=interactive)
    assert signer.public.line == line

    armored = signer.sign(DATA, namespace=NAMESPACE)

    assert verify(DATA, armored, namespace=NAMESPACE).line == line


def without_private(path: Path) -> Path:
    path.unlink()
    return path.with_name(path.name + ".pub")


def fake_keygen(folder: Path, script: str) -> str:
    folder.mkdir(exist_ok=True)
    program = folder / "ssh-keygen"
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(0o755)
    return str(folder)


def token_file(path: Path, key: SigningKey) -> Path:
    """A private key file as `ssh-keygen -t ed25519-sk` writes it; the token itself is away."""
    assert key.token is not None
    handle = pack(key.token.application) + b"\1" + pack(b"handle", b"")
    secret = b"\1\1\1\1" * 2 + key.blob[: -len(pack(key.token.application))] + handle + pack(b"")
    padded = secret + bytes(range(1, 1 + -len(secret) % 8))
    head = b"openssh-key-v1\0" + pack(b"none", b"none", b"") + struct.pack(">I", 1)
    text = base64.encodebytes(head + pack(key.blob, padded)).decode()
    path.write_text(
        f"-----BEGIN OPENSSH PRIVATE KEY-----\n{text}-----END OPENSSH PRIVATE KEY-----\n",
        encoding="ascii",
    )
    path.chmod(0o600)
    return path


# Keys in files


@pytest.mark.parametrize("kind", KINDS)
def test_a_private_key_file_signs(kind: str, keyring: Keyring, oracle: Oracle) -> None:
    path = keyring.path(kind)
    armored = opened(path).sign(DATA, namespace=NAMESPACE)

    assert_signs(path, public_line(path))
    assert oracle.accepts(DATA, armored, public_line(path), NAMESPACE)


def test_a_public_key_file_with_the_private_one_beside_signs(keyring: Keyring) -> None:
    path = keyring.path("ed25519")

    assert_signs(f"{path}.pub", public_line(path))


def test_the_public_half_needs_no_file_beside(tmp_path: Path) -> None:
    path = make_key(tmp_path, "alone")
    line = public_line(path)
    path.with_suffix(".pub").unlink()

    assert_signs(path, line)


def test_names_with_blanks_dashes_and_dots_are_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "a folder; $(id)"
    folder.mkdir()
    path = make_key(folder, "my key.pub.old")
    monkeypatch.chdir(folder)
    dashed = path.rename("-q")
    line = public_line(path)

    assert_signs("-q", line)
    assert_signs(dashed.absolute(), line)


def test_home_is_spelled_with_a_tilde(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    path = make_key(tmp_path, "id")

    assert_signs("~/id", public_line(path))


@pytest.mark.parametrize("data", [b"", b"\0", b"x" * 1_000_000])
def test_any_data_is_signed(data: bytes, keyring: Keyring) -> None:
    armored = opened(keyring.path("ed25519")).sign(data, namespace="git")

    assert verify(data, armored, namespace="git").line == public_line(keyring.path("ed25519"))


@pytest.mark.parametrize("beside", [True, False])
def test_an_old_pem_key_signs(beside: bool, tmp_path: Path) -> None:
    path = make_key(tmp_path, "pem", "rsa-3072")
    line = public_line(path)
    converted = keygen("-p", "-q", "-m", "PEM", "-N", "", "-f", str(path))
    assert converted.returncode == 0
    assert path.read_bytes().startswith(b"-----BEGIN RSA PRIVATE KEY-----")
    if not beside:
        path.with_suffix(".pub").unlink()

    assert_signs(path, line)


def test_a_locked_pem_key_alone_cannot_name_its_public_half(tmp_path: Path) -> None:
    path = make_key(tmp_path, "pem", "rsa-3072")
    keygen("-p", "-q", "-m", "PEM", "-N", PASSPHRASE, "-f", str(path))
    path.with_suffix(".pub").unlink()

    assert refusal(path).code == "key-locked"


# Files that will not do


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("", "no such file"),
        ("~nobody-of-that-name/id", "home directory"),
        ("/nowhere\0", "no such file"),
        (".", "not a file"),
        ("/dev/null", "not a file"),
        ("x" * 5000, "name too long"),
    ],
)
def test_a_path_that_leads_to_no_file(path: str, why: str) -> None:
    fault = refusal(path)

    assert fault.code == "no-key"
    assert why in fault.text


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    assert refusal(tmp_path / "pipe").code == "no-key"


def test_there_is_no_such_file(tmp_path: Path) -> None:
    fault = refusal(tmp_path / "nothing")

    assert fault.code == "no-key"
    assert str(tmp_path / "nothing") in fault.text
    assert "ssh-keygen -t ed25519" in fault.remedy


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"junk\n",
        b"\0\xff" * 100,
        b"-----BEGIN OPENSSH PRIVATE KEY-----\n",
        b"-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n",
        b"-----BEGIN OPENSSH PRIVATE KEY-----\n$\n-----END OPENSSH PRIVATE KEY-----\n",
    ],
)
def test_a_file_that_is_no_key(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_bytes(content)
    path.chmod(0o600)

    assert refusal(path).code == "bad-key"


@pytest.mark.parametrize(
    "inside",
    [
        b"openssh-key-v2\0" + pack(b"none", b"none", b"") + struct.pack(">I", 1) + pack(b"", b""),
        b"openssh-key-v1\0" + pack(b"none", b"none", b"") + struct.pack(">I", 2) + pack(b"", b""),
    ],
)
def test_a_private_key_of_another_making(inside: bytes, tmp_path: Path) -> None:
    text = base64.encodebytes(inside).decode()
    path = tmp_path / "key"
    path.write_text(
        f"-----BEGIN OPENSSH PRIVATE KEY-----\n{text}-----END OPENSSH PRIVATE KEY-----\n",
        encoding="ascii",
    )

    assert "damaged" in refusal(path).text


def test_a_private_key_cut_short(tmp_path: Path) -> None:
    path = make_key(tmp_path, "cut")
    lines = path.read_text(encoding="ascii").splitlines()
    path.write_text("\n".join([*lines[:3], lines[-1], ""]), encoding="ascii")
    path.chmod(0o600)

    assert refusal(path).code == "bad-key"


def test_a_private_key_damaged_in_its_secret_half(tmp_path: Path) -> None:
    path = make_key(tmp_path, "damaged")
    lines = path.read_text(encoding="ascii").splitlines()
    lines[5] = "A" * len(lines[5])
    path.write_text("\n".join([*lines, ""]), encoding="ascii")

    assert refusal(path).code == "bad-key"


@pytest.mark.parametrize("kind", ["rsa-2048", "rsa-1024", "dsa"])
def test_a_weak_key_is_refused_before_it_signs(kind: str, keyring: Keyring) -> None:
    fault = refusal(keyring.path(kind))

    assert fault.code == "bad-key"
    assert "ssh-keygen -t ed25519" in fault.remedy


@pytest.mark.parametrize("literal", ["key::", "key::ssh-ed25519 AAAA", "key::/etc/passwd"])
def test_a_literal_that_is_no_key(literal: str) -> None:
    assert refusal(literal).code == "bad-key"


@pytest.mark.parametrize("mode", [0o644, 0o660, 0o777])
def test_others_may_not_read_it(mode: int, tmp_path: Path) -> None:
    path = make_key(tmp_path, "open to all")
    path.chmod(mode)

    fault = refusal(path)

    assert fault.code == "key-permissions"
    assert f"chmod 600 {shlex.quote(str(path))}" in fault.remedy


@pytest.mark.skipif(os.getuid() == 0, reason="root reads every file")
def test_the_owner_may_not_read_it(tmp_path: Path) -> None:
    path = make_key(tmp_path, "shut")
    path.chmod(0)

    assert refusal(path).code == "key-permissions"


def test_a_public_file_of_another_key(tmp_path: Path) -> None:
    path = make_key(tmp_path, "one")
    make_key(tmp_path, "other").with_suffix(".pub").replace(path.with_suffix(".pub"))

    for named in (path, path.with_suffix(".pub")):
        fault = refusal(named)
        assert fault.code == "key-mismatch"
        assert f"ssh-keygen -y -f {path} > {path}.pub" in fault.remedy


# Locked keys


def test_a_locked_key_says_who_it_is_and_does_not_sign(locked: Path) -> None:
    assert opened(locked).public.line == public_line(locked)

    fault = refusal(locked)

    assert fault.code == "key-locked"
    assert f"ssh-add {locked}" in fault.remedy
    assert "ssh-agent" in fault.remedy


def test_a_locked_key_beside_an_agent_without_it(locked: Path, agent: Agent) -> None:
    assert agent.socket.exists()
    assert refusal(locked).remedy == f"`ssh-add {locked}`"


def test_a_locked_key_in_the_agent_signs(tmp_path: Path, agent: Agent) -> None:
    path = make_key(tmp_path, "held")
    agent.add(path)
    assert keygen("-p", "-q", "-N", PASSPHRASE, "-f", str(path)).returncode == 0

    assert_signs(path, public_line(path))


# Agents


def test_a_key_that_only_the_agent_holds_signs(tmp_path: Path, agent: Agent) -> None:
    path = make_key(tmp_path, "gone")
    line = public_line(path)
    agent.add(path)
    public = without_private(path)

    assert_signs(public, line)
    assert_signs(path, line)  # as it is configured where the private half once lay
    assert_signs(f"key::{line}", line)
    assert_signs(f"key::{line} with a comment", line)
    other = public.rename(tmp_path / "any name")
    other.chmod(0o644)
    assert_signs(other, line)


@pytest.mark.parametrize("kind", ["rsa-3072", "ecdsa-384"])
def test_an_agent_signs_with_every_kind(kind: str, keyring: Keyring, agent: Agent) -> None:
    agent.add(keyring.path(kind))
    line = public_line(keyring.path(kind))

    assert_signs(f"key::{line}", line)


def test_nothing_of_the_call_is_left_behind(
    tmp_path: Path, agent: Agent, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent.add(keyring.path("ed25519"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    assert_signs(
        "key::" + public_line(keyring.path("ed25519")), public_line(keyring.path("ed25519"))
    )

    assert list(tmp_path.iterdir()) == []


def test_the_file_made_for_a_call_is_the_owners_alone(
    tmp_path: Path, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = f'/bin/ls -l "$6" >{tmp_path}/seen; /bin/cat "$6" >>{tmp_path}/seen; exit 1'
    monkeypatch.setenv("PATH", fake_keygen(tmp_path / "bin", script))
    line = public_line(keyring.path("ed25519"))

    refusal(f"key::{line}")

    listed, content = (tmp_path / "seen").read_text(encoding="utf-8").splitlines()
    assert listed.startswith("-rw------- ")
    assert content == line


@pytest.mark.parametrize("state", ["none", "without it", "killed", "no socket"])
def test_a_public_half_alone_does_not_sign(
    state: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    public = without_private(make_key(tmp_path, "far"))
    public.chmod(0o644)
    with running() as agent:
        if state != "none":
            monkeypatch.setenv("SSH_AUTH_SOCK", str(agent.socket))
        if state in ("killed", "no socket"):
            agent.stop()
        if state == "no socket":
            agent.socket.unlink(missing_ok=True)

        fault = refusal(public)

    assert fault.code == "agent"
    assert "ssh-add" in fault.remedy
    said = {"none": "SSH_AUTH_SOCK is not set", "without it": "does not hold"}
    assert said.get(state, "no ssh-agent answers") in fault.text


def test_a_private_key_file_does_not_need_the_agent(
    keyring: Keyring, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SSH_AUTH_SOCK", str(tmp_path / "nobody"))

    assert_signs(keyring.path("ed25519"), public_line(keyring.path("ed25519")))


def test_an_agent_that_wants_to_be_asked_refuses(tmp_path: Path, agent: Agent) -> None:
    path = make_key(tmp_path, "confirm")
    agent.add(path, "-c")

    fault = refusal(path)

    assert fault.code == "agent"
    assert "refused" in fault.text


def test_an_agent_that_never_answers_is_given_up(
    monkeypatch: pytest.MonkeyPatch, keyring: Keyring
) -> None:
    monkeypatch.setattr(signing, "PATIENCE", 0.5)
    with TemporaryDirectory(prefix="agent-") as folder, socket.socket(socket.AF_UNIX) as deaf:
        deaf.bind(f"{folder}/socket")
        deaf.listen()
        monkeypatch.setenv("SSH_AUTH_SOCK", f"{folder}/socket")

        fault = refusal("key::" + public_line(keyring.path("ed25519")))

    assert fault.code == "timeout"
    assert "0.5 seconds" in fault.text


def test_an_agent_that_holds_the_key_of_a_stray_public_file(tmp_path: Path, agent: Agent) -> None:
    """ssh-keygen goes by the .pub file and signs as somebody else; that must not get out."""
    path, other = make_key(tmp_path, "mine"), make_key(tmp_path, "other")
    other.with_suffix(".pub").replace(path.with_suffix(".pub"))
    agent.add(other)

    fault = refusal(path)

    assert fault.code == "key-mismatch"
    assert "expected a signature by" in fault.text


# Tokens


@pytest.mark.parametrize("kind", ["sk-ed25519", "sk-ecdsa"])
def test_a_token_that_is_away(kind: str, tmp_path: Path) -> None:
    key = software_token(kind)
    path = token_file(tmp_path / "id", key)
    assert keygen("-y", "-f", str(path)).stdout.decode().split()[:2] == key.line.split()
    assert opened(path).public.line == key.line

    fault = refusal(path)

    assert fault.code == "token"
    assert "not plugged in" in fault.text


def test_a_token_that_was_not_touched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys made with `no-touch-required` sign, and would be refused by every reader."""
    key = software_token("sk-ed25519", Token(flags=0))
    (tmp_path / "made").write_bytes(Draft(key=key, data=DATA, namespace=NAMESPACE.encode()).armored)
    monkeypatch.setenv("PATH", fake_keygen(tmp_path / "bin", f"exec /bin/cat {tmp_path}/made"))

    fault = refusal(f"key::{key.line}")

    assert fault.code == "signature"
    assert "nobody touched" in fault.text


# The program


def test_there_is_no_ssh_keygen(
    tmp_path: Path, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    assert refusal(keyring.path("ed25519")).code == "no-ssh-keygen"


def test_ssh_keygen_is_no_program(
    tmp_path: Path, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", fake_keygen(tmp_path / "bin", ""))
    (tmp_path / "bin" / "ssh-keygen").write_bytes(b"\x7fELF\0junk")

    fault = refusal(keyring.path("ed25519"))

    assert fault.code == "no-ssh-keygen"
    assert "cannot be started" in fault.text


@pytest.mark.parametrize("here", ["", ".", "bin", "../{name}/bin"])
def test_the_work_tree_does_not_name_the_program(
    here: str, tmp_path: Path, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_keygen(tmp_path, "touch was-run")
    fake_keygen(tmp_path / "bin", "touch was-run")
    monkeypatch.chdir(tmp_path)
    path = os.environ["PATH"]
    monkeypatch.setenv("PATH", here.format(name=tmp_path.name) + os.pathsep + path)

    assert_signs(keyring.path("ed25519"), public_line(keyring.path("ed25519")))

    assert not (tmp_path / "was-run").exists()


def test_it_sees_nothing_of_our_environment_but_what_it_needs(
    tmp_path: Path, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("GIT_DIR", "LD_PRELOAD", "LC_MESSAGES", "COMMS_TOKEN", "SSH_SK_HELPER"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("PATH", fake_keygen(tmp_path / "bin", f"/usr/bin/env >{tmp_path}/seen"))

    refusal(keyring.path("ed25519"))

    seen = {line.split("=")[0] for line in (tmp_path / "seen").read_text().splitlines()}
    allowed = {"HOME", "PATH", "LC_ALL", "TMPDIR", "SSH_ASKPASS", "SSH_ASKPASS_REQUIRE", "DISPLAY"}
    assert seen - {"PWD", "SHLVL", "_", "OLDPWD"} <= allowed


def test_a_signature_over_something_else_never_gets_out(
    tmp_path: Path, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = keyring.path("ed25519")
    made = tmp_path / "made"
    monkeypatch.setenv("PATH", fake_keygen(tmp_path / "bin", f"exec /bin/cat {made}"))
    key = from_file(path)
    good = Draft(key=key, data=DATA, namespace=NAMESPACE.encode())

    wrong = {
        "other data": Draft(key=key, data=b"other", namespace=NAMESPACE.encode()).armored,
        "other namespace": Draft(key=key, data=DATA, namespace=b"git").armored,
        "more text": good.armored + b"\n",
        "nothing": b"",
    }
    for block in wrong.values():
        made.write_bytes(block)
        assert refusal(path).code == "signature"
    made.write_bytes(good.armored)
    assert opened(path).sign(DATA, namespace=NAMESPACE) == good.armored


def test_a_signature_by_another_key_never_gets_out(
    tmp_path: Path, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = tmp_path / "made"
    made.write_bytes(sign(keyring.path("ecdsa-256"), DATA, NAMESPACE))
    monkeypatch.setenv("PATH", fake_keygen(tmp_path / "bin", f"exec /bin/cat {made}"))

    assert refusal(keyring.path("ed25519")).code == "key-mismatch"


def test_an_unknown_complaint_is_shown_harmlessly(
    tmp_path: Path, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = "printf 'first\\n\\033[31mno such option\\n' >&2; exit 1"
    monkeypatch.setenv("PATH", fake_keygen(tmp_path / "bin", script))

    fault = refusal(keyring.path("ed25519"))

    assert fault.code == "ssh-keygen"
    assert fault.text.endswith(": ?[31mno such option")
    assert "OpenSSH 8.2" in fault.remedy


# People who can answer


ASK = """
import sys
from commscli.ledger.signing import open_signer
signer = open_signer(sys.argv[1], interactive=True)
sys.stdout.buffer.write(signer.sign(b"data", namespace="git"))
"""


def test_a_passphrase_is_typed_on_the_terminal(
    locked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", "a screen that nobody looks at")

    session = terminal.run(ASK, str(locked), question=b"passphrase", answer=PASSPHRASE.encode())

    assert session.status == 0, session.errors
    assert PASSPHRASE.encode() not in session.screen
    assert verify(b"data", session.output, namespace="git").line == public_line(locked)


def test_a_wrong_passphrase_is_no_signature(locked: Path) -> None:
    session = terminal.run(ASK, str(locked), question=b"passphrase", answer=b"wrong")

    assert session.status == 1
    assert session.output == b""
    assert b"is locked" in session.errors


def test_without_a_person_not_even_the_terminal_is_asked(locked: Path) -> None:
    script = ASK.replace("interactive=True", "interactive=False")

    session = terminal.run(script, str(locked))

    assert session.status == 1
    assert b"is locked" in session.errors
    assert session.screen == b""


def test_without_a_person_nothing_can_reach_the_terminal(
    locked: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before 8.4 ssh-keygen did not know SSH_ASKPASS_REQUIRE; then the session keeps it off."""
    monkeypatch.setenv("PATH", fake_keygen(tmp_path / "bin", "echo passphrase? >/dev/tty; exit 1"))

    asked = terminal.run(ASK, str(locked))
    kept_off = terminal.run(ASK.replace("interactive=True", "interactive=False"), str(locked))

    assert b"passphrase?" in asked.screen
    assert kept_off.screen == b""


def asking_program(folder: Path, answer: str) -> str:
    program = folder / "askpass"
    program.write_text(f"#!/bin/sh\necho {shlex.quote(answer)}\n", encoding="utf-8")
    program.chmod(0o755)
    return str(program)


def test_a_passphrase_is_asked_for_on_the_screen(
    locked: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setenv("SSH_ASKPASS", asking_program(tmp_path, PASSPHRASE))

    assert_signs(locked, public_line(locked), interactive=True)
    assert refusal(locked, interactive=False).code == "key-locked"


@pytest.mark.parametrize(
    "variables",
    [{}, {"DISPLAY": ""}, {"SSH_ASKPASS_REQUIRE": "never", "DISPLAY": ":0"}, {"SSH_ASKPASS": "/x"}],
)
def test_a_person_who_cannot_be_reached_is_nobody(
    variables: dict[str, str],
    tmp_path: Path,
    keyring: Keyring,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No terminal, no screen: the data must not be taken for a passphrase."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PATH", fake_keygen(tmp_path / "bin", "echo $SSH_ASKPASS >&2; exit 1"))

    fault = refusal(keyring.path("ed25519"), interactive=True)

    assert fault.text.endswith(": /bin/false")


def test_only_this_module_starts_ssh_keygen() -> None:
    """Verification in a process without a PATH: it starts nothing."""
    script = "import commscli.ledger.sshsig, sys; sys.exit('subprocess' in sys.modules)"
    environment = {"PYTHONPATH": os.pathsep.join(sys.path)}

    done = subprocess.run([sys.executable, "-c", script], env=environment, check=False)

    assert done.returncode == 0
