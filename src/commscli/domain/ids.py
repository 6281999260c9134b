"""Names of things, told apart by type so that a key is never taken for a person."""

import re
from typing import NewType

from commscli.errors import BadInput

PersonId = NewType("PersonId", str)
RoleId = NewType("RoleId", str)
GateId = NewType("GateId", str)
AudienceId = NewType("AudienceId", str)
IncidentId = NewType("IncidentId", str)
MessageId = NewType("MessageId", str)
"""A message within its incident, such as ``investigation-all-customers-1``."""
CommitId = NewType("CommitId", str)
Digest = NewType("Digest", str)
"""SHA-256 of exact bytes, 64 lower-case hexadecimal digits."""

YAML_WORDS = frozenset({"null", "true", "false", "yes", "no", "on", "off"})
"""Words that a YAML 1.1 reader would not take for text; refused as ids everywhere."""

_ID = re.compile(r"[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*")
_FOLDER = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_DIGEST = re.compile(r"[0-9a-f]{64}")
MAX_ID = 80


def is_id(text: object) -> bool:
    """Whether this can name a person, role, gate, audience, channel or key of a fact."""
    return (
        isinstance(text, str)
        and len(text) <= MAX_ID
        and _ID.fullmatch(text) is not None
        and text not in YAML_WORDS
    )


def is_folder(text: object) -> bool:
    """Whether this can name an incident or a message, which are folders too."""
    return (
        isinstance(text, str)
        and len(text) <= MAX_ID
        and _FOLDER.fullmatch(text) is not None
        and text not in YAML_WORDS
    )


def is_digest(text: object) -> bool:
    """Whether this is a SHA-256 in the one accepted spelling."""
    return isinstance(text, str) and _DIGEST.fullmatch(text) is not None


def checked_id(text: str, *, what: str) -> str:
    """Return the id, or say what an id looks like.

    Raises:
        BadInput: if the text is no id.
    """
    if is_id(text):
        return text
    raise BadInput(
        f"{text!r} cannot be the id of a {what}: expected small letters, digits and single "
        f"hyphens, beginning with a letter, at most {MAX_ID} characters",
        remedy=f"choose another {what} id, such as {slug(text) or 'ana'}",
        code="bad-id",
    )


def slug(title: str) -> str:
    """Return the title as a folder name: ASCII, small letters, single hyphens."""
    words = re.findall(r"[a-z0-9]+", title.lower())
    return "-".join(words)[:60].strip("-")


def message_folder(phase: str, audience: str, number: int) -> MessageId:
    """Return the id of the nth message of a cell."""
    return MessageId(f"{phase}-{audience}-{number}")
