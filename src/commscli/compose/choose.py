"""Which template serves a cell of the matrix."""

from collections.abc import Collection, Mapping
from types import MappingProxyType

from commscli.errors import BadInput

BASE = "base"
STAND_INS: Mapping[str, str] = MappingProxyType({
    "technical": "internal-stakeholders",
    "operational": "internal-stakeholders",
    "impact": "strategic-customers",
    "formal": "strategic-customers",
    "simple": "all-customers",
})  # fmt: skip
"""For each level of detail, the audience whose base templates are written at that level."""


def candidates(*, folder: str, phase: str, audience: str, detail: str) -> tuple[str, ...]:
    """Return the names that may serve, the best first.

    The audience's own template is better than that of its level of detail, and in both
    cases the playbook's folder is better than the base set.
    """
    names = [
        f"{place}/{phase}/{who}"
        for who in (audience, STAND_INS[detail])
        for place in (folder, BASE)
    ]
    return tuple(dict.fromkeys(names))


def choose(
    *, folder: str, phase: str, audience: str, detail: str, existing: Collection[str]
) -> str:
    """Return the name of the template that serves.

    Raises:
        BadInput: naming everything that was looked for.
    """
    names = candidates(folder=folder, phase=phase, audience=audience, detail=detail)
    for name in names:
        if name in existing:
            return name
    raise BadInput(
        f"no template for {audience} in {phase}: looked for {', '.join(names)}",
        remedy=f"write templates/{names[0]}.md, or name one with --template",
        code="no-template",
    )
