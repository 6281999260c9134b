"""What follows from what was just written: people hear of it.

Whoever's record brings something about tells of it, once it is shared: the remote takes one
commit after the other, so each change has exactly one of them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from commscli.domain.escalations import escalation_named
from commscli.domain.ids import CommitId, IncidentId, PersonId
from commscli.domain.records import Clock, Record
from commscli.domain.trust import Trust
from commscli.errors import Undecided
from commscli.gates.case import Case, IncidentCase, build
from commscli.ledger.reader import read_history
from commscli.workflow.incident.escalating import RECORDED_AS, escalations
from commscli.workflow.incident.nudging import Nudge
from commscli.workflow.recording import find_incident, with_records
from commscli.workflow.secrets import secrets_of
from commscli.workflow.session import Session
from commscli.workflow.settings import load_settings
from commscli.workflow.turns.telling import Teller, Told, by_person
from commscli.workflow.turns.turns import Turn, escalation_turns, new_turns, reminder, turns
from commscli.workflow.written import Made


def follow(session: Session) -> tuple[Told, ...]:
    """Do what follows from everything that this run wrote, and forget that it did.

    Raises:
        CommsError: if the settings cannot be used.
    """
    made, session.made = session.made, []
    shared = [one for one in made if one.records and (one.written.shared or one.written.alone)]
    if not shared:
        return ()
    if shared[0].unshared_since is not None:
        return catch_up(session, shared[0].unshared_since, shared[-1].written.commit)
    found: list[Turn] = []
    for incident in dict.fromkeys(r.record.incident for one in shared for r in one.records):
        if incident:
            found += _of_incident(session, incident, shared)
    trust = _trust(shared[-1].before)
    return _tell(session, trust, shared[-1].records[0].record.person, found)


def remind(session: Session, found: Sequence[Nudge]) -> tuple[Told, ...]:
    """Tell those who are waited for that they are, and for how long; again, if need be."""
    cases = {case.id: case for case in session.case.incidents}
    asked = [
        reminder(cases[IncidentId(nudge.incident)], nudge, session.circumstances.now)
        for nudge in found
    ]
    return _tell(session, session.trust, session.me, asked, to_all=True)


def catch_up(session: Session, old: CommitId, new: CommitId) -> tuple[Told, ...]:
    """Tell what came about between two commits: what was written while nothing was shared."""
    before, now = (_case_at(session, commit) for commit in (old, new))
    trust = _trust(now)
    found: list[Turn] = []
    for case in now.incidents:
        earlier = find_incident(before, case.id)
        found += new_turns(turns(earlier, trust) if earlier else (), turns(case, trust))
    return _tell(session, trust, session.me, found)


def _case_at(session: Session, commit: CommitId) -> Case:
    history = read_history(session.repository, commit)
    return build(history, session.pin_for(history))


def _trust(case: Case) -> Trust:
    """Return the trust in force; whoever could write a record had one."""
    if case.chain.current is None:
        raise Undecided("there is no trust in force here", remedy="comms trust show")
    return case.chain.current.trust


def _of_incident(session: Session, incident: IncidentId, made: Sequence[Made]) -> Iterator[Turn]:
    earlier = find_incident(made[0].before, incident)
    now = find_incident(with_records(made[-1].before, made[-1].records), incident)
    if now is None:
        return
    trust = _trust(made[-1].before)
    yield from new_turns(turns(earlier, trust) if earlier else (), turns(now, trust))
    yield from _escalated(session, now, trust, [r.record for one in made for r in one.records])


def _escalated(
    session: Session, case: IncidentCase, trust: Trust, records: Iterable[Record]
) -> Iterator[Turn]:
    """Yield what those hear of whom escalations name that these records carry out."""
    bodies = (record.body for record in records if record.kind == RECORDED_AS)
    names = {escalation_named(body.clock) for body in bodies if isinstance(body, Clock)} - {""}
    if not names or case.incident is None:
        return
    playbook = load_settings(session).playbook(case.incident.playbook)
    found = escalations(case, case.incident, playbook, trust, session.circumstances.now)
    done = [one for one in found if one.id in names]
    yield from escalation_turns(case.id, done, drill=case.incident.drill)


def _tell(
    session: Session, trust: Trust, me: str, found: Sequence[Turn], *, to_all: bool = False
) -> tuple[Told, ...]:
    if not found:
        return ()
    organisation = load_settings(session).organisation
    teller = Teller(
        organisation=organisation,
        secrets=lambda: secrets_of(session),
        at=session.circumstances.now,
    )
    waiting = organisation.turns.backups_after and not to_all
    first = [_to_the_first(turn) if waiting else turn for turn in found]
    people = trust.people
    return tuple(
        teller.tell(people[PersonId(person)], own)
        for person, own in by_person(first, me).items()
        if person in people and person not in trust.ended.people
    )


def _to_the_first(turn: Turn) -> Turn:
    """Return a step for whoever has it in hand, or is named first: their backups hear later."""
    return replace(turn, people=turn.people[:1]) if turn.kind == "step" else turn
