"""Facts from a file: ``key: value`` lines, or what an alerting tool sent."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from commscli.documents.alerts.recognise import Imports, read_payload
from commscli.documents.alerts.taking import PLAIN, Taken, Value, refuse
from commscli.documents.characters import read_text
from commscli.documents.strict_yaml import load
from commscli.domain.facts import checked_key, normalise
from commscli.errors import BadInput, Problem
from commscli.workflow.incident.declaring import facts_of
from commscli.workflow.session import Session
from commscli.workflow.settings import load_settings

_JSON = re.compile(r'\ufeff?\s*(?:\{\s*["}]|\[)')
"""How JSON begins. YAML in braces without quotes stays YAML."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What an import would record: each fact with its old value, and what the file leaves out."""

    form: str
    facts: Mapping[str, str]
    before: Mapping[str, str]
    left_out: tuple[str, ...]

    @property
    def changed(self) -> dict[str, str]:
        """The facts that are new, or other than they were."""
        return {k: value for k, value in self.facts.items() if self.before.get(k, "") != value}


def facts_from(path: Path) -> dict[str, str]:
    """Return the facts in a file; what is recorded of them is judged later.

    Raises:
        BadInput: if it is no such file, with every problem and its place.
    """
    try:
        data = path.read_bytes()
    except OSError as fault:
        raise BadInput(
            f"{path}: {fault.strerror}", remedy="name a YAML file of facts, or a payload"
        ) from None
    return {key: value.text for key, value in read_facts(data, str(path)).values.items()}


def read_facts(data: bytes, name: str, *, form: str = "", imports: Imports | None = None) -> Taken:
    """Return the facts in these bytes, as ``form`` says or as they look.

    Raises:
        BadInput: if they cannot be read, with every problem and its place.
    """
    text = read_text(data, name)
    if form or _JSON.match(text):
        return read_payload(text, name=name, form=form, imports=imports or {})
    document = load(text, path=name)
    refuse(
        (
            Problem(text=f"{key}: expected one text", place=document.place((key,)))
            for key, value in document.value.items()
            if isinstance(value, dict | list)
        ),
        name,
    )
    values = {
        key: Value(text=str(value), place=document.place((key,)))
        for key, value in document.value.items()
    }
    return Taken(form=PLAIN, values=values)


def look_into(session: Session, data: bytes, name: str, *, form: str) -> Wanted:
    """Return what an import would record, in the spelling in which it is recorded.

    Raises:
        BadInput: if something in it cannot be a fact, each with its place in the file.
    """
    settings = load_settings(session)
    taken = read_facts(data, name, form=form, imports=settings.organisation.imports)
    facts: dict[str, str] = {}
    problems: list[Problem] = []
    for key, value in taken.values.items():
        try:
            zone, now = settings.zone, session.circumstances.now
            facts[checked_key(key)] = normalise(key, value.text, zone=zone, now=now)
        except BadInput as fault:
            problems.append(Problem(text=fault.text, place=value.place))
    refuse(problems, name)
    if not facts:
        raise BadInput(f"{name} states no fact", remedy="comms fact set KEY=VALUE", code="no-facts")
    return Wanted(
        form=taken.form, facts=facts, before=dict(facts_of(session)), left_out=taken.left_out
    )
