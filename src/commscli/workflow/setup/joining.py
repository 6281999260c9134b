"""Join somebody else's repository: clone, pin, set up. And make a key, for whoever has none."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from shutil import rmtree

from commscli.domain.history import Pin
from commscli.errors import BadInput, NotEntitled, Undecided
from commscli.ledger import git, pins
from commscli.ledger.git import GitFailed
from commscli.ledger.signing import make_key
from commscli.ledger.syncing import SECONDS
from commscli.workflow.acting import signer
from commscli.workflow.circumstances import Circumstances
from commscli.workflow.session import Session
from commscli.workflow.setup.initialising import configure

Accept = Callable[[Pin], bool]
"""Shows a pin to a person, and asks whether it is the right one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """A clone that is set up. ``person`` is empty for somebody not on the roster yet."""

    folder: Path
    session: Session
    pin: Pin
    pin_file: Path
    person: str
    key: Path | None = None
    key_line: str = ""


def join(
    circumstances: Circumstances,
    url: str,
    folder: Path,
    *,
    accept: Accept | None,
    passphrase: bool | None,
) -> Joined:
    """Clone a repository and set it up for whoever runs this.

    Raises:
        BadInput: if it cannot be cloned, or the folder is taken.
        Undecided: if there is no pin, or the history is not the pinned one.
    """
    made = _clone(circumstances, url, folder)
    try:
        return _set_up(circumstances, folder, accept=accept, passphrase=passphrase)
    except BaseException:
        if made:
            rmtree(folder, ignore_errors=True)
        raise


def _clone(circumstances: Circumstances, url: str, folder: Path) -> bool:
    if folder.exists() and any(folder.iterdir()):
        raise BadInput(
            f"{folder} is there and not empty", remedy="name another folder: join URL DIR"
        )
    if url.startswith("-") or "::" in url:
        raise BadInput(f"{url} is not where a repository can be", remedy="comms join URL")
    source = str(Path(url).expanduser().absolute()) if Path(url).expanduser().exists() else url
    folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        git.run(
            ["-c", "protocol.ext.allow=never", "clone", "--quiet", "--no-tags",
             "--template=", "--", source, str(folder.absolute())],
            cwd=folder.parent,
            env=git.network_environment(interactive=circumstances.interactive),
            seconds=SECONDS * 10,
        )  # fmt: skip
    except GitFailed as failure:
        rmtree(folder, ignore_errors=True)
        said = failure.said.strip().splitlines() or ["git gave no reason"]
        raise BadInput(
            f"{url} cannot be cloned: {said[0].removeprefix('fatal: ')}",
            remedy="check the address, and that you may read it: git ls-remote URL",
            code="remote",
        ) from None
    return True


def _set_up(
    circumstances: Circumstances, folder: Path, *, accept: Accept | None, passphrase: bool | None
) -> Joined:
    here = replace(circumstances, folder=folder)
    session = Session.open(here)
    pin = _pin(session, accept)
    pin_file = pins.store(pin, here.environ)
    session = Session.open(here)
    _require_pinned(session)
    key, line = _key(here, session, passphrase)
    here = replace(here, key=str(key) if key else here.key)
    session = Session.open(here)
    configure(session.repository, here)
    session = Session.open(here)
    found = signer(here, session.repository)
    person = session.trust.owner_of(found.public) or ""
    return Joined(
        folder=folder,
        session=session,
        pin=pin,
        pin_file=pin_file,
        person=person,
        key=key,
        key_line=line or found.public.line,
    )


def _pin(session: Session, accept: Accept | None) -> Pin:
    if session.case.pin is not None:
        return session.case.pin
    links = session.case.chain.links
    if not links:
        raise Undecided("this repository has no trust", remedy="comms init, by its first admin")
    repository_id = links[0].trust.repository
    shown = Pin(repository=repository_id, genesis=links[0].digest)
    if accept is not None and accept(shown):
        return shown
    raise Undecided(
        f"no pin: is {shown.genesis} the first trust of {repository_id}?",
        remedy="ask an admin for theirs (comms trust pin > FILE), then comms join URL --pin FILE",
        code="no-pin",
    )


def _require_pinned(session: Session) -> None:
    reasons = session.report.reasons
    if reasons or session.case.pin is None:
        raise Undecided(
            f"this is not the pinned repository: {'; '.join(reasons)}",
            remedy="compare the pin with the person who gave it to you",
            code="other-root",
        )
    if session.trust.repository != session.case.pin.repository:
        raise Undecided("the pin is for another repository", remedy="ask for the right one")


def _key(
    circumstances: Circumstances, session: Session, passphrase: bool | None
) -> tuple[Path | None, str]:
    """Return a newly made key, where there is none yet."""
    try:
        signer(circumstances, session.repository)
    except NotEntitled as fault:
        if fault.code != "no-key":
            raise
    else:
        return None, ""
    home = circumstances.environ.get("HOME", "")
    path = (Path(home) if home else Path.home()) / ".ssh" / "comms_ed25519"
    if path.exists():
        return path, ""
    if passphrase is None and not circumstances.interactive:
        raise NotEntitled(
            "no key to sign with, and nobody to choose a passphrase for a new one",
            remedy="--key FILE, or --no-passphrase to make one without",
            code="no-key",
        )
    line = make_key(path, comment="comms", passphrase=passphrase is not False)
    return path, line
