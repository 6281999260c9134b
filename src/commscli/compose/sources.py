"""The texts of a template and of everything that it is made of, read and judged before use."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache

from jinja2 import Environment, nodes
from jinja2.exceptions import TemplateSyntaxError

from commscli.compose import grammar
from commscli.documents.characters import read_text
from commscli.documents.front_matter import split
from commscli.documents.models.heads import TemplateHead
from commscli.documents.validate import validate
from commscli.errors import BadInput, CommsError, Place, Problem

MAX_BYTES = 64 * 1024
MAX_TEMPLATES = 40
SUBJECT = "#subject"
"""What follows the name of a template where its subject is rendered instead of its body."""

_SYNTAX = Environment(trim_blocks=True, lstrip_blocks=True)  # noqa: S701 - it only parses


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One template file. ``first_line`` is where its body begins, ``base`` what it extends."""

    name: str
    path: str
    digest: str
    head: TemplateHead
    body: str
    first_line: int
    subject_line: int
    base: str
    links: tuple[tuple[int, str], ...]

    def place(self, line: int) -> Place:
        """Return the place in the file of a line of the body."""
        return Place(path=self.path, line=self.first_line + line - 1)


def path_of(name: str) -> str:
    """Return the file of a template, as a repository has it."""
    return f"templates/{name}.md"


def template_texts(files: Mapping[str, bytes]) -> dict[str, str]:
    """Return the templates among files below ``templates/``: each name, and its exact text.

    Raises:
        BadInput: if one is not UTF-8.
    """
    return {
        path.removesuffix(".md"): read_text(data, f"templates/{path}")
        for path, data in files.items()
        if path.endswith(".md")
    }


def gather(name: str, texts: Mapping[str, str]) -> tuple[Source, ...]:
    """Return the template and all it is made of: its line of bases, then what they include.

    Raises:
        BadInput: with every problem of every file among them, each with its place.
    """
    if name not in texts:
        raise BadInput(_unknown(name, texts), remedy="comms template list", code="no-template")
    found: dict[str, Source] = {}
    problems: list[Problem] = []
    waiting = [name]
    while waiting and len(found) <= MAX_TEMPLATES:
        current = waiting.pop(0)
        if current in found:
            continue
        try:
            source = found[current] = _read(current, texts[current])
        except CommsError as fault:
            problems += fault.problems
            continue
        problems += _dangling(source, texts)
        waiting += [link for _, link in source.links if link in texts]
    if not problems:
        problems += _too_many(found) or _circles(found)
    if problems:
        raise refuse(problems)
    return _in_order(name, found)


def refuse(problems: list[Problem]) -> BadInput:
    """Return the one error for templates that cannot be used."""
    places = [problem.place for problem in problems if problem.place]
    first = problems[0].text if len(problems) == 1 else f"{len(problems)} problems"
    remedy = f"edit {places[0]}, then comms draft again" if places else "comms template list"
    return BadInput(
        f"the template cannot be used: {first}",
        remedy=remedy,
        code="bad-template",
        place=places[0] if places else None,
        problems=problems,
    )


def parse(text: str, path: str, first_line: int) -> nodes.Template:
    """Parse Jinja text.

    Raises:
        BadInput: with the line of the file.
    """
    try:
        return _SYNTAX.parse(text)
    except TemplateSyntaxError as fault:
        line, said = fault.lineno, fault.message or "not a template"
    except (RecursionError, ValueError):
        line, said = 1, "nested too deeply, or a number that is too long"
    place = Place(path=path, line=first_line + line - 1)
    raise refuse([Problem(text=f"not a template: {said}", place=place)])


@lru_cache(maxsize=256)  # every message of an incident is made of the same few bases
def _read(name: str, text: str) -> Source:
    path = path_of(name)
    data = text.encode(errors="surrogatepass")
    if len(data) > MAX_BYTES:
        said = f"{len(data)} bytes: expected at most {MAX_BYTES}"
        raise refuse([Problem(text=said, place=Place(path=path))])
    head, body, first_line = split(text, path)
    if head is None:
        said = "expected front matter: title, owner, last_reviewed and review_interval"
        raise refuse([Problem(text=said, place=Place(path=path, line=1))])
    subject_line = head.place(("subject",)).line or 1
    values = validate(TemplateHead, head)
    tree = parse(body, path, first_line)
    subject = parse(values.subject, path, subject_line)
    faults = [(first_line + line - 1, said) for line, said in grammar.faults(tree)]
    faults += [(subject_line, said) for _, said in grammar.faults(subject)]
    faults += [(subject_line, "a subject stands alone") for _ in grammar.links(subject)]
    if faults:
        raise refuse([Problem(text=t, place=Place(path=path, line=at)) for at, t in faults])
    return Source(
        name=name, path=path, digest=hashlib.sha256(data).hexdigest(), head=values, body=body,
        first_line=first_line, subject_line=subject_line, base=grammar.base_of(tree),
        links=tuple(grammar.links(tree)),
    )  # fmt: skip


def _dangling(source: Source, texts: Mapping[str, str]) -> list[Problem]:
    return [
        Problem(text=_unknown(link, texts), place=source.place(line))
        for line, link in source.links
        if link not in texts
    ]


def _unknown(name: str, texts: Mapping[str, str]) -> str:
    near = get_close_matches(name, texts, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else "there is none of a similar name"
    return f"there is no template {name}: {hint}"


def _too_many(found: Mapping[str, Source]) -> list[Problem]:
    if len(found) <= MAX_TEMPLATES:
        return []
    return [Problem(text=f"made of more than {MAX_TEMPLATES} templates")]


def _circles(found: Mapping[str, Source]) -> list[Problem]:
    """Name the links that lead back to where they began."""
    return [
        Problem(text=f"{source.name} is made of itself, through {link}", place=source.place(line))
        for source in found.values()
        for line, link in source.links
        if source.name in _reachable(link, found)
    ]


def _reachable(name: str, found: Mapping[str, Source]) -> set[str]:
    reached: set[str] = set()
    waiting = [name]
    while waiting:
        current = waiting.pop()
        if current not in reached:
            reached.add(current)
            waiting += [link for _, link in found[current].links]
    return reached


def _in_order(name: str, found: Mapping[str, Source]) -> tuple[Source, ...]:
    line: list[Source] = []
    while name:
        line.append(found[name])
        name = found[name].base
    return (*line, *(source for source in found.values() if source not in line))
