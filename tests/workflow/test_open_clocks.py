"""Which clocks still ask somebody for something: the open ones, each thing said once."""

from datetime import UTC, datetime, timedelta

from commscli.domain.clocks.clock import Clock, Kind, State
from commscli.domain.ids import IncidentId
from commscli.domain.incident import Incident
from commscli.workflow.incident.clocks import open_clocks

ZERO = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def incident(closed: str = "") -> Incident:
    return Incident(
        id=IncidentId("outage"), title="Outage", playbook="p", severity="SEV-1",
        phase="investigation", phases=("investigation",), phase_since="", declared_at="",
        declared_by="ana", reporter="", references=(), drill=False, facts={}, skipped={},
        closed=closed,
    )  # fmt: skip


def clock(kind: Kind, due: int, state: State = State.RUNNING, audience: str = "public") -> Clock:
    return Clock(
        id=f"{kind}-{audience}", kind=kind, started=ZERO, due=ZERO + timedelta(minutes=due),
        state=state, reason="", audience=audience,
    )  # fmt: skip


def kinds(*clocks: Clock, closed: str = "") -> list[str]:
    return [str(one.kind) for one in open_clocks(clocks, incident(closed))]


def test_a_promise_that_is_due_first_says_it_for_the_cadence() -> None:
    promise = clock(Kind.PROMISE, 20)

    assert kinds(promise, clock(Kind.CADENCE, 30)) == ["promise"]
    assert kinds(promise, clock(Kind.CADENCE, 10)) == ["promise", "cadence"]
    assert kinds(promise, clock(Kind.CADENCE, 30, audience="internal")) == ["promise", "cadence"]
    assert kinds(clock(Kind.PROMISE, 20, State.BROKEN), clock(Kind.CADENCE, 30)) == ["cadence"]


def test_what_is_met_or_broken_asks_for_nothing() -> None:
    assert kinds(clock(Kind.CADENCE, 1, State.MET), clock(Kind.CADENCE, 1, State.BROKEN)) == []


def test_a_closed_incident_owes_what_comes_after_it_and_no_update() -> None:
    clocks = [clock(kind, 30, State.OVERDUE) for kind in Kind]

    assert kinds(*clocks, closed="over") == ["contract", "analysis", "postmortem", "regulatory"]
