"""What whoever sends wishes beyond just sending it, and whether that makes sense."""

from dataclasses import dataclass

from commscli.delivery.ledger import Ledger, Step
from commscli.errors import BadInput, Refused
from commscli.workflow.sends.send_plan import Plan
from commscli.workflow.sends.standings import deliveries
from commscli.workflow.session import Session

SHORTEST = 6
"""Characters of a digest that are enough to mean one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What was wished.

    ``why`` a message goes out that the incident has overtaken, or some people are left out;
    ``again``: why it goes out a second time; ``take_over``: why another machine's send is gone
    on with here; ``plan``: the digest that the plan must have; ``partial``: begin although a
    channel is down; ``without``: rows, or addresses, of people to leave out.
    """

    why: str = ""
    again: str = ""
    take_over: str = ""
    plan: str = ""
    partial: bool = False
    without: tuple[str, ...] = ()
    dry_run: bool = False

    @property
    def reason(self) -> str:
        """The reason that the intent states."""
        return self.again or self.why

    def require_plan(self, plan: Plan) -> None:
        """Refuse to send by another plan than the one that was looked at.

        Raises:
            Refused: if it is another by now.
            BadInput: if the digest is too short to mean one.
        """
        if not self.plan:
            return
        if len(self.plan) < SHORTEST:
            raise BadInput(
                f"--plan {self.plan} is too short to mean one plan",
                remedy=f"at least {SHORTEST} characters of what --dry-run says",
            )
        if not plan.digest.startswith(self.plan.lower()):
            raise Refused(
                f"the plan for {plan.message} is {plan.digest[:12]} by now: words, people or "
                f"channels are not those of {self.plan}",
                remedy=f"comms send {plan.message} --dry-run shows it",
                code="plan-changed",
            )


def require_sense(
    wishes: Wishes, message: str, *, begun: bool, first: bool, stated: str = ""
) -> None:
    """Refuse wishes that come too late, or say too little.

    ``stated`` is the reason of the send that has begun.

    Raises:
        BadInput: saying what is missing.
        Refused: if the send has begun.
    """
    if wishes.again and first:
        raise BadInput(
            f"{message} was not sent yet, so it cannot go out again",
            remedy=f"comms send {message}",
            code="usage",
        )
    if wishes.again and begun and wishes.again != stated:
        raise Refused(
            f"sending {message} has begun and is not finished, so it cannot go out again yet",
            remedy=f"comms send {message} goes on; then comms send {message} --again WHY",
            code="begun",
        )
    if wishes.without and not wishes.reason.strip():
        raise BadInput(
            "say why somebody is left out who was on the list that was approved",
            remedy=f"comms send {message} --without RECIPIENT --why TEXT",
            code="usage",
        )
    if wishes.without and begun:
        raise Refused(
            f"sending {message} has begun with all of them",
            remedy=f"comms send {message} goes on; of those in doubt comms resolve decides",
            code="begun",
        )


def rows_of(plan: Plan, recipients: tuple[str, ...]) -> tuple[str, ...]:
    """Return the rows of people who are to be left out, each named by a row or an address.

    Raises:
        BadInput: if one of them is not on the list, or means several.
        Refused: if nobody would be left.
    """
    rows = plan.recipients.rows if plan.recipients else ()
    found: dict[str, None] = {}
    for named in recipients:
        meant = [
            row.digest
            for row in rows
            if named.casefold() == row.values["email"].casefold()
            or (len(named) >= SHORTEST and row.digest.startswith(named))
        ]
        if len(meant) != 1:
            raise BadInput(
                f"{named!r} means {len(meant)} of the {len(rows)} on the approved list",
                remedy="--without ADDRESS, as the list has it",
                code="no-recipient",
            )
        found[meant[0]] = None
    if len(found) == len(rows):
        raise Refused(
            f"nobody would get {plan.message} any more",
            remedy=f"comms drop {plan.message} --why TEXT",
        )
    return tuple(sorted(found))


def withhold(session: Session, plan: Plan, ledger: Ledger) -> None:
    """Write down whom the send leaves out, before the first byte leaves.

    It is done whenever a send is gone on with: it may have ended before this was written.
    """
    left_out = frozenset(plan.withheld)
    if not left_out:
        return
    for delivery in deliveries(plan):
        is_known = ledger.of(delivery.key).step.is_final
        if delivery.payload.row in left_out and not is_known:
            ledger.append(
                delivery.key,
                Step.WITHHELD,
                session.circumstances.now,
                detail=f"left out by {session.actor.person.id}: {plan.why}",
            )
