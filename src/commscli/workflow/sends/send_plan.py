"""What a send will do: decided, rendered and written down before it does anything."""

import json
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from commscli.delivery.payload import OPEN, Words, copies_of, rendered
from commscli.delivery.recipients import RecipientList, find_by_digest, find_list, read_list
from commscli.domain.durations import parse_offset
from commscli.domain.ids import Digest
from commscli.domain.incident import is_overtaken
from commscli.domain.moments import is_moment, stamp
from commscli.domain.records import Drafted, SendIntent
from commscli.domain.wall_time import when
from commscli.errors import BadInput, Busy, Refused, Undecided
from commscli.gates.case import IncidentCase
from commscli.gates.message import MessageCase
from commscli.ledger.record_files import folder_of
from commscli.workflow.incident.holding import require_no_hold
from commscli.workflow.messages.reading import drafted, require_words_there
from commscli.workflow.messages.recorded_words import recipient_folders, recorded_words
from commscli.workflow.recording import require_open
from commscli.workflow.session import Session
from commscli.workflow.settings import load_settings
from commscli.workflow.verdicts.bars import require_passed


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything that a send will do, decided before it does anything."""

    incident: str
    message: str
    subject: Digest
    body: Drafted
    words: Words
    recipients: RecipientList | None
    slots: dict[str, str]
    spoken: dict[str, str]
    """The slots as recipients read them, in the organisation's zone."""
    why: str
    withheld: tuple[str, ...] = ()
    """Rows of the list that a person took out after it was approved."""
    _digests: dict[str, str] = field(default_factory=dict, compare=False, repr=False, init=False)

    @property
    def send_id(self) -> str:
        """The same for the same approved words, people and channels: it cannot start twice."""
        return send_id_of(self.subject, self.why)

    @property
    def drill(self) -> bool:
        """Whether nothing of it may leave the house."""
        return self.words.drill

    @property
    def size(self) -> int:
        """How many recipients each channel has; a broadcast has one, the channel itself."""
        return len(self.recipients.rows) if self.recipients else 1

    @property
    def count(self) -> int:
        """How many deliveries there are, over all channels; copies are some of them."""
        channels = self.body.channels.values()
        return sum(self.size + len(copies_of(settings)) for settings in channels)

    @property
    def digest(self) -> str:
        """The digest of all that is decided before the send starts: all but its time."""
        content = {
            "send": self.send_id,
            "message": f"{self.incident}/{self.message}",
            "revision": self.subject,
            "channels": self.body.channels,
            "payloads": self.body.rendered,
            "withheld": self.withheld,
        }
        return sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    def data(self) -> bytes:
        """Return the one spelling of the plan; its SHA-256 is what the intent states."""
        content = {
            "send": self.send_id,
            "incident": self.incident,
            "message": self.message,
            "revision": self.subject,
            "slots": self.slots,
            "spoken": self.spoken,
            "payloads": self.payload_digests(),
            **({"withheld": self.withheld} if self.withheld else {}),
        }
        return json.dumps(content, indent=1, sort_keys=True).encode() + b"\n"

    def payload_digests(self) -> dict[str, str]:
        """Return the digest of what leaves over each channel, slots filled."""
        if not self._digests:
            words, channels, spoken = self.words, self.body.channels, self.spoken
            left = frozenset(self.withheld)
            self._digests.update(rendered(words, channels, self.recipients, spoken, without=left))
        return dict(self._digests)


def send_id_of(subject: Digest, why: str) -> str:
    """Return what a send is called; a repeat, which says why, is another one."""
    return sha256(f"{subject}\n{why}".encode()).hexdigest()[:16]


def repeats(message: MessageCase, again: str) -> bool:
    """Whether a reason to send something again is one that it was not sent again for already."""
    stated = (send.intent.record.body for send in message.sends)
    return bool(again) and all(body.why != again for body in stated if isinstance(body, SendIntent))


def require_ready(session: Session, case: IncidentCase, message: MessageCase, why: str) -> None:
    """Refuse what may not be sent.

    Raises:
        Refused: naming what is missing and who can give it.
        Undecided: if the history cannot be judged.
    """
    session.require_sound(message.incident, message.message)
    if session.report.reasons:
        raise Undecided("; ".join(session.report.reasons), remedy="comms check")
    require_open(session, "send-intent", case.id, message.message)
    require_no_hold(session, case, message)
    if not (message.sends and message.sends[-1].sent is None):
        require_passed(message)
    body = drafted(message, message.verdict.subject or Digest(""))
    if case.incident and is_overtaken(case.incident, body) and not why and not message.sends:
        raise Refused(
            f"the incident has moved on to {case.incident.phase} since this was written",
            remedy="draft for that phase, or say why it still goes: --why TEXT",
            code="superseded",
        )
    if not (message.sends and message.sends[-1].sent is None):
        require_words_there(session, message, message.verdict.subject or Digest(""))


def make_plan(session: Session, case: IncidentCase, message: MessageCase, why: str) -> Plan:
    """Return the plan of a send, new or begun before.

    Raises:
        Refused: if it may not be sent, or would not be what was approved.
        Busy: if it was begun on another machine.
    """
    require_ready(session, case, message, why)
    subject = message.verdict.subject
    if subject is None:
        raise BadInput(f"{message.message} has no revision", remedy="comms check")
    if message.sends and message.sends[-1].sent is None:
        return resumed(session, message)
    body = drafted(message, subject)
    plan = planned_at(session, message, session.circumstances.now, why)
    if rendered(plan.words, body.channels, plan.recipients, OPEN) != body.rendered:
        raise Refused(
            f"revision {body.revision} of {message.message} would not send what was approved",
            remedy=f"the spokesperson records it again: comms revise {message.message}",
            code="rendered",
        )
    return plan


def planned_at(session: Session, message: MessageCase, at: datetime, why: str) -> Plan:
    """Return the plan of a send that begins at a time: it follows from that and the records.

    Raises:
        Refused: if the list of recipients is not here.
    """
    subject = message.sends[-1].subject if _is_open(message) else message.verdict.subject
    if subject is None:
        raise BadInput(f"{message.message} has no revision", remedy="comms check")
    now = at.replace(microsecond=0)
    slots = {"send.time": stamp(now)}
    offset = drafted(message, subject).next_update
    if offset:
        slots["send.next_update"] = stamp(now + parse_offset(offset))
    return plan_of(session, message, subject, slots, why)


def _is_open(message: MessageCase) -> bool:
    return bool(message.sends) and message.sends[-1].sent is None


def plan_of(
    session: Session, message: MessageCase, subject: Digest, slots: dict[str, str], why: str
) -> Plan:
    """Return the plan for a revision with these slots."""
    body = drafted(message, subject)
    recipients = _recipients(session, body, message) if slots != OPEN else None
    return Plan(
        incident=message.incident,
        message=message.message,
        subject=subject,
        body=body,
        words=recorded_words(session, message, subject),
        recipients=recipients,
        slots=slots,
        spoken=_spoken(session, slots),
        why=why,
    )


def _spoken(session: Session, slots: dict[str, str]) -> dict[str, str]:
    zone = load_settings(session).zone
    return {name: when(value, zone) if is_moment(value) else value for name, value in slots.items()}


def _recipients(session: Session, body: Drafted, message: MessageCase) -> RecipientList | None:
    if not body.recipients["count"]:
        return None
    found = find_by_digest(body.recipients["digest"], recipient_folders(session))
    if found is None:
        raise _not_the_list(session, body, message)
    return found


def _not_the_list(session: Session, body: Drafted, message: MessageCase) -> Refused:
    """Say that the approved list is not here; of a changed one, who must look at that."""
    name, count = message.message, body.recipients["count"]
    approved = f"the list of {count} recipients that was approved for {name}"
    folders = recipient_folders(session)
    back = f"put the list, unchanged, into one of {', '.join(map(str, folders))}"
    audience = load_settings(session).audiences.get(body.audience)
    try:
        changed = find_list(audience.recipients if audience else "", folders)
        now = len(read_list(changed).rows)
    except BadInput:
        return Refused(
            f"{approved} (digest {body.recipients['digest'][:8]}) is not here",
            remedy=f"{back}; or name its folder in COMMS_RECIPIENTS",
            code="no-list",
        )
    trust = message.now.trust
    again = "; ".join(
        f"{id_} by {' or '.join(trust.judges_of(id_))}" for id_, g in trust.gates.items()
        if g.recipients
    )  # fmt: skip
    draft = f"{folder_of(message.incident, name)}/draft.md"
    return Refused(
        f"{changed.name} has changed since {approved}: it has {now}",
        remedy=f"{back}; or, if the new one is meant, comms revise {name} --file {draft}, and "
        f"then again {again}",
        code="no-list",
    )


def plan_file(session: Session, send_id: str) -> Path:
    """Return where the plan of a send is kept, on this machine alone."""
    return session.repository.own_folder / "sends" / send_id / "plan.json"


def resumed(session: Session, message: MessageCase) -> Plan:
    """Return the plan of a send that was begun, just as it was.

    Raises:
        Busy: if it was begun on another machine, where its plan is.
    """
    subject = message.sends[-1].subject
    body = message.sends[-1].intent.record.body
    why = body.why if isinstance(body, SendIntent) else ""
    plan = plan_of(session, message, subject, {"send.time": ""}, why)
    try:
        data = plan_file(session, plan.send_id).read_bytes()
    except OSError:
        data = b""
    person = message.sends[-1].intent.record.person
    if isinstance(body, SendIntent) and sha256(data).hexdigest() != body.plan:
        raise Busy(
            f"{person} began to send {message.message} on another machine, and its plan is there",
            remedy=f"{person} runs comms send {message.message} again there; if that machine is "
            f"gone: comms send {message.message} --take-over WHY",
            code="begun-elsewhere",
        )
    kept = json.loads(data)
    return replace(
        plan,
        slots=kept["slots"],
        spoken=kept["spoken"],
        withheld=tuple(kept.get("withheld", ())),
    )
