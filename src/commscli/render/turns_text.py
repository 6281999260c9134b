"""Who heard that it is their turn, and who has to be told by a person, as text."""

from collections.abc import Iterator, Sequence

from commscli.render.escaping import one_line
from commscli.render.human import paragraph
from commscli.workflow.turns.telling import Told
from commscli.workflow.turns.turns import Turn

_HOW = {"mail": "by mail", "slack": "on Slack", "webhook": "by the web hook"}


def turns_lines(told: Sequence[Told]) -> Iterator[str]:
    """Yield who was told of what, and whose turn it is who was not told."""
    by_way: dict[str, list[Told]] = {}
    for one in told:
        if one.how:
            by_way.setdefault(one.how, []).append(one)
    for how, some in by_way.items():
        yield f"told {_HOW[how]}: {', '.join(one.person for one in some)}"
    for fault in dict.fromkeys(one.fault for one in told if one.fault):
        people = ", ".join(f"{one.person} ({one.contact})" for one in told if one.fault == fault)
        yield f"not told: {people}: {fault}"
    yield from _turns([one for one in told if not one.how])


def _turns(untold: Sequence[Told]) -> Iterator[str]:
    """Yield each turn of those whom nothing reached, the same people of the same step once."""
    people: dict[Turn, list[str]] = {}
    for one in untold:
        for turn in one.turns:
            if turn.asks or turn.kind == "escalation":
                people.setdefault(turn, []).append(one.person)
    alike: dict[tuple[str, str, str], list[str]] = {}
    for turn, who in people.items():
        by = ", ".join(who) if turn.kind == "escalation" else " or ".join(who)
        alike.setdefault((turn.kind, turn.text, by), []).append(turn.message)
    for (kind, text, by), messages in alike.items():
        label = "tell" if kind == "escalation" else "turn of"
        names = ", ".join(filter(None, messages))
        line = f"{label} {by}: {names}{': ' if names else ''}{text}"
        yield from paragraph(one_line(line), "", "    ")
