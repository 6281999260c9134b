"""The lines beside a ``sent`` record: for each delivery the channel, the row, what became of it.

A row is the salted digest that the approved list is digested from, so the lines show, to anybody
and without the list, that they are about exactly the people who were approved.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from commscli.domain.ids import Digest

_LINE = re.compile(r"([a-z0-9-]+) ([0-9a-f]{64}|-|copy) ([a-z-]+)(?: [ -~]*)?")
_ROW = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What some lines say. ``rows`` are digests over each channel's rows, as of a list.

    ``fault`` is what is wrong with them, if anything is.
    """

    digest: Digest
    counts: Mapping[str, Mapping[str, int]]
    rows: Mapping[str, Digest]
    fault: str = ""


def evidence_in(data: bytes) -> Evidence:
    """Return what the lines say; those that begin with ``#`` are remarks for people."""
    counts: dict[str, dict[str, int]] = {}
    rows: dict[str, list[str]] = {}
    fault = ""
    lines = data.decode("ascii", "replace").split("\n")
    if lines[-1] == "":
        lines.pop()
    for number, line in enumerate(lines, 1):
        if line.startswith("#"):
            continue
        match = _LINE.fullmatch(line)
        if match is None:
            fault = fault or f"line {number} is none that a send writes"
            continue
        channel, row, step = match.groups()
        own = counts.setdefault(channel, {})
        own[step] = own.get(step, 0) + 1
        if len(row) == _ROW:
            rows.setdefault(channel, []).append(row)
    return Evidence(
        digest=Digest(sha256(data).hexdigest()),
        counts=counts,
        rows={channel: over_rows(found) for channel, found in rows.items()},
        fault=fault,
    )


def over_rows(rows: list[str]) -> Digest:
    """Return the digest of a list by its rows: over them in order, a line each."""
    over = sha256()
    for row in sorted(rows):
        over.update(f"{row}\n".encode())
    return Digest(over.hexdigest())
