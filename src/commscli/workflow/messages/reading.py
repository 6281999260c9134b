"""A revision's words, as they were recorded; and what changed between two."""

from difflib import unified_diff
from hashlib import sha256

from commscli.domain.ids import Digest
from commscli.domain.records import Drafted
from commscli.errors import BadInput, Refused
from commscli.gates.message import MessageCase
from commscli.ledger.record_files import folder_of
from commscli.ledger.repository import tip
from commscli.ledger.snapshot import snapshot
from commscli.workflow.session import Session


def drafted(message: MessageCase, digest: Digest) -> Drafted:
    """Return the manifest of a revision.

    Raises:
        BadInput: if it is none.
    """
    body = message.revisions.drafts[digest].body
    if isinstance(body, Drafted):
        return body
    raise BadInput(f"{digest[:8]} is no revision of {message.message}")


def draft_bytes(session: Session, message: MessageCase, digest: Digest) -> bytes:
    """Return the words of a revision, from the commit that brought it.

    Raises:
        Refused: if they are not the words that the revision names.
    """
    path = f"{folder_of(message.incident, message.message)}/draft.md"
    wanted = drafted(message, digest).draft
    for number in message.standings[digest].file.introduced:
        commit = session.case.history.commits[number].id
        with snapshot(session.repository, commit) as files:
            data = files.read(path)
        if data is not None and sha256(data).hexdigest() == wanted:
            return data
    raise Refused(
        f"the words of revision {message.revisions.number(digest)} of {message.message} are not "
        "in the commit that brought it",
        remedy="comms check; the spokesperson records them again: comms revise",
        code="words-missing",
    )


def require_words_there(session: Session, message: MessageCase, digest: Digest) -> None:
    """Refuse to send beside other words: they would stand there as those that were sent.

    Raises:
        Refused: if the newest commit has other words or attachments than the revision names.
    """
    body, folder = drafted(message, digest), folder_of(message.incident, message.message)
    wanted = {"draft.md": str(body.draft)}
    wanted |= {f"attachments/{name}": blob for name, blob in body.attachments}
    with snapshot(session.repository, tip(session.repository)) as files:
        there = {"draft.md": files.read(f"{folder}/draft.md") or b""}
        there |= {f"attachments/{n}": data for n, data in files.files(f"{folder}/attachments")}
        found = {name: sha256(data).hexdigest() for name, data in there.items()}
        odd = [name for name in found if not files.is_plain(f"{folder}/{name}")]
    changed = sorted({n for n, _ in wanted.items() ^ found.items()} | {*odd})
    if changed:
        raise Refused(
            f"{', '.join(f'{folder}/{name}' for name in changed)} changed since revision "
            f"{body.revision} was recorded, and nobody passed that",
            remedy=f"put it back (git revert), or record it: comms revise {message.message}",
            code="words-changed",
        )


def only_head(message: MessageCase) -> Digest:
    """Return the newest revision.

    Raises:
        Refused: if there are several, or none.
    """
    heads = message.revisions.heads(message.ordered.everything)
    if len(heads) == 1:
        return heads[0]
    if not heads:
        raise BadInput(f"{message.message} has no revision", remedy="comms check")
    listed = ", ".join(f"@{message.revisions.number(d)} ({d[:8]})" for d in heads)
    raise Refused(
        f"{message.message} has {len(heads)} newest revisions side by side: {listed}",
        remedy=f"the spokesperson joins them: comms revise {message.message}",
        code="forked",
    )


def difference(session: Session, message: MessageCase, old: Digest, new: Digest) -> list[str]:
    """Return what changed from one revision to another, as lines of a unified diff.

    Of attachments it says which went, and which came, by the digests of their bytes.
    """
    before, after = (draft_bytes(session, message, d).decode() for d in (old, new))
    names = [f"revision {message.revisions.number(d)}" for d in (old, new)]
    lines = unified_diff(
        before.splitlines(), after.splitlines(), names[0], names[1], n=1, lineterm=""
    )
    was, is_ = (drafted(message, d).attachments for d in (old, new))
    gone = [f"-attached: {name} ({blob[:16]})" for name, blob in was if [name, blob] not in is_]
    came = [f"+attached: {name} ({blob[:16]})" for name, blob in is_ if [name, blob] not in was]
    return [*lines, *gone, *came]
