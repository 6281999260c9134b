"""The words of messages as they lie in commits that bring records about them."""

from collections.abc import Mapping

from commscli.domain.history import DraftAt
from commscli.domain.ids import Digest
from commscli.ledger.objects import Objects
from commscli.ledger.record_files import digest_of
from commscli.ledger.tree_bytes import FILE, FOLDER, Entry, Tree

_NO_BLOB = ""
_At = tuple[int, str, str]


def words_at(objects: Objects, folders: Mapping[_At, str]) -> dict[_At, DraftAt]:
    """Return what the folders of messages hold; by commit, incident and message."""
    files = {key: _files(objects, tree_id) for key, tree_id in folders.items()}
    blobs = dict.fromkeys(blob for found in files.values() for blob in found.values() if blob)
    digests = {i: digest_of(data) for i, data in objects.read_many("blob", blobs)}
    digests[_NO_BLOB] = Digest("")
    return {
        key: DraftAt(
            draft=digests[found["draft.md"]] if "draft.md" in found else None,
            attachments=tuple(
                (name.removeprefix("attachments/"), digests[blob])
                for name, blob in sorted(found.items())
                if name != "draft.md"
            ),
        )
        for key, found in files.items()
    }


def _files(objects: Objects, tree_id: str) -> dict[str, str]:
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
