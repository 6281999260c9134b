"""Section 1 of how it is decided: what each commit brings, changes and takes away."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tests.second_opinion.records import FILE_NAME

Files = Mapping[str, tuple[str, bytes]]
"""Path → mode and content, of a whole tree. An empty folder is an entry of mode 40000."""

REGULAR, LINK, SUBMODULE = "100644", "120000", "160000"
_SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_MESSAGE = r"incidents/[^/]+/messages/[^/]+"
_PLACE = re.compile(
    rf"(trust|templates/records|incidents/[^/]+/records|{_MESSAGE}/records)/([^/]+)(/.*)?"
)
_FOLDER = re.compile(
    r"trust|templates(/records)?|incidents(/[^/]+(/records|/messages(/[^/]+(/records|/attachments)?)?)?)?"
)
_INTENT = re.compile(
    rf"({_MESSAGE})/records/[0-9]{{8}}T[0-9]{{6}}Z-send-intent-[0-9a-f]{{8}}\.yaml"
)
_WORDS = re.compile(rf"({_MESSAGE})/(draft\.md|attachments/.*)")
_VERSION = re.compile(r"[0-9]{4,}\.yaml")
_VERSION_SIGNATURE = re.compile(r"([0-9]{4,})\.([a-z0-9_-]+)\.sig")
OUR_NAMES = ("trust", "templates", "incidents", "records", "messages", "draft.md", "attachments")
STRICT_COMMIT = re.compile(
    rb"tree [0-9a-f]+\n(parent [0-9a-f]+\n)*author [^\n]*\ncommitter [^\n]*\n"
    rb"(gpgsig(-sha256)? [^\n]*\n( [^\n]*\n)*)?\n[^\0]*"
)
_COMMIT_SIGNATURE = re.compile(rb"\n(gpgsig(?:-sha256)? )([^\n]*\n(?: [^\n]*\n)*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """One commit: its raw bytes, its parents as they say, its whole tree."""

    id: str
    parents: tuple[str, ...]
    files: Files
    raw: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something wrong: where, and with which record or version. ``key`` tells two apart.

    ``names`` is everything by which admins may accept it.
    """

    rule: str
    level: str
    commit: str = ""
    path: str = ""
    digest: str = ""
    key: str = ""
    names: frozenset[str] = frozenset()


def fault(
    rule: str, commits: Iterable[str] = (), *, path: str = "", digest: str = "", commit: str = ""
) -> Finding:
    """An error, which may be accepted by any of its commits, its path, or its digest."""
    names = frozenset((*commits, commit, path, digest)) - {""}
    return Finding(
        rule=rule, level="error", commit=commit, path=path, digest=digest, names=names
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class FileAt:
    """A record with its signature, and the commits that introduce it (none: a merge did)."""

    path: str
    data: bytes
    signature: bytes
    commits: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionAt:
    """A trust version; for each commit that introduces it, the signatures there by name."""

    path: str
    data: bytes
    signatures: Mapping[str, Mapping[str, bytes]]


@dataclass(slots=True, kw_only=True)
class Walk:
    """What is known once every commit was looked at."""

    commits: dict[str, Commit]
    findings: set[Finding] = field(default_factory=set)
    frozen: list[tuple[Finding, frozenset[str]]] = field(default_factory=list)
    """Changed words: a finding, if one of these paths is a send-intent that was begun."""
    records: list[FileAt] = field(default_factory=list)
    versions: list[VersionAt] = field(default_factory=list)
    past: dict[str, frozenset[str]] = field(default_factory=dict)
    """A commit → those that it reaches, itself not among them."""
    introduced: dict[tuple[str, bytes], set[str]] = field(default_factory=dict)
    """Path and content of a protected file → the commits that introduce it, no merges."""

    def holds(self, commit: str, wanted: Collection[str]) -> bool:
        """Whether a commit is one of these, or has one of them in its past."""
        return commit in wanted or not self.past[commit].isdisjoint(wanted)


def walk(commits: Sequence[Commit]) -> Walk:
    """Look at every commit. ``commits``: all that the checked one reaches, parents first."""
    found = Walk(commits={commit.id: commit for commit in commits})
    for commit in commits:
        above = [found.commits[parent] for parent in commit.parents]
        found.past[commit.id] = frozenset(commit.parents).union(
            *(found.past[parent.id] for parent in above)
        )
        for parent in above:
            found.findings.update(_changes(parent.files, commit, found.frozen))
        _new_files(found, commit, above)
    found.records.extend(_records(found.introduced))
    found.versions.extend(_versions(found.introduced))
    found.findings.update(_strays(found.introduced))
    for one in {c for file in found.records for c in file.commits} | {
        c for version in found.versions for c in version.signatures
    }:
        if not STRICT_COMMIT.fullmatch(found.commits[one].raw):
            found.findings.add(fault("strict-commit", commit=one))
    return found


def _protected(path: str) -> bool:
    place = _PLACE.fullmatch(path)
    return place is not None and place[3] is None


def _folders_inside(files: Files) -> dict[str, dict[str, object]]:
    """The folders in protected places, where there should be none, with what is in each."""
    found: dict[str, dict[str, object]] = {}
    for path, file in files.items():
        place = _PLACE.fullmatch(path)
        if place and place[3] is not None:
            found.setdefault(f"{place[1]}/{place[2]}", {})[path] = file
    return found


def _changes(
    old: Files, commit: Commit, frozen: list[tuple[Finding, frozenset[str]]]
) -> Iterator[Finding]:
    """What an edge from a parent takes away or changes though it may not."""
    new = commit.files
    folders = _folders_inside(new)
    for path, inside in _folders_inside(old).items():
        if folders.get(path) != inside:
            yield fault("append-only", path=path, commit=commit.id)
    for path in {*old, *new}:
        if old.get(path) == new.get(path):
            continue
        words = _WORDS.fullmatch(path)
        if path in old and _protected(path):
            yield fault("append-only", path=path, commit=commit.id)
        elif words:
            intents = frozenset(p for p in old if (m := _INTENT.fullmatch(p)) and m[1] == words[1])
            if intents:
                frozen.append((fault("frozen-draft", path=path, commit=commit.id), intents))


def _new_files(found: Walk, commit: Commit, above: Sequence[Commit]) -> None:
    before = [_folders_inside(parent.files) for parent in above]
    for path, (mode, data) in commit.files.items():
        place = _PLACE.fullmatch(path)
        if not place or any(path in parent.files for parent in above):
            continue
        if place[3] is not None:
            folder = f"{place[1]}/{place[2]}"
            if not any(folder in inside for inside in before):
                found.findings.add(fault("stray-file", path=folder, commit=commit.id))
            continue
        if len(above) > 1:
            found.findings.add(fault("merged-record", path=path, commit=commit.id))
        if mode != REGULAR or not all(map(_SAFE_NAME.fullmatch, path.split("/"))):
            found.findings.add(fault("stray-file", path=path, commit=commit.id))
            continue
        introduced = found.introduced.setdefault((path, data), set())
        introduced |= {commit.id} if len(above) < 2 else set()
    found.findings.update(_false_names(commit, above))


# -- what lies there and does not belong there


def _entries(files: Files) -> dict[str, set[str]]:
    """Folder → names in it, from the top down to the protected places."""
    names: dict[str, set[str]] = {}
    for path in files:
        parts = path.split("/")
        for depth in range(len(parts)):
            folder = "/".join(parts[:depth])
            if depth > 0 and not _FOLDER.fullmatch(folder):
                break
            if _PLACE.fullmatch(f"{folder}/x"):
                break
            names.setdefault(folder, set()).add(parts[depth])
    return names


def _fold(name: str) -> str:
    seen = "".join(c for c in name if unicodedata.category(c) != "Cf")
    return unicodedata.normalize("NFKC", seen).casefold()


def _false_names(commit: Commit, above: Sequence[Commit]) -> Iterator[Finding]:
    new = [p for p in commit.files if not any(p in parent.files for parent in above)]
    for path in new:
        if _FOLDER.fullmatch(path) and commit.files[path][0] in (LINK, SUBMODULE):
            yield fault("stray-file", path=path, commit=commit.id)
    before = [_entries(parent.files) for parent in above]
    for folder, names in _entries(commit.files).items():
        if all(names == old.get(folder) for old in before) and above:
            continue
        for name in names:
            having = [old.get(folder, set()) for old in before]
            twins = {o for o in names if o != name and _fold(o) == _fold(name)} if folder else set()
            pretends = _fold(name) in OUR_NAMES and name != _fold(name)
            is_new = not any(name in old for old in having)
            together = any(name in old and twins & old for old in having)
            met = twins and not together and not all(name in old for old in having)
            if (pretends and is_new) or (twins and is_new) or (len(above) > 1 and met):
                yield fault("stray-file", path=f"{folder}/{name}".lstrip("/"), commit=commit.id)


def _strays(introduced: Mapping[tuple[str, bytes], set[str]]) -> Iterator[Finding]:
    commits_of: dict[str, set[str]] = {}
    for (path, _), commits in introduced.items():
        commits_of.setdefault(path, set()).update(commits)
    for path, commits in commits_of.items():
        folder, _, name = path.rpartition("/")
        if folder == "trust":
            signature = _VERSION_SIGNATURE.fullmatch(name)
            of = f"trust/{signature[1]}.yaml" if signature else ""
            belongs = bool(_VERSION.fullmatch(name))
        else:
            of = path.removesuffix(".sig") if name.endswith(".sig") else ""
            belongs = bool(FILE_NAME.fullmatch(name))
        wrong = set() if belongs else commits - commits_of.get(of, set())
        yield from (fault("stray-file", commit=commit, path=path) for commit in wrong)


# -- records and versions, with their signatures


def _records(introduced: Mapping[tuple[str, bytes], set[str]]) -> Iterator[FileAt]:
    for (path, data), commits in introduced.items():
        if path.startswith("trust/") or not FILE_NAME.fullmatch(path.rpartition("/")[2]):
            continue
        by_signature: dict[bytes, set[str]] = {} if commits else {b"": set()}
        for commit in commits:
            same = [
                block for (beside, block), brought in introduced.items()
                if beside == f"{path}.sig" and commit in brought
            ]  # fmt: skip
            by_signature.setdefault(same[0] if same else b"", set()).add(commit)
        for block, brought in by_signature.items():
            yield FileAt(path=path, data=data, signature=block, commits=frozenset(brought))


def _versions(introduced: Mapping[tuple[str, bytes], set[str]]) -> Iterator[VersionAt]:
    for (path, data), commits in introduced.items():
        if not (path.startswith("trust/") and _VERSION.fullmatch(path[len("trust/") :])):
            continue
        beside: dict[str, dict[str, bytes]] = {commit: {} for commit in commits}
        for (other, block), brought in introduced.items():
            signature = _VERSION_SIGNATURE.fullmatch(other.removeprefix("trust/"))
            if signature and f"trust/{signature[1]}.yaml" == path:
                for commit in brought & commits:
                    beside[commit][signature[2]] = block
        yield VersionAt(path=path, data=data, signatures=beside)


def commit_signature(raw: bytes) -> tuple[bytes, bytes]:
    """What a commit's signature is over, and its block (empty where there is none)."""
    head, blank, message = raw.partition(b"\n\n")
    header = _COMMIT_SIGNATURE.search(head + b"\n")
    if not header:
        return raw, b""
    rest = (head + b"\n")[: header.start() + 1] + (head + b"\n")[header.end() :]
    return rest + blank[1:] + message, header[2].replace(b"\n ", b"\n")
