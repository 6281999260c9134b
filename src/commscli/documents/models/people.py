"""``people.yaml`` for ``comms trust add --from``: everybody in one trust version."""

from typing import Literal

from commscli.documents.models.kinds import Email, Id, Line, Several, SomeLine, Strict


class Person(Strict):
    """Somebody, or a service. ``public_key`` is the line of the key or the path of its file."""

    name: SomeLine
    email: Email
    public_key: SomeLine
    roles: Several[Id]
    kind: Literal["person", "service"] = "person"
    contact: Line = ""


class PeopleFile(Strict):
    """The whole of the file."""

    people: dict[Id, Person]
