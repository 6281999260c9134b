"""Whether enough of the right admins signed a trust version, each time that it entered history.

The signatures that came in one commit count together, and only with each other: a copy of a
version with false ones beside it takes nothing from the commit that brought good ones.
"""

from collections.abc import Sequence

from commscli.domain.history import TrustEntry, TrustFile
from commscli.domain.trust import Trust


def trust_of(file: TrustFile) -> Trust:
    """Return the version in a file that was found readable."""
    if file.trust is None:
        raise AssertionError(f"{file.path} was found readable and is not")
    return file.trust


def signing(trust: Trust, before: Trust | None) -> tuple[Trust, ...]:
    """Return the versions whose quorum signs this one: a change of admins or quorum needs both."""
    if before is None:
        return (trust,)
    moved = (set(trust.admins), trust.quorum) != (set(before.admins), before.quorum)
    return (before, trust) if moved else (before,)


def short_of_quorum(file: TrustFile, rosters: Sequence[Trust]) -> str:
    """Say what the signatures of a version lack by these rosters, or nothing."""
    whys = [_lacking(entry, rosters) for entry in file.entries]
    return "" if "" in whys else whys[0]


def complete(file: TrustFile, rosters: Sequence[Trust]) -> tuple[TrustEntry, ...]:
    """Return the times that a version came with signatures that are enough, oldest first."""
    good = (entry for entry in file.entries if not _lacking(entry, rosters))
    return tuple(sorted(good, key=lambda entry: entry.commit))


def _lacking(entry: TrustEntry, rosters: Sequence[Trust]) -> str:
    for person, signature in entry.signatures.items():
        if signature.key is None:
            return f"carries a signature of {person} that does not hold: {signature.fault}"
    for by in rosters:
        signers = [
            person
            for person in by.admins
            for signature in [entry.signatures.get(person)]
            if signature is not None
            and signature.key is not None
            and by.owner_of(signature.key) == person
        ]
        if len(signers) < by.quorum:
            return (
                f"is signed by {len(signers)} of {by.quorum} admins of version {by.version} "
                f"(they are {', '.join(by.admins)})"
            )
    return ""
