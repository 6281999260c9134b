"""A page of which one part is generated: that part is replaced, all else stays byte for byte."""

from commscli.errors import BadInput, Place

BEGIN = b"<!-- comms report: begin. Generated; every comms report replaces it up to the end. -->"
END = b"<!-- comms report: end -->"
_OPENS, _CLOSES = b"<!-- comms report: begin", b"<!-- comms report: end"


def replaced(page: bytes, part: bytes, *, path: str) -> bytes:
    """Return the page with a new generated part; a page without one gets it at its end.

    Raises:
        BadInput: if the two marker lines are not there once each, in order.
    """
    whole = b"\n".join([BEGIN, b"", part.strip(b"\n"), b"", END])
    found = _markers(page, path)
    if found is not None:
        begin, end = found
        return page[:begin] + whole + page[end:]
    if not page.strip():
        return whole + b"\n"
    return page.rstrip(b"\n") + b"\n\n" + whole + b"\n"


def by_people(page: bytes, *, path: str) -> bytes:
    """Return what people wrote; lines keep their numbers, those of the generated part are empty.

    Raises:
        BadInput: as `replaced` does.
    """
    found = _markers(page, path)
    if found is None:
        return page
    begin, end = found
    return page[:begin] + b"\n" * page.count(b"\n", begin, end) + page[end:]


def _markers(page: bytes, path: str) -> tuple[int, int] | None:
    """Return where the generated part begins and ends, or nothing where there is none."""
    begins: list[tuple[int, int]] = []
    ends: list[tuple[int, int]] = []
    start = 0
    for number, line in enumerate(page.split(b"\n"), 1):
        if line.startswith(_OPENS):
            begins.append((start, number))
        elif line.startswith(_CLOSES):
            ends.append((start + len(line.rstrip(b"\r")), number))
        start += len(line) + 1
    if not begins and not ends:
        return None
    if len(begins) == len(ends) == 1 and begins[0] < ends[0]:
        return begins[0][0], ends[0][0]
    odd = max([*begins, *ends], key=lambda marker: marker[1])
    raise BadInput(
        f"{path}: the generated part has {len(begins)} beginnings and {len(ends)} ends: "
        "expected one of each, in order",
        remedy="remove both marker lines and what is generated; it is written anew at the end",
        code="bad-document",
        place=Place(path=path, line=odd[1]),
    )
