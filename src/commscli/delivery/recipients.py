"""Lists of recipients: CSV files that stay outside git, known to records by digest only.

A row is digested with the list's own salt, so that a digest tells nobody who is on the
list; the list's digest is over the sorted digests of its rows, so that taking a row out
can be shown to be just that.
"""

import csv
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from io import StringIO
from json import dumps
from pathlib import Path

from commscli.domain.ids import Digest
from commscli.errors import BadInput, Place, Problem

_SALT = re.compile(r"# salt: ([0-9a-f]{32})")
_COLUMN = re.compile(r"[a-z][a-z0-9_]*")
_EMAIL = re.compile(r"[^@\s<>\",;:\\()\[\]]+@[^@\s<>\",;:\\()\[\]]+\.[^@\s<>\",;:\\()\[\]]+")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
MAX_BYTES = 50 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One recipient, with every column of the list."""

    digest: Digest
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientList:
    """A list, its rows in the order of their digests."""

    digest: Digest
    rows: tuple[Row, ...]
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
    part.write_bytes(salt + data.removeprefix(b"\xef\xbb\xbf"))  # Excel's mark stands first
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
        BadInput: with every bad row and its place.
    """
    try:
        text = _bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = fault.object.count(b"\n", 0, fault.start) + 1
        raise _bad(path, [Problem(text=f"byte {fault.start + 1} is not UTF-8",
                                  place=Place(path=str(path), line=line))]) from None  # fmt: skip
    first, _, rest = text.partition("\n")
    match = _SALT.fullmatch(first.rstrip("\r"))
    salt, body, offset = (match[1], rest, 1) if match else ("", text, 0)
    header, *rows = list(_rows(body, path, offset)) or [(1, [])]
    problems = list(_header_problems(header, path)) or list(_row_problems(header[1], rows, path))
    if not problems and not rows:
        problems = [Problem(text="the list has no rows", place=Place(path=str(path)))]
    if problems:
        raise _bad(path, problems)
    return _list(header[1], rows, salt)


_Line = tuple[int, list[str]]


def _rows(body: str, path: Path, offset: int) -> Iterator[_Line]:
    reader = csv.reader(StringIO(body, newline=""), strict=True)
    try:
        for row in reader:
            if row:
                yield reader.line_num + offset, row
    except csv.Error as fault:
        place = Place(path=str(path), line=reader.line_num + offset)
        raise _bad(path, [Problem(text=f"not CSV: {fault}", place=place)]) from None


def _header_problems(header: _Line, path: Path) -> Iterator[Problem]:
    line, columns = header
    for number, name in enumerate(columns, 1):
        place = Place(path=str(path), line=line, column=number)
        if not _COLUMN.fullmatch(name):
            yield Problem(
                text=f"column {name!r}: expected small letters, digits and _", place=place
            )
        elif columns.index(name) != number - 1:
            yield Problem(text=f"column {name!r} stands twice", place=place)
    if "email" not in columns:
        yield Problem(text="no column email", place=Place(path=str(path), line=line))


def _row_problems(columns: list[str], rows: Iterable[_Line], path: Path) -> Iterator[Problem]:
    seen: dict[str, int] = {}
    for line, row in rows:
        place = Place(path=str(path), line=line)
        if len(row) != len(columns):
            yield Problem(text=f"{len(row)} cells, and {len(columns)} columns", place=place)
            continue
        for name, cell in zip(columns, row, strict=True):
            if _CONTROL.search(cell):
                yield Problem(text=f"{name} holds a control character or line break", place=place)
        email = row[columns.index("email")].strip()
        if not _EMAIL.fullmatch(email):
            yield Problem(text=f"{email!r} is no mail address", place=place)
        elif email.casefold() in seen:
            text = f"{email} stands in line {seen[email.casefold()]} already"
            yield Problem(text=text, place=place)
        seen.setdefault(email.casefold(), line)


def _list(columns: list[str], rows: Iterable[_Line], salt: str) -> RecipientList:
    listed = [
        Row(digest=_row_digest(values, salt), values=values)
        for _, row in rows
        for values in [dict(zip(columns, (cell.strip() for cell in row), strict=True))]
    ]
    listed.sort(key=lambda row: row.digest)
    over = "".join(f"{row.digest}\n" for row in listed)
    return RecipientList(
        digest=Digest(sha256(over.encode()).hexdigest()), rows=tuple(listed), columns=tuple(columns)
    )


def _row_digest(values: Mapping[str, str], salt: str) -> Digest:
    written = dumps(dict(sorted(values.items())), ensure_ascii=False)
    return Digest(sha256(f"{salt}\n{written}".encode()).hexdigest())


def _bad(path: Path, problems: list[Problem]) -> BadInput:
    return BadInput(
        f"{path} cannot be used: {len(problems)} problem{'s' if len(problems) > 1 else ''}",
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
