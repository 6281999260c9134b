"""What a ``sent`` record states agrees with what was approved."""

from collections.abc import Iterator

from commscli.domain.durations import parse_offset
from commscli.domain.moments import moment, stamp
from commscli.domain.records import Drafted, Sent
from commscli.domain.report import Finding, Level
from commscli.gates.case import Case
from commscli.gates.mending import admins, here
from commscli.gates.message import MessageCase
from commscli.gates.rule import Rule

ID = "sent-evidence"


def judge(case: Case) -> Iterator[Finding]:
    """Find ``sent`` records without their intent, or with other slots, channels or counts."""
    for message in case.messages:
        intents = {send.intent.digest: send for send in message.sends}
        for placed in message.ordered.records:
            body = placed.record.body
            if not isinstance(body, Sent):
                continue
            if not message.standings[placed.digest].happened:
                continue
            send = intents.get(body.intent)
            past = message.ordered.before(placed.digest)
            if send is None or not message.ordered.has(past, body.intent):
                faults = ["belongs to no send that was begun before it"]
            elif send.sent is not None and send.sent.digest != placed.digest:
                faults = ["says a second time how one send ended"]
            else:
                faults = list(_faults(message, body, message.revisions.drafts[send.subject].body))
            for fault in faults:
                yield Finding(
                    rule=ID,
                    level=Level.ERROR,
                    text=f"{placed.record.person}'s sent {fault}",
                    remedy="say what really left, to those who passed it, and accept the fault",
                    incident=message.incident,
                    message=message.message,
                    path=message.path(placed.digest),
                    digest=placed.digest,
                    key=fault,
                    who=here(case, placed.record.person),
                    accept=admins(case),
                )


def _faults(message: MessageCase, sent: Sent, draft: object) -> Iterator[str]:
    if not isinstance(draft, Drafted):
        yield f"is about no revision of {message.message}"
        return
    if set(sent.payloads) != set(draft.channels) or set(sent.counts) != set(draft.channels):
        yield "names other channels than those that were approved"
    yield from _slot_faults(sent, draft)
    for channel, counts in sent.counts.items():
        copies = len(draft.channels.get(channel, {}).get("copy", "").split())
        most = max(1, draft.recipients["count"]) + copies
        if sum(counts.values()) > most:
            yield f"counts more recipients of {channel} than the {most} that were approved"


def _slot_faults(sent: Sent, draft: Drafted) -> Iterator[str]:
    wanted = {"send.time"} | ({"send.next_update"} if draft.next_update else set())
    if set(sent.slots) != wanted:
        yield f"fills {', '.join(sorted(sent.slots))}: expected {', '.join(sorted(wanted))}"
    elif draft.next_update and sent.slots["send.next_update"] != _promised(sent, draft):
        yield f"promises another time than {draft.next_update} after the send"


def _promised(sent: Sent, draft: Drafted) -> str:
    """Return the time of the next update, or nothing where the calendar ends before it."""
    try:
        return stamp(moment(sent.slots["send.time"]) + parse_offset(draft.next_update))
    except OverflowError:
        return ""


RULE = Rule(id=ID, title="What was sent is what was approved", judge=judge)
