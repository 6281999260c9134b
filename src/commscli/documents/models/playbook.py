"""``playbooks/*.yaml``: a scenario that was thought through in peace time."""

from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag

from commscli.documents.models.kinds import (
    Duration,
    Folder,
    Id,
    Phase,
    Several,
    SomeLine,
    Strict,
)  # fmt: skip


def _tag(value: object) -> str:
    return "all" if isinstance(value, str) else "some"


Who = Annotated[
    Annotated[Literal["all"], Tag("all")] | Annotated[Several[Id], Tag("some")],
    Discriminator(_tag),
]
"""``all``, or a list of audience ids."""


class Playbook(Strict):
    """One scenario: who must be told in which phase, how often, and with which words.

    ``templates`` is the folder whose templates override the base set; ``estimates`` are what
    each gate usually takes; ``language`` are notes to whoever writes.
    """

    title: SomeLine
    summary: str
    templates: Folder = "base"
    required: dict[Phase, Who]
    cadence: dict[Phase, Duration] = Field(default_factory=dict)
    estimates: dict[Id, Duration] = Field(default_factory=dict)
    language: Several[str] = ()

    def requires(self, phase: str, audience: str) -> bool:
        """Whether this cell of the matrix has to be filled."""
        who = self.required.get(phase, ())
        return who == "all" or audience in who
