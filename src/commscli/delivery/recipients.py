"""Lists of recipients: CSV files that stay outside git, known to records by digest only.

A row is digested with the list's own salt, so that a digest tells nobody who is on the
list; the list's digest is over the sorted digests of its rows, so that taking a row out
can be shown to be just that.
"""

import csv
import re
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from json import dumps
from pathlib import Path

from commscli.delivery.rows import BOM, Index, RawRow, RowLines, Rows
from commscli.domain.ids import Digest
from commscli.errors import BadInput, Place, Problem

_SALT = re.compile(r"# salt: ([0-9a-f]{32})")
_SALT_LINE = re.compile(rb"# salt: ([0-9a-f]{32})\r?(?:\n|\Z)")
_COLUMN = re.compile(r"[a-z][a-z0-9_]*")
_EMAIL = re.compile(r"[^@\s<>\",;:\\()\[\]]+@[^@\s<>\",;:\\()\[\]]+\.[^@\s<>\",;:\\()\[\]]+")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
MAX_BYTES = 50 * 1024 * 1024
MOST_PROBLEMS = 100
"""Bad rows that are listed: who has more of them mends something else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientList:
    """A list, its rows in the order of their digests."""

    digest: Digest
    rows: Rows = field(compare=False, repr=False)
    columns: tuple[str, ...]

    def as_recorded(self) -> dict[str, object]:
        """Return what a ``drafted`` record says of the list."""
        return {"digest": self.digest, "count": len(self.rows)}


BROADCAST: Mapping[str, object] = {"digest": "", "count": 0}
"""What a record says where the channel itself is the recipient."""


def salted(path: Path) -> bool:
    """Give a list its salt, if it has none yet; return whether that was done.

    Raises:
        BadInput: if the file is not there or cannot be written.
    """
    data = _bytes(path)
    if _SALT.fullmatch(data.split(b"\n", 1)[0].decode("utf-8", "replace").rstrip("\r")):
        return False
    part = path.with_name(f".{path.name}.part")
    salt = b"# salt: %s\n" % secrets.token_hex(16).encode()
    part.write_bytes(salt + data.removeprefix(BOM))  # Excel's mark stands first
    part.replace(path)
    return True


def _bytes(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise BadInput(f"{path} has {size} bytes: expected at most {MAX_BYTES}")
        return path.read_bytes()
    except FileNotFoundError:
        raise BadInput(
            f"there is no list of recipients at {path}",
            remedy="put the CSV there, or name its folder in COMMS_RECIPIENTS",
            code="no-list",
        ) from None


def read_list(path: Path) -> RecipientList:
    """Read a list of recipients.

    Raises:
        BadInput: with the bad rows and their places.
    """
    data = _bytes(path)
    start = len(BOM) if data.startswith(BOM) else 0
    match = _SALT_LINE.match(data, start)
    lines = RowLines(data=data, at=match.end() if match else start, line=2 if match else 1)
    reading = _Reading(path=path, salt=match[1].decode() if match else "")
    try:
        found = reading.read(lines)
    except UnicodeDecodeError as fault:
        text = f"byte {fault.start + 1} of the line is not UTF-8"
        raise _bad(path, [Problem(text=text, place=reading.place(lines.line))]) from None
    except csv.Error as fault:
        problem = Problem(text=f"not CSV: {fault}", place=reading.place(lines.line - 1))
        raise _bad(path, [problem]) from None
    if reading.problems:
        raise _bad(path, reading.problems)
    return found


@dataclass(slots=True, kw_only=True)
class _Reading:
    """One pass over a list; what is wrong with it is gathered, as far as anybody reads that."""

    path: Path
    salt: str
    problems: list[Problem] = field(default_factory=list)

    def place(self, line: int, column: int | None = None) -> Place:
        return Place(path=str(self.path), line=line, column=column)

    def read(self, lines: RowLines) -> RecipientList:
        head = next(lines.rows(), None)
        columns = tuple(head.cells) if head else ()
        self.problems += _header_problems(head.line if head else 1, columns, self.place)
        index = Index()
        for row in lines.rows() if not self.problems else ():
            if len(self.problems) >= MOST_PROBLEMS:
                break
            values = self._values(columns, row)
            if values is not None:
                digest = _row_digest(values, self.salt)
                index.add(digest, row, values["email"].casefold())
        self._tell_twins(Rows(data=lines.data, columns=columns, index=index), index)
        if not index and not self.problems:
            self.problems.append(Problem(text="the list has no rows", place=self.place(lines.line)))
        ordered = index.in_order()
        over = sha256()
        for number in range(len(index)):
            over.update(f"{ordered.digest(number).hex()}\n".encode())
        rows = Rows(data=lines.data, columns=columns, index=ordered)
        return RecipientList(digest=Digest(over.hexdigest()), rows=rows, columns=columns)

    def _tell_twins(self, rows: Rows, index: Index) -> None:
        """Name addresses that stand twice, in whatever spelling."""
        for earlier, later in index.alike():
            one, other = rows[earlier], rows[later]
            email = other.values["email"]
            if one.values["email"].casefold() == email.casefold():
                text = f"{email} stands in line {one.line} already"
                self.problems.append(Problem(text=text, place=self.place(other.line)))

    def _values(self, columns: tuple[str, ...], row: RawRow) -> dict[str, str] | None:
        """Return a row by its columns; nothing where something is wrong with it."""
        place = self.place(row.line)
        if len(row.cells) != len(columns):
            text = f"{len(row.cells)} cells, and {len(columns)} columns"
            self.problems.append(Problem(text=text, place=place))
            return None
        values = dict(zip(columns, (cell.strip() for cell in row.cells), strict=True))
        found = [
            f"{name} holds a control character or line break"
            for name, cell in zip(columns, row.cells, strict=True)
            if _CONTROL.search(cell)
        ]
        if not _EMAIL.fullmatch(values["email"]):
            found.append(f"{values['email']!r} is no mail address")
        self.problems += [Problem(text=text, place=place) for text in found]
        return None if found else values


def _header_problems(
    line: int, columns: Sequence[str], place_of: Callable[[int, int | None], Place]
) -> Iterator[Problem]:
    for number, name in enumerate(columns, 1):
        place = place_of(line, number)
        if not _COLUMN.fullmatch(name):
            yield Problem(
                text=f"column {name!r}: expected small letters, digits and _", place=place
            )
        elif columns.index(name) != number - 1:
            yield Problem(text=f"column {name!r} stands twice", place=place)
    if "email" not in columns:
        yield Problem(text="no column email", place=place_of(line, None))


def _row_digest(values: Mapping[str, str], salt: str) -> bytes:
    written = dumps(dict(sorted(values.items())), ensure_ascii=False)
    return sha256(f"{salt}\n{written}".encode()).digest()


def _bad(path: Path, problems: list[Problem]) -> BadInput:
    more = len(problems) >= MOST_PROBLEMS
    count = f"at least {len(problems)}" if more else str(len(problems))
    return BadInput(
        f"{path} cannot be used: {count} problem{'s' if len(problems) > 1 else ''}",
        remedy="mend the rows and run it again",
        problems=problems,
        code="bad-list",
    )


def find_list(name: str, folders: Iterable[Path]) -> Path:
    """Return the file of a list by its name.

    Raises:
        BadInput: naming where it was looked for.
    """
    places = [folder / f"{name}.csv" for folder in folders]
    for place in places:
        if place.is_file():
            return place
    raise BadInput(
        f"there is no list of recipients called {name}",
        remedy=f"put it at {' or '.join(map(str, places))}",
        code="no-list",
    )


def find_by_digest(digest: str, folders: Iterable[Path]) -> RecipientList | None:
    """Return the list that has a digest, wherever it lies; unreadable files are passed over."""
    for folder in folders:
        for path in sorted(folder.glob("*.csv")) if folder.is_dir() else ():
            try:
                found = read_list(path)
            except BadInput:
                continue
            if found.digest == digest:
                return found
    return None
