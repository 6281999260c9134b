"""The words of messages as they lie in commits that bring records about them."""

from collections.abc import Mapping

from commscli.domain.history import DraftAt
from commscli.domain.ids import Digest
from commscli.ledger.objects import Objects
from commscli.ledger.tree_bytes import FILE, FOLDER, Entry, Tree

_NO_BLOB = ""
_At = tuple[int, str, str]
"""By commit, incident and message."""


def word_files(objects: Objects, tree_id: str) -> dict[str, str]:
    """Return the blobs of the draft and the attachments in a message's folder, by path there."""
    folder = objects.tree(tree_id)
    inner = folder.get("attachments")
    attached: Tree = objects.tree(inner.id) if inner and inner.mode == FOLDER else {}
    files = {f"attachments/{name}": _blob(entry) for name, entry in attached.items()}
    if "draft.md" in folder:
        files["draft.md"] = _blob(folder["draft.md"])
    return files


def _blob(entry: Entry) -> str:
    """Return the content of a plain file; a link or a folder is nobody's words."""
    return entry.id if entry.mode == FILE else _NO_BLOB


def words_at(objects: Objects, folders: Mapping[_At, Mapping[str, str]]) -> dict[_At, DraftAt]:
    """Return the digests of what `word_files` found."""
    blobs = dict.fromkeys(blob for files in folders.values() for blob in files.values() if blob)
    digests = {i: Digest(content.digest) for i, content in objects.contents(blobs, 0)}
    digests[_NO_BLOB] = Digest("")
    return {
        key: DraftAt(
            draft=digests[files["draft.md"]] if "draft.md" in files else None,
            attachments=tuple(
                (name.removeprefix("attachments/"), digests[blob])
                for name, blob in sorted(files.items())
                if name != "draft.md"
            ),
        )
        for key, files in folders.items()
    }
