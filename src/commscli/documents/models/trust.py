"""A whole trust version as somebody edits it by hand, for ``comms trust propose FILE``.

What it says of number and predecessor tells which version it was made from; the program fills
in the ones that it gets. Whether it can be in force is judged elsewhere, and so are its keys.
"""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from commscli.documents.models.kinds import Id, Line, Several, Sha256, SomeLine, Strict

_Count = Annotated[int, Field(gt=0)]


class Person(Strict):
    """Somebody, or a service. ``keys`` are lines of OpenSSH public keys."""

    name: SomeLine
    email: SomeLine
    kind: Literal["person", "service"] = "person"
    keys: Annotated[Several[SomeLine], Field(min_length=1)]
    contact: Line = ""


class Gate(Strict):
    """Whose judgement, of how many, after which others, and of the recipients too."""

    role: Id
    needs: _Count = 1
    after: Several[Id] = ()
    recipients: bool


class Relaxed(Strict):
    """The gates that remain for an audience, over just these channels, to just these lists."""

    gates: Several[Id]
    channels: dict[Id, dict[str, Line]]
    recipients: Several[Sha256] = ()


class Emergency(Strict):
    """Who may skip gates together, with which templates, for which audiences."""

    people: Several[Id]
    needs: _Count
    templates: Several[SomeLine]
    audiences: Several[Id]


class Ended(Strict):
    """Keys and people that are no more."""

    keys: Several[SomeLine] = ()
    people: Several[Id] = ()


class Compromised(Strict):
    """A key in wrong hands, and the records that count all the same."""

    key: SomeLine
    keep: Several[Sha256] = ()
    why: SomeLine


class Accepted(Strict):
    """A fault that the admins live with."""

    rule: SomeLine
    subject: SomeLine
    why: SomeLine


def _or_nothing(value: object) -> object:
    return None if value == {} else value


class TrustVersion(Strict):
    """The whole of the file, in the order in which the program writes it."""

    schema_: Literal["comms/trust@1"] = Field(default="comms/trust@1", alias="schema")
    repository: Line = ""
    version: _Count | None = None
    previous: Line = ""
    quorum: _Count
    admins: Several[Id]
    people: dict[Id, Person]
    roles: dict[Id, Several[Id]]
    gates: dict[Id, Gate]
    may: dict[Id, Several[Id]]
    may_share: Several[Annotated[Several[Id], Field(min_length=2, max_length=2)]]
    relaxed: dict[Id, Relaxed]
    preapproved: Several[Sha256]
    emergency: Annotated[Emergency | None, BeforeValidator(_or_nothing)]
    commits: Literal["recorded", "signed"]
    ended: Ended
    compromised: Several[Compromised]
    accepted: Several[Accepted]
