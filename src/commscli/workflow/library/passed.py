"""Which templates were passed beforehand: by whom, until when, and what is still missing."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from commscli.domain.ids import Digest, GateId, PersonId
from commscli.domain.moments import moment
from commscli.domain.order import Placed
from commscli.domain.preapproved import names_in
from commscli.domain.records import TemplateOk
from commscli.errors import BadInput, Undecided
from commscli.gates.standing import Worth
from commscli.workflow.session import Session
from commscli.workflow.settings import Settings, load_settings
from commscli.workflow.verdicts.preapproving import Wanted, channels_of, complete, text_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """What one person signed for one gate. ``listed``: trust has it as current, so it counts."""

    gate: GateId
    person: PersonId
    until: str
    record: Digest
    listed: bool
    overdue: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Lacking:
    """A gate that could pass these words beforehand and has not: how many more, and who."""

    gate: GateId
    missing: int
    could: tuple[PersonId, ...]
    command: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Beforehand:
    """One text of a template, for one audience in one phase, and how far it got.

    ``later`` are the gates that look at each message all the same. ``outdated`` says why new
    drafts are not made of this text, or not in the words of today's template; or nothing.
    """

    template: str
    audience: str
    phase: str
    passes: tuple[Pass, ...]
    lacking: tuple[Lacking, ...]
    later: tuple[GateId, ...]
    outdated: str = ""


def all_passed(session: Session) -> tuple[Beforehand, ...]:
    """Return every text that a gate has passed, in the order of the templates' names."""
    return tuple(_texts(session)) if _is_judged(session) else ()


def passed(session: Session, template: str) -> tuple[Beforehand, ...]:
    """Return the texts of one template; where nobody has passed any, what it would take.

    That is said for a template whose name says for whom and when.
    """
    if not _is_judged(session):
        return ()
    found = tuple(text for text in _texts(session) if text.template == template)
    if found:
        return found
    settings = load_settings(session)
    with suppress(BadInput):
        return (_Look(session, settings).untouched(complete(Wanted(template=template))),)
    return ()


def _is_judged(session: Session) -> bool:
    """Whether there is a roster to judge by: a template can be read without."""
    with suppress(Undecided):
        return session.case.chain.current is not None
    return False


def _texts(session: Session) -> Iterator[Beforehand]:
    """Yield what valid approvals say, those of one text together."""
    templates = session.case.templates
    found: dict[tuple[str, str, str, str], list[tuple[Placed, TemplateOk]]] = {}
    for placed in templates.ordered.records:
        ok = placed.record.body
        if isinstance(ok, TemplateOk) and templates.standings[placed.digest].worth is Worth.VALID:
            key = (ok.template, ok.audience, ok.phase, ok.text)
            found.setdefault(key, []).append((placed, ok))
    if found:
        look = _Look(session, load_settings(session))
        for key in sorted(found):
            yield look.at(found[key])


class _Look:
    """Compares what was signed with the roster and the settings of today."""

    def __init__(self, session: Session, settings: Settings) -> None:
        self._session, self._settings = session, settings
        self._trust = session.trust

    def at(self, oks: list[tuple[Placed, TemplateOk]]) -> Beforehand:
        ok = oks[-1][1]
        facts = [name for name in names_in(ok.text) or () if "." not in name]
        wanted = Wanted(
            template=ok.template, audience=ok.audience, phase=ok.phase, facts=facts
        )  # fmt: skip
        order = list(self._trust.gates)
        passes = tuple(
            self._pass(placed, ok)
            for placed, ok in sorted(oks, key=lambda pair: order.index(pair[0].record.gate))
            if placed.record.gate in order
        )
        return self._beforehand(wanted, passes, self._outdated(wanted, ok))

    def untouched(self, wanted: Wanted) -> Beforehand:
        """Return what nobody has looked at yet.

        Raises:
            BadInput: if the audience is none of ours.
        """
        self._settings.audience(wanted.audience)
        return self._beforehand(wanted, (), "")

    def _pass(self, placed: Placed, ok: TemplateOk) -> Pass:
        now = self._session.circumstances.now
        return Pass(
            gate=placed.record.gate,
            person=placed.record.person,
            until=ok.until,
            record=placed.digest,
            listed=placed.digest in self._trust.preapproved,
            overdue=bool(ok.until) and moment(ok.until) < now,
        )

    def _beforehand(self, wanted: Wanted, passes: tuple[Pass, ...], outdated: str) -> Beforehand:
        early = self._early(wanted.audience)
        return Beforehand(
            template=wanted.template,
            audience=wanted.audience,
            phase=wanted.phase,
            passes=passes,
            lacking=tuple(self._lacking(wanted, early, passes)),
            later=tuple(gate for gate in self._trust.gates if gate not in early),
            outdated=outdated,
        )

    def _early(self, audience: str) -> list[GateId]:
        """Return the gates that can pass words beforehand: not the last, none that binds a list."""
        *early, _ = self._trust.gates
        known = self._settings.audiences.get(audience)
        addressed = known is not None and known.one_to_one
        return [g for g in early if not (addressed and self._trust.gates[g].recipients)]

    def _lacking(
        self, wanted: Wanted, early: list[GateId], passes: tuple[Pass, ...]
    ) -> Iterator[Lacking]:
        for gate in early:
            people = {each.person for each in passes if each.gate == gate}
            missing = self._trust.gates[gate].needs - len(people)
            if missing > 0:
                yield Lacking(
                    gate=gate,
                    missing=missing,
                    could=tuple(p for p in self._trust.judges_of(gate) if p not in people),
                    command=_command(wanted, gate),
                )

    def _outdated(self, wanted: Wanted, ok: TemplateOk) -> str:
        if ok.audience not in self._settings.audiences:
            return "there is no such audience any more"
        if ok.channels != channels_of(self._settings, ok.audience):
            return "the channels have changed since: it counts for no new message"
        try:
            same = text_of(self._settings, wanted) == ok.text
        except BadInput:
            same = False
        return "" if same else "the template has changed since: drafts take the words as passed"


def _command(wanted: Wanted, gate: GateId) -> str:
    """Return what somebody types to pass the same text in another gate."""
    words = ["comms template approve", wanted.template]
    implied = Wanted(template=wanted.template)
    with suppress(BadInput):
        implied = complete(implied)
    if wanted.audience != implied.audience:
        words.append(f"--audience {wanted.audience}")
    if wanted.phase != implied.phase:
        words.append(f"--phase {wanted.phase}")
    return " ".join([*words, *(f"--with {fact}" for fact in wanted.facts), f"--gate {gate}"])
