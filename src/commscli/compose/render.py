"""From a template and the facts of an incident to the words of a draft.

The same input gives the same bytes on every machine, for the draft's digest is what people
approve: nothing here asks for the time, the locale or chance.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from jinja2.exceptions import TemplateError

from commscli.compose.environment import Sandbox
from commscli.compose.filters import filters
from commscli.compose.missing import Spot, failing_spot, noting_undefined
from commscli.compose.sources import SUBJECT, Source, gather, refuse
from commscli.compose.words import Words
from commscli.domain.facts import KEYS, check_value, checked_key
from commscli.domain.slots import RECIPIENT, SEND_SLOTS, token
from commscli.errors import BadInput, Place, Problem

_TRAILING_SPACE = re.compile(r"[ \t]+$", re.MULTILINE)
_BLANK_LINES = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What came out: one line of subject, the body, and the (name, SHA-256) of each template.

    The chain runs from the template to its base, then to what these include, because all of
    them had a part in the words.
    """

    subject: str
    body: str
    chain: tuple[tuple[str, str], ...]


def render(
    *, name: str, sources: Mapping[str, str], facts: Mapping[str, str], words: Words
) -> Draft:
    """Render a template.

    Args:
        name: such as ``base/investigation/all-customers``.
        sources: every template there is: its name, and the whole text of its file.
        facts: as recorded; an empty value is as good as none.
        words: what is said of the incident besides its facts.

    Raises:
        BadInput: for missing facts all of them, each with its place; for a template that
            cannot be used every problem.
    """
    chain = gather(name, sources)
    known = _known(facts, words)
    rendering = _Rendering(chain, known, words)
    subject, body = rendering.subject(), rendering.text(name)
    rendering.refuse_missing()
    return Draft(
        subject=" ".join(subject.split()),
        body=_tidy(body),
        chain=tuple((source.name, source.digest) for source in chain),
    )


def _known(facts: Mapping[str, str], words: Words) -> dict[str, str]:
    known = {checked_key(key): value for key, value in facts.items() if value}
    said = {"the title of the incident": words.incident, "the audience": words.audience}
    for key, value in (known | said).items():
        check_value(key, value)
    return known


def _tidy(body: str) -> str:
    """Leave one blank line where blocks left several, and one newline at the end."""
    text = _BLANK_LINES.sub("\n\n", _TRAILING_SPACE.sub("", body))
    return text.strip("\n") + "\n"


class _Send:
    time, next_update = (token(slot) for slot in SEND_SLOTS)


class _Recipient:
    def __getattr__(self, column: str) -> str:
        return token(f"{RECIPIENT}{column}")


class _Rendering:
    """One rendering, and the missing facts that it came across."""

    def __init__(self, chain: tuple[Source, ...], facts: Mapping[str, str], words: Words) -> None:
        self._chain = chain
        self._missing: dict[tuple[str, Spot], None] = {}
        self._sources = {source.name: source for source in chain}
        texts = {source.name: source.body for source in chain}
        texts |= {f"{source.name}{SUBJECT}": source.head.subject for source in chain}
        self._sandbox = Sandbox(
            texts=texts,
            filters=filters(words.timezone),
            undefined=noting_undefined(self._note),
            names={**facts, "words": words, "send": _Send(), "recipient": _Recipient()},
        )

    def subject(self) -> str:
        """Render the subject of the template, or of the nearest base that has one."""
        for source in self._line():
            if source.head.subject:
                return self.text(f"{source.name}{SUBJECT}")
        first = self._chain[0]
        text = "no subject, and none in the templates that it extends"
        raise refuse([Problem(text=text, place=Place(path=first.path, line=1))])

    def text(self, name: str) -> str:
        """Render one text."""
        try:
            return self._sandbox.generate_within_limits(name)
        except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError) as fault:
            spot, said = failing_spot(fault.__traceback__), str(fault)
        except (AttributeError, RecursionError, SyntaxError) as fault:
            spot, said = failing_spot(fault.__traceback__), f"it does not end, or fails: {fault}"
        raise refuse([Problem(text=said, place=self._place(spot or (name, 1)))])

    def refuse_missing(self) -> None:
        """Raise if facts were missing, naming each of them and the command that sets them."""
        if not self._missing:
            return
        keys = list(dict.fromkeys(key for key, _ in self._missing))
        count = "one fact is" if len(keys) == 1 else f"{len(keys)} facts are"
        name = self._chain[0].name
        problems = [
            Problem(text=_missing_fact(key), place=self._place(spot)) for key, spot in self._missing
        ]
        raise BadInput(
            f"{count} missing for {name}: {', '.join(keys)}",
            remedy=f"comms fact set {' '.join(f'{key}=…' for key in keys)}",
            code="missing-facts",
            place=problems[0].place,
            problems=problems,
        )

    def _line(self) -> list[Source]:
        line = [self._chain[0]]
        while line[-1].base:
            line.append(self._sources[line[-1].base])
        return line

    def _note(self, key: str, spot: Spot) -> None:
        self._missing[key, spot] = None

    def _place(self, spot: Spot) -> Place:
        name, line = spot
        source = self._sources[name.removesuffix(SUBJECT)]
        if name.endswith(SUBJECT):
            return Place(path=source.path, line=source.subject_line)
        return source.place(line)


def _missing_fact(key: str) -> str:
    meaning = f" ({KEYS[key].meaning})" if key in KEYS else ""
    return f"the fact `{key}`{meaning} is missing"
