"""The trust chain: which versions were ever in force, in order, and what is wrong with the rest.

1. Genesis is the version that the pin names, signed by its own quorum.
2. The next version names the digest of the one in force, carries a higher number and the same
   repository, is signed by the quorum of the one in force (a change of admins or quorum: of
   both), and entered history in a commit that already held its predecessor.
3. Two successors of one version are a fork: nothing after it is in force.
4. Each commit by which a version entered history is looked at by itself, with the signatures
   that it brought. One that brought enough is an entry; what it brought without enough of them
   gives nothing and takes nothing: nobody had the version there, and it has no makers.
5. A version that entered history twice stays in force, and that is an error. Its makers count
   as having seen only what they had before them each time, so that neither a late copy can
   excuse a record nor can anybody stop the chain by making one; until the admins accept the
   fault by the commit of an entry, which then is none any more.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import and_

from commscli.domain.history import Commit, History, Pin, Signature, TrustFile
from commscli.domain.ids import Digest
from commscli.domain.trust import Trust
from commscli.domain.trust_lint import faults
from commscli.gates.quorum import complete, short_of_quorum, signing, trust_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A version in force: the commits by which it entered history, well signed, oldest first.

    ``signatures``: those that came with it, in a commit that brought enough.
    """

    trust: Trust
    digest: Digest
    introduced: tuple[int, ...]
    signatures: Mapping[str, Signature]

    @property
    def commit(self) -> int:
        """The first commit that brought it."""
        return self.introduced[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A trust version that is not in force, and why."""

    file: TrustFile
    why: str


_Refusals = dict[tuple[str, Digest], Refusal]
"""By place and content: two versions can claim one number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """The versions in force, oldest first. ``held`` and ``seen`` are bit masks over them.

    ``held[c]``: the versions in the tree of commit c. ``seen[c]``: the versions whose makers
    had commit c before them.
    """

    links: tuple[Link, ...]
    refusals: tuple[Refusal, ...]
    twins: tuple[TrustFile, ...]
    """Versions in force that entered history more than once."""
    held: tuple[int, ...]
    seen: tuple[int, ...]

    @property
    def current(self) -> Link | None:
        """The version in force at the tip."""
        return self.links[-1] if self.links else None

    def number(self, digest: Digest) -> int | None:
        """Return the place of a version in the chain."""
        return next((n for n, link in enumerate(self.links) if link.digest == digest), None)


def trust_chain(history: History, pin: Pin | None) -> Chain:
    """Return the chain that a pin (or, without one, the only first version) begins."""
    refusals: _Refusals = {}
    links: list[Link] = []
    ancestors = _Ancestors(history.commits)
    candidates = _readable(history.trusts, refusals)
    found = _genesis(candidates, pin, refusals)
    while found is not None:
        links.append(_link(found, links))
        successors = _successors(links, candidates, ancestors, refusals)
        if len(successors) > 1:
            for file in successors:
                refusals[file.path, file.digest] = Refusal(
                    file=file, why=f"forks the trust: {len(successors)} versions follow one"
                )
            successors = []
        found = successors[0] if successors else None
    links = _without_accepted(links, history.commits)
    in_force = {(_path(link), link.digest) for link in links}
    twins = []
    for file in candidates:
        if (file.path, file.digest) in in_force:
            twins += [file] if len(file.introduced) > 1 else []
        else:
            refusals.setdefault(
                (file.path, file.digest), Refusal(file=file, why="follows no version in force")
            )
    left = tuple(refusals.values())
    held, seen = _masks(history.commits, links)
    return Chain(links=tuple(links), refusals=left, twins=tuple(twins), held=held, seen=seen)


def _readable(files: Iterable[TrustFile], refusals: _Refusals) -> list[TrustFile]:
    good = []
    for file in files:
        why = _unreadable(file)
        if why:
            refusals[file.path, file.digest] = Refusal(file=file, why=why)
        else:
            good.append(file)
    return good


def _path(version: Link | TrustFile) -> str:
    return f"trust/{version.trust.version:04d}.yaml" if version.trust is not None else ""


def _unreadable(file: TrustFile) -> str:
    if file.trust is None:
        return f"cannot be read: {file.fault}"
    if file.path != _path(file):
        return f"says that it is version {file.trust.version}"
    if not file.introduced:
        return "entered history by a merge alone"
    wrong = faults(file.trust)
    return "; ".join(wrong)


def _genesis(files: Sequence[TrustFile], pin: Pin | None, refusals: _Refusals) -> TrustFile | None:
    first = [f for f in files if f.trust is not None and not f.trust.previous]
    if pin is not None:
        chosen = [f for f in first if f.digest == pin.genesis]
    else:
        chosen = first if len(first) == 1 else []
    for file in first:
        if file not in chosen:
            refusals[file.path, file.digest] = Refusal(
                file=file, why="is another first version than the pin's"
            )
    for file in chosen:
        short = short_of_quorum(file, signing(trust_of(file), None))
        if not short:
            return file
        refusals[file.path, file.digest] = Refusal(file=file, why=short)
    return None


def _successors(
    links: Sequence[Link],
    files: Iterable[TrustFile],
    ancestors: "_Ancestors",
    refusals: _Refusals,
) -> list[TrustFile]:
    found = []
    for file in files:
        if file.trust is not None and file.trust.previous == links[-1].digest:
            why = _unfit(file, file.trust, links, ancestors)
            if why:
                refusals[file.path, file.digest] = Refusal(file=file, why=why)
            else:
                found.append(file)
    return found


def _unfit(file: TrustFile, trust: Trust, links: Sequence[Link], ancestors: "_Ancestors") -> str:
    last = links[-1].trust
    if trust.repository != last.repository:
        return "belongs to another repository"
    if trust.version <= last.version:
        return f"has number {trust.version}, not above {last.version}"
    short = short_of_quorum(file, signing(trust, last))
    if short:
        return short
    entries = complete(file, signing(trust, last))
    if not any(ancestors.has(a, b.commit) for a in links[-1].introduced for b in entries):
        return "entered history without the version that it follows"
    return _reused([link.trust for link in links], trust)


def _reused(before: Sequence[Trust], trust: Trust) -> str:
    """Say which id or key has come back, or moved to somebody else, or silently gone."""
    owners = {key: p.id for old in before for p in old.people.values() for key in p.keys}
    for person in trust.people.values():
        for key in person.keys:
            if owners.get(key, person.id) != person.id:
                return f"gives {person.id} a key that belongs to {owners[key]}"
    ended = {p for old in before for p in old.ended.people}
    keys = {k for old in before for k in old.ended.keys}
    if ended - trust.ended.people or keys - trust.ended.keys:
        return "forgets somebody or some key that has ended"
    gone = {p for old in before for p in old.people} - set(trust.people) - trust.ended.people
    if gone:
        return f"drops {', '.join(sorted(gone))} without listing them under ended"
    lost = {c.key for old in before for c in old.compromised}
    if lost - {c.key for c in trust.compromised}:
        return "forgets a compromised key"
    return ""


def _link(file: TrustFile, before: Sequence[Link]) -> Link:
    trust = trust_of(file)
    entries = complete(file, signing(trust, before[-1].trust if before else None))
    return Link(
        trust=trust,
        digest=file.digest,
        introduced=tuple(entry.commit for entry in entries),
        signatures=entries[0].signatures,
    )


def _without_accepted(links: Sequence[Link], commits: Sequence[Commit]) -> list[Link]:
    """Leave out the entries that the admins accepted by their commit; never all of one version."""
    accepted = links[-1].trust.accepted if links else ()
    out = {a.subject for a in accepted if a.rule == "trust-chain"}
    return [
        replace(link, introduced=left) if left else link
        for link in links
        for left in [tuple(n for n in link.introduced if commits[n].id not in out)]
    ]


class _Ancestors:
    """Who is an ancestor of whom, worked out when asked."""

    def __init__(self, commits: Sequence[Commit]) -> None:
        self._commits = commits

    def has(self, ancestor: int, descendant: int) -> bool:
        """Whether one commit is the other, or before it."""
        waiting, done = [descendant], set()
        while waiting:
            number = waiting.pop()
            if number == ancestor:
                return True
            if number in done or number < ancestor:
                continue
            done.add(number)
            waiting.extend(self._commits[number].parents)
        return False


def _masks(
    commits: Sequence[Commit], links: Sequence[Link]
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    own: dict[int, int] = {}
    for n, link in enumerate(links):
        for place in link.introduced:
            own[place] = own.get(place, 0) | 1 << n
    held: list[int] = []
    for number, commit in enumerate(commits):
        mask = own.get(number, 0)
        for parent in commit.parents:
            mask |= held[parent]
        held.append(mask)
    times = max((len(link.introduced) for link in links), default=0)
    rounds = [_seen(commits, links, time) for time in range(times)]
    return tuple(held), tuple(reduce(and_, each) for each in zip(*rounds, strict=True))


def _seen(commits: Sequence[Commit], links: Sequence[Link], time: int) -> list[int]:
    """Return what the makers of each version had before them, the nth time that it came."""
    seen = [0] * len(commits)
    for n, link in enumerate(links):
        for parent in commits[link.introduced[min(time, len(link.introduced) - 1)]].parents:
            seen[parent] |= 1 << n
    for number in range(len(commits) - 1, -1, -1):
        for parent in commits[number].parents:
            seen[parent] |= seen[number]
    return seen
