"""Every line that a template can give, with gaps where an incident's own words go.

A template is walked, not run: each branch of a condition is taken, blocks are put where their
base has them, and whatever is not the template's own words is a gap. So what is compared with
these lines needs no facts, and is the same for a message of any age.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from jinja2 import nodes

from commscli.compose.sources import Source, parse
from commscli.domain.preapproved import Pieces
from commscli.domain.slots import RECIPIENT, token

MAX_BRANCHES = 64
"""Ways in which one line can begin; a line with more is taken for none of the template's."""
MAX_DEPTH = 30

_Open = tuple[Pieces, ...]
"""The ways in which the line begins that is being walked."""
_START: _Open = ((),)


def body_lines(chain: Sequence[Source], organisation: str) -> tuple[Pieces, ...]:
    """Return the lines of a template's body; the chain is what `gather` returns.

    The name of the ``organisation`` is no incident's, and no gap.
    """
    walk = _Walk(organisation, {source.name: source for source in chain})
    return walk.lines(chain[0])


def subject_lines(chain: Sequence[Source], organisation: str) -> tuple[Pieces, ...]:
    """Return what the subject can be: that of the template, or of the nearest base with one."""
    for source in chain:
        if source.head.subject:
            tree = parse(source.head.subject, source.path, source.subject_line)
            return _Walk(organisation, {}).of_tree(tree)
    return ()


@dataclass(frozen=True, slots=True)
class _Where:
    """Which file is walked, what its blocks are by now, and how deep inside calls this is.

    ``block`` is the one that is walked, in its version ``level``: ``super()`` is the next.
    """

    source: str
    blocks: Mapping[str, Sequence[tuple["_Where", nodes.Block]]]
    depth: int = 0
    block: str = ""
    level: int = 0


@dataclass(slots=True)
class _Walk:
    """Collects the lines of one template and of everything that it is made of."""

    organisation: str
    sources: Mapping[str, Source]
    found: dict[Pieces, None] = field(default_factory=dict)

    def lines(self, source: Source) -> tuple[Pieces, ...]:
        self._close(self._template(source, _START, 0))
        return tuple(self.found)

    def of_tree(self, tree: nodes.Template) -> tuple[Pieces, ...]:
        self._close(self._all(tree.body, _START, _Where("", {})))
        return tuple(self.found)

    def _template(self, source: Source, begun: _Open, depth: int) -> _Open:
        """Walk a template as its outermost base has it, with the blocks of those before it."""
        blocks: dict[str, list[tuple[_Where, nodes.Block]]] = {}
        while True:
            tree, where = _tree(source), _Where(source.name, blocks, depth)
            for block in tree.find_all(nodes.Block):
                blocks.setdefault(block.name, []).append((where, block))
            if not source.base:
                return self._all(tree.body, begun, where)
            source = self.sources[source.base]

    def _all(self, found: Iterable[nodes.Node], begun: _Open, where: _Where) -> _Open:
        for node in found:
            begun = self._node(node, begun, where)
        return begun

    def _node(self, node: nodes.Node, begun: _Open, where: _Where) -> _Open:
        match node:
            case nodes.Output():
                return self._all(node.nodes, begun, where)
            case nodes.TemplateData():
                return self._text(node.data, begun)
            case nodes.If():
                branches = [node.body, *(other.body for other in node.elif_), node.else_]
                return _either(self._all(branch, begun, where) for branch in branches)
            case nodes.Block():
                return self._block(node.name, 0, begun, where)
            case nodes.Include() if isinstance(node.template, nodes.Const):
                source = self.sources[str(node.template.value)]
                return self._template(source, begun, where.depth + 1)
            case nodes.Expr():
                return self._expression(node, begun, where)
        return begun

    def _expression(self, node: nodes.Expr, begun: _Open, where: _Where) -> _Open:
        ways = _ways(node)
        if ways:
            return _either(self._expression(way, begun, where) for way in ways)
        match node:
            case nodes.Const(value=str() as text):
                return self._text(text, begun)
            case nodes.Getattr(node=nodes.Name(name="words"), attr="organisation"):
                return self._text(self.organisation, begun)
            case nodes.Getattr(node=nodes.Name(name=("send" | "recipient") as space)):
                name = f"{RECIPIENT}{node.attr}" if space == "recipient" else f"send.{node.attr}"
                return self._text(token(name), begun)
            case nodes.Call(node=nodes.Name(name="super")):
                return self._block(where.block, where.level + 1, begun, where)
            case nodes.Call(node=nodes.Name(name=name)) if where.depth < MAX_DEPTH:
                return self._macro(name, begun, where)
        return _longer(begun, None)

    def _block(self, name: str, level: int, begun: _Open, where: _Where) -> _Open:
        versions = where.blocks.get(name, ())
        if level >= len(versions) or where.depth >= MAX_DEPTH:
            return begun
        own, block = versions[level]
        inside = _Where(own.source, where.blocks, where.depth + 1, name, level)
        return self._all(block.body, begun, inside)

    def _macro(self, name: str, begun: _Open, where: _Where) -> _Open:
        found = self._find_macro(name, where.source)
        if found is None:
            return _longer(begun, None)
        source, macro = found
        return self._all(macro.body, begun, _Where(source, {}, where.depth + 1))

    def _find_macro(self, name: str, source: str) -> tuple[str, nodes.Macro] | None:
        """Return a macro of a file, or one that it takes from another, and where that is."""
        if source not in self.sources:
            return None
        tree = _tree(self.sources[source])
        for macro in tree.find_all(nodes.Macro):
            if macro.name == name:
                return source, macro
        for taken in tree.find_all(nodes.FromImport):
            for pair in taken.names:
                theirs, ours = pair if isinstance(pair, tuple) else (pair, pair)
                if ours == name and isinstance(taken.template, nodes.Const):
                    return self._find_macro(theirs, str(taken.template.value))
        return None

    def _text(self, text: str, begun: _Open) -> _Open:
        first, *more = text.split("\n")
        begun = _longer(begun, first)
        for line in more:
            self._close(begun)
            begun = _longer(_START, line)
        return begun

    def _close(self, begun: _Open) -> None:
        self.found |= dict.fromkeys(filter(None, map(_tidied, begun)))


def _tree(source: Source) -> nodes.Template:
    """Parse a body; one newline at the end is Jinja's to take."""
    return parse(f"{source.body}\n", source.path, source.first_line)


def _ways(node: nodes.Expr) -> tuple[nodes.Expr, ...]:
    """Return what an expression may come to, where it chooses."""
    match node:
        case nodes.Or():
            return node.left, node.right
        case nodes.CondExpr():
            return (node.expr1, node.expr2) if node.expr2 else (node.expr1,)
        case nodes.Filter(name="default", node=nodes.Expr() as value, args=[other, *_]):
            return value, other
    return ()


def _either(ways: Iterable[_Open]) -> _Open:
    found = dict.fromkeys(pieces for way in ways for pieces in way)
    return tuple(found) if len(found) <= MAX_BRANCHES else ()


def _longer(begun: _Open, piece: str | None) -> _Open:
    return tuple(dict.fromkeys(_with(pieces, piece) for pieces in begun))


def _with(pieces: Pieces, piece: str | None) -> Pieces:
    if piece == "" or (piece is None and pieces[-1:] == (None,)):
        return pieces
    last = pieces[-1] if pieces else None
    if piece is not None and last is not None:
        return (*pieces[:-1], last + piece)
    return (*pieces, piece)


def _tidied(pieces: Pieces) -> Pieces:
    """Return a line without white space at its end, where a draft has none either."""
    last = pieces[-1] if pieces else None
    if last is None:
        return pieces
    text = last.rstrip(" \t")
    return (*pieces[:-1], text) if text else _tidied(pieces[:-1])
