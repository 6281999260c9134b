"""What a command that changes the trust says: in force, or who must sign it yet."""

from typing import TYPE_CHECKING

from commscli.cli.app import state
from commscli.cli.telling import tell_sharing

if TYPE_CHECKING:
    from commscli.workflow.roster.signing import Changed


def tell_changed(changed: "Changed", *, changes: bool = False) -> None:
    """Print ``comms/trust-recorded@1`` or a line; then how far it is, and what is next."""
    from commscli.render.proposal_text import (  # noqa: PLC0415 - lazy
        changed_document,
        changed_text,
        changed_words,
    )

    run = state.current
    run.answer(lambda: changed_document(changed), lambda: changed_text(changed))
    tell_sharing(run, changed.written, changed.notes)
    words = changed_words(changed, changes=changes)
    if words:
        run.tell(words)
