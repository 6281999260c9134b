"""An objection whose words stay off the record: what is recorded of them, and how they fit it.

On record is one line, ``private: CATEGORY DIGEST``. The digest is the SHA-256 of a file that
stays with the person: a salt of 32 hexadecimal digits, a line feed, and the words. Without
the file nobody can test a guess; with it anybody can show that these were the words.
"""

import re
from dataclasses import dataclass
from hashlib import sha256

from commscli.domain.ids import Digest, is_id

UNSTATED = "unstated"
_FORM = re.compile(r"private: (?P<category>[a-z0-9_-]+) (?P<digest>[0-9a-f]{64})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """What a record says of words that are not on it."""

    category: str
    digest: Digest

    @property
    def text(self) -> str:
        """The one line on record."""
        return f"private: {self.category} {self.digest}"

    @property
    def told(self) -> str:
        """What people read of it."""
        return f"a private objection ({self.category}); its words are not on record"


def withheld(text: str) -> Withheld | None:
    """Return what a recorded text withholds; ``None`` for words that are there to be read."""
    found = _FORM.fullmatch(text)
    if found is None or not is_id(found["category"]):
        return None
    return Withheld(category=found["category"], digest=Digest(found["digest"]))


def file_of(words: str, salt: str) -> bytes:
    """Return the bytes to keep: whoever has them has the words, and can show it."""
    return f"{salt}\n{words}\n".encode(errors="surrogateescape")


def withhold(category: str, data: bytes) -> Withheld:
    """Return what goes on record of a file of words."""
    return Withheld(category=category, digest=Digest(sha256(data).hexdigest()))


def told(text: str) -> str:
    """Return the text of a verdict as people read it."""
    found = withheld(text)
    return found.told if found else text
