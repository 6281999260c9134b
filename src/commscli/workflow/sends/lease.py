"""Whose machine is sending, for all machines to see: taken, looked at, handed on, given back.

A send that is under way holds a lock on the remote. One that stopped in order leaves there how
far it came, without any address or word of a server; so another machine can go on just where it
was. Of one that did not stop in order nobody else knows how far it came.
"""

import json
import secrets
import socket
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from commscli.delivery.ledger import Ledger, Step
from commscli.domain.ids import CommitId
from commscli.domain.moments import stamp
from commscli.errors import Busy, CommsError, Refused
from commscli.ledger import send_locks
from commscli.ledger.journal import place_file
from commscli.ledger.send_locks import Claim, Held
from commscli.ledger.syncing import Unreachable
from commscli.workflow.sends.send_plan import Plan, plan_file
from commscli.workflow.session import Session

SECONDS = 30.0
"""How long a lock counts as seen."""
_CLOCK = getattr(time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", None))
PLAN, LEDGER, TAKEN = "plan.json", "ledger.json", "taken-over.txt"
OPEN_STATE, STOPPED = "open", "stopped"
_MOST_TAKERS, _LONGEST = 50, 1000
"""Lines, and characters of one, that are taken from a lock: anybody may have pushed it."""
_FIELDS = ("person", "host", "clone", "state", "at", "why")


def _passed() -> float:
    """Return seconds, from whenever, with those that the machine slept.

    `time.monotonic` leaves those out on Linux and on macOS, where these clocks do not.
    """
    return time.monotonic() if _CLOCK is None else time.clock_gettime(_CLOCK)


@dataclass(slots=True, kw_only=True)
class Lease:
    """The lock of a send, as long as it is ours. ``commit`` is nothing where there is none."""

    session: Session
    plan: Plan
    commit: CommitId | None = None
    seen: float = field(default_factory=_passed)

    def look(self) -> None:
        """See from time to time whether it is still ours; a remote that is silent is no answer.

        Raises:
            Busy: if somebody took it over.
        """
        if self.commit is None or _passed() - self.seen < SECONDS:
            return
        self.seen = _passed()
        try:
            there = send_locks.holder(
                self.session.repository, self.plan.send_id, self.session.network
            )
        except Unreachable:
            return
        if there != self.commit:
            raise _taken_over(self.session, self.plan, None)

    def pause(self, ledger: Ledger) -> None:
        """Leave how far it came, for whoever goes on elsewhere; never fails."""
        if self.commit is None:
            return
        steps = {key: str(line.step) for key, line in ledger.lines.items()}
        data = json.dumps(steps, indent=0, sort_keys=True).encode()
        self._quietly(lambda: self._move(STOPPED, {LEDGER: data}))

    def end(self) -> None:
        """Give it back; never fails: what is sent is in the history."""
        held = self.commit
        if held is not None:
            repository, network = self.session.repository, self.session.network
            send_id = self.plan.send_id
            self._quietly(lambda: send_locks.release(repository, send_id, held, network))

    def _move(self, state: str, more: Mapping[str, bytes]) -> None:
        claim = claim_of(self.session, self.plan, state=state, more=more)
        self.commit = send_locks.take(
            self.session.repository, self.plan.send_id, claim, self.session.network,
            instead_of=self.commit,
        )  # fmt: skip

    def _quietly(self, move: Callable[[], None]) -> None:
        try:
            move()
        except CommsError as fault:
            self.session.notes.append(f"the lock of this send stays on the remote: {fault.text}")


def held_by_us(session: Session, plan: Plan) -> Lease:
    """Take the lock of a send, or go on with the one that this clone has.

    Where there is no remote, or it takes no such refs, there is none; the intent, which only one
    can share, still keeps two from beginning.

    Raises:
        Busy: if another clone has it.
    """
    lease = Lease(session=session, plan=plan)
    if not session.online:
        return lease
    try:
        held = send_locks.read(session.repository, plan.send_id, session.network)
        if held is not None and stated(held).get("clone") != clone_id(session):
            raise _taken_over(session, plan, held)
        lease.commit = held.commit if held else None
        claim = claim_of(session, plan, state=OPEN_STATE)
        lease.commit = send_locks.take(
            session.repository, plan.send_id, claim, session.network, instead_of=lease.commit
        )
    except Unreachable as fault:
        session.notes.append(
            f"no lock on the remote: whoever takes this over has all of it in doubt: {fault.text}"
        )
        lease.commit = None
    return lease


def give_back(session: Session, plan: Plan) -> None:
    """Take away a lock that this clone left behind: it ended between the record and the lock."""
    if not session.online:
        return
    repository, send_id, network = session.repository, plan.send_id, session.network
    with suppress(Unreachable, Busy):
        held = send_locks.read(repository, send_id, network)
        if held is not None and stated(held).get("clone") == clone_id(session):
            send_locks.release(repository, send_id, held.commit, network)


def claim_of(
    session: Session, plan: Plan, *, state: str, why: str = "", more: Mapping[str, bytes] = {}
) -> Claim:
    """Return what a lock of ours says."""
    actor, at = session.actor, session.circumstances.now
    told = {
        "person": actor.person.id, "host": socket.gethostname(), "clone": clone_id(session),
        "state": state, "at": stamp(at.replace(microsecond=0)), "why": why,
    }  # fmt: skip
    lines = "\n".join(f"{name}: {' '.join(text.split())}" for name, text in told.items() if text)
    folder = plan_file(session, plan.send_id).parent
    files = {PLAN: plan.data(), **_taken(folder), **more}
    message = f"Sending {plan.message}\n\n{lines}"
    return Claim(message=message, files=files, person=actor.person, at=at, sign=actor.sign_commit)


def stated(held: Held) -> dict[str, str]:
    """Return what a lock says, field by field."""
    pairs = (line.partition(": ") for line in held.message.splitlines())
    return {name: text[:_LONGEST] for name, _, text in pairs if name in _FIELDS}


def takers_in(held: Held) -> list[str]:
    """Return who took a send over, by the lock: as much of it as people may have written."""
    lines = held.files.get(TAKEN, b"").decode(errors="replace").splitlines()
    return [line[:_LONGEST] for line in lines[-_MOST_TAKERS:] if line.strip()]


def clone_id(session: Session) -> str:
    """Return what this clone is called among the clones: a random word, made when needed."""
    path = session.repository.own_folder / "clone-id"
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        place_file(path, f"{secrets.token_hex(8)}\n".encode())
        return path.read_text(encoding="ascii").strip()


def taken_over(folder: Path) -> tuple[str, ...]:
    """Return who took a send over, from where and why, in their order; of most, nobody did."""
    return tuple(_taken(folder).get(TAKEN, b"").decode(errors="replace").splitlines())


def _taken(folder: Path) -> dict[str, bytes]:
    try:
        return {TAKEN: (folder / TAKEN).read_bytes()}
    except OSError:
        return {}


def _taken_over(session: Session, plan: Plan, held: Held | None) -> Busy:
    if held is None:
        try:
            held = send_locks.read(session.repository, plan.send_id, session.network)
        except Unreachable:
            held = None
    told = stated(held) if held else {}
    over = takers_in(held) if held else []
    why = f" ({over[-1]})" if over else ""
    return Busy(
        f"{told.get('person', 'somebody')} is sending {plan.message} on "
        f"{told.get('host', 'another machine')} since {told.get('at', 'just now')}{why}",
        remedy=f"leave it to them; comms send {plan.message} --take-over WHY, if that machine "
        "is gone",
        code="begun-elsewhere",
    )


def held_elsewhere(session: Session, send_id: str, message: str) -> Held | None:
    """Return the lock that another machine has; nothing where there is none.

    Raises:
        Refused: if it is none that can be taken over, or nobody may look.
        Unreachable: if the remote does not answer.
    """
    if session.circumstances.offline:
        raise Refused(
            f"whether a machine holds {message} cannot be seen offline, and it would not notice",
            remedy="the same without --offline, when the remote answers",
            code="no-lock",
        )
    held = send_locks.read(session.repository, send_id, session.network) if session.online else None
    if held is not None and PLAN not in held.files:
        raise Refused(
            f"the lock of {message} on the remote has no plan in it",
            remedy="comms log names who began it; only that machine knows how far it came",
            code="no-lock",
        )
    return held


def steps_in(held: Held) -> Mapping[str, Step] | None:
    """Return how far each delivery had come where a send stopped in order; nothing elsewhere.

    What cannot be read does not say that nothing left; a step that only another version knows
    is in doubt.
    """
    if stated(held).get("state") != STOPPED:
        return None
    known = {str(step): step for step in Step}
    try:
        found = json.loads(held.files[LEDGER])
        return {str(key): known.get(str(text), Step.UNKNOWN) for key, text in found.items()}
    except (KeyError, ValueError, AttributeError, RecursionError):
        return None
