"""How somebody is reached: what the roster says of them, and what the organisation has set up."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from commscli.domain.trust import Person

if TYPE_CHECKING:  # only asked whether a way is set up
    from commscli.documents.models.organisation import Turns

How = Literal["mail", "slack", "webhook", ""]


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way to somebody. ``how`` is empty where only a person can take it."""

    how: How
    address: str


def way_to(person: Person, setup: "Turns") -> Way:
    """Return the first way that is set up: their own contact, their mail, the organisation's hook.

    A contact is ``slack:ID``, an ``https://`` address that takes a POST, an address of mail, or
    anything else, such as a telephone number, which is left to people.
    """
    contact = person.contact.strip()
    if contact.startswith("slack:") and setup.slack:
        return Way(how="slack", address=contact.removeprefix("slack:"))
    if contact.startswith("https://"):
        return Way(how="webhook", address=contact)
    mail = contact.removeprefix("mailto:") if "@" in contact and " " not in contact else ""
    address = (mail if not mail.startswith("slack:") else "") or person.email
    if setup.mail and address:
        return Way(how="mail", address=address)
    if setup.webhook:
        return Way(how="webhook", address="")
    return Way(how="", address=contact or person.email)
