"""What a send will do, said before it does it."""

from commscli.render.human import drilled, paragraph
from commscli.workflow.sends.send_plan import Plan

_SLOTS = {"send.time": "at", "send.next_update": "promising the next update by"}


def plan_text(plan: Plan) -> str:
    """Return the plan of a send: which words, to how many, how, and what it promises."""
    people = f"{plan.size} recipient{'' if plan.size == 1 else 's'}"
    to = people if plan.recipients else "everybody there"
    over = ", ".join(
        f"{name} ({'outbox' if plan.drill else s['adapter']})"
        for name, s in plan.body.channels.items()
    )
    slots = (f"{_SLOTS[name]} {value}" for name, value in plan.spoken.items() if name in _SLOTS)
    said = [f"to {to} over {over}", *slots]
    head = drilled(f"{plan.message} revision {plan.body.revision}", drill=plan.drill)
    return "\n".join([head, *(line for text in said for line in paragraph(text, "    "))]) + "\n"
