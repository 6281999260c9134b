"""A mail as who got it reads it: as text, and as a page."""

from email.message import Message


def part(mail: Message, subtype: str = "plain") -> str:
    """The one part of that kind; a mail of ours has one of each."""
    (found,) = (one for one in mail.walk() if one.get_content_type() == f"text/{subtype}")
    data = found.get_payload(decode=True)
    assert isinstance(data, bytes)
    return data.decode().replace("\r\n", "\n")
