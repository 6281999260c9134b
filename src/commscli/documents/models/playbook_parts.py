"""The parts of a playbook that have rules of their own: duties, triggers, size-up questions."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Discriminator, Tag, model_validator

from commscli.documents.document import Loc
from commscli.documents.models.kinds import (
    Duration,
    FactKey,
    Id,
    Several,
    Severity,
    SomeLine,
    Strict,
)  # fmt: skip
from commscli.documents.models.playbook_triggers import SaysWhen
from commscli.documents.validate import Misplaced
from commscli.domain.duties import DUTIES


def _tag(value: object) -> str:
    return "all" if isinstance(value, str) else "some"


Who = Annotated[
    Annotated[Literal["all"], Tag("all")] | Annotated[Several[Id], Tag("some")],
    Discriminator(_tag),
]
"""``all``, or a list of audience ids."""


def _one(value: object) -> object:
    if isinstance(value, list | tuple):
        raise ValueError(  # noqa: TRY004 - pydantic takes a ValueError for what is wrong
            f"expected one who communicates this, found {len(value)}: two would tell it, or neither"
        )
    return value


Party = Annotated[Id, BeforeValidator(_one)]
"""Who has a duty: a role, or ``provider``, ``client``, ``supplier``."""


def duty_faults(responsibilities: Mapping[str, str]) -> Iterator[tuple[Loc, str]]:
    """Name the gaps of a matrix of duties, and what is no duty; nothing at all is no matrix."""
    if not responsibilities:
        return
    for duty in responsibilities:
        if duty not in DUTIES:
            text = f"`{duty}` is no duty: expected {', '.join(DUTIES)}"
            yield ("responsibilities", duty), text
    for duty, meaning in DUTIES.items():
        if duty not in responsibilities:
            text = f"`{duty}` is missing, and so nobody has it: {meaning}"
            yield ("responsibilities",), text


class When(SaysWhen, Strict):
    """What sets off an escalation: exactly one of the three.

    ``severity`` is that one or a worse one, ``after`` the time since the declaration, ``fact``
    a key that has got a value.
    """

    severity: Severity | None = None
    after: Duration | None = None
    fact: FactKey | None = None

    @model_validator(mode="after")
    def _one_trigger(self) -> Self:
        given = [name for name in ("severity", "after", "fact") if getattr(self, name) is not None]
        if len(given) != 1:
            found = " and ".join(given) or "none"
            raise Misplaced([((), f"expected one of severity, after and fact, found {found}")])
        return self


class Escalation(Strict):
    """A trigger, and what follows: audiences that become ``due``, roles that are told."""

    id: Id
    when: When
    due: Several[Id] = ()
    tell: Several[Id] = ()
    why: SomeLine

    @model_validator(mode="after")
    def _somebody_hears(self) -> Self:
        if not self.due and not self.tell:
            raise Misplaced([(("id",), f"{self.id} reaches nobody: expected due, tell, or both")])
        return self
