"""What a template may contain, judged before it runs.

A list of what is allowed, not of what is dangerous: text, facts, conditions, blocks,
includes and macros need none of loops, assignments, arithmetic or subscripts, and what has
none of these cannot grow without bound.
"""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from jinja2 import nodes

from commscli.compose.environment import TESTS
from commscli.compose.filters import FILTERS
from commscli.compose.words import WORDS
from commscli.domain.slots import SEND_SLOTS

MAX_DEPTH = 50
Fault = tuple[int, str]
"""A line of the body, from 1, and what is wrong there."""

_Link = nodes.Extends | nodes.Include | nodes.FromImport
_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.If,
    nodes.Test, nodes.Filter, nodes.Getattr, nodes.Block, nodes.Extends, nodes.Include,
    nodes.FromImport, nodes.Macro, nodes.Call, nodes.And, nodes.Or, nodes.Not, nodes.Compare,
    nodes.Operand, nodes.CondExpr, nodes.Tuple, nodes.List, nodes.Keyword,
)  # fmt: skip
SPACES: Mapping[str, tuple[str, ...] | None] = {
    "words": WORDS,
    "send": tuple(slot.removeprefix("send.") for slot in SEND_SLOTS),
    "recipient": None,  # the columns of a list are the organisation's own
}
_AVAILABLE = "if, block, extends, include, from … import, macro, filters and `is defined`"


def faults(tree: nodes.Template) -> Iterator[Fault]:
    """Name everything in a template that it may not contain."""
    yield from _Grammar(tree).check(tree, 0, 1)


def links(tree: nodes.Template) -> Iterator[tuple[int, str]]:
    """Return the templates that this one names, each with its line: its base first."""
    for extends in tree.find_all(nodes.Extends):
        yield from _name_of(extends)
    for include in tree.find_all(nodes.Include):
        yield from _name_of(include)
    for imported in tree.find_all(nodes.FromImport):
        yield from _name_of(imported)


def base_of(tree: nodes.Template) -> str:
    """Return the name of the template that this one extends, or nothing."""
    node = tree.find(nodes.Extends)
    return str(node.template.value) if node and isinstance(node.template, nodes.Const) else ""


def _name_of(node: _Link) -> Iterator[tuple[int, str]]:
    if isinstance(node.template, nodes.Const):
        yield node.lineno, str(node.template.value)


class _Grammar:
    """One template's faults. Knows its macros, the only things that may be called."""

    def __init__(self, tree: nodes.Template) -> None:
        self._callable = {"super", *(macro.name for macro in tree.find_all(nodes.Macro))}
        for imported in tree.find_all(nodes.FromImport):
            for name in imported.names:
                self._callable.add(name[1] if isinstance(name, tuple) else name)

    def check(self, node: nodes.Node, depth: int, line: int) -> Iterator[Fault]:
        line = node.lineno or line  # some nodes of Jinja have none
        if depth > MAX_DEPTH:
            yield line, f"nested deeper than {MAX_DEPTH}"
            return
        if not isinstance(node, _ALLOWED):
            yield line, f"`{_word(node)}` is not available here: expected {_AVAILABLE}"
            return
        yield from self._rule(node)
        for child in self._children(node):
            yield from self.check(child, depth + 1, line)

    def _children(self, node: nodes.Node) -> Iterator[nodes.Node]:
        named = isinstance(node, nodes.Getattr | nodes.Call) and isinstance(node.node, nodes.Name)
        return node.iter_child_nodes(exclude=("node",) if named else None)

    def _rule(self, node: nodes.Node) -> Iterator[Fault]:
        match node:
            case nodes.Getattr():
                yield from _attribute(node)
            case nodes.Call():
                yield from self._call(node)
            case nodes.Filter() if node.name not in FILTERS:
                yield node.lineno, _unknown("filter", node.name, FILTERS)
            case nodes.Test() if node.name not in TESTS:
                yield node.lineno, _unknown("test", node.name, TESTS)
            case nodes.Name() if node.name in SPACES or node.name in ("self", "super"):
                yield node.lineno, f"`{node.name}` cannot stand alone"
            case nodes.Extends() | nodes.Include() | nodes.FromImport():
                yield from _link(node)

    def _call(self, node: nodes.Call) -> Iterator[Fault]:
        name = node.node.name if isinstance(node.node, nodes.Name) else ""
        if name not in self._callable:
            yield node.lineno, f"`{name or '…'}()`: only macros and super() can be called"
        if node.dyn_args is not None or node.dyn_kwargs is not None:
            yield node.lineno, "`*` and `**` are not available in a call"


def _attribute(node: nodes.Getattr) -> Iterator[Fault]:
    space = node.node.name if isinstance(node.node, nodes.Name) else ""
    if space not in SPACES:
        known = ", ".join(f"{name}.…" for name in SPACES)
        yield node.lineno, f"`.{node.attr}` is not available here: expected {known}"
        return
    names = SPACES[space]
    if names is None:
        if not node.attr.isidentifier() or not node.attr[0].islower() or not node.attr.islower():
            yield node.lineno, f"`{space}.{node.attr}`: expected a column in small letters"
    elif node.attr not in names:
        yield node.lineno, _unknown(f"`{space}` word", node.attr, names)


def _link(node: _Link) -> Iterator[Fault]:
    if not isinstance(node.template, nodes.Const) or not isinstance(node.template.value, str):
        yield node.lineno, "expected the name of a template in quotes"
    if isinstance(node, nodes.Include) and node.ignore_missing:
        yield node.lineno, "`ignore missing` is not available: a draft names all it is made of"


def _unknown(what: str, name: str, known: tuple[str, ...]) -> str:
    near = get_close_matches(name, known, n=1)
    hint = f"did you mean `{near[0]}`?" if near else f"expected one of {', '.join(known)}"
    return f"unknown {what} `{name}`: {hint}"


def _word(node: nodes.Node) -> str:
    return _WORDS.get(type(node), type(node).__name__.lower())


_WORDS: Mapping[type[nodes.Node], str] = {
    nodes.Assign: "set",
    nodes.AssignBlock: "set",
    nodes.Concat: "~",
    nodes.FilterBlock: "filter",
    nodes.Getitem: "[…]",
    nodes.Add: "+",
    nodes.Sub: "-",
    nodes.Mul: "*",
    nodes.Pow: "**",
    nodes.Mod: "%",
}
