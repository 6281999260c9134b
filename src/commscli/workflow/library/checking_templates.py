"""Look at templates before an incident does: grammar, facts, owner and age, length."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from difflib import get_close_matches

from commscli.compose.examples import OWN, example_facts
from commscli.compose.facts_used import facts_used
from commscli.compose.render import render
from commscli.compose.sources import Source, gather
from commscli.domain import wall_time
from commscli.domain.facts import KEYS
from commscli.domain.slots import SEND_SLOTS, token
from commscli.domain.text_message import measured
from commscli.errors import BadInput, Place
from commscli.workflow.circumstances import Circumstances
from commscli.workflow.library.remarks import Level, Looked, Remark, once_each, remarks_of
from commscli.workflow.library.shelf import Shelf
from commscli.workflow.library.trying import Trial, words_of

LONG_TIME = "2026-09-22T22:44:00Z"
"""A time whose words are long: what is measured has to fit in September as well."""


def check_templates(shelf: Shelf, circumstances: Circumstances, names: Sequence[str]) -> Looked:
    """Look at the templates of these names or folders; without any, at all of them.

    Raises:
        BadInput: if a name is that of no template and of no folder.
    """
    chosen = _chosen(shelf, names)
    remarks: list[Remark] = []
    if not names:
        for fault in shelf.faults:
            path = fault.place.path if fault.place else ""
            if path.startswith("templates/"):
                remarks += remarks_of(fault, what=path, path=path)
    for name in chosen:
        try:
            chain = gather(name, shelf.templates)
        except BadInput as fault:
            remarks += remarks_of(fault, what=name, path=f"templates/{name}.md")
        else:
            remarks += _Look(shelf, circumstances.now, chain).remarks()
    return Looked(names=chosen, remarks=once_each(remarks))


def _chosen(shelf: Shelf, names: Sequence[str]) -> tuple[str, ...]:
    found: dict[str, None] = {} if names else dict.fromkeys(shelf.templates)
    for name in names:
        wanted = name.removeprefix("templates/").removesuffix(".md").rstrip("/")
        here = [n for n in shelf.templates if n == wanted or n.startswith(f"{wanted}/")]
        if not here:
            near = get_close_matches(wanted, shelf.templates, n=1)
            raise BadInput(
                f"no template and no folder of templates is called {wanted!r}",
                remedy=f"did you mean {near[0]}?" if near else "comms template list",
                code="no-template",
            )
        found |= dict.fromkeys(here)
    return tuple(found)


class _Look:
    """One template, read and found to be one: what else there is to say about it."""

    def __init__(self, shelf: Shelf, now: datetime, chain: tuple[Source, ...]) -> None:
        self._shelf, self._now, self._chain = shelf, now, chain
        self._source = chain[0]

    def remarks(self) -> list[Remark]:
        return [*self._owner(), *self._age(), *self._facts(), *self._rendered()]

    def _remark(self, level: Level, text: str, remedy: str, line: int | None = None) -> Remark:
        place = Place(path=self._source.path, line=line)
        return Remark(what=self._source.name, level=level, text=text, place=place, remedy=remedy)

    def _owner(self) -> Iterator[Remark]:
        owner = self._source.head.owner
        if owner not in self._shelf.roles:
            text = f"its owner {owner} is no role: nobody is asked to look at it"
            yield self._remark("warning", text, f"one of {', '.join(sorted(self._shelf.roles))}")

    def _age(self) -> Iterator[Remark]:
        head = self._source.head
        reviewed = date.fromisoformat(head.last_reviewed)
        today = self._now.astimezone(self._shelf.zone).date()
        remedy = f"{head.owner} reads it, and sets last_reviewed to the day"
        if reviewed > today:
            yield self._remark("warning", f"last reviewed on {reviewed}, which is to come", remedy)
        elif reviewed + head.review_interval < today:
            due = reviewed + head.review_interval
            text = f"its review is overdue since {due}: last reviewed on {reviewed}"
            yield self._remark("warning", text, remedy)

    def _facts(self) -> Iterator[Remark]:
        own = {key for source in self._chain for key in source.head.facts}
        for line, key in facts_used(self._source):
            if key not in KEYS and key not in own:
                near = get_close_matches(key, KEYS, n=1)
                hint = f": did you mean `{near[0]}`?" if near else ""
                remedy = f"write it as published (comms fact list), or put facts: [{key}] on top"
                yield self._remark("error", f"unknown fact `{key}`{hint}", remedy, line)

    def _rendered(self) -> Iterator[Remark]:
        """Render it whole: a part that is only included has no subject, and nothing to render."""
        if not any(source.head.subject for source in self._chain):
            return
        own = {key: OWN for source in self._chain for key, _ in _unpublished(source)}
        words = words_of(self._shelf, Trial(template=self._source.name), self._source)
        try:
            draft = render(
                name=self._source.name,
                sources=self._shelf.templates,
                facts={**example_facts(self._shelf.zone), **own},
                words=words,
            )
        except BadInput as fault:
            yield from remarks_of(fault, what=self._source.name, path=self._source.path)
            return
        yield from self._length(draft.body)

    def _length(self, body: str) -> Iterator[Remark]:
        allowed = self._source.head.sms_parts
        if allowed is None:
            return
        said = wall_time.when(LONG_TIME, self._shelf.zone)
        text = body.strip()
        for slot in SEND_SLOTS:
            text = text.replace(token(slot), said)
        found = measured(text).parts
        if found > allowed:
            said = f"{len(text)} characters are {found} parts of a text message, and {allowed} fit"
            remedy = "shorten it; a character that telephones lack costs more than half the room"
            yield self._remark("error", said, remedy)


def _unpublished(source: Source) -> Iterator[tuple[str, int]]:
    return ((key, line) for line, key in facts_used(source) if key not in KEYS)
