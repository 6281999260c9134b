"""What people type, put in the order that the parser wants.

Global options may stand anywhere (``comms status --json``), ``--format json`` is ``--json`` on
every command, and ``comms fact K=V`` is ``comms fact set K=V``.
"""

from collections.abc import Iterator, Sequence

FLAGS = frozenset({"--json", "--no-input", "--offline"})
VALUES = frozenset({"-C", "-i", "--incident", "--key", "--color"})
SHORT = ("-C", "-i")
TAKE_TEXT = frozenset({
    "--why", "--where", "--text", "--object", "--suggest", "--file", "--name", "--organisation",
    "--email", "--reporter", "--reference", "--fact", "--title", "--again", "--take-over",
    "--attach",
})  # fmt: skip
"""Options whose value is somebody's words, whatever these look like."""


def globals_first(argv: Sequence[str]) -> list[str]:
    """Return the arguments with the global options before the command."""
    front, rest = split_globals(argv)
    return front + rest


def split_globals(argv: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the global options, and the command with all that is its own."""
    front: list[str] = []
    rest: list[str] = []
    words = iter(argv)
    before = ""
    for word in words:
        if word == "--":
            rest += [word, *words]
            break
        if before in TAKE_TEXT:
            rest.append(word)
        elif _is_format(word):
            json, given = _format(word, words)
            front += ["--json"] if json else []
            rest += given
        elif word in VALUES:
            front += [word, *_next(words)]
        elif _is_global(word):
            front.append(word)
        else:
            rest.append(word)
        before = word
    return front, _with_set(rest)


def _is_global(word: str) -> bool:
    name, equals, _ = word.partition("=")
    glued = word[:2] in SHORT and len(word) > len(SHORT[0])
    return word in FLAGS or (bool(equals) and name in VALUES) or glued


def _is_format(word: str) -> bool:
    return word == "--format" or word.startswith("--format=")


def _format(word: str, words: Iterator[str]) -> tuple[bool, list[str]]:
    """Return whether it asks for JSON, and what is left for the command to read."""
    given = [word] if "=" in word else [word, *_next(words)]
    form = given[-1].rpartition("=")[2] if len(given) == 1 else given[-1]
    return form == "json", [] if form in {"json", "text"} else given


def _with_set(rest: list[str]) -> list[str]:
    """``fact K=V`` is short for ``fact set K=V``."""
    short = len(rest) > 1 and rest[0] == "fact" and "=" in rest[1] and not rest[1].startswith("-")
    return ["fact", "set", *rest[1:]] if short else rest


def _next(words: Iterator[str]) -> list[str]:
    value = next(words, None)
    return [] if value is None else [value]
