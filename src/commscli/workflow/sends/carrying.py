"""Take a send to its end, or say why it has none yet and how to go on."""

from collections import Counter
from collections.abc import Mapping

from commscli.delivery.ledger import Ledger, Step
from commscli.errors import Busy, CommsError, Interrupted, Problem, Unfinished, UnknownOutcome
from commscli.workflow.sends.delivering import Crew, deliver_all
from commscli.workflow.sends.pace import Pace
from commscli.workflow.sends.send_plan import Plan
from commscli.workflow.sends.standings import Standing, standings

SHOWN = 20
"""Deliveries in doubt that an error lists; the status has them all."""


def carried_out(crew: Crew, ledger: Ledger, pace: Pace, down: Mapping[str, str]) -> None:
    """Take every delivery to its end.

    Raises:
        Unfinished: if some have not left, or are in somebody's hands.
        UnknownOutcome: if all have been tried, and of some nobody knows whether they arrived.
        Busy: if somebody took it over meanwhile.
    """
    plan = crew.plan
    try:
        found = deliver_all(crew, ledger, pace, down)
    except Interrupted as fault:
        raise Interrupted(
            f"{fault.text}; {_done(plan, ledger)} of {plan.message} have left",
            remedy=f"comms send {plan.message} goes on: nobody gets it twice",
        ) from None
    except Busy:
        raise
    except (CommsError, OSError) as fault:
        raise unfinished(plan, str(fault)) from fault
    _require_all(plan, ledger, found)


def _require_all(plan: Plan, ledger: Ledger, down: Mapping[str, str]) -> None:
    reasons, steps = {*down.values()}, Counter[Step]()
    unknown: list[Standing] = []
    for one in standings(plan, ledger.lines):
        step = one.line.step
        steps[step] += 1
        if step.is_in_doubt and len(unknown) < SHOWN:
            unknown.append(one)
        elif step is Step.DEFERRED and one.line.detail:  # others say what was before
            reasons.add(one.line.detail)
    total = sum(steps.values())
    left = sum(n for step, n in steps.items() if not step.is_settled and not step.is_in_doubt)
    doubt = sum(n for step, n in steps.items() if step.is_in_doubt)
    if left:
        why = "; ".join(sorted(reasons)) or "they were not tried"
        raise unfinished(plan, f"{left} of {total} have not left: {why}")
    if doubt:
        raise UnknownOutcome(
            f"of {doubt} of {total} deliveries of {plan.message} nobody knows whether they arrived",
            remedy=f"comms send {plan.message} --status, then comms resolve {plan.message}",
            problems=[Problem(text=f"{_about(one)}: {one.line.detail}") for one in unknown],
        )
    if steps[Step.HANDED_OUT]:
        raise Unfinished(
            f"{steps[Step.HANDED_OUT]} of {total} deliveries of {plan.message} are in somebody's "
            "hands, a call to make",
            remedy=f"after each: comms send {plan.message} --done RECIPIENT --why NOTE",
            code="handed-out",
        )


def _done(plan: Plan, ledger: Ledger) -> str:
    left = sum(one.line.step.is_settled for one in standings(plan, ledger.lines))
    return f"{left} of {plan.count}"


def _about(one: Standing) -> str:
    payload = one.delivery.payload
    return f"{payload.channel} to {payload.to or 'everybody there'} ({one.delivery.row[:8]})"


def unfinished(plan: Plan, why: str) -> Unfinished:
    """Return the refusal to call a send done."""
    return Unfinished(
        f"sending {plan.message} has begun and is not finished: {why}",
        remedy=f"comms send {plan.message}, again: nobody gets it twice",
    )
