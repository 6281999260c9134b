"""``audiences.yaml``: who is told, how, how often, and how many of them can be talked to."""

from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from commscli.documents.document import Loc
from commscli.documents.models.kinds import (
    Duration,
    Email,
    Id,
    IdOrEmpty,
    Phase,
    Several,
    SomeLine,
    Strict,
)  # fmt: skip
from commscli.documents.validate import Misplaced

Detail = Literal["technical", "operational", "impact", "simple", "formal"]


class Audience(Strict):
    """One audience.

    ``capacity`` is how many conversations somebody can hold: an offer to talk that nobody
    can keep is worse than none. ``contract`` are clocks that a contract sets, by name.
    """

    name: SomeLine
    aliases: Several[SomeLine] = ()
    detail: Detail
    channels: Annotated[Several[Id], Field(min_length=1)]
    one_to_one: bool = False
    recipients: IdOrEmpty = ""
    capacity: Annotated[int, Field(gt=0)] | None = None
    copy_to: Several[Email] = Field(default=(), alias="copy")
    cadence: dict[Phase, Duration] = Field(default_factory=dict)
    contract: dict[Id, Duration] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _people_by_name(self) -> Self:
        if self.one_to_one and not self.recipients:
            text = "`recipients` is missing: a one-to-one audience needs the name of its list"
            raise Misplaced([(("one_to_one",), text)])
        return self


class Audiences(Strict):
    """The whole of ``audiences.yaml``. The order of the file is the order of the process."""

    audiences: dict[Id, Audience]

    @model_validator(mode="after")
    def _one_name_each(self) -> Self:
        faults = list(self._shared_names())
        if faults:
            raise Misplaced(faults)
        return self

    def _shared_names(self) -> Iterator[tuple[Loc, str]]:
        owners = {id_: id_ for id_ in self.audiences}
        for id_, audience in self.audiences.items():
            for number, alias in enumerate(audience.aliases):
                owner = owners.get(alias.casefold())
                if owner is not None:
                    loc = ("audiences", id_, "aliases", number)
                    yield loc, f"the alias `{alias}` already names {owner}"
                owners.setdefault(alias.casefold(), id_)
