"""The words beside a revision are the words that it names."""

from collections.abc import Collection, Iterator

from commscli.domain.history import DraftAt
from commscli.domain.ids import Digest
from commscli.domain.records import Drafted, SendIntent
from commscli.domain.report import Finding, Level
from commscli.gates.case import Case
from commscli.gates.mending import admins, holders
from commscli.gates.message import MessageCase
from commscli.gates.rule import Rule, commit_id
from commscli.gates.standing import Worth

ID = "draft-bytes"


def judge(case: Case) -> Iterator[Finding]:
    """Find revisions and sends whose commit holds other words than they name.

    A squash brings several revisions in one commit: the words there must be those of the
    newest of them, and of every revision whose send it brings.
    """
    writers = holders(case, "drafted")
    for message in case.messages:
        sent = _by_commit(message, (SendIntent,))
        for commit, digests in _by_commit(message, (Drafted, SendIntent)).items():
            wanted = {*_newest(message, digests), *sent.get(commit, ())}
            there = case.history.drafts_at.get((commit, message.incident, message.message))
            for digest in sorted(wanted):
                if there is None or not _same(message, digest, there):
                    yield Finding(
                        rule=ID,
                        level=Level.ERROR,
                        text=f"revision {message.revisions.number(digest)} names other words or "
                        "attachments than the commit that brings it holds",
                        remedy=f"record the words as they are now: comms revise {message.message}",
                        incident=message.incident,
                        message=message.message,
                        path=message.path(digest),
                        commit=commit_id(case.history, commit),
                        digest=digest,
                        who=writers,
                        accept=admins(case),
                    )


def _by_commit(
    message: MessageCase, kinds: Collection[type[Drafted | SendIntent]]
) -> dict[int, list[Digest]]:
    """Return which revisions each commit speaks of, by bringing them or a send of them."""
    found: dict[int, list[Digest]] = {}
    for digest, standing in message.standings.items():
        record = standing.file.record
        if record is None or standing.worth is Worth.ERROR or not record.message:
            continue
        if type(record.body) not in kinds:
            continue
        if isinstance(record.body, Drafted) and digest in message.revisions.drafts:
            subject = digest
        elif (
            isinstance(record.body, SendIntent) and record.body.subject in message.revisions.drafts
        ):
            subject = record.body.subject
        else:
            continue
        for commit in standing.file.introduced:
            found.setdefault(commit, []).append(subject)
    return found


def _newest(message: MessageCase, digests: list[Digest]) -> list[Digest]:
    past = 0
    for digest in digests:
        past |= message.ordered.before(digest)
    return [d for d in dict.fromkeys(digests) if not message.ordered.has(past, d)]


def _same(message: MessageCase, digest: Digest, there: DraftAt) -> bool:
    body = message.revisions.drafts[digest].body
    if not isinstance(body, Drafted):
        return False
    attached = [[name, blob] for name, blob in there.attachments]
    return there.draft == body.draft and attached == body.attachments


RULE = Rule(id=ID, title="A revision's words lie beside it", judge=judge)
