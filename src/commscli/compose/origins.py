"""Which of a draft's words are the template's, and which were written for this incident.

A line is compared with every line that the template can give, and a sentence where its line
fits none. Only what stands there whole, but for the gaps, is the template's: with one word
changed, left out or put in, the sentence is somebody's. So the template's words are really
those that others have read before; and not every word that is marked is a new one.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from commscli.domain.preapproved import Pieces, pieces_of

_SENTENCE_END = re.compile(r"(?<=[.!?…]) +")
_WORD = re.compile(r"[^\W\d_]+")
_ENOUGH = 3
"""Words that a line must share with the template where it does not begin with one of them."""


class Origin(StrEnum):
    """Whose words: the template's, what fills its gaps, or somebody's who wrote for this."""

    TEMPLATE = "template"
    FILLED = "filled"
    WRITTEN = "written"


@dataclass(frozen=True, slots=True)
class Span:
    """Some words, and where they are from."""

    text: str
    origin: Origin


Line = tuple[Span, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The lines that stand in a template, or in a text that was approved beforehand."""

    subjects: tuple[Pieces, ...] = ()
    lines: tuple[Pieces, ...] = ()


def passed_lines(subject: str, body: str) -> Known:
    """Return the lines of a text that was approved beforehand."""
    lines = [line.rstrip() for line in body.split("\n")]
    return Known(
        subjects=(pieces_of(subject),), lines=tuple(pieces_of(line) for line in lines if line)
    )


def line_origins(text: str, known: Iterable[Pieces]) -> tuple[Line, ...]:
    """Return each line of a text, taken apart by where its words are from."""
    whole = tuple(dict.fromkeys(known))
    sentences = tuple(dict.fromkeys(s for pieces in whole for s in _sentences(pieces)))
    return tuple(_line(line, whole, sentences) for line in text.rstrip("\n").split("\n"))


def subject_origins(subject: str, known: Iterable[Pieces]) -> Line:
    """Return a subject taken apart alike; a word of the template is enough to tell it by."""
    fits = [spans for pieces in known if (spans := _match(subject, pieces)) is not None]
    told = [spans for spans in fits if _WORD.search(_own(spans))]
    return max(told, key=_explained) if told else (Span(subject, Origin.WRITTEN),)


def _line(line: str, whole: tuple[Pieces, ...], sentences: tuple[Pieces, ...]) -> Line:
    if not line.strip():
        return (Span(line, Origin.TEMPLATE),) if line else ()
    found = _best(line, whole)
    if found is not None:
        return found
    spans: list[Span] = []
    at = 0
    for end in [*(gap.end() for gap in _SENTENCE_END.finditer(line)), len(line)]:
        sentence = line[at:end]
        spans += _best(sentence.rstrip(" "), sentences) or [Span(sentence.rstrip(" "),
                                                                  Origin.WRITTEN)]  # fmt: skip
        spans.append(Span(sentence[len(sentence.rstrip(" ")) :], spans[-1].origin))
        at = end
    return _joined(spans)


def _best(text: str, among: Iterable[Pieces]) -> Line | None:
    """Return how a text fits the line that explains most of it; ``None`` if it fits none."""
    fits = [spans for pieces in among if (spans := _fit(text, pieces)) is not None]
    return max(fits, key=_explained) if fits else None


def _explained(line: Line) -> int:
    return len(_own(line))


def _own(line: Line) -> str:
    return "".join(span.text for span in line if span.origin is Origin.TEMPLATE)


def _fit(text: str, pieces: Pieces) -> Line | None:
    return _match(text, pieces) if _says_enough(pieces) else None


def _match(text: str, pieces: Pieces) -> Line | None:
    """Hold a text against one line; each piece between gaps is looked for once, so it is quick."""
    spans: list[Span] = []
    at = 0
    for number, piece in enumerate(pieces):
        if piece is None:
            continue
        last = number == len(pieces) - 1
        found = len(text) - len(piece) if last else text.find(piece, at)
        if found < at or (number == 0 and found > 0) or not text.startswith(piece, found):
            return None
        spans += [Span(text[at:found], Origin.FILLED), Span(piece, Origin.TEMPLATE)]
        at = found + len(piece)
    if at < len(text):
        if pieces[-1:] != (None,):
            return None
        spans.append(Span(text[at:], Origin.FILLED))
    return _joined(spans)


def _says_enough(pieces: Pieces) -> bool:
    """Whether so much of a line is the template's that it is right to call it that."""
    own = [piece for piece in pieces if piece is not None]
    begins = pieces[0] is not None and _WORD.search(pieces[0]) is not None
    return (
        begins or sum(len(_WORD.findall(piece)) for piece in own) >= _ENOUGH or None not in pieces
    )


def _sentences(pieces: Pieces) -> Iterator[Pieces]:
    """Yield the sentences of a line: it is taken apart where the template's own ones end."""
    sentence: list[str | None] = []
    for piece in pieces:
        first, *more = [None] if piece is None else _SENTENCE_END.split(piece)
        sentence.append(first)
        for text in more:
            yield _without_empty(sentence)
            sentence = [text]
    yield _without_empty(sentence)


def _without_empty(sentence: Iterable[str | None]) -> Pieces:
    return tuple(piece for piece in sentence if piece != "")


def _joined(spans: Iterable[Span]) -> Line:
    """Return spans without empty ones, neighbours of one origin together."""
    joined: list[Span] = []
    for span in spans:
        if joined and joined[-1].origin is span.origin:
            joined[-1] = Span(joined[-1].text + span.text, span.origin)
        elif span.text:
            joined.append(span)
    return tuple(joined)


def first_difference(passed: str, draft: str) -> str | None:
    """Return the first line of a draft that is not that of a text approved beforehand.

    Where the draft ends sooner it is the line that it lacks; ``None`` if all lines fit.
    """
    ours, theirs = draft.split("\n"), passed.split("\n")
    for number in range(max(len(ours), len(theirs))):
        if number >= len(ours):
            return theirs[number]
        if number >= len(theirs) or _match(ours[number], pieces_of(theirs[number])) is None:
            return ours[number]
    return None
