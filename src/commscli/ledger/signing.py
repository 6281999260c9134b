"""Sign with ``ssh-keygen``, which knows agents, tokens and passphrases; we hold no secret.

The only place that starts it. It gets a list of arguments, an environment of our choosing
and the data on standard input, so nothing in a repository (``gpg.ssh.program`` least of
all) has a say. What comes back is verified in this process before anybody sees it.
"""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from commscli.domain.keys import PublicKey
from commscli.errors import BadInput, NotEntitled
from commscli.ledger import sshsig
from commscli.ledger.key_kinds import KeyFault
from commscli.ledger.private_keys import is_private, public_half
from commscli.ledger.public_keys import REMEDY, parse_public_key
from commscli.ledger.signing_environment import environment, search_path, somebody_can_answer
from commscli.ledger.signing_faults import Attempt, explained

PATIENCE = 30.0  # seconds; only a person may take longer, and only when one is there

_INSTALL = "install OpenSSH 8.2 or newer (openssh-client)"
_LITERAL = "key::"
_MOST_OCTETS = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """A key that signs. ``public`` is known without a passphrase; signing may ask for one."""

    public: PublicKey
    interactive: bool
    private: Path | None = None  # None: in an agent, or on a token that an agent serves
    argument: Path | None = None  # what ssh-keygen gets as -f; None: a file made for the call

    def sign(self, data: bytes, *, namespace: str) -> bytes:
        """Sign ``data`` and return the armored signature, verified.

        Interactive signers may wait for a passphrase, a PIN or a touch without end; the
        others never ask and give up after PATIENCE. Raises NotEntitled.
        """
        with self._argument() as file:
            arguments = ["-Y", "sign", "-n", namespace, "-f", str(file)]
            attempt = _ssh_keygen(arguments, data, interactive=self.interactive)
        if attempt.status != 0:
            raise explained(attempt, key=self.public, private=self.private)
        return self._verified(attempt.output, data, namespace)

    @contextmanager
    def _argument(self) -> Iterator[Path]:
        """Name the key by a file: the user's own, so that prompts show it, or one made here.

        ssh-keygen asks the agent for the public half first and then looks for the
        private one beside it; in our folder there is none that we did not put there.
        """
        if self.argument is not None:
            yield self.argument
            return
        with TemporaryDirectory(prefix="comms-") as folder:
            public = Path(folder, "key.pub")
            public.touch(mode=0o600)
            public.write_text(self.public.line + "\n", encoding="ascii")
            if self.private is not None:
                public.with_suffix("").symlink_to(self.private)
            yield public

    def _verified(self, armored: bytes, data: bytes, namespace: str) -> bytes:
        """Let nothing out that our own verification would refuse later."""
        try:
            key = sshsig.verify(data, armored, namespace=namespace)
        except sshsig.SignatureFault as fault:
            raise NotEntitled(
                f"ssh-keygen made a signature that does not hold: {fault}",
                code="signature",
                remedy="sign with another key, or make one with `ssh-keygen -t ed25519`",
            ) from fault
        if key != self.public:
            raise NotEntitled(
                f"expected a signature by {self.public}, got one by {key}",
                code="key-mismatch",
                remedy="compare the key with the .pub file beside it: `ssh-keygen -y -f FILE`",
            )
        return armored


def open_signer(path: str, *, interactive: bool) -> Signer:
    """Find the key that ``path`` names, without unlocking it.

    ``path`` is a private key file, a public key file whose private half lies beside it, in
    an agent or on a token, or git's literal form ``key::ssh-ed25519 AAAA…``.
    ``interactive`` says that a person is there to answer. Raises NotEntitled.
    """
    if path.startswith(_LITERAL):
        return Signer(public=_parsed(path.removeprefix(_LITERAL), path), interactive=interactive)
    file = _found(path)
    content = _content(file)
    if is_private(content):
        return _private_signer(file, content, interactive=interactive)
    public = _parsed(content.decode("utf-8", "replace"), str(file))
    beside = file.with_suffix("") if file.suffix == ".pub" else None
    if beside is None or not beside.exists():
        return Signer(public=public, interactive=interactive)
    return Signer(public=public, interactive=interactive, private=beside, argument=file)


def make_key(path: Path, *, comment: str, passphrase: bool) -> str:
    """Make an Ed25519 key and return its public line; ``passphrase`` lets ssh-keygen ask for one.

    Raises:
        NotEntitled: if it cannot be made.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    arguments = ["-q", "-t", "ed25519", "-C", comment, "-f", str(path)]
    attempt = _ssh_keygen(
        arguments if passphrase else [*arguments, "-N", ""], b"", interactive=passphrase
    )
    if attempt.status != 0:
        raise NotEntitled(
            f"no key could be made at {path}: {attempt.complaint.strip()}",
            code="no-key",
            remedy=f"ssh-keygen -t ed25519 -f {path}",
        )
    return _parsed(_content(path.with_name(path.name + ".pub")).decode(), str(path)).line


def _private_signer(file: Path, content: bytes, *, interactive: bool) -> Signer:
    try:
        public = public_half(content)
    except KeyFault as fault:
        raise _bad_key(str(file), str(fault)) from None
    beside = file.with_name(file.name + ".pub")
    if public is None and beside.exists():
        public = _parsed(_content(beside).decode("utf-8", "replace"), str(beside))
    if public is not None:
        return Signer(public=public, interactive=interactive, private=file, argument=file)
    # An old PEM key alone: ssh-keygen would not sign with it without a .pub beside it.
    public = _derived(file, interactive=interactive)
    return Signer(public=public, interactive=interactive, private=file)


def _derived(file: Path, *, interactive: bool) -> PublicKey:
    """Ask ssh-keygen for the public half, which takes the passphrase if there is one."""
    attempt = _ssh_keygen(["-y", "-f", str(file)], b"", interactive=interactive)
    if attempt.status != 0:
        raise explained(attempt, key=None, private=file)
    return _parsed(attempt.output.decode("utf-8", "replace"), str(file))


def _found(path: str) -> Path:
    """Find the file, or the .pub beside where only that is left and an agent has the rest."""
    try:
        file = Path(path).expanduser().absolute()
        for candidate in (file, Path(f"{file}.pub")):
            if path and candidate.is_file():
                return candidate
    except (OSError, RuntimeError) as fault:  # a folder that is closed, a home that is unknown
        raise _no_key(path, str(fault)) from None
    raise _no_key(path, "it is not a file" if path and file.exists() else "there is no such file")


def _no_key(path: str, why: str) -> NotEntitled:
    return NotEntitled(
        f"no key at {path!r}: {why}",
        code="no-key",
        remedy="name your key's file, or make one with `ssh-keygen -t ed25519`",
    )


def _content(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            return stream.read(_MOST_OCTETS)
    except OSError as fault:
        raise NotEntitled(
            f"the key at {file} cannot be read: {fault.strerror}",
            code="key-permissions",
            remedy=f"look at `ls -l {file}`; a key is a file that you can read, and only you",
        ) from None


def _parsed(text: str, named: str) -> PublicKey:
    try:
        return parse_public_key(text)
    except BadInput as fault:
        raise _bad_key(named, fault.text) from None


def _bad_key(named: str, why: str) -> NotEntitled:
    return NotEntitled(f"cannot sign with {named}: {why}", code="bad-key", remedy=REMEDY)


def _ssh_keygen(arguments: list[str], data: bytes, *, interactive: bool) -> Attempt:
    interactive = interactive and somebody_can_answer()
    program = shutil.which("ssh-keygen", path=search_path())
    if program is None:
        raise NotEntitled("ssh-keygen is not on the PATH", code="no-ssh-keygen", remedy=_INSTALL)
    try:
        done = subprocess.run(
            [program, *arguments],
            input=data,
            capture_output=True,
            env=environment(interactive=interactive),
            timeout=None if interactive else PATIENCE,
            start_new_session=not interactive,  # without a terminal there is nobody to ask
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Attempt(status=-1, output=b"", complaint="", seconds=PATIENCE)
    except OSError as fault:
        raise NotEntitled(
            f"{program} cannot be started: {fault.strerror}", code="no-ssh-keygen", remedy=_INSTALL
        ) from None
    return Attempt(
        status=done.returncode,
        output=done.stdout,
        complaint=done.stderr.decode("utf-8", "replace"),
    )
