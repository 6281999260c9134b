"""From the events of the YAML parser to plain values with places, noting every problem."""

from collections.abc import Iterator

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from commscli.documents import scalars
from commscli.documents.characters import FORBIDDEN, name
from commscli.documents.document import Loc, Value
from commscli.errors import Place, Problem

MAX_DEPTH = 16


class _Stop(Exception):
    """Nothing sensible can be read from here on; the problem is noted."""


class Reader:
    """Builds values from parser events and notes every problem on the way."""

    _events: Iterator[Event]

    def __init__(self, path: str, first_line: int) -> None:
        self.problems: list[Problem] = []
        self.places: dict[Loc, Place] = {}
        self.keys: dict[Loc, Place] = {}
        self._path = path
        self._first_line = first_line

    def read(self, text: str) -> dict[str, Value]:
        """Return the mapping at the top; where a problem was noted, it means nothing."""
        self.places[()] = Place(path=self._path, line=self._first_line, column=1)
        self._events = iter(YAML(typ="safe", pure=True).parse(text))
        try:
            return self._documents()
        except _Stop:
            pass
        except MarkedYAMLError as fault:
            self._note(_sentence(fault), fault.problem_mark or fault.context_mark)
        except YAMLError as fault:
            self._note(f"not YAML: {fault}", None)
        except (ArithmeticError, LookupError, ValueError):
            # ruamel.yaml lets some of these escape, such as chr() of "\UFFFFFFFF".
            self._note("not YAML: an escape or a directive that means nothing", None)
        return {}

    def _documents(self) -> dict[str, Value]:
        value: Value = {}
        seen = 0
        for event in self._events:
            if isinstance(event, DocumentStartEvent):
                seen += 1
                if seen > 1:
                    self._note("a second document begins: expected one", event.start_mark)
                    raise _Stop
                if event.version or event.tags:
                    self._note("a YAML directive (%) is not allowed", event.start_mark)
            elif isinstance(event, NodeEvent):
                value = self._top(event)
        return value if isinstance(value, dict) else {}

    def _top(self, event: NodeEvent) -> Value:
        if isinstance(event, ScalarEvent) and event.implicit[0] and not event.value:
            return {}  # `---` and nothing else: an empty document
        value = self._node(event, ())
        if not isinstance(value, dict):
            self._note("expected keys with values, `key: value`", event.start_mark)
        return value

    def _node(self, event: Event, loc: Loc) -> Value:
        if len(loc) > MAX_DEPTH:
            self._note(f"nested deeper than {MAX_DEPTH}", event.start_mark)
            raise _Stop
        self.places[loc] = self._place(event.start_mark)
        self._check_properties(event)
        if isinstance(event, MappingStartEvent):
            return self._mapping(loc)
        if isinstance(event, SequenceStartEvent):
            return self._sequence(loc)
        return self._scalar(event, loc) if isinstance(event, ScalarEvent) else ""

    def _mapping(self, loc: Loc) -> dict[str, Value]:
        result: dict[str, Value] = {}
        for event in self._events:
            if isinstance(event, MappingEndEvent):
                break
            key = self._key(event, loc)
            place = self._place(event.start_mark)
            known = self.keys.get((*loc, key))
            if known and key in result:
                text = f"the key `{key}` stands twice: first on line {known.line}"
                self.problems.append(Problem(text=text, place=place))
            self.keys[*loc, key] = place
            result[key] = self._node(next(self._events), (*loc, key))
        return result

    def _sequence(self, loc: Loc) -> list[Value]:
        result: list[Value] = []
        for event in self._events:
            if isinstance(event, SequenceEndEvent):
                break
            result.append(self._node(event, (*loc, len(result))))
        return result

    def _key(self, event: Event, loc: Loc) -> str:
        if not isinstance(event, ScalarEvent):
            self._note("a key has to be text", event.start_mark)
            self._node(event, (*loc, ""))
            return ""
        self._check_properties(event)
        self._check_characters(event)
        if event.implicit[0]:
            self._check_plain_key(event)
        return str(event.value)

    def _check_plain_key(self, event: ScalarEvent) -> None:
        if event.value == "<<":
            self._note("a merge key (<<) is not allowed: write the keys out", event.start_mark)
            return
        try:
            text = isinstance(scalars.plain(event.value), str)
        except scalars.NoValue:
            text = False
        if not text:
            said = f"the key `{event.value}` is not text: put it in quotes"
            self._note(said if event.value else "a key is missing before `:`", event.start_mark)

    def _scalar(self, event: ScalarEvent, loc: Loc) -> Value:
        self._check_characters(event)
        if not event.implicit[0]:
            return str(event.value)
        try:
            return scalars.plain(event.value)
        except scalars.NoValue as fault:
            self._note_no_value(fault, loc, event)
            return ""

    def _note_no_value(self, fault: scalars.NoValue, loc: Loc, event: ScalarEvent) -> None:
        if "no value" not in str(fault):
            self._note(f"this {fault}", event.start_mark)
        elif loc and isinstance(loc[-1], str):
            text = f'a key without a value: `{loc[-1]}` (write "" for empty text)'
            self.problems.append(Problem(text=text, place=self.keys.get(loc, self.places[loc])))
        else:
            self._note('an entry without a value (write "" for empty text)', event.start_mark)

    def _check_properties(self, event: Event) -> None:
        if isinstance(event, AliasEvent):
            self._note(
                f"an alias (*{event.anchor}) is not allowed: write the value out", event.start_mark
            )
        elif getattr(event, "anchor", None):
            self._note("an anchor (&) is not allowed: write the value out", event.start_mark)
        tag = getattr(event, "tag", None)
        if tag:
            self._note(f"a tag ({tag}) is not allowed", event.start_mark)

    def _check_characters(self, event: ScalarEvent) -> None:
        for found in FORBIDDEN.finditer(event.value):
            self._note(f"{name(found[0])} is not allowed here, not as an escape", event.start_mark)

    def _note(self, text: str, mark: object) -> None:
        self.problems.append(Problem(text=text, place=self._place(mark)))

    def _place(self, mark: object) -> Place:
        line, column = getattr(mark, "line", None), getattr(mark, "column", None)
        if line is None or column is None:
            return Place(path=self._path)
        return Place(path=self._path, line=self._first_line + line, column=column + 1)


def _sentence(fault: MarkedYAMLError) -> str:
    parts = [part for part in (fault.problem, fault.context) if part]
    return f"not YAML: {' '.join(parts)}"
