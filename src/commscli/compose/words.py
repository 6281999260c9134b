"""What a template may say of the incident besides its facts."""

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The names that templates reach as ``words.…``.

    ``incident`` is its title, ``audience`` the name of the audience, ``detail`` its level.
    ``next_update`` is the offset, such as ``+30m``, or empty where none is promised.
    ``one_to_one`` says whether each recipient gets a message of their own. ``corrects`` is when
    the message went out that this one corrects, for people, and ``why`` what was wrong in it;
    both are empty where nothing is corrected.
    """

    organisation: str
    timezone: str
    incident: str
    severity: str
    phase: str
    audience: str
    detail: str
    one_to_one: bool
    next_update: str = ""
    corrects: str = ""
    why: str = ""


WORDS = tuple(field.name for field in fields(Words))
