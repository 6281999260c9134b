"""A message put before somebody who is about to judge it: what changed, then all of it."""

import sys
from typing import TYPE_CHECKING

from commscli.render.message_text import diff_text, message_text
from commscli.workflow.messages.showing import changes, see
from commscli.workflow.messages.shown import last_shown

if TYPE_CHECKING:
    from commscli.cli.state import State
    from commscli.domain.ids import Digest
    from commscli.gates.message import MessageCase
    from commscli.workflow.session import Session


def read_out(run: "State", session: "Session", message: "MessageCase", digest: "Digest") -> None:
    """Write a revision to stderr; what changed comes first for who has seen an earlier one."""
    paint = run.paint(sys.stderr)
    before = last_shown(session, message)
    if before is not None and before != digest:
        changed = changes(session, message, before, digest)
        sys.stderr.write("changed since you looked:\n" + diff_text(changed, paint))
    sys.stderr.write(message_text(see(session, message, digest), paint))
