"""A whole trust version as somebody edited it by hand; and a stale proposal made anew.

What people edit is ordinary YAML; what becomes of it is the one canonical spelling, with the
number, the predecessor and the repository filled in.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from commscli.documents.characters import read_text
from commscli.documents.document import Document
from commscli.documents.models.trust import TrustVersion
from commscli.documents.strict_yaml import load, refuse
from commscli.documents.validate import validate
from commscli.domain.three_way import Clash, three_way
from commscli.domain.trust import SCHEMA, Trust
from commscli.domain.trust_lint import faults
from commscli.errors import BadInput, Place, Problem, Refused
from commscli.gates.chain import Link
from commscli.ledger import line_grammar, trust_files
from commscli.ledger.line_grammar import GrammarFault
from commscli.ledger.public_keys import parse_public_key
from commscli.ledger.trust_proposals import Proposal
from commscli.workflow.roster.looking import look
from commscli.workflow.roster.versions import in_force
from commscli.workflow.session import Session

_FILLED = ("schema", "repository", "version", "previous")


def read_version(session: Session, data: bytes, path: str) -> Callable[[Trust], Trust]:
    """Return the change that makes the version in force into the one in a file.

    Raises:
        BadInput: with every problem and its place.
        Refused: if the file was made from another version than the one in force.
    """
    document = load(read_text(data, path), path=path)
    model = validate(TrustVersion, document)
    problems = list(_key_problems(model, document))
    if problems:
        raise refuse(path, problems)
    current = in_force(session.case)
    _require_current(document, current, path)
    values = model.model_dump()
    pairs: dict[str, Any] = {
        "schema": SCHEMA,
        "repository": current.trust.repository,
        "version": current.trust.version,
        "previous": current.trust.previous,
        **{key: values[key] for key in trust_files.KEYS if key not in _FILLED},
    }
    trust = _trust(_canonical(pairs), path)
    wrong = faults(trust)
    if wrong:
        raise refuse(path, [Problem(text=text, place=Place(path=path)) for text in wrong])

    def alter(old: Trust) -> Trust:
        if in_force(session.case).digest != current.digest:
            raise _overtaken(path, current.trust.version, old.version)
        return replace(trust, version=old.version, previous=old.previous)

    return alter


def _require_current(document: Document, current: Link, path: str) -> None:
    """Refuse a copy of an older version: what came into force since would be undone unseen."""
    given = document.value
    repository = given.get("repository", "")
    if repository not in {"", current.trust.repository}:
        text = f"`repository`: this one is {current.trust.repository}"
        raise refuse(path, [Problem(text=text, place=document.place(("repository",)))])
    made_from = {
        (current.trust.version, current.trust.previous),  # a copy of the version in force
        (given.get("version"), current.digest),  # its successor, as somebody numbered it
    }
    said = (given.get("version"), given.get("previous"))
    if said != (None, None) and said not in made_from:
        raise _overtaken(path, given.get("version"), current.trust.version)


def _overtaken(path: str, said: object, now: int) -> Refused:
    return Refused(
        f"{path} was made from version {said}, and version {now} is in force",
        remedy=f"make the change in a copy of trust/{now:04d}.yaml",
        code="overtaken",
    )


def _key_problems(model: TrustVersion, document: Document) -> Iterator[Problem]:
    places: list[tuple[tuple[str | int, ...], str]] = [
        (("people", id_, "keys", n), key)
        for id_, person in model.people.items()
        for n, key in enumerate(person.keys)
    ]
    places += [(("ended", "keys", n), key) for n, key in enumerate(model.ended.keys)]
    places += [(("compromised", n, "key"), lost.key) for n, lost in enumerate(model.compromised)]
    for loc, key in places:
        try:
            parse_public_key(key)
        except BadInput as fault:
            yield Problem(text=fault.text, place=document.place(loc))


def _canonical(pairs: dict[str, Any]) -> dict[str, Any]:
    """Return pairs in their one spelling: keys without comments, sets sorted, lists as lists."""
    ended, lost = pairs["ended"], pairs["compromised"]
    people = {
        id_: person | {"keys": [_key(key) for key in person["keys"]]}
        for id_, person in pairs["people"].items()
    }
    canonical: dict[str, Any] = _lists(pairs | {
        "people": people,
        "may_share": [sorted(pair) for pair in pairs["may_share"]],
        "preapproved": sorted(set(pairs["preapproved"])),
        "emergency": pairs["emergency"] or {},
        "ended": {"keys": sorted({_key(key) for key in ended["keys"]}),
                  "people": sorted(set(ended["people"]))},
        "compromised": [
            one | {"key": _key(one["key"]), "keep": sorted(set(one["keep"]))} for one in lost
        ],
    })  # fmt: skip
    return canonical


def _key(text: str) -> str:
    return parse_public_key(text).line


def _lists(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _lists(entry) for key, entry in value.items()}
    return [_lists(entry) for entry in value] if isinstance(value, list | tuple) else value


def _trust(pairs: dict[str, Any], path: str) -> Trust:
    try:
        return trust_files.read(line_grammar.write(pairs, blocks=trust_files.BLOCKS))
    except GrammarFault as fault:
        raise refuse(path, [Problem(text=str(fault), place=Place(path=path))]) from None


def rebased(session: Session, proposal: Proposal) -> Callable[[Trust], Trust]:
    """Return the change that a stale proposal meant, for the version that is in force now.

    Raises:
        Refused: if it is not stale, or its change clashes with what came into force since.
    """
    sight = look(session, proposal)
    if sight.state != "stale" or proposal.trust is None:
        raise Refused(
            f"proposal {proposal.id} {sight.why or 'is open: nothing has overtaken it'}",
            remedy=f"comms trust sign {proposal.id}" if sight.state == "open" else
            "comms trust propose lists what is open",
            code=f"{sight.state}-proposal",
        )  # fmt: skip
    meant = proposal.trust
    links = session.case.chain.links
    base = next(link.trust for link in links if link.digest == meant.previous)

    def alter(old: Trust) -> Trust:
        try:
            pairs = three_way(_pairs(base), _pairs(old), _pairs(meant))
        except Clash as clash:
            raise Refused(
                f"proposal {proposal.id} and what came into force since both change {clash}",
                remedy="make the change again by hand: comms trust propose FILE",
                code="clash",
            ) from None
        head = {"schema": SCHEMA, "repository": old.repository, "version": old.version,
                "previous": old.previous}  # fmt: skip
        return _trust(_canonical(head | pairs), f"proposal {proposal.id}")

    return alter


def _pairs(trust: Trust) -> dict[str, Any]:
    pairs = line_grammar.read(trust_files.write(trust).data, blocks=trust_files.BLOCKS)
    return {key: value for key, value in pairs.items() if key not in _FILLED}
