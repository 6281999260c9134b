"""What a check found, as values that explain themselves.

There is no ``__bool__`` anywhere here: whoever asks must say which answer is meant.
"""

from dataclasses import dataclass
from enum import StrEnum

from commscli.domain.ids import CommitId, Digest, GateId, IncidentId, MessageId, PersonId


class Level(StrEnum):
    """How much a finding matters; an accepted one is an error the admins live with."""

    ERROR = "error"
    WARNING = "warning"
    ACCEPTED = "accepted"


class Outcome(StrEnum):
    """The answer of a check. Undecided outranks fail: what cannot be read was not judged."""

    PASS = "pass"  # noqa: S105 - an outcome, no password
    FAIL = "fail"
    UNDECIDED = "undecided"


class GateState(StrEnum):
    """How one gate stands for one revision."""

    PASSED = "passed"
    OPEN = "open"
    STALE = "stale"
    OBJECTED = "objected"
    PREAPPROVED = "preapproved"
    EMERGENCY = "emergency"
    """Skipped by those whom trust names for it; open until its own people ratify."""

    @property
    def passes(self) -> bool:
        """Whether the gate is passed, now or beforehand."""
        return self in {GateState.PASSED, GateState.PREAPPROVED}

    @property
    def lets_go(self) -> bool:
        """Whether the gate keeps nothing back."""
        return self.passes or self is GateState.EMERGENCY


class MessageState(StrEnum):
    """How far one message has come."""

    DRAFTING = "drafting"
    IN_REVIEW = "in-review"
    APPROVED = "approved"
    RELEASED = "released"
    SENDING = "sending"
    SENT = "sent"
    SUPERSEDED = "superseded"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True, kw_only=True)
class GateVerdict:
    """One gate of one message: who passed it, how many are missing, who could still."""

    gate: GateId
    state: GateState
    by: tuple[PersonId, ...]
    missing: int
    could: tuple[PersonId, ...]
    reason: str = ""
    rule: str = "open-gate"


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageVerdict:
    """One message: its newest revision, or the one that was sent, and each of its gates."""

    incident: IncidentId
    message: MessageId
    state: MessageState
    revision: int
    subject: Digest | None
    gates: tuple[GateVerdict, ...]
    drill: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong, where, why it matters to whom, and what mends it.

    ``key`` tells two findings of one rule in one place apart; ``digest`` names the record
    at fault, where there is one. ``who`` can do what the remedy says, and ``accept`` are the
    admins who can live with it, by the roster in force; nobody, where it is not theirs.
    """

    rule: str
    level: Level
    text: str
    remedy: str
    incident: str = ""
    message: str = ""
    path: str = ""
    line: int | None = None
    commit: CommitId | None = None
    digest: Digest | None = None
    key: str = ""
    who: tuple[PersonId, ...] = ()
    accept: tuple[PersonId, ...] = ()

    @property
    def subject(self) -> str:
        """Return what the admins name to accept it; nothing, if it cannot be accepted."""
        return self.digest or self.commit or self.path


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """How much was looked at. ``drills``: messages sent in drills, which ``sent`` leaves out."""

    incidents: int
    messages: int
    sent: int
    records: int
    commits: int
    drills: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PinUsed:
    """Which pin the history was held against, and where it came from."""

    source: str
    digest: Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """A commit that was taken as checked. ``whole`` says why all was checked all the same."""

    commit: CommitId
    whole: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The whole answer of a check; with ``since``, of what came after a commit."""

    head: CommitId
    trust_version: int
    trust_digest: Digest | None
    pin: PinUsed | None
    reasons: tuple[str, ...]
    checked: Checked
    messages: tuple[MessageVerdict, ...]
    findings: tuple[Finding, ...]
    since: Since | None = None

    @property
    def outcome(self) -> Outcome:
        """Return the answer: undecided before fail, fail before pass."""
        if self.reasons:
            return Outcome.UNDECIDED
        if any(finding.level is Level.ERROR for finding in self.findings):
            return Outcome.FAIL
        return Outcome.PASS
