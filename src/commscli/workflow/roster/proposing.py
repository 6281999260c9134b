"""Other words for a message, as a reviewer proposes them."""

from collections.abc import Callable

from commscli.workflow.messages.manifest import read_draft
from commscli.workflow.messages.reading import draft_bytes, drafted, only_head
from commscli.workflow.messages.revising import whole_draft
from commscli.workflow.messages.showing import find
from commscli.workflow.session import Session


def proposal(
    session: Session, reference: str, given: bytes | None, edit: Callable[[bytes], bytes]
) -> bytes:
    """Return the proposed draft, read and found usable.

    Raises:
        BadInput: if it could not be a draft.
    """
    named = find(session, reference)
    digest = named.revision or only_head(named.message)
    recorded = draft_bytes(session, named.message, digest)
    words = whole_draft(recorded, given) if given is not None else edit(recorded)
    one_to_one = bool(drafted(named.message, digest).recipients["count"])
    read_draft(words, "the proposed words", one_to_one=one_to_one)
    return words
