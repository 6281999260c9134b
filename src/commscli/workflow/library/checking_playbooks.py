"""Look at playbooks before an incident does: cells, audiences, duties, clocks, paces."""

from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from commscli.compose.choose import BASE, choose
from commscli.compose.sources import gather
from commscli.documents.document import Document, Loc
from commscli.documents.models.playbook import Playbook
from commscli.documents.strict_yaml import load
from commscli.documents.validate import validate
from commscli.domain.duties import PARTIES
from commscli.domain.facts import KEYS
from commscli.domain.phases import PHASES, names_next_update
from commscli.errors import BadInput
from commscli.workflow.incident.clock_files import clock_files, read_clocks, shipped_clocks
from commscli.workflow.library.remarks import Level, Looked, Remark, once_each, remarks_of
from commscli.workflow.library.shelf import Shelf


def check_playbooks(shelf: Shelf, names: Sequence[str]) -> Looked:
    """Look at the playbooks of these ids; without any, at all of them.

    Raises:
        BadInput: if an id is that of no playbook, or the file of clocks cannot be read.
    """
    chosen = tuple(dict.fromkeys(names)) or tuple(shelf.playbooks)
    clocks = _clocks(shelf)
    remarks: list[Remark] = []
    if not names:
        for fault in shelf.faults:
            path = fault.place.path if fault.place else ""
            if path.startswith("playbooks/"):
                remarks += remarks_of(fault, what=path, path=path)
    for id_ in chosen:
        try:
            document, book = read_playbook(shelf, id_)
        except BadInput as fault:
            if fault.code == "no-playbook":
                raise
            remarks += remarks_of(fault, what=id_, path=f"playbooks/{id_}.yaml")
        else:
            remarks += _Look(shelf, id_, document, book).remarks(clocks)
    return Looked(names=chosen, remarks=once_each(remarks))


def _clocks(shelf: Shelf) -> frozenset[str]:
    """Return the clocks of laws that there are: the organisation's, or else the shipped ones."""
    own = (
        (path.removeprefix("playbooks/"), data)
        for path, data in shelf.files.items()
        if path.startswith("playbooks/")
    )
    found = dict(clock_files(own))
    return frozenset(read_clocks(found) if found else shipped_clocks())


def read_playbook(shelf: Shelf, id_: str) -> tuple[Document, Playbook]:
    """Return a playbook, and the document with the places of what it says.

    Raises:
        BadInput: if there is none of that id, or it cannot be used.
    """
    if id_ not in shelf.playbooks:
        near = get_close_matches(id_, shelf.playbooks, n=1)
        raise BadInput(
            f"no playbook is called {id_!r}",
            remedy=f"did you mean {near[0]}?" if near else "comms playbook list",
            code="no-playbook",
        )
    document = load(shelf.playbooks[id_], path=f"playbooks/{id_}.yaml")
    return document, validate(Playbook, document)


class _Look:
    """One playbook, read and found to be one: whether an incident could rely on it."""

    def __init__(self, shelf: Shelf, id_: str, document: Document, book: Playbook) -> None:
        self._shelf, self._id, self._document, self._book = shelf, id_, document, book

    def remarks(self, clocks: frozenset[str]) -> list[Remark]:
        found = [*self._audiences(), *self._cells(), *self._paces(), *self._duties()]
        return [*found, *self._escalations(), *self._clocks(clocks)]

    def _remark(self, level: Level, loc: Loc, text: str, remedy: str) -> Remark:
        place = self._document.place(loc)
        return Remark(what=self._id, level=level, text=text, place=place, remedy=remedy)

    def _audiences(self) -> Iterator[Remark]:
        matrices = (("required", self._book.required), ("optional", self._book.optional))
        for key, matrix in matrices:
            for phase, who in matrix.items():
                for number, audience in enumerate(() if who == "all" else who):
                    yield from self._audience((key, phase, number), audience)
        for number, escalation in enumerate(self._book.escalations):
            for at, audience in enumerate(escalation.due):
                yield from self._audience(("escalations", number, "due", at), audience)

    def _audience(self, loc: Loc, audience: str) -> Iterator[Remark]:
        if audience not in self._shelf.audiences:
            remedy = f"audiences.yaml has {', '.join(self._shelf.audiences)}"
            yield self._remark("error", loc, f"there is no audience {audience}", remedy)

    def _cells(self) -> Iterator[Remark]:
        if not any(self._book.required.values()):
            text = "no cell is required: nobody would wait for any message"
            yield self._remark("warning", ("required",), text, "say who must be told, and when")
        for phase in PHASES:
            for audience in self._shelf.audiences:
                if self._book.requires(phase, audience):
                    yield from self._cell("error", "required", phase, audience)
                elif self._book.allows(phase, audience):
                    yield from self._cell("warning", "optional", phase, audience)
        folder = self._book.templates
        if folder != BASE and not any(n.startswith(f"{folder}/") for n in self._shelf.templates):
            text = f"there are no templates in templates/{folder}: all of it is the base set"
            yield self._remark("warning", ("templates",), text, f"templates: {BASE}, or write some")

    def _cell(self, level: Level, key: str, phase: str, audience: str) -> Iterator[Remark]:
        loc: Loc = (key, phase)
        try:
            name = choose(
                folder=self._book.templates,
                phase=phase,
                audience=audience,
                detail=self._shelf.audiences[audience].detail,
                existing=self._shelf.templates.keys(),
            )
        except BadInput as fault:
            yield self._remark(level, loc, fault.text, fault.remedy)
            return
        try:
            gather(name, self._shelf.templates)
        except BadInput:
            text = f"{audience} in {phase}: the template {name} cannot be used"
            yield self._remark(level, loc, text, f"comms template check {name}")

    def _paces(self) -> Iterator[Remark]:
        for phase in filter(names_next_update, self._book.required):
            if self._book.required[phase] and self._book.pace(phase) is None:
                text = f"no cadence for {phase}: the default of comms.yaml is promised"
                yield self._remark("warning", ("cadence",), text, f"cadence: {{{phase}: 30m}}")

    def _duties(self) -> Iterator[Remark]:
        if not self._book.responsibilities:
            text = "it does not say who communicates what"
            remedy = "responsibilities, each duty once: comms playbook show client-support"
            yield self._remark("warning", (), text, remedy)
        for duty, who in self._book.responsibilities.items():
            if who not in PARTIES:
                yield from self._role(("responsibilities", duty), who)

    def _escalations(self) -> Iterator[Remark]:
        for number, escalation in enumerate(self._book.escalations):
            for at, role in enumerate(escalation.tell):
                yield from self._role(("escalations", number, "tell", at), role)
            fact = escalation.when.fact
            if fact is not None and fact not in KEYS:
                loc: Loc = ("escalations", number, "when", "fact")
                text = f"{fact} is no published fact: somebody has to know to set it"
                yield self._remark("warning", loc, text, "comms fact list")

    def _role(self, loc: Loc, role: str) -> Iterator[Remark]:
        if role not in self._shelf.roles:
            known = ", ".join((*sorted(self._shelf.roles), *PARTIES))
            yield self._remark("warning", loc, f"{role} is no role here", f"one of {known}")

    def _clocks(self, known: frozenset[str]) -> Iterator[Remark]:
        for number, clock in enumerate(self._book.clocks):
            if clock not in known:
                near = get_close_matches(clock, known, n=1)
                remedy = (
                    f"did you mean {near[0]}?" if near else f"one of {', '.join(sorted(known))}"
                )
                yield self._remark(
                    "error", ("clocks", number), f"there is no clock {clock}", remedy
                )
