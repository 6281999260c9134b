"""What a lead has to see besides the matrix: holds, a new lead, stale facts, loose ends."""

from collections.abc import Iterator

from commscli.domain.moments import moment
from commscli.domain.phases import LAST_WORDS
from commscli.domain.wall_time import near
from commscli.render.escaping import one_line
from commscli.render.human import Paint, labelled, whole
from commscli.workflow.incident.holding import reason
from commscli.workflow.incident.overview import Standing


def hold_lines(standing: Standing, paint: Paint) -> Iterator[str]:
    """Say who stops what, and who lets it go on."""
    for hold in standing.holds:
        record = hold.record
        at = moment(record.at).astimezone(standing.settings.zone).strftime("%H:%M")
        option = f"-m {record.message} " if record.message else ""
        command = whole(f"comms {standing.where}lift {option}--why TEXT")
        who = " or ".join(standing.lifters) or "nobody on the roster"
        text = (
            f"{record.person} holds {record.message or 'everything'} since {at}: {reason(hold)}; "
            f"{who} lifts it: {command}"
        )
        yield from labelled("HELD", text, paint, "red")


def before_all(standing: Standing, paint: Paint) -> Iterator[str]:
    """Say who leads now, where the lead was handed over, and why a closed incident is closed."""
    if standing.handed_over is not None:
        given = standing.handed_over.record
        at = near(moment(given.at), standing.now, standing.settings.zone)
        yield from labelled("lead", f"{standing.lead}, from {given.person} at {at}", paint, "bold")
    if standing.incident.closed:
        again = whole(f"comms {standing.where}reopen --why TEXT")
        yield from labelled("closed", f"{standing.incident.closed}; {again}", paint, "bold")


def escalation_lines(standing: Standing, paint: Paint) -> Iterator[str]:
    """Say what asks for more people or words, and was not carried out yet."""
    if standing.incident.closed:
        return
    for one in standing.escalations:
        at = one.since.astimezone(standing.settings.zone).strftime("%H:%M")
        tell = f"; tell {', '.join(one.people)}" if one.people else ""
        command = whole(f"comms {standing.where}escalate")
        text = f"{one_line(one.id)}, {one_line(one.trigger)} ({at}){tell}: {command}"
        yield from labelled("escalate", text, paint, "red")


def stale_lines(standing: Standing, paint: Paint) -> Iterator[str]:
    """Say which drafts were written from facts that are no more, the misleading ones in red."""
    by_text: dict[tuple[bool, str], list[str]] = {}
    for name, stale in standing.stale.items():
        by_text.setdefault((stale.misleads, stale.text), []).append(name)
    for (misleads, text), names in sorted(by_text.items(), reverse=True):
        command = whole(f"comms {standing.where}revise {names[0]}") if misleads else ""
        said = f"{', '.join(names)}, {text}{f': {command}' if command else ''}"
        yield from labelled("stale facts", said, paint, "red" if misleads else "dim")


def hanging_lines(standing: Standing, paint: Paint) -> Iterator[str]:
    """Say who was not told that it is over."""
    told = standing.to_tell
    if told:
        names = ", ".join(_name(standing, audience) for audience in told)
        words = " ".join(told)
        command = whole(f"comms {standing.where}draft {words} --phase {LAST_WORDS[0]}")
        text = f"{names} heard of the problem and not that it is over: {command}"
        yield from labelled("left hanging", text, paint, "red")


def end_lines(standing: Standing, paint: Paint) -> Iterator[str]:
    """Say what is missing before an incident can be closed."""
    if standing.incident.stage == "aftercare":
        left = len(standing.to_close)
        more = f" and {left - 1} more" if left > 1 else ""
        text = f"{standing.to_close[0]}{more}" if left else whole(f"comms {standing.where}close")
        yield from labelled("to close", text, paint, "dim")


def _name(standing: Standing, audience: str) -> str:
    known = standing.settings.audiences.get(audience)
    return one_line(known.name if known else audience)
