"""The gates and writing rights that a new repository starts from. Data, not law.

``full`` is the process of the guide: three reviews in any order, then the executive's
approval, then the Incident Commander's release. ``small`` is for two or three people who
cannot fill five gates and should not pretend to.
"""

from collections.abc import Mapping
from types import MappingProxyType

from commscli.domain.ids import GateId, RoleId
from commscli.domain.trust import Gate


def _gate(id_: str, role: str, *after: str, recipients: bool = False) -> Gate:
    return Gate(
        id=GateId(id_),
        role=RoleId(role),
        needs=1,
        after=tuple(GateId(gate) for gate in after),
        recipients=recipients,
    )


FULL = (
    _gate("accuracy", "customer-liaison"),
    _gate("messaging", "messaging-officer"),
    _gate("legal", "legal-officer"),
    _gate("approval", "elt-approver", "accuracy", "messaging", "legal", recipients=True),
    _gate("release", "incident-commander", "approval", recipients=True),
)
SMALL = (
    _gate("approval", "elt-approver", recipients=True),
    _gate("release", "incident-commander", "approval", recipients=True),
)
GATES: Mapping[str, tuple[Gate, ...]] = MappingProxyType({"full": FULL, "small": SMALL})

SHARED: Mapping[str, tuple[frozenset[GateId], ...]] = MappingProxyType({
    "full": (),
    "small": (frozenset({GateId("approval"), GateId("release")}),),
})  # fmt: skip
"""In a small team, the one who approves also releases; no gate opens for an author."""

ROLES = tuple(
    RoleId(role)
    for role in (
        "business-lead", "technical-slt", "customer-liaison", "messaging-officer",
        "legal-officer", "elt-approver", "incident-commander", "business-responder",
    )
)  # fmt: skip
"""The duties of the process, in the order in which they come up. ``admin`` is the roster's."""

_LEAD, _SLT, _IC = RoleId("business-lead"), RoleId("technical-slt"), RoleId("incident-commander")
_LIAISON, _LEGAL = RoleId("customer-liaison"), RoleId("legal-officer")
_RESPONDER, _MESSAGING = RoleId("business-responder"), RoleId("messaging-officer")

MAY: Mapping[str, tuple[RoleId, ...]] = MappingProxyType({
    "declared": (_LEAD, _IC, _SLT),
    "fact": (_LEAD, _SLT, _LIAISON, _IC),
    "phase": (_LEAD, _IC),
    "severity": (_LEAD, _IC),
    "skipped": (_LEAD,),
    "dropped": (_LEAD,),
    "assigned": (_LEAD,),
    "closed": (_LEAD,),
    "reopened": (_LEAD,),
    "estimated": (),
    "hold": (),
    "lifted": (_LEAD, _IC),
    "said": (_LEAD, _SLT, _MESSAGING),
    "clock-started": (_LEAD, _LEGAL),
    "clock-met": (_LEAD, _LEGAL),
    "drafted": (_SLT,),
    "withdrawn": (),
    "send-intent": (_RESPONDER,),
    "sent": (_RESPONDER,),
    "delivered-late": (_RESPONDER,),
    "witnessed": (RoleId("forge-witness"),),
})  # fmt: skip
"""Who may write what, by default; an empty list is everybody on the roster."""
