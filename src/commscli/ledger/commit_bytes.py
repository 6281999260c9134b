"""Commits as bytes, parsed by one strict grammar."""

import re
from dataclasses import dataclass

from commscli.ledger.cat_file import broken


@dataclass(frozen=True, slots=True, kw_only=True)
class RawCommit:
    """A commit as its bytes say it. ``payload`` is what the signature covers.

    ``fault`` says why it is not in the strict form that commits of this program have; such
    a commit may still be anybody's honest work on other files.
    """

    id: str
    tree: str
    parents: tuple[str, ...]
    payload: bytes
    signature: bytes
    fault: str


_IDENTITY = rb"[^\n\0<>]* <[^\n\0<>]*> -?\d+ [+-]\d{4}"
_STRICT = re.compile(
    rb"tree (?P<tree>[0-9a-f]{40}|[0-9a-f]{64})\n"
    rb"(?P<parents>(?:parent (?:[0-9a-f]{64}|[0-9a-f]{40})\n)*)"
    rb"author " + _IDENTITY + rb"\ncommitter " + _IDENTITY + rb"\n"
    rb"(?P<signed>(?P<header>gpgsig(?:-sha256)?) (?P<first>[^\n]*)\n(?P<rest>(?: [^\n]*\n)*))?"
    rb"\n[^\0]*",
    re.DOTALL,
)
_HEADERS = {40: b"gpgsig", 64: b"gpgsig-sha256"}
"""What holds the signature, by the length of ids; git takes the other for no signature."""
_LOOSE = re.compile(
    rb"tree ([0-9a-f]{40}|[0-9a-f]{64})\n((?:parent (?:[0-9a-f]{64}|[0-9a-f]{40})\n)*)"
)


def parse_graph(object_id: str, data: bytes) -> tuple[str, tuple[str, ...]]:
    """Return the tree and the parents of a commit as its own bytes state them.

    Raises:
        Undecided: if it does not even begin as commits do, or states them in two places.
    """
    loose = _LOOSE.match(data)
    if loose is None:
        raise broken(object_id, "not the beginning of a commit")
    end = data.find(b"\n\n", loose.end())
    headers = b"\n" + data[loose.end() : end if end >= 0 else len(data)]
    if b"\ntree " in headers or b"\nparent " in headers:
        raise broken(object_id, "a parent or tree is stated in the wrong place")
    return loose[1].decode(), _parents(loose[2])


def _parents(lines: bytes) -> tuple[str, ...]:
    return tuple(lines.decode().replace("parent ", "").split())


def parse_commit(object_id: str, data: bytes) -> RawCommit:
    """Return a commit with its parents as its own bytes state them.

    Raises:
        Undecided: as `parse_graph` does.
    """
    strict = _STRICT.fullmatch(data)
    if strict is None or strict["header"] not in {None, _HEADERS[len(object_id)]}:
        tree, parents = parse_graph(object_id, data)
        fault = "has headers that a commit of this program never has"
        return RawCommit(
            id=object_id, tree=tree, parents=parents, payload=b"", signature=b"", fault=fault
        )
    payload, signature = data, b""
    if strict["signed"] is not None:
        start, end = strict.span("signed")
        payload = data[:start] + data[end:]
        signature = strict["first"] + b"\n" + strict["rest"][1:].replace(b"\n ", b"\n")
    return RawCommit(
        id=object_id,
        tree=strict["tree"].decode(),
        parents=_parents(strict["parents"]),
        payload=payload,
        signature=signature,
        fault="",
    )
