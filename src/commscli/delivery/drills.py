"""What a drill delivers: every delivery marked at its beginning, and none but to the outbox.

The words that the gates pass are those of the real thing, so the mark is put on where words
become a delivery: nobody can draft it away, and no channel can leave it out.
"""

from collections.abc import Mapping

MARK = "DRILL"
SUBJECT = f"{MARK}: "
TEXT = f"{MARK}: this is an exercise, and nothing in this message is real.\n\n"
FOLDER = "drills"
"""Where in the outbox a drill's deliveries lie: whoever passes on the others finds none there."""


def marked_subject(subject: str) -> str:
    """Return the subject, or the title, of a drill's delivery."""
    return f"{SUBJECT}{subject}"


def marked_text(text: str) -> str:
    """Return the text of a drill's delivery: a mail's, a text message's, a post's."""
    return f"{TEXT}{text}"


def rehearsed(settings: Mapping[str, str]) -> dict[str, str]:
    """Return a channel as a drill delivers over it: the outbox, whatever adapter is set up.

    What the channel would deliver as stays, where the outbox knows that form: a mail is one.
    """
    form = "eml" if settings.get("adapter") == "smtp" else settings.get("as", "")
    return {"adapter": "file", "as": form, "from": settings.get("from", "")}
