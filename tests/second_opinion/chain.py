"""Section 2 of how it is decided: which trust versions are in force, one after another."""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.second_opinion.keys import Verifier
from tests.second_opinion.lines import NotThisFormat, digest_of
from tests.second_opinion.rosters import Roster, Signers, fit, read_roster
from tests.second_opinion.walking import Finding, VersionAt, Walk, fault

NAMESPACE = "comms-trust@v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """What the verifier keeps: ``trust``, ``checkpoint`` and ``seen`` may be empty."""

    repository: str
    genesis: str
    trust: str = ""
    checkpoint: str = ""
    seen: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Version:
    """A version that could be in force, and the commits that introduce it: one, if all is well."""

    path: str
    roster: Roster
    commits: frozenset[str]
    signers: Sequence[Signers]
    """For each of these commits, if all signatures there hold: who signed, with which key."""

    def signed_by(self, *rosters: Roster) -> bool:
        """Whether some commit brought it together with a quorum's signatures of each."""
        return any(
            all(roster.signed_by_quorum(signers) for roster in rosters) for signers in self.signers
        )


Chain = Sequence[Version]


def find_chain(walk: Walk, pin: Pin, verify: Verifier) -> tuple[list[Version], set[Finding]]:
    """Return the versions in force, the first first, and a finding for every other."""
    candidates = [v for file in walk.versions for v in _candidate(file, verify)]
    chain = [v for v in candidates if _first(v, pin)]
    while chain:
        following = [v for v in candidates if _follows(v, chain, walk)]
        if len(following) != 1:
            break
        chain.append(following[0])
    good = {(version.path, version.roster.digest) for version in chain}
    findings = {
        fault("trust-chain", file.signatures, path=file.path, digest=digest)
        for file, digest in ((file, digest_of(file.data)) for file in walk.versions)
        if (file.path, digest) not in good or len(file.signatures) > 1
    }
    return chain, findings


def _candidate(file: VersionAt, verify: Verifier) -> list[Version]:
    """The version in a file, if it could ever be in force."""
    try:
        roster = read_roster(file.data)
    except NotThisFormat:
        return []
    if file.path != f"trust/{roster['version']:04}.yaml" or not fit(roster):
        return []
    signers = []
    for beside in file.signatures.values():
        made = {name: verify(file.data, block, NAMESPACE) for name, block in beside.items()}
        if all(made.values()):
            signers.append(made)
    commits = frozenset(file.signatures)
    return [Version(path=file.path, roster=roster, commits=commits, signers=signers)]


def _first(version: Version, pin: Pin) -> bool:
    roster = version.roster
    return roster.digest == pin.genesis and roster["previous"] == "" and version.signed_by(roster)


def _follows(version: Version, chain: Chain, walk: Walk) -> bool:
    new, last = version.roster, chain[-1]
    old = last.roster
    after = any(walk.holds(one, last.commits) for one in version.commits)
    changed = {*new["admins"]} != {*old["admins"]} or new["quorum"] != old["quorum"]
    return (
        new["previous"] == old.digest
        and new["repository"] == old["repository"]
        and new["version"] > old["version"]
        and after
        and version.signed_by(old, *([new] if changed else []))
        and _forgets_nothing(new, chain)
    )


def _forgets_nothing(new: Roster, chain: Chain) -> bool:
    """No key changes hands, no end is taken back, nobody is dropped without being ended."""
    old = chain[-1].roster
    owners = {
        key: who
        for version in chain
        for who, person in version.roster["people"].items()
        for key in person["keys"]
    }
    return (
        all(
            owners.get(key, who) == who
            for who, person in new["people"].items()
            for key in person["keys"]
        )
        and {*old["ended"]["keys"]} <= {*new["ended"]["keys"]}
        and {*old["ended"]["people"]} <= {*new["ended"]["people"]}
        and {lost["key"] for lost in old["compromised"]}
        <= {lost["key"] for lost in new["compromised"]}
        and {*old["people"]} <= {*new["people"], *new["ended"]["people"]}
    )


def check_pin(walk: Walk, pin: Pin, chain: Chain, tip: str) -> set[Finding]:
    """Whether this is the history that the pin speaks of, all of it from the first version on."""
    reached = {tip, *walk.past[tip]}
    found = {
        fault("pinned-root", [commit])
        for commit in (pin.checkpoint, pin.seen)
        if commit and commit not in reached
    }
    if pin.trust and pin.trust not in {version.roster.digest for version in chain}:
        found.add(fault("pinned-root", digest=pin.trust))
    for first in chain[:1]:
        if first.roster["repository"] != pin.repository:
            found.add(fault("pinned-root", path=first.path))
        for commit in walk.commits.values():
            if not commit.parents and not all(
                one == commit.id or commit.id in walk.past[one] for one in first.commits
            ):
                found.add(fault("pinned-root", commit=commit.id))
    return found
