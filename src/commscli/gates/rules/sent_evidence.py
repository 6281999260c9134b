"""What a ``sent`` record states agrees with what was approved."""

from collections.abc import Iterator

from commscli.domain.durations import parse_offset
from commscli.domain.evidence import Evidence
from commscli.domain.moments import moment, stamp
from commscli.domain.order import Placed
from commscli.domain.records import DeliveredLate, Drafted, Sent
from commscli.domain.report import Finding, Level
from commscli.gates.case import Case
from commscli.gates.mending import admins, here
from commscli.gates.message import MessageCase
from commscli.gates.rule import Rule

ID = "sent-evidence"


def judge(case: Case) -> Iterator[Finding]:
    """Find ``sent`` records without their intent, or with other slots, channels or lines."""
    for message in case.messages:
        for placed in message.ordered.records:
            if not message.standings[placed.digest].happened:
                continue
            for fault in _faults_of(case, message, placed):
                yield Finding(
                    rule=ID,
                    level=Level.ERROR,
                    text=f"{placed.record.person}'s {placed.record.kind} {fault}",
                    remedy="say what really left, to those who passed it, and accept the fault",
                    incident=message.incident,
                    message=message.message,
                    path=message.path(placed.digest),
                    digest=placed.digest,
                    key=fault,
                    who=here(case, placed.record.person),
                    accept=admins(case),
                )


def _faults_of(case: Case, message: MessageCase, placed: Placed) -> Iterator[str]:
    body = placed.record.body
    if isinstance(body, DeliveredLate):
        _, fault = _lines(case, message, placed, body.evidence)
        yield from [fault] if fault else []
    if not isinstance(body, Sent):
        return
    send = next((send for send in message.sends if send.intent.digest == body.intent), None)
    past = message.ordered.before(placed.digest)
    if send is None or not message.ordered.has(past, body.intent):
        yield "belongs to no send that was begun before it"
    elif send.sent is not None and send.sent.digest != placed.digest:
        yield "says a second time how one send ended"
    else:
        draft = message.revisions.drafts[send.subject].body
        yield from _faults(message, body, draft)
        lines, fault = _lines(case, message, placed, body.evidence)
        if fault:
            yield fault
        elif lines is not None and isinstance(draft, Drafted):
            yield from _line_faults(lines, body, draft)


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


def _lines(
    case: Case, message: MessageCase, placed: Placed, named: str
) -> tuple[Evidence | None, str]:
    """Return the lines that a record names, or what is wrong; neither, where none are known.

    They lie beside it in a commit that brings it. Of an older part of the history, which was
    judged when it was read, the commits are not here.
    """
    commits = message.standings[placed.digest].file.introduced
    keys = ((commit, message.incident, message.message) for commit in commits)
    known = [case.history.drafts_at[key] for key in keys if key in case.history.drafts_at]
    if not named or not known:
        return None, ""
    there = (at.evidence.get(f"{named[:16]}.txt") for at in known)
    lines = next((found for found in there if found and found.digest == named), None)
    return lines, "" if lines else "names evidence that does not lie beside it"


def _line_faults(lines: Evidence, sent: Sent, draft: Drafted) -> Iterator[str]:
    if lines.fault or lines.counts != sent.counts:
        yield f"counts otherwise than its evidence: {lines.fault or 'the lines are others'}"
    approved = draft.recipients["digest"]
    if approved and any(lines.rows.get(channel) != approved for channel in draft.channels):
        yield "is about other recipients than those that were approved"


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
