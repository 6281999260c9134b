"""Trust proposals as somebody looks at them: what they change, who signed, if they still can.

A proposal binds nobody: it is a file in ``proposals/trust/``, and signatures of it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import unified_diff

from commscli.domain.records import TemplateOk
from commscli.domain.trust import Trust
from commscli.domain.trust_changes import changes
from commscli.domain.trust_lint import worries
from commscli.errors import BadInput, Refused
from commscli.gates.chain import Link
from commscli.ledger import trust_files
from commscli.ledger.repository import tip
from commscli.ledger.snapshot import snapshot
from commscli.ledger.trust_files import TrustBytes
from commscli.ledger.trust_proposals import ID_LENGTH, Proposal, read_proposals
from commscli.workflow.roster.versions import Tally, in_force, refusal, signed_by_all, tally
from commscli.workflow.session import Session

_NUMBER = re.compile(r"([0-9]{4,15})\.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """A proposal as somebody looks at it.

    ``state`` is ``open``, ``stale`` (another version came into force since), ``in-force``, or
    ``unusable``; ``why`` says why it is not open. ``lines`` are every line that differs,
    ``uncounted`` the signatures that count for nothing.
    """

    proposal: Proposal
    state: str
    why: str
    tally: Tally | None
    follows: int
    changes: tuple[str, ...]
    lines: tuple[str, ...]
    uncounted: tuple[str, ...]
    worries: tuple[str, ...]


def proposals(session: Session, beginning: str = "") -> list[Proposal]:
    """Return the proposals at HEAD whose digest begins so."""
    with snapshot(session.repository, tip(session.repository)) as files:
        found = list(read_proposals(files, beginning[:ID_LENGTH]))
    return [p for p in found if p.digest.startswith(beginning) or p.id.startswith(beginning)]


def find(session: Session, text: str) -> Proposal:
    """Return the one proposal whose digest begins so.

    Raises:
        BadInput: if there is none, or there are several.
    """
    wanted = text.lower()
    found = proposals(session, wanted) if wanted else []
    if len(found) == 1:
        return found[0]
    if (
        wanted
        and not found
        and any(link.digest.startswith(wanted) for link in session.case.chain.links)
    ):
        raise Refused(f"{text} is in force already, or was", remedy="comms trust log",
                      code="in-force")  # fmt: skip
    there = found or proposals(session)
    listed = ", ".join(p.id for p in there) or "none is open"
    raise BadInput(
        f"{'several proposals begin' if found else 'no proposal begins'} with {text!r}: {listed}",
        remedy="comms trust propose lists them",
        code="no-proposal",
    )


def look(session: Session, proposal: Proposal) -> Sight:
    """Return what a proposal would change, whose signatures count, and whether it still can."""
    base, state, why = _state(session, proposal)
    new = proposal.trust
    if base is None or new is None:
        return Sight(proposal=proposal, state=state, why=why, tally=None, follows=0, changes=(),
                     lines=(), uncounted=(), worries=())  # fmt: skip
    before = trust_files.write(base.trust).data
    counted = tally(base.trust, new, proposal.signatures)
    return Sight(
        proposal=proposal,
        state=state,
        why=why,
        tally=counted,
        follows=base.trust.version,
        changes=explained(session, base.trust, new),
        lines=tuple(_lines(before, proposal.data)),
        uncounted=tuple(_uncounted(proposal, counted)),
        worries=tuple(worries(new)),
    )


def explained(session: Session, old: Trust, new: Trust) -> tuple[str, ...]:
    """Return what a version changes in words, with what the records that it names say."""
    said = changes(old, new)
    for digest in {*new.preapproved} ^ {*old.preapproved}:
        standing = session.case.templates.standings.get(digest)
        record = standing.file.record if standing else None
        if record is not None and isinstance(record.body, TemplateOk):
            body = record.body
            what = (
                f"{body.template} to {body.audience} in {body.phase}, by {record.person} for the "
                f"gate {record.gate} ({digest})"
            )
            said = [change.replace(digest, what) for change in said]
    return tuple(said)


def _uncounted(proposal: Proposal, counted: Tally) -> Iterator[str]:
    for person, signature in proposal.signatures.items():
        if signature.key is None:
            yield f"the signature of {person} does not hold: {signature.fault}"
        elif person not in counted.signed:
            yield f"the signature of {person} counts for nothing: {signature.key} is no admin's"


def _lines(before: bytes, after: bytes) -> list[str]:
    old, new = before.decode().splitlines(), after.decode().splitlines()
    differing = list(unified_diff(old, new, n=0, lineterm=""))[2:]  # without the names of files
    return [line for line in differing if not line.startswith("@@")]


def _state(session: Session, proposal: Proposal) -> tuple[Link | None, str, str]:
    chain, current = session.case.chain, in_force(session.case)
    if proposal.trust is None:
        return None, "unusable", proposal.fault
    before = next((x for x in chain.links if x.digest == proposal.trust.previous), None)
    if chain.number(proposal.digest) is not None:
        return before, "in-force", f"version {proposal.trust.version} is in force, or was"
    if before is None:
        return None, "unusable", "follows no version that was ever in force"
    if before.digest != current.digest:
        why = f"follows version {before.trust.version}, and {current.trust.version} is in force"
        return before, "stale", why
    written = bytes_of(proposal)
    if written.trust.version in numbers_taken(session):
        return before, "stale", f"the number {written.trust.version} is taken"
    why = refusal(session.case, written, signed_by_all(current.trust, written.trust))
    return before, "unusable" if why else "open", why


def bytes_of(proposal: Proposal) -> TrustBytes:
    """Return a proposal that can be read as the version that it would be."""
    if proposal.trust is None:
        raise Refused(f"proposal {proposal.id} {proposal.fault}", code="bad-proposal")
    return TrustBytes(trust=proposal.trust, data=proposal.data, digest=proposal.digest)


def numbers_taken(session: Session) -> frozenset[int]:
    """Return every number that a file in ``trust/`` has now or ever had."""
    with snapshot(session.repository, tip(session.repository)) as files:
        names = {*files.names("trust")}
    names |= {file.path.removeprefix("trust/") for file in session.case.history.trusts}
    heads = (_NUMBER.match(name) for name in names)
    return frozenset(int(head[1]) for head in heads if head)
