"""``comms.yaml``: the organisation, its clock, and what holds where nothing else is said."""

from pydantic import Field

from commscli.documents.models.imports import FactPaths
from commscli.documents.models.kinds import (
    CountryOrEmpty,
    Domain,
    Folder,
    Id,
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


class Organisation(Strict):
    """The whole of ``comms.yaml``.

    ``imports`` are payloads of tools: for each name, the facts and where they stand in it.
    ``holidays`` is the country, or the part of one, whose holidays are no business days; without
    it they are Monday to Friday.
    """

    organisation: SomeLine
    timezone: Zone
    domain: Domain
    defaults: Defaults = Defaults()
    holidays: CountryOrEmpty = ""
    roles: dict[Id, RoleName] = Field(default_factory=dict)
    imports: dict[Id, FactPaths] = Field(default_factory=dict)
