"""Which facts a template speaks of, and where."""

from collections.abc import Iterator

from jinja2 import nodes

from commscli.compose.grammar import SPACES
from commscli.compose.sources import Source, parse


def facts_used(source: Source) -> Iterator[tuple[int, str]]:
    """Yield each fact that a file itself uses or asks for, with its line in the file."""
    subject = parse(source.head.subject, source.path, source.subject_line)
    yield from ((source.subject_line, key) for _, key in _names(subject))
    body = parse(source.body, source.path, source.first_line)
    yield from ((source.first_line + line - 1, key) for line, key in _names(body))


def _names(tree: nodes.Template) -> Iterator[tuple[int, str]]:
    """Yield the names that are looked up: neither macros and what they are given, nor spaces."""
    other = {*SPACES, "self", "super"}
    for macro in tree.find_all(nodes.Macro):
        other |= {macro.name, *(argument.name for argument in macro.args)}
    for imported in tree.find_all(nodes.FromImport):
        other |= {name[1] if isinstance(name, tuple) else name for name in imported.names}
    for name in tree.find_all(nodes.Name):
        if name.ctx == "load" and name.name not in other:
            yield name.lineno, name.name
