"""Which incident, message and revision somebody means by a few letters."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from commscli.domain.ids import Digest
from commscli.domain.records import Drafted
from commscli.domain.report import MessageState
from commscli.errors import BadInput
from commscli.gates.case import Case, IncidentCase
from commscli.gates.message import MessageCase

_DIGEST_PART = re.compile(r"[0-9a-f]{4,64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A message that was meant, and the revision, where one was typed."""

    incident: IncidentCase
    message: MessageCase
    revision: Digest | None


def pick_incident(case: Case, text: str) -> IncidentCase:
    """Return the incident that a text names, or the only active one, or else in aftercare.

    Raises:
        BadInput: if there is none, or more than one.
    """
    declared = [i for i in case.incidents if i.incident is not None]
    if text:
        exact = [i for i in declared if i.id == text]
        found = exact or [i for i in declared if _fits(text, i.id)]
    else:
        found = [i for i in declared if i.incident and i.incident.stage == "active"] or [
            i for i in declared if i.incident and i.incident.stage == "aftercare"
        ]
    if len(found) == 1:
        return found[0]
    if not found:
        what = f"no incident is called {text!r}" if text else "no incident is active"
        raise BadInput(what, remedy=_known_or_new(declared), code="no-incident")
    listed = ", ".join(i.id for i in found)
    raise BadInput(
        f"{len(found)} incidents could be meant: {listed}",
        remedy=f"name one with -i, such as -i {found[0].id}, or set COMMS_INCIDENT",
        code="which-incident",
    )


def _known_or_new(declared: Sequence[IncidentCase]) -> str:
    if declared:
        return f"name one with -i: {', '.join(i.id for i in declared[-5:])}"
    return 'comms new "TITLE" --severity S'


def pick_message(
    case: Case,
    text: str,
    *,
    incident: str = "",
    aliases: Mapping[str, str],
    waiting: Callable[[MessageCase], bool] = lambda _: False,
) -> Named:
    """Return the message that a text names.

    ``aliases`` are other names of audiences. Among several, those that wait on the user for
    this verb come first, then those of active incidents; but between a drill and the real
    thing only the user decides.

    Raises:
        BadInput: if no message fits, or several do.
    """
    reference, _, revision = text.partition("@")
    inside, slash, part = reference.rpartition("/")
    wanted = inside if slash else incident
    pool = [(i, m) for i in case.incidents for m in i.messages if not wanted or _is(wanted, i.id)]
    found = _narrow([pair for pair in pool if pair[1].message == part], waiting)
    found = found or _narrow([p for p in pool if part and _audience(p[1]) == part.lower()], waiting)
    found = found or _narrow([p for p in pool if _means(part, p[1], aliases)], waiting)
    if len(found) != 1:
        raise _which(text, found, pool)
    owner, message = found[0]
    digest = pick_revision(message, revision) if revision else None
    return Named(incident=owner, message=message, revision=digest)


_Pair = tuple[IncidentCase, MessageCase]


def _narrow(found: list[_Pair], waiting: Callable[[MessageCase], bool]) -> list[_Pair]:
    def active(pair: _Pair) -> bool:
        return pair[0].incident is not None and pair[0].incident.stage != "closed"

    def goes_on(pair: _Pair) -> bool:
        return pair[1].verdict.state is not MessageState.DROPPED

    if _mixed([pair for pair in found if active(pair)]):
        return [pair for pair in found if active(pair)]
    for prefer in (lambda pair: waiting(pair[1]), active, goes_on):
        preferred = [pair for pair in found if prefer(pair)]
        if len(found) > 1 and preferred:
            found = preferred
    return found


def _mixed(found: Sequence[_Pair]) -> bool:
    """Whether a drill and the real thing could both be meant: then nobody guesses for people."""
    return len({pair[0].incident is not None and pair[0].incident.drill for pair in found}) > 1


def _is(text: str, incident: str) -> bool:
    return text == incident or _fits(text, incident)


def _fits(text: str, name: str) -> bool:
    """Whether each part of a text begins a part of the name, in order."""
    parts = iter(name.split("-"))
    return all(any(part.startswith(piece) for part in parts) for piece in text.lower().split("-"))


def _means(text: str, message: MessageCase, aliases: Mapping[str, str]) -> bool:
    audience = aliases.get(text.casefold())
    if audience is not None:
        return f"-{audience}-" in f"-{message.message}-"
    return bool(text) and _fits(text, message.message)


def _audience(message: MessageCase) -> str:
    """Return the audience that a message's own revisions name."""
    bodies = (record.body for record in message.revisions.drafts.values())
    return next((body.audience for body in bodies if isinstance(body, Drafted)), "")


def _which(text: str, found: Iterable[_Pair], pool: Iterable[_Pair]) -> BadInput:
    found = list(found)
    names = [f"{i.id}/{m.message}" for i, m in found]
    if names:
        short = [name.rpartition("/")[2] for name in names]
        more = names[0] if len(set(short)) < len(short) else short[0]
        return BadInput(
            f"{text!r} could be {', '.join(names)}",
            remedy=f"type more of it, such as {more}",
            code="which-message",
        )
    known = [m.message for _, m in pool]
    return BadInput(
        f"no message is called {text!r}",
        remedy=f"there are {', '.join(known[:8])}" if known else "comms draft, to make some",
        code="no-message",
    )


def pick_revision(message: MessageCase, text: str) -> Digest:
    """Return the revision that a number or the beginning of a digest names.

    Raises:
        BadInput: if there is none, or more than one.
    """
    drafts = message.revisions.drafts
    if text.isdigit() and len(text) < 4:  # noqa: PLR2004 - shorter than any digest's beginning
        found = [d for d in drafts if message.revisions.number(d) == int(text)]
    elif _DIGEST_PART.fullmatch(text):
        found = [d for d in drafts if d.startswith(text)]
    else:
        found = []
    if len(found) == 1:
        return found[0]
    known = ", ".join(f"@{message.revisions.number(d)} ({d[:8]})" for d in drafts)
    raise BadInput(
        f"{message.message} has {'no' if not found else 'more than one'} revision {text!r}",
        remedy=f"there is {known}" if known else "comms draft",
        code="no-revision",
    )
