"""The case that the rules look at: worked out once, then only read."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from commscli.domain.history import History, Pin, RecordFile
from commscli.domain.ids import Digest, IncidentId, MessageId
from commscli.domain.incident import Incident, fold
from commscli.domain.order import Ordered, Placed, order
from commscli.gates.aftercare import all_know
from commscli.gates.chain import Chain, trust_chain
from commscli.gates.message import MessageCase, message_case
from commscli.gates.preapproval import Beforehand
from commscli.gates.standing import Standing, Worth, standings


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentCase:
    """One incident: its own records in order, and its messages."""

    id: IncidentId
    incident: Incident | None
    standings: Mapping[Digest, Standing]
    ordered: Ordered
    messages: tuple[MessageCase, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Templates:
    """What gates said of templates beforehand, in order; what is current, trust says."""

    standings: Mapping[Digest, Standing]
    ordered: Ordered


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A history, the trust chain that judges it, and every incident in it."""

    history: History
    pin: Pin | None
    chain: Chain
    standings: tuple[Standing, ...]
    templates: Templates
    incidents: tuple[IncidentCase, ...]

    @property
    def messages(self) -> Iterator[MessageCase]:
        """Yield every message of every incident."""
        for incident in self.incidents:
            yield from incident.messages


def build(history: History, pin: Pin | None) -> Case:
    """Work out what the rules need to know."""
    chain = trust_chain(history, pin)
    judged = standings(history, chain)
    grouped = _grouped(judged)
    about = grouped.pop(IncidentId(""), {})
    templates = _templates([s for group in about.values() for s in group])
    incidents = (
        _incident(incident, messages, chain, templates)
        for incident, messages in sorted(grouped.items())
        if chain.links
    )
    return Case(
        history=history,
        pin=pin,
        chain=chain,
        standings=judged,
        templates=templates,
        incidents=tuple(incidents),
    )


def with_written(case: Case, files: Iterable[RecordFile]) -> Case:
    """Return the case with records that were written just now, by somebody who may, counting.

    For who wants to know what follows from them without reading everything again. It is no
    verdict: whoever judges reads them from history.
    """
    new: dict[IncidentId, list[Standing]] = defaultdict(list)
    for file in files:
        if file.record is not None and file.record.incident:
            new[file.record.incident].append(Standing(file=file, worth=Worth.VALID))
    others = [i for i in case.incidents if i.id not in new]
    changed = (
        _incident(id_, _messages([*_standings(case, id_), *added]), case.chain, case.templates)
        for id_, added in new.items()
    )
    incidents = sorted((*others, *changed), key=lambda incident: incident.id)
    return replace(case, incidents=tuple(incidents))


def _standings(case: Case, id_: IncidentId) -> Iterator[Standing]:
    for incident in case.incidents:
        if incident.id == id_:
            yield from incident.standings.values()
            for message in incident.messages:
                yield from message.standings.values()


def _messages(judged: Iterable[Standing]) -> dict[MessageId, list[Standing]]:
    by_message: dict[MessageId, list[Standing]] = defaultdict(list)
    for standing in judged:
        if standing.file.record is not None:
            by_message[standing.file.record.message].append(standing)
    return by_message


_Groups = dict[IncidentId, dict[MessageId, list[Standing]]]


def _grouped(judged: tuple[Standing, ...]) -> _Groups:
    grouped: _Groups = defaultdict(lambda: defaultdict(list))
    for standing in _once(judged):
        record = standing.file.record
        if record is not None:
            grouped[record.incident][record.message].append(standing)
    return grouped


def _templates(own: Sequence[Standing]) -> Templates:
    return Templates(standings={s.file.digest: s for s in own}, ordered=_ordered(own))


def _ordered(own: Iterable[Standing]) -> Ordered:
    return order(Placed(digest=s.file.digest, record=s.file.record) for s in own if s.file.record)


_BEST = (Worth.VALID, Worth.VOID, Worth.NEWER, Worth.ERROR)


def _rank(standing: Standing) -> tuple[int, bool]:
    return _BEST.index(standing.worth), standing.lost


def _once(judged: tuple[Standing, ...]) -> Iterator[Standing]:
    """Yield one standing a record: a copy in a wrong place takes nothing from the right one."""
    best: dict[Digest, Standing] = {}
    for standing in judged:
        known = best.get(standing.file.digest)
        if known is None or _rank(standing) < _rank(known):
            best[standing.file.digest] = standing
    yield from best.values()


def _incident(
    id_: IncidentId,
    messages: Mapping[MessageId, list[Standing]],
    chain: Chain,
    templates: Templates,
) -> IncidentCase:
    own = messages.get(MessageId(""), [])
    ordered = _ordered(own)
    valid = frozenset(s.file.digest for s in own if s.worth is Worth.VALID)
    incident = fold(id_, (p for p in ordered.records if p.digest in valid))
    beforehand = Beforehand(
        approvals=tuple(
            p
            for p in templates.ordered.records
            if templates.standings[p.digest].worth is Worth.VALID
        ),
        incident=id_,
        ordered=ordered,
        valid=valid,
    )
    found = tuple(
        message_case(incident, message, records, chain, beforehand)
        for message, records in sorted(messages.items())
        if message
    )
    return IncidentCase(
        id=id_,
        incident=replace(incident, all_know=all_know(found)) if incident else None,
        standings={s.file.digest: s for s in own},
        ordered=ordered,
        messages=found,
    )
