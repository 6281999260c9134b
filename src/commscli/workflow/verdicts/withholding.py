"""Words that stay off the record: kept in this clone alone, and shown to fit the record later."""

import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from commscli.domain.private_words import Withheld, file_of, withheld, withhold
from commscli.domain.records import Verdict
from commscli.errors import BadInput, Refused
from commscli.gates.message import MessageCase
from commscli.ledger.journal import place_file
from commscli.ledger.repository import Repository

SALT_BYTES = 16
LONGEST = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Words for one record: what goes on it, and the bytes of the file that has them."""

    on_record: Withheld
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitting:
    """A private objection whose words somebody has shown."""

    incident: str
    message: str
    person: str
    gate: str
    at: str
    record: str
    withheld: Withheld


def keep(words: str, category: str) -> Kept:
    """Return words with a salt of their own, ready to be kept."""
    data = file_of(words, secrets.token_hex(SALT_BYTES))
    return Kept(on_record=withhold(category, data), data=data)


def place_of(repository: Repository, words: Withheld) -> Path:
    """Return where words lie in the clone of whoever wrote them; git never looks there."""
    return repository.own_folder / "private" / f"{words.digest}.txt"


@contextmanager
def keeping(repository: Repository, several: Iterable[Kept]) -> Iterator[None]:
    """Keep words in files that only their writer can read; not, if what follows fails."""
    paths = [_place(repository, one) for one in several]
    try:
        yield
    except BaseException:
        for path in paths:
            path.unlink(missing_ok=True)
        raise


def _place(repository: Repository, one: Kept) -> Path:
    path = place_of(repository, one.on_record)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.parent.chmod(0o700)
    path.touch(mode=0o600)
    place_file(path, one.data)
    path.chmod(0o600)
    return path


def fitting(message: MessageCase, file: Path) -> Fitting:
    """Return the private objection of a message whose words a file has.

    Raises:
        Refused: if it fits none.
        BadInput: if it cannot be read.
    """
    found = withhold("", _bytes(file))
    private = [
        (placed, words)
        for placed in message.ordered.records
        if isinstance(placed.record.body, Verdict)
        for words in [withheld(placed.record.body.text)]
        if words is not None
    ]
    for placed, words in private:
        if words.digest == found.digest:
            record = placed.record
            return Fitting(incident=message.incident, message=message.message, at=record.at,
                           person=record.person, gate=record.gate, record=placed.digest,
                           withheld=words)  # fmt: skip
    count = f"{len(private)} private objection{'' if len(private) == 1 else 's'}"
    raise Refused(
        f"{file} has not the words of any of the {count} to {message.message}",
        remedy="the file must be byte for byte as it was kept: salt, line feed, words",
        code="other-words",
    )


def _bytes(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            data = stream.read(LONGEST + 1)
    except OSError as fault:
        raise BadInput(f"{file}: {fault.strerror}", remedy="--private FILE") from None
    if len(data) > LONGEST:
        raise BadInput(f"{file} is larger than any objection", remedy="--private FILE")
    return data
