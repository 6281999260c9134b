"""What a GitHub runner, and an Azure agent, take for a command in the log of a step.

After the rules of the runner (``ActionCommand``): a line that begins with ``::`` once leading
space is gone, with a name, properties and data; else, in the old form, ``##[name …]`` anywhere.
"""

import re
from dataclasses import dataclass

NAMES = frozenset({
    "add-mask", "add-matcher", "add-path", "debug", "echo", "endgroup", "error", "group",
    "notice", "remove-matcher", "save-state", "set-env", "set-output", "stop-commands", "warning",
})  # fmt: skip
_OLD = re.compile(r"##\[([\w-]+)[^\]]*\]|##(vso|teamcity)\[")


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command, unescaped."""

    name: str
    properties: dict[str, str]
    data: str


def commands(log: str) -> list[Command]:
    """Every command that the lines of a log carry out."""
    lines = re.split(r"\r\n|\r|\n", log)
    return [found for line in lines for found in [_new(line) or _old(line)] if found]


def _new(line: str) -> Command | None:
    line = line.lstrip()
    if not line.startswith("::") or "::" not in line[2:]:
        return None
    info, _, data = line[2:].partition("::")
    name, _, listed = info.partition(" ")
    if name.lower() not in NAMES:
        return None
    pairs = (pair.partition("=") for pair in listed.strip().split(",") if pair)
    properties = {key: _property(value) for key, _, value in pairs if value}
    return Command(name=name.lower(), properties=properties, data=_data(data))


def _old(line: str) -> Command | None:
    found = _OLD.search(line)
    return Command(name=found[1] or found[2], properties={}, data="") if found else None


def _data(text: str) -> str:
    return text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")


def _property(text: str) -> str:
    # The percent sign last, as the runner does: what it brings back is not read again.
    text = text.replace("%0D", "\r").replace("%0A", "\n")
    return text.replace("%3A", ":").replace("%2C", ",").replace("%25", "%")
