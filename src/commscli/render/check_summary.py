"""A check's report as Markdown for the summary of a CI step.

What others wrote stands in fenced blocks alone, behind fences longer than any in it: no link,
no image, no markup of theirs is one there.
"""

import re

from commscli.domain.report import Level, Report
from commscli.render.check_groups import Group, groups, many
from commscli.render.check_text import group_lines, summary_lines
from commscli.render.escaping import inert
from commscli.render.human import Paint

LIMIT = 1024 * 1024
"""Bytes that GitHub takes as the summary of one step; more, and it shows nothing of it."""
_RESERVE = 300
_PLAIN = Paint(colour=False)
_RANK = {level: rank for rank, level in enumerate(Level)}


def check_summary(report: Report, room: int = LIMIT, *, strict: bool = False) -> str:
    """Return the summary in at most ``room`` bytes; where it is cut, it says so."""
    answer = "\n".join(summary_lines(report, _PLAIN, strict=strict))
    head = f"## comms check: {report.outcome}\n\n{_fenced(answer)}"
    blocks = [_fenced("\n".join(group_lines(group, _PLAIN))) for group in _worst_first(report)]
    return _within(head, blocks, room)


def _worst_first(report: Report) -> list[Group]:
    found = [group for group in groups(report) if group.worst is not None]
    return sorted(found, key=lambda group: _RANK[group.worst] if group.worst else len(_RANK))


def _fenced(text: str) -> str:
    shown = inert(text)
    longest = max(map(len, re.findall("`+", shown)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{shown}\n{fence}\n\n"


def _within(head: str, blocks: list[str], room: int) -> str:
    text, left = "", room - _RESERVE
    for number, block in enumerate([head, *blocks]):
        left -= len(block.encode())
        if left < 0:
            rest = many(len(blocks) - max(0, number - 1), "part")
            cut = f"Cut here: {rest} did not fit. `comms check` prints them all.\n"
            return text + cut if room >= _RESERVE else ""
        text += block
    return text
