"""The rows of a list, kept as the bytes of its file: a hundred thousand take what the file takes.

The bytes are read once and held, so that what was looked at is what is sent, whatever becomes
of the file.
"""

import csv
import re
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import overload

from commscli.domain.ids import Digest

BOM = b"\xef\xbb\xbf"
_LINE = re.compile(rb"[^\r\n]*(?:\r\n?|\n|\Z)")
_DIGEST = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One recipient, with every column of the list; ``line`` is where it stands in the file."""

    digest: Digest
    values: Mapping[str, str]
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RawRow:
    """A row as it stands there: which bytes, and the line in which it ends."""

    cells: list[str]
    start: int
    end: int
    line: int


@dataclass(slots=True, kw_only=True)
class RowLines:
    """Bytes, row by row. ``line`` is the number of the line that comes next."""

    data: bytes
    at: int
    line: int

    def rows(self) -> Iterator[RawRow]:
        """Yield the rows that hold anything.

        Raises:
            csv.Error: if it is no CSV.
            UnicodeDecodeError: if a line is not UTF-8.
        """
        reader = csv.reader(self._lines(), strict=True)
        start = self.at
        for cells in reader:
            if cells:
                yield RawRow(cells=cells, start=start, end=self.at, line=self.line - 1)
            start = self.at

    def _lines(self) -> Iterator[str]:
        while self.at < len(self.data):
            match = _LINE.match(self.data, self.at)
            text = match[0].decode() if match else ""
            self.at += len(match[0]) if match else 0
            self.line += 1
            yield text


@dataclass(slots=True)
class Index:
    """Where the rows are, as they come: a hundred thousand take a few megabytes, not fifty."""

    digests: bytearray = field(default_factory=bytearray)
    places: "array[int]" = field(default_factory=lambda: array("Q"))
    addresses: "array[int]" = field(default_factory=lambda: array("q"))
    """A hash of each address, to find those that may stand twice."""

    def add(self, digest: bytes, row: RawRow, address: str) -> None:
        """Take in the next row."""
        self.digests += digest
        self.places.extend((row.start, row.end, row.line))
        self.addresses.append(hash(address))

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.addresses)

    def digest(self, number: int) -> bytes:
        """Return the digest of a row, by its number in the file."""
        return bytes(self.digests[_DIGEST * number : _DIGEST * (number + 1)])

    def in_order(self) -> "Index":
        """Return the same rows in the order of their digests."""
        found = Index()
        for number in sorted(range(len(self)), key=self.digest):
            found.digests += self.digest(number)
            found.places.extend(self.places[3 * number : 3 * number + 3])
        return found

    def alike(self) -> Iterator[tuple[int, int]]:
        """Yield pairs of rows, earlier and later, whose addresses may be the same."""
        numbers = sorted(range(len(self)), key=lambda n: (self.addresses[n], n))
        for one, other in pairwise(numbers):
            if self.addresses[one] == self.addresses[other]:
                yield one, other


class Rows(Sequence[Row]):
    """The rows by an index, each read from the bytes when it is asked for."""

    def __init__(self, *, data: bytes, columns: tuple[str, ...], index: Index) -> None:
        """Keep bytes, and which of them are a row."""
        self._data, self._columns = data, columns
        self._digests, self._places = bytes(index.digests), index.places

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._digests) // _DIGEST

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Row]: ...
    def __getitem__(self, index: int | slice) -> Row | Sequence[Row]:
        """Return a row, or some."""
        if isinstance(index, slice):
            return [self[number] for number in range(*index.indices(len(self)))]
        number = range(len(self))[index]
        start, end, line = self._places[3 * number : 3 * number + 3]
        (cells,) = csv.reader([self._data[start:end].decode()], strict=True)
        values = dict(zip(self._columns, (cell.strip() for cell in cells), strict=True))
        digest = self._digests[_DIGEST * number : _DIGEST * (number + 1)].hex()
        return Row(digest=Digest(digest), values=values, line=line)
