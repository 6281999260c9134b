"""The next version of the trust before it is one: would it be in force, and who must sign yet."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from itertools import count

from commscli.domain.history import Commit, Signature, TrustEntry, TrustFile
from commscli.domain.ids import CommitId, PersonId
from commscli.domain.keys import PublicKey
from commscli.domain.trust import Trust
from commscli.domain.trust_lint import faults
from commscli.errors import BadInput, Refused, Undecided
from commscli.gates.case import Case
from commscli.gates.chain import Link, trust_chain
from commscli.ledger import trust_files
from commscli.ledger.line_grammar import GrammarFault
from commscli.ledger.trust_files import TrustBytes

Signatures = Mapping[str, Signature]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lacking:
    """Signatures that a version still lacks: of which version's admins, how many, whose."""

    version: int
    count: int
    could: tuple[PersonId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Whose signatures of a version count, and what is lacking. Nothing lacks: it is complete."""

    signed: tuple[PersonId, ...]
    lacking: tuple[Lacking, ...]

    @property
    def could(self) -> tuple[PersonId, ...]:
        """Everybody whose signature would still help."""
        return tuple(dict.fromkeys(p for part in self.lacking for p in part.could))


def in_force(case: Case) -> Link:
    """Return the version in force.

    Raises:
        Undecided: if there is none.
    """
    if case.chain.current is None:
        raise Undecided("there is no trust in force here", remedy="comms trust show")
    return case.chain.current


def judges(old: Trust, new: Trust) -> tuple[Trust, ...]:
    """Return whose quorums must sign: of the old version; on a change of admins, of the new too."""
    changed = (set(old.admins), old.quorum) != (set(new.admins), new.quorum)
    return (old, new) if changed else (old,)


def tally(old: Trust, new: Trust, signatures: Signatures) -> Tally:
    """Count the signatures of a version that would follow another."""
    signed: list[PersonId] = []
    lacking = []
    for by in judges(old, new):
        here = [p for p in by.admins if _is_theirs(by, p, signatures.get(p))]
        signed += here
        if len(here) < by.quorum:
            could = tuple(p for p in by.admins if p not in here and keys_of(by, p))
            lacking.append(Lacking(version=by.version, count=by.quorum - len(here), could=could))
    return Tally(signed=tuple(dict.fromkeys(signed)), lacking=tuple(lacking))


def _is_theirs(by: Trust, person: PersonId, signature: Signature | None) -> bool:
    key = signature.key if signature is not None else None
    return key is not None and by.owner_of(key) == person


def keys_of(by: Trust, person: PersonId) -> list[PublicKey]:
    """Return the keys with which somebody can sign under a version."""
    keys = by.people[person].keys if person in by.people else ()
    return [key for key in keys if by.owner_of(key) == person]


def refusal(case: Case, written: TrustBytes, signatures: Signatures) -> str:
    """Say why a version would not be in force if it came in now, signed so; nothing if it would.

    The chain itself is asked, with one commit more than there is.
    """
    here = len(case.history.commits)
    commit = Commit(id=CommitId("0" * 40), parents=(here - 1,))
    file = TrustFile(
        path=written.path,
        digest=written.digest,
        trust=written.trust,
        fault="",
        entries=(TrustEntry(commit=here, signatures=signatures),),
    )
    history = replace(
        case.history,
        commits=(*case.history.commits, commit),
        trusts=(*case.history.trusts, file),
    )
    chain = trust_chain(history, case.pin)
    if chain.current is not None and chain.current.digest == written.digest:
        return ""
    why = [r.why for r in chain.refusals if r.file.digest == written.digest]
    return why[0] if why else "follows no version in force"


def signed_by_all(old: Trust, new: Trust) -> Signatures:
    """Return the signatures that a version would have if every admin who can had signed."""
    found: dict[str, Signature] = {}
    for by in judges(old, new):
        for person in by.admins:
            keys = keys_of(by, person)
            both = [k for k in keys if old.owner_of(k) == new.owner_of(k) == person]
            for key in (both or keys)[:1]:
                found.setdefault(person, Signature(key=key))
    return found


def next_version(case: Case, new: Trust, taken: Collection[int]) -> TrustBytes:
    """Return the bytes of the version that would follow the one in force.

    Its number is the next that nobody has ``taken``, by a version that was refused or by a
    lone signature: what lies in ``trust/`` stays there for good.

    Raises:
        Refused: if it could never be in force, or says what is so already.
        BadInput: if a value in it cannot be written.
    """
    current = in_force(case)
    number = next(n for n in count(current.trust.version + 1) if n not in taken)
    wrong = faults(new)
    if wrong:
        raise _never("; ".join(wrong))
    same = replace(new, version=current.trust.version, previous=current.trust.previous)
    try:
        written = trust_files.write(replace(new, version=number, previous=current.digest))
        if trust_files.write(same).digest == current.digest:
            raise Refused(
                "this changes nothing: the version in force says just that",
                remedy="comms trust show",
                code="nothing-changed",
            )
    except GrammarFault as fault:
        raise BadInput(
            f"this cannot be written: {fault}",
            remedy="plain text without control or direction characters can",
            code="unwritable",
        ) from None
    why = refusal(case, written, signed_by_all(current.trust, new))
    if why:
        raise _never(f"it {why}")
    return written


def _never(why: str) -> Refused:
    return Refused(
        f"this could not be in force: {why}", remedy="comms trust show", code="bad-trust"
    )
