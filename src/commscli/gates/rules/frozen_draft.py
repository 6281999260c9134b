"""What was sent stays as it was sent."""

from collections.abc import Iterator

from commscli.domain.report import Finding, Level
from commscli.gates.case import Case
from commscli.gates.mending import admins, correcting
from commscli.gates.rule import Rule, commit_id, place

ID = "frozen-draft"


def judge(case: Case) -> Iterator[Finding]:
    """Find words or attachments that changed after the send began."""
    approvers: dict[tuple[str, str], str] = {
        (m.incident, m.message): ", ".join(
            f"{' and '.join(v.by)} ({v.gate})" for v in m.verdict.gates if v.state.passes and v.by
        )
        for m in case.messages
    }
    for fault in case.history.edge_faults:
        if fault.frozen_for:
            incident, message = place(fault.frozen_for)
            commit = commit_id(case.history, fault.commit)
            names = approvers.get((incident, message), "")
            died = f"; these are not the words that passed {names}" if names else ""
            yield Finding(
                rule=ID,
                level=Level.ERROR,
                text=f"{_what(fault.path)} {fault.what} after it was sent{died}",
                remedy=f"put the sent words back: git revert {commit}; then accept the fault, for "
                f"the step stays in history; if the words were wrong, {correcting(case)}",
                incident=incident,
                message=message,
                path=fault.path,
                commit=commit,
                who=admins(case),
                accept=admins(case),
            )


def _what(path: str) -> str:
    name = path.partition("/attachments/")[2]
    return f"the attachment {name} was" if name else "the words were"


RULE = Rule(id=ID, title="Sent words are frozen", judge=judge)
