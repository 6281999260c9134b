"""What was sent stays as it was sent."""

from collections.abc import Collection, Iterator

from commscli.domain.report import Finding, Level
from commscli.gates.case import Case
from commscli.gates.mending import admins, correcting
from commscli.gates.message import MessageCase
from commscli.gates.rule import Rule, commit_id, place
from commscli.gates.standing import Worth

ID = "frozen-draft"


def judge(case: Case) -> Iterator[Finding]:
    """Find words or attachments that changed after the send began.

    What is only called like a send-intent freezes nothing: it must be surely its writer's.
    """
    messages = {(str(m.incident), str(m.message)): m for m in case.messages}
    for fault in case.history.edge_faults:
        message = messages.get(place(fault.path)) if fault.frozen_by else None
        if message is not None and _begun(message, fault.frozen_by):
            commit = commit_id(case.history, fault.commit)
            names = _approvers(message)
            died = f"; these are not the words that passed {names}" if names else ""
            yield Finding(
                rule=ID,
                level=Level.ERROR,
                text=f"{_what(fault.path)} {fault.what} after it was sent{died}",
                remedy=f"put the sent words back: git revert {commit}; then accept the fault, for "
                f"the step stays in history; if the words were wrong, {correcting(case)}",
                incident=message.incident,
                message=message.message,
                path=fault.path,
                commit=commit,
                who=admins(case),
                accept=admins(case),
            )


def _begun(message: MessageCase, paths: Collection[str]) -> bool:
    """Whether one of these is an intent to send, valid or overtaken."""
    return any(
        standing.file.path in paths
        and standing.worth in {Worth.VALID, Worth.VOID}
        and standing.file.record is not None
        and standing.file.record.kind == "send-intent"
        for standing in message.standings.values()
    )


def _approvers(message: MessageCase) -> str:
    return ", ".join(
        f"{' and '.join(v.by)} ({v.gate})" for v in message.verdict.gates if v.state.passes and v.by
    )


def _what(path: str) -> str:
    name = path.partition("/attachments/")[2]
    return f"the attachment {name} was" if name else "the words were"


RULE = Rule(id=ID, title="Sent words are frozen", judge=judge)
