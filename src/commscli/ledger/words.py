"""The words of messages, and the evidence, as they lie in commits that bring records about them."""

from collections.abc import Mapping

from commscli.domain.evidence import evidence_in
from commscli.domain.history import DraftAt
from commscli.domain.ids import Digest
from commscli.ledger.objects import Objects
from commscli.ledger.tree_bytes import FILE, FOLDER, Entry, Tree

_NO_BLOB = ""
_ATTACHMENTS, _EVIDENCE = "attachments", "evidence"
MOST_EVIDENCE = 32 * 1024 * 1024
"""Octets of one file of evidence; a hundred thousand deliveries are a third of it."""
_At = tuple[int, str, str]
"""By commit, incident and message."""


def word_files(objects: Objects, tree_id: str) -> dict[str, str]:
    """Return the blobs of draft, attachments and evidence in a message's folder, by path there."""
    folder = objects.tree(tree_id)
    files: dict[str, str] = {}
    for name in (_ATTACHMENTS, _EVIDENCE):
        inner = folder.get(name)
        within: Tree = objects.tree(inner.id) if inner and inner.mode == FOLDER else {}
        files |= {f"{name}/{inner_name}": _blob(entry) for inner_name, entry in within.items()}
    if "draft.md" in folder:
        files["draft.md"] = _blob(folder["draft.md"])
    return files


def _blob(entry: Entry) -> str:
    """Return the content of a plain file; a link or a folder is nobody's words."""
    return entry.id if entry.mode == FILE else _NO_BLOB


def words_at(objects: Objects, folders: Mapping[_At, Mapping[str, str]]) -> dict[_At, DraftAt]:
    """Return the digests of what `word_files` found, and what the evidence says."""
    words = {b: None for files in folders.values() for name, b in files.items()
             if b and not name.startswith(f"{_EVIDENCE}/")}  # fmt: skip
    lines = {b: None for files in folders.values() for name, b in files.items()
             if b and name.startswith(f"{_EVIDENCE}/")}  # fmt: skip
    digests = {i: Digest(content.digest) for i, content in objects.contents(words, 0)}
    digests[_NO_BLOB] = Digest("")
    evidence = {
        blob: evidence_in(content.data)
        for blob, content in objects.contents(lines, MOST_EVIDENCE)
        if content.data is not None
    }
    return {
        key: DraftAt(
            draft=digests[files["draft.md"]] if "draft.md" in files else None,
            attachments=tuple(
                (name.removeprefix(f"{_ATTACHMENTS}/"), digests[blob])
                for name, blob in sorted(files.items())
                if name.startswith(f"{_ATTACHMENTS}/")
            ),
            evidence={
                name.removeprefix(f"{_EVIDENCE}/"): evidence[blob]
                for name, blob in files.items()
                if name.startswith(f"{_EVIDENCE}/") and blob in evidence
            },
        )
        for key, files in folders.items()
    }
