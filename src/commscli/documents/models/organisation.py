"""``comms.yaml``: the organisation, its clock, and what holds where nothing else is said."""

from typing import Annotated

from pydantic import Field

from commscli.documents.models.imports import FactPaths
from commscli.documents.models.kinds import (
    CountryOrEmpty,
    Domain,
    Duration,
    Email,
    Folder,
    Id,
    IdOrEmpty,
    Line,
    Offset,
    Phase,
    Several,
    SomeLine,
    Strict,
    Zone,
)  # fmt: skip


class Defaults(Strict):
    """What a command takes when it is told nothing else."""

    playbook: Folder = "service-outage"
    phase: Phase = "investigation"
    next_update: Offset = "+30m"


class RoleName(Strict):
    """How this organisation calls a role; what the role has to do is the same everywhere."""

    name: SomeLine
    aliases: Several[SomeLine] = ()


class TurnMail(Strict):
    """The mail server by which people hear that it is their turn."""

    host: SomeLine
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    from_: Email = Field(alias="from")
    user: Line = ""
    secret: IdOrEmpty = ""
    private: bool = False


class TurnPost(Strict):
    """A web hook by which people hear that it is their turn. ``secret`` is its whole address."""

    secret: Id
    private: bool = False


class Turns(Strict):
    """How people hear that it is their turn; who cannot be reached is named on the terminal.

    Where ``backups_after`` is set, the first of a role hears of it, and the others once that
    time has passed; otherwise all of them do at once.
    """

    mail: TurnMail | None = None
    slack: TurnPost | None = None
    webhook: TurnPost | None = None
    backups_after: Duration | None = None


class Organisation(Strict):
    """The whole of ``comms.yaml``.

    ``imports`` are payloads of tools: for each name, the facts and where they stand in it.
    ``holidays`` is the country, or the part of one, whose holidays are no business days; without
    it they are Monday to Friday. ``turns`` says how people hear that it is their turn.
    """

    organisation: SomeLine
    timezone: Zone
    domain: Domain
    defaults: Defaults = Defaults()
    holidays: CountryOrEmpty = ""
    roles: dict[Id, RoleName] = Field(default_factory=dict)
    turns: Turns = Turns()
    imports: dict[Id, FactPaths] = Field(default_factory=dict)
