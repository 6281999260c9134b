"""Section 2 of how it is decided: which trust versions are in force, one after another."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

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
    """A version that could be in force, and the commits that brought it: one, if all is well."""

    path: str
    roster: Roster
    brought: Mapping[str, Signers]
    """For each commit that introduces it, if all signatures there hold: who, with which key."""
    commits: frozenset[str] = frozenset()
    """Those of them that brought the signatures of a quorum, once that is known."""

    def signed_by(self, *rosters: Roster) -> frozenset[str]:
        """The commits that brought it together with a quorum's signatures of each."""
        return frozenset(
            commit
            for commit, signers in self.brought.items()
            if all(roster.signed_by_quorum(signers) for roster in rosters)
        )


Chain = Sequence[Version]


def find_chain(walk: Walk, pin: Pin, verify: Verifier) -> tuple[list[Version], set[Finding]]:
    """Return the versions in force, the first first, and a finding for every other."""
    candidates = [v for file in walk.versions for v in _candidate(file, verify)]
    chain = [replace(v, commits=v.signed_by(v.roster)) for v in candidates if _first(v, pin)]
    while chain:
        following = [f for v in candidates for f in _following(v, chain, walk)]
        if len(following) != 1:
            break
        chain.append(following[0])
    good = {(version.path, version.roster.digest) for version in chain}
    accepted = {
        entry["subject"]
        for version in chain[-1:]
        for entry in version.roster["accepted"]
        if entry["rule"] == "trust-chain"
    }
    findings: set[Finding] = set()
    for file in walk.versions:
        digest = digest_of(file.data)
        if (file.path, digest) not in good:
            findings.add(fault("trust-chain", file.signatures, path=file.path, digest=digest))
            continue
        left = {*file.signatures} - accepted
        told = {*file.signatures} - (left if len(left) == 1 else set())
        if len(file.signatures) > 1:
            findings |= {fault("trust-chain", path=file.path, commit=one) for one in told}
    return [
        replace(version, commits=version.commits - accepted or version.commits) for version in chain
    ], findings


def _candidate(file: VersionAt, verify: Verifier) -> list[Version]:
    """The version in a file, if it could ever be in force."""
    try:
        roster = read_roster(file.data)
    except NotThisFormat:
        return []
    if file.path != f"trust/{roster['version']:04}.yaml" or not fit(roster):
        return []
    brought = {}
    for commit, beside in file.signatures.items():
        made = {name: verify(file.data, block, NAMESPACE) for name, block in beside.items()}
        if all(made.values()):
            brought[commit] = made
    return [Version(path=file.path, roster=roster, brought=brought)]


def _first(version: Version, pin: Pin) -> bool:
    roster = version.roster
    right = roster.digest == pin.genesis and roster["previous"] == ""
    return right and bool(version.signed_by(roster))


def _following(version: Version, chain: Chain, walk: Walk) -> Iterator[Version]:
    """Yield a version as one that follows the last of the chain, if it does."""
    new, last = version.roster, chain[-1]
    old = last.roster
    changed = {*new["admins"]} != {*old["admins"]} or new["quorum"] != old["quorum"]
    commits = version.signed_by(old, *([new] if changed else []))
    if (
        new["previous"] == old.digest
        and new["repository"] == old["repository"]
        and new["version"] > old["version"]
        and any(walk.holds(one, last.commits) for one in commits)
        and _forgets_nothing(new, chain)
    ):
        yield replace(version, commits=commits)


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
