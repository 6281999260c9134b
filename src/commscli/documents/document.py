"""A document that was read: plain values, and where in the file each of them stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from commscli.errors import Place

Value = Any
"""str, int, bool, or lists and mappings of these; nothing else comes out of a document."""

Loc = tuple[str | int, ...]
"""The way to a value: keys and positions (from 0), from the top of the document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """The mapping at the top of a file, with the places of its values and keys."""

    path: str
    value: dict[str, Value]
    places: Mapping[Loc, Place]
    keys: Mapping[Loc, Place]

    def place(self, loc: Loc) -> Place:
        """Return where the value is, or the nearest value around it."""
        while loc not in self.places:
            loc = loc[:-1]
        return self.places[loc]

    def key_place(self, loc: Loc) -> Place:
        """Return where the key of the value is; an entry of a list has no key but itself."""
        return self.keys.get(loc) or self.place(loc)
