"""Take a send to its end, or say why it has none yet and how to go on."""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from commscli.delivery.channels.channel import Channel
from commscli.delivery.ledger import Ledger, Step
from commscli.errors import CommsError, Interrupted, Problem, Unfinished, UnknownOutcome
from commscli.workflow.sends.delivering import Pace, Standing, deliver_all, standings
from commscli.workflow.sends.send_plan import Plan
from commscli.workflow.session import Session

SHOWN = 20
"""Deliveries in doubt that an error lists; the status has them all."""


def pace_of(session: Session, stopped: Callable[[], bool]) -> Pace:
    """Return how time passes: as it does, but for a clock that somebody set for the whole run."""
    stated = session.circumstances.environ.get("COMMS_NOW")
    now = session.circumstances.now
    return Pace(
        now=(lambda: now) if stated else (lambda: datetime.now(UTC)),
        sleep=time.sleep,
        stopped=stopped,
    )


def carried_out(
    plan: Plan, ledger: Ledger, channels: Mapping[str, Channel], pace: Pace, ready: set[str]
) -> tuple[Standing, ...]:
    """Take every delivery to its end.

    Raises:
        Unfinished: if some have not left.
        UnknownOutcome: if all have been tried, and of some nobody knows whether they arrived.
    """
    try:
        down = deliver_all(plan, ledger, channels, pace, ready)
    except Interrupted as fault:
        raise Interrupted(
            f"{fault.text}; {_done(plan, ledger)} of {plan.message} have left",
            remedy=f"comms send {plan.message} goes on: nobody gets it twice",
        ) from None
    except (CommsError, OSError) as fault:
        raise unfinished(plan, str(fault)) from fault
    found = standings(plan, ledger.lines)
    left = [one for one in found if not one.line.step.is_final and not one.line.step.is_in_doubt]
    if left:
        reasons = {*down.values(), *(one.line.detail for one in left if one.line.detail)}
        raise unfinished(
            plan, f"{len(left)} of {len(found)} have not left: {'; '.join(sorted(reasons))}"
        )
    unknown = [one for one in found if one.line.step.is_in_doubt]
    if unknown:
        raise UnknownOutcome(
            f"of {len(unknown)} of {len(found)} deliveries of {plan.message} nobody knows whether "
            "they arrived",
            remedy=f"comms send {plan.message} --status, then comms resolve {plan.message}",
            problems=[Problem(text=f"{_about(one)}: {one.line.detail}") for one in unknown[:SHOWN]],
        )
    return found


def _done(plan: Plan, ledger: Ledger) -> str:
    found = standings(plan, ledger.lines)
    return f"{sum(one.line.step is Step.ACCEPTED for one in found)} of {len(found)}"


def _about(one: Standing) -> str:
    payload = one.delivery.payload
    return f"{payload.channel} to {payload.to or 'everybody there'} ({one.delivery.row[:8]})"


def unfinished(plan: Plan, why: str) -> Unfinished:
    """Return the refusal to call a send done."""
    return Unfinished(
        f"sending {plan.message} has begun and is not finished: {why}",
        remedy=f"comms send {plan.message}, again: nobody gets it twice",
    )
