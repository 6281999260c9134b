"""YAML as people write it, without the parts of YAML that surprise them.

Refused: keys that stand twice, tags, anchors, aliases and merge keys, several documents,
directives, keys that are not text, keys without a value, and invisible characters. The
parser's events are read rather than its values, so that every value has a line and column,
and one run names everything that is wrong.
"""

from collections.abc import Iterable

from commscli.documents.characters import character_problems, readable
from commscli.documents.document import Document
from commscli.documents.yaml_reader import Reader
from commscli.errors import BadInput, Place, Problem

MAX_BYTES = 256 * 1024
MAX_PROBLEMS = 100
"""More than this is noise: the file is something else than it should be."""


def load(text: str, *, path: str, first_line: int = 1) -> Document:
    """Read one document, a mapping at the top; an empty one is an empty mapping.

    Args:
        text: the YAML.
        path: how messages name the file.
        first_line: the line of the file on which the text begins.

    Raises:
        BadInput: with every problem and its place.
    """
    size = len(text.encode(errors="surrogatepass"))
    if size > MAX_BYTES:
        raise refuse(path, [Problem(text=_too_long(size), place=Place(path=path))])
    reader = Reader(path, first_line)
    value = reader.read(readable(text))
    problems = [*character_problems(text, path=path, first_line=first_line), *reader.problems]
    if problems:
        raise refuse(path, problems)
    return Document(path=path, value=value, places=reader.places, keys=reader.keys)


def refuse(path: str, problems: Iterable[Problem]) -> BadInput:
    """Return the one error that carries all problems of a file, in the order of the file."""
    ordered = sorted(problems, key=_position)
    count = "one problem" if len(ordered) == 1 else f"{len(ordered)} problems"
    shown = ordered[:MAX_PROBLEMS]
    place = shown[0].place or Place(path=path)
    return BadInput(
        f"{path} cannot be used: {count}",
        remedy=f"edit {place} and run the command again",
        code="bad-document",
        place=place,
        problems=shown,
    )


def _position(problem: Problem) -> tuple[int, int]:
    place = problem.place
    return (place.line or 0, place.column or 0) if place else (0, 0)


def _too_long(size: int) -> str:
    return f"{size} bytes: expected at most {MAX_BYTES}"
