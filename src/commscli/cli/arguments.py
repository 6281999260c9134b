"""Global options may stand anywhere: ``comms status --json`` is what people type."""

from collections.abc import Iterator, Sequence

FLAGS = frozenset({"--json", "--no-input", "--offline"})
VALUES = frozenset({"-C", "-i", "--incident", "--key", "--color"})
TAKE_TEXT = frozenset({
    "--why", "--object", "--suggest", "--edit-file", "--file", "--name", "--organisation",
    "--email", "--reporter", "--reference", "--fact",
})  # fmt: skip


def globals_first(argv: Sequence[str]) -> list[str]:
    """Return the arguments with the global options before the command."""
    front: list[str] = []
    rest: list[str] = []
    words = iter(argv)
    before = ""
    for word in words:
        if word == "--":
            rest += [word, *words]
            break
        name = word.partition("=")[0]
        if before in TAKE_TEXT:
            rest.append(word)
        elif word in FLAGS or (name in VALUES and "=" in word):
            front.append(word)
        elif word in VALUES:
            front += [word, *_next(words)]
        else:
            rest.append(word)
        before = word
    return front + rest


def _next(words: Iterator[str]) -> list[str]:
    value = next(words, None)
    return [] if value is None else [value]
