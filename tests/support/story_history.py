"""A story as the `History` that the ledger must read from it: the same rules, written twice.

Nothing of the ledger's walk is used here: files are compared path by path, without trees.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from commscli.domain.evidence import evidence_in
from commscli.domain.history import (
    Commit,
    DraftAt,
    EdgeFault,
    History,
    RecordFile,
    Signature,
    Stray,
    TrustEntry,
    TrustFile,
)
from commscli.domain.ids import CommitId, Digest
from commscli.ledger import trust_files
from commscli.ledger.files import record_file
from commscli.ledger.line_grammar import GrammarFault
from commscli.ledger.record_files import digest_of, is_record_name
from commscli.ledger.signed import signature_of
from tests.support.story import File, Node, Story, Tree, public_key, reachable

_RECORD = re.compile(r"(?:templates|incidents/[^/]+(?:/messages/[^/]+)?)/records/[^/]+")
_WORDS = re.compile(r"(incidents/[^/]+/messages/[^/]+)/(?:draft\.md|attachments/[^/]+)")
_MESSAGE = re.compile(r"incidents/([^/]+)/messages/([^/]+)/records/")
_TRUST = re.compile(r"trust/\d{4,}\.yaml")
_SIGNED = re.compile(r"trust/(\d{4,})\.([a-z0-9_-]+)\.sig")


@dataclass(slots=True)
class _Found:
    introduced: dict[tuple[str, bytes], list[int]] = field(default_factory=dict)
    faults: dict[EdgeFault, None] = field(default_factory=dict)
    strays: list[Stray] = field(default_factory=list)
    drafts: dict[tuple[int, str, str], DraftAt] = field(default_factory=dict)


def history_of(story: Story) -> History:
    numbers = reachable(story.shelf.nodes, story.head)
    place = {number: at for at, number in enumerate(numbers)}
    nodes = [story.shelf.nodes[number] for number in numbers]
    found = _Found()
    for at, node in enumerate(nodes):
        above = [nodes[place[parent]].tree for parent in node.parents]
        _compare(found, at, above, node.tree)
    records, trusts = tuple(_records(found)), tuple(_trusts(found))
    telling = {c for record in records for c in record.introduced}
    telling |= {c for trust in trusts for c in trust.introduced}
    return History(
        head=CommitId(story.tip),
        commits=tuple(
            Commit(id=CommitId(n.id), parents=tuple(place[p] for p in n.parents)) for n in nodes
        ),
        records=records,
        trusts=trusts,
        edge_faults=tuple(found.faults),
        strays=tuple(found.strays),
        commit_signatures={c: _signature(nodes[c]) for c in telling},
        commit_faults={},
        drafts_at=found.drafts,
    )


def _signature(node: Node) -> Signature:
    if not node.signer:
        return Signature(key=None, fault="is not signed")
    return Signature(key=public_key(node.signer))


def _protected(tree: Tree) -> dict[str, File]:
    return {p: f for p, f in tree.items() if p.startswith("trust/") or _RECORD.fullmatch(p)}


def _compare(found: _Found, at: int, above: list[Tree], tree: Tree) -> None:
    here = _protected(tree)
    olds = [_protected(old) for old in above]
    for old, whole in zip(olds, above, strict=True):
        for path, file in old.items():
            if here.get(path) != file:
                what = "changed" if path in here else "removed"
                found.faults[EdgeFault(commit=at, path=path, what=what)] = None
        _frozen(found, at, whole, tree)
    for path, file in here.items():
        if not any(path in old for old in olds):
            _new(found, at, path, file, tree, merged=len(above) > 1)


_NAMES_FILES = re.compile(r"Z-(drafted|send-intent|sent|delivered-late)-[0-9a-f]{8}\.yaml$")


def _new(found: _Found, at: int, path: str, file: File, tree: Tree, *, merged: bool) -> None:
    if merged:
        found.faults[EdgeFault(commit=at, path=path, what="merged-in")] = None
    if file.mode != "100644":
        fault = f"has mode {file.mode}: only plain files (100644) belong here"
        found.strays.append(Stray(path=path, fault=fault, commit=at))
        return
    commits = found.introduced.setdefault((path, file.data), [])
    commits += [] if merged else [at]
    match = _MESSAGE.match(path)
    if (
        match
        and not merged
        and re.search(r"Z-(drafted|send-intent|sent|delivered-late)-[0-9a-f]{8}\.yaml$", path)
    ):
        found.drafts[at, match[1], match[2]] = _words(tree, match[1], match[2])


def _words(tree: Tree, incident: str, message: str) -> DraftAt:
    folder = f"incidents/{incident}/messages/{message}/"
    draft = tree.get(f"{folder}draft.md")
    attached = sorted(
        (path.removeprefix(f"{folder}attachments/"), digest_of(file.data))
        for path, file in tree.items()
        if path.startswith(f"{folder}attachments/")
    )
    evidence = {
        path.removeprefix(f"{folder}evidence/"): evidence_in(file.data)
        for path, file in tree.items()
        if path.startswith(f"{folder}evidence/") and file.mode == "100644"
    }
    return DraftAt(
        draft=digest_of(draft.data) if draft else None,
        attachments=tuple(attached),
        evidence=evidence,
    )


def _frozen(found: _Found, at: int, old: Tree, new: Tree) -> None:
    begun: dict[str, list[str]] = defaultdict(list)
    for path in sorted(old):
        if re.search(r"/records/\d{8}T\d{6}Z-send-intent-[0-9a-f]{8}\.yaml$", path):
            begun[path.split("/records/")[0]].append(path)
    for path in {*old, *new}:
        match = _WORDS.fullmatch(path)
        if match and match[1] in begun and old.get(path) != new.get(path):
            what = "removed" if path not in new else "changed" if path in old else "added"
            fault = EdgeFault(commit=at, path=path, what=what, frozen_by=tuple(begun[match[1]]))
            found.faults[fault] = None


def _records(found: _Found) -> Iterator[RecordFile]:
    signatures: dict[str, dict[int, bytes]] = defaultdict(dict)
    for (path, data), commits in found.introduced.items():
        signatures[path] |= dict.fromkeys(commits, data) if path.endswith(".sig") else {}
    for (path, data), commits in found.introduced.items():
        name = path.rsplit("/", 1)[1]
        if path.startswith("trust/"):
            continue
        if is_record_name(name):
            yield from _signed(path, data, commits, signatures[f"{path}.sig"])
        elif not name.endswith(".sig"):
            found.strays += [Stray(path=path, fault="is no record", commit=c) for c in commits]
        else:
            of = path.removesuffix(".sig")
            brought = {c for (p, _), at in found.introduced.items() if p == of for c in at}
            fault = "came without its record"
            found.strays += [Stray(path=path, fault=fault, commit=c) for c in {*commits} - brought]


def _signed(
    path: str, data: bytes, commits: list[int], beside: dict[int, bytes]
) -> Iterator[RecordFile]:
    """A record for each signature that came with it, and one for all that came without."""
    for armored in {beside.get(commit) for commit in commits} or {None}:
        introduced = tuple(commit for commit in commits if beside.get(commit) == armored)
        yield record_file(path, data, armored, introduced)


def _trusts(found: _Found) -> Iterator[TrustFile]:
    for (path, data), commits in found.introduced.items():
        match = _SIGNED.fullmatch(path)
        if _TRUST.fullmatch(path):
            yield _trust(found, path, data, tuple(commits))
        elif match:
            version = f"trust/{match[1]}.yaml"
            brought = {c for (p, _), at in found.introduced.items() if p == version for c in at}
            fault = "came without its trust version"
            found.strays += [Stray(path=path, fault=fault, commit=c) for c in {*commits} - brought]
        elif path.startswith("trust/"):
            fault = "is no trust version and no signature of one"
            found.strays += [Stray(path=path, fault=fault, commit=c) for c in commits]


def _trust(found: _Found, path: str, data: bytes, commits: tuple[int, ...]) -> TrustFile:
    try:
        trust, fault = trust_files.read(data), ""
    except GrammarFault as wrong:
        trust, fault = None, str(wrong) if wrong.line is None else f"line {wrong.line}: {wrong}"
    return TrustFile(
        path=path,
        digest=Digest(digest_of(data)),
        trust=trust,
        fault=fault,
        entries=tuple(
            TrustEntry(commit=commit, signatures=dict(_beside(found, path, data, commit)))
            for commit in commits
        ),
    )


def _beside(found: _Found, path: str, data: bytes, commit: int) -> Iterator[tuple[str, Signature]]:
    for (beside, armored), introduced in found.introduced.items():
        match = _SIGNED.fullmatch(beside)
        if match and path == f"trust/{match[1]}.yaml" and commit in introduced:
            yield match[2], signature_of(data, armored, trust_files.NAMESPACE)
