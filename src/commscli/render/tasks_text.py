"""What waits on somebody, and who else is waited for, as text."""

from collections.abc import Iterator, Sequence

from commscli.render.escaping import one_line
from commscli.render.human import Paint, drilled, paragraph, span
from commscli.workflow.incident.desk import Task
from commscli.workflow.incident.escalating import Escalated
from commscli.workflow.incident.nudging import Contact, Nudge


def tasks_text(tasks: tuple[Task, ...], person: str, paint: Paint) -> str:
    """Return what waits on somebody, each with the command that does it."""
    if not tasks:
        return f"nothing waits on {person}\n"
    lines: list[str] = []
    for number, task in enumerate(tasks, 1):
        what = drilled(task.what, drill=task.incident.drill)
        first, *more = paragraph(f"{number}. {task.verb}  {what}", "", "   ")
        lines += [first.replace(task.verb, paint(task.verb, "bold"), 1), *more]
        lines.append(f"   {paint(one_line(task.command), 'cyan')}")
    return "\n".join(lines) + "\n"


def escalations_text(escalated: Sequence[Escalated]) -> str:
    """Return what was escalated, why, and to whom words are due."""
    lines = [
        line
        for one in escalated
        for line in paragraph(
            f"{one.id}: {one.trigger}" + (f"; due to {', '.join(one.due)}" if one.due else ""),
            "",
            "    ",
        )
    ]
    return "".join(f"{line}\n" for line in lines) or "no escalation is open\n"


def nudges_text(nudges: Sequence[Nudge], paint: Paint) -> str:
    """Return who is waited for, how long, and how to reach them and who could instead."""
    if not nudges:
        return "nobody is waited for\n"
    return "\n".join(line for nudge in nudges for line in _nudge(nudge, paint)) + "\n"


def _nudge(nudge: Nudge, paint: Paint) -> Iterator[str]:
    what = nudge.message or f"{nudge.phase} for {nudge.audience}"
    late = f", {span(nudge.late)} over the estimate" if nudge.late else ""
    text = drilled(f"{nudge.gate} of {what}: {span(nudge.minutes)}{late}", drill=nudge.drill)
    head, *more = paragraph(text, "", "    ")
    yield paint(head, "red" if late else "bold")
    yield from more
    first, *others = nudge.people
    yield from paragraph(_contact(first), "    ", "        ")
    for other in others:
        yield from paragraph(f"or {_contact(other)}", "    ", "        ")


def _contact(contact: Contact) -> str:
    who = f"{contact.person} ({contact.name})" if contact.name else contact.person
    return f"{who}: {contact.contact}" if contact.contact else who
