"""The records: what somebody did, as signed bytes.

Ten fields are common to all; the rest belong to the kind. A record's identity is the
SHA-256 of its bytes, so two records are the same record only if they say the same.
The bytes themselves (order, spelling, limits) are the business of ``ledger``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from commscli.domain import fields as f
from commscli.domain.fields import checked
from commscli.domain.ids import Digest, GateId, IncidentId, MessageId, PersonId

SCHEMA = "comms/record@1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """Somebody declared the incident. Its first record, and the only one of its kind."""

    title: str = checked(f.SOME_TEXT)
    playbook: str = checked(f.ID)
    severity: str = checked(f.SOME_TEXT)
    phase: str = checked(f.ID)
    reporter: str = checked(f.TEXT)
    references: list[str] = checked(f.TEXTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One fact of the incident; the latest value stands, an empty one takes it back."""

    key: str = checked(f.ID)
    value: str = checked(f.TEXT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """The phase or the severity of the incident changed to ``value``."""

    value: str = checked(f.SOME_TEXT)
    why: str = checked(f.TEXT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A cell of the matrix gets no message, on purpose."""

    phase: str = checked(f.ID)
    audience: str = checked(f.ID)
    why: str = checked(f.SOME_TEXT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reasoned:
    """Dropped, closed, reopened, held or lifted: the reason is all there is to say."""

    why: str = checked(f.SOME_TEXT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned:
    """Work on a message, an audience or a gate goes to somebody by name."""

    subject: str = checked(f.SOME_TEXT)
    to: str = checked(f.ID)
    why: str = checked(f.TEXT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimated:
    """How many minutes somebody says, or is asked, to need. ``for_`` is that person."""

    subject: str = checked(f.TEXT)
    for_: str = checked(f.ID)
    minutes: int = checked(f.COUNT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Something was said outside the tool; the digest is that of the words."""

    where: str = checked(f.SOME_TEXT)
    digest: str = checked(f.DIGEST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """A clock was started or met. ``time`` is what the person claims, ``met_by`` a message."""

    clock: str = checked(f.ID)
    time: str = checked(f.MOMENT)
    why: str = checked(f.TEXT)
    met_by: str = checked(f.FOLDER_OR_EMPTY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """The manifest of one revision: everything a verdict binds, by digest."""

    revision: int = checked(f.NUMBER)
    audience: str = checked(f.ID)
    phase: str = checked(f.ID)
    severity: str = checked(f.SOME_TEXT)
    draft: Digest = checked(f.DIGEST)
    attachments: list[list[str]] = checked(f.NAMED_DIGESTS)
    template: list[list[str]] = checked(f.NAMED_DIGESTS)
    recipients: dict[str, Any] = checked(f.RECIPIENTS)
    channels: dict[str, dict[str, str]] = checked(f.CHANNELS)
    rendered: dict[str, str] = checked(f.DIGEST_MAP)
    facts: Digest = checked(f.DIGEST)
    next_update: str = checked(f.OFFSET_OR_EMPTY)
    corrects: str = checked(f.DIGEST_OR_EMPTY)

    @property
    def is_addressed(self) -> bool:
        """Whether it goes to a list of recipients; a broadcast goes to whoever listens."""
        return bool(self.recipients["digest"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """An ok, a suggestion or a strong objection to one revision.

    ``settles`` names the objections that an ok puts to rest; ``edit`` is the digest of a
    wording that the reviewer proposes.
    """

    subject: Digest = checked(f.DIGEST)
    text: str = checked(f.TEXT)
    settles: list[str] = checked(f.DIGESTS)
    edit: str = checked(f.DIGEST_OR_EMPTY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """Somebody takes back a verdict of their own."""

    of: Digest = checked(f.DIGEST)
    text: str = checked(f.TEXT)


@dataclass(frozen=True, slots=True, kw_only=True)
class SendIntent:
    """Written before the first byte leaves: this revision, by this plan.

    ``why`` is the stated reason where one is needed (a superseded message, a deliberate
    repeat); ``offline`` says that the sender chose not to ask the remote first.
    """

    subject: Digest = checked(f.DIGEST)
    plan: Digest = checked(f.DIGEST)
    why: str = checked(f.TEXT)
    offline: bool = checked(f.FLAG)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What left: slots with their values, outcomes counted, payloads by digest."""

    intent: Digest = checked(f.DIGEST)
    slots: dict[str, str] = checked(f.SLOTS)
    counts: dict[str, dict[str, int]] = checked(f.COUNT_MAP)
    payloads: dict[str, str] = checked(f.DIGEST_MAP)
    evidence: str = checked(f.DIGEST_OR_EMPTY)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveredLate:
    """A bounce or other news after the send; adds to the evidence, changes no verdict."""

    intent: Digest = checked(f.DIGEST)
    counts: dict[str, dict[str, int]] = checked(f.COUNT_MAP)
    evidence: str = checked(f.DIGEST_OR_EMPTY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Witnessed:
    """A service saw a verdict on a forge; what it is worth, trust decides."""

    forge: str = checked(f.ID)
    account: str = checked(f.SOME_TEXT)
    commit: str = checked(f.SOME_TEXT)
    payload: Digest = checked(f.DIGEST)
    verdict: str = checked(f.ID)


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateOk:
    """A gate passes a text beforehand, for one audience and phase over these channels.

    ``text`` is a whole draft with plain placeholders; ``until`` is when the gate wants to look
    at it again, for people: what is current, trust says.
    """

    template: str = checked(f.SOME_TEXT)
    audience: str = checked(f.ID)
    phase: str = checked(f.ID)
    channels: dict[str, dict[str, str]] = checked(f.CHANNELS)
    next_update: str = checked(f.OFFSET_OR_EMPTY)
    text: str = checked(f.SOME_TEXT)
    until: str = checked(f.MOMENT_OR_EMPTY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratified:
    """A gate that an emergency skipped agrees afterwards, to the send that it names."""

    of: Digest = checked(f.DIGEST)


Body = (
    Declared | Fact | Moved | Skipped | Reasoned | Assigned | Estimated | Said | Clock | Drafted
    | Verdict | Withdrawn | SendIntent | Sent | DeliveredLate | Witnessed | TemplateOk | Ratified
)  # fmt: skip

KINDS: Mapping[str, type[Body]] = MappingProxyType({
    "declared": Declared, "fact": Fact, "phase": Moved, "severity": Moved, "skipped": Skipped,
    "dropped": Reasoned, "assigned": Assigned, "closed": Reasoned, "reopened": Reasoned,
    "estimated": Estimated, "hold": Reasoned, "lifted": Reasoned, "said": Said,
    "clock-started": Clock, "clock-met": Clock, "drafted": Drafted, "ok": Verdict,
    "suggested": Verdict, "objected": Verdict, "withdrawn": Withdrawn,
    "send-intent": SendIntent, "sent": Sent, "delivered-late": DeliveredLate,
    "witnessed": Witnessed, "template-ok": TemplateOk, "ratified": Ratified,
})  # fmt: skip
"""Every kind of record that this version can judge, and the fields it adds."""

OF_A_MESSAGE = frozenset({
    "dropped", "drafted", "ok", "suggested", "objected", "withdrawn", "send-intent", "sent",
    "delivered-late", "witnessed", "ratified",
})  # fmt: skip
OF_EITHER = frozenset({"estimated", "hold", "lifted", "assigned"})
VERDICTS = frozenset({"ok", "suggested", "objected"})
BY_GATE = VERDICTS | {"template-ok", "ratified"}
"""Kinds that speak for a gate: whose they may be, the gate says and not ``may``."""
OF_TEMPLATES = "template-ok"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One record, whole. ``after`` lists the heads that its writer saw."""

    repository: str = checked(f.SOME_TEXT)
    incident: IncidentId = checked(f.FOLDER_OR_EMPTY)
    message: MessageId = checked(f.FOLDER_OR_EMPTY)
    kind: str = checked(f.SOME_TEXT)
    gate: GateId = checked(f.ID_OR_EMPTY)
    person: PersonId = checked(f.ID)
    trust: Digest = checked(f.DIGEST)
    drill: bool = checked(f.FLAG)
    at: str = checked(f.MOMENT)
    after: list[Digest] = checked(f.DIGESTS)
    body: Body


def scope_fault(kind: str, incident: str, message: str, gate: str) -> str:
    """Say what is wrong when a kind stands where it cannot, or nothing."""
    if kind == OF_TEMPLATES and (incident or message):
        return f"a {kind} record belongs to no incident"
    if kind != OF_TEMPLATES and not incident:
        return f"a {kind} record belongs to an incident, and this one names none"
    if kind in OF_A_MESSAGE and not message:
        return f"a {kind} record belongs to a message, and this one names none"
    if message and kind not in OF_A_MESSAGE | OF_EITHER:
        return f"a {kind} record belongs to the incident, and this one names a message"
    if kind in BY_GATE and not gate:
        return f"a {kind} record belongs to a gate, and this one names none"
    if gate and kind not in BY_GATE | {"withdrawn", "estimated", "assigned", "witnessed"}:
        return f"a {kind} record belongs to no gate"
    return ""
