"""One user in one clone at one moment: what the history says, and how to add to it.

Every command that writes goes through `Session.write`: fetch, join, decide on what is there
now, write one signed commit, share it before the branch moves. If the remote moved in
between, nothing has happened yet and all of it is done again, on what is there then.

What judges, writes, signs and syncs is loaded where it is put to use: a look needs none of it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from commscli.domain.history import History, Pin
from commscli.domain.ids import CommitId
from commscli.domain.trust import Trust
from commscli.errors import Busy, NotEntitled, Refused, Undecided
from commscli.gates.case import Case, build
from commscli.ledger import pins
from commscli.ledger.repository import Repository, discover, tip
from commscli.workflow.circumstances import Circumstances
from commscli.workflow.pin_of_user import pin_of_user
from commscli.workflow.written import Made, Written

if TYPE_CHECKING:
    from commscli.domain.report import Report
    from commscli.ledger.signing import Signer
    from commscli.ledger.syncing import Joined, Network
    from commscli.ledger.writer import Change
    from commscli.workflow.acting import Actor
    from commscli.workflow.remembering import Memory

TRIES = 6


@dataclass(slots=True)
class Session:
    """A clone, a moment, and the person who acts."""

    circumstances: Circumstances
    repository: Repository
    notes: list[str] = field(default_factory=list)
    glance: Callable[["Session"], Case | None] | None = None
    """For who only looks: a case that has what they look at, if that can be had sooner."""
    made: list[Made] = field(default_factory=list)
    """What this run wrote, and nobody was told of yet."""
    memory: "Memory | None" = None
    """For who only looks: what this machine made of files before."""
    _case: Case | None = None
    _signer: "Signer | None" = None
    _unreachable: bool = False

    @classmethod
    def open(cls, circumstances: Circumstances) -> "Session":
        """Find the repository.

        Raises:
            BadInput: if there is none.
        """
        return cls(circumstances=circumstances, repository=discover(circumstances.folder))

    # -- what is there

    @property
    def case(self) -> Case:
        """The history at HEAD, worked out; read anew after whatever moves HEAD."""
        if self._case is None:
            glanced = self.glance(self) if self.glance is not None else None
            self._case = self.whole() if glanced is None else glanced
        return self._case

    def whole(self) -> Case:
        """Work out the history at HEAD from all of it."""
        from commscli.ledger.reader import read_history  # noqa: PLC0415 - lazy

        history = read_history(self.repository, tip(self.repository))
        return build(history, self.pin_for(history))

    @property
    def head(self) -> CommitId:
        """The commit at HEAD; for who only looks, the one that was looked at."""
        if self.glance is not None and self._case is not None:
            return self._case.history.head
        return tip(self.repository)

    def pin_for(self, history: History) -> Pin | None:
        """Return the pin, with what this machine has seen of the branch."""
        environ = self.circumstances.environ
        pin = pin_of_user(self.circumstances.pin, history, environ)
        branch = self.repository.branch()
        if pin is None or branch is None:
            return pin
        return replace(pin, seen=pins.remembered_tip(self.repository, branch, environ))

    @property
    def report(self) -> "Report":
        """What a check of HEAD says."""
        from commscli.gates.engine import report  # noqa: PLC0415 - lazy: loads every rule

        return report(self.case)

    @property
    def trust(self) -> Trust:
        """The trust in force.

        Raises:
            Undecided: if there is none.
        """
        current = self.case.chain.current
        if current is None:
            refused = "; ".join(f"{r.file.path} {r.why}" for r in self.case.chain.refusals)
            raise Undecided(
                f"there is no trust in force here{': ' + refused if refused else ''}",
                remedy="comms trust show; comms init, in a repository without any",
                code="no-trust",
            )
        return current.trust

    @property
    def actor(self) -> "Actor":
        """The person who acts, as the roster in force has them.

        Raises:
            NotEntitled: if there is no key, or nobody on the roster owns it.
        """
        from commscli.workflow.acting import actor, signer  # noqa: PLC0415 - lazy

        if self._signer is None:
            self._signer = signer(self.circumstances, self.repository)
        return actor(self._signer, self.trust)

    @property
    def me(self) -> str:
        """The id of the person who acts, or nothing where nobody can be told."""
        try:
            return self.actor.person.id
        except NotEntitled:
            return ""

    # -- together

    @property
    def online(self) -> bool:
        """Whether there is a remote, it is wanted, and it has answered so far."""
        return not self.circumstances.offline and not self._unreachable and self._has_remote()

    def refresh(self, *, required: bool = False) -> "Joined":
        """Bring in what others did.

        Raises:
            Unreachable: if the remote does not answer and it must.
        """
        from commscli.ledger import syncing  # noqa: PLC0415 - lazy

        nothing = syncing.Joined.NOTHING
        if required:
            self._unreachable = False  # what must be shared is not given up for an earlier failure
        if not self.online:
            return nothing
        from commscli.ledger.writer import require_branch  # noqa: PLC0415 - lazy

        branch = require_branch(self.repository)
        try:
            theirs = syncing.fetch(self.repository, branch, self.network)
        except syncing.Unreachable as failure:
            if required:
                raise
            self._unreachable = True
            self.notes.append(failure.text)
            return nothing
        if theirs is None:
            return nothing
        person = self.trust.people.get(self.actor.person.id) if self.me else None
        joined = syncing.join_remote(
            self.repository, branch, theirs, person, self.circumstances.now
        )
        if joined is not nothing:
            self._case = None
        return joined

    @property
    def network(self) -> "Network":
        """How to talk to the remote."""
        from commscli.ledger import syncing  # noqa: PLC0415 - lazy

        seconds = float(self.circumstances.environ.get("COMMS_NETWORK_SECONDS", syncing.SECONDS))
        return syncing.Network(interactive=self.circumstances.interactive, seconds=seconds)

    def write(self, make: "Callable[[], Change | None]", *, must_share: bool = False) -> Written:
        """Add one commit, made by looking at what is there now; see the module's text.

        Raises:
            Refused: whatever ``make`` refuses; nothing is written then.
            Unreachable: if it must be shared and cannot be.
        """
        from commscli.ledger.syncing import Rejected  # noqa: PLC0415 - lazy

        for _ in range(TRIES):
            self.refresh(required=must_share)
            self._forget_if_moved()
            change = make()
            if change is None:
                head = tip(self.repository)
                return Written(commit=head, shared=self.online, alone=not self._has_remote())
            try:
                return self._write(change, must_share=must_share)
            except Rejected:
                continue
        raise Busy("the remote moves faster than a record can be shared", remedy="try again")

    def _forget_if_moved(self) -> None:
        """Look again, if somebody else has written in this very clone meanwhile."""
        if self._case is not None and self._case.history.head != tip(self.repository):
            self._case = None

    def _write(self, change: "Change", *, must_share: bool) -> Written:
        from commscli.ledger import syncing  # noqa: PLC0415 - lazy
        from commscli.ledger.writer import commit, require_branch  # noqa: PLC0415 - lazy

        branch = require_branch(self.repository)
        shared = self.online
        theirs = self.repository.resolve(syncing.tracking(branch)) if shared else None

        def publish(made: CommitId) -> None:
            nonlocal shared
            if not self.online:
                return
            try:
                syncing.push(self.repository, branch, made, self.network)
            except syncing.Rejected:
                raise
            except syncing.Unreachable as failure:
                if must_share:
                    raise
                self._unreachable, shared = True, False
                self.notes.append(failure.text)

        before, self._case = self.case, None
        made = commit(self.repository, replace(change, publish=publish))
        if shared:
            pins.remember_tip(self.repository, branch, made, self.circumstances.environ)
        written = Written(commit=made, shared=shared, alone=not self._has_remote())
        since = theirs if shared and theirs != before.history.head else None
        self.made.append(
            Made(before=before, records=change.records, written=written, unshared_since=since)
        )
        return written

    def _has_remote(self) -> bool:
        from commscli.ledger.syncing import has_remote  # noqa: PLC0415 - lazy

        return has_remote(self.repository)

    # -- what must be so

    def require_pin(self) -> None:
        """Refuse to add to a history that nobody vouches for.

        Raises:
            Undecided: if there is no pin, or the history is not the pinned one.
        """
        if self.case.pin is None:
            raise Undecided(
                "no pin: nothing says that this roster is the real one",
                remedy="ask an admin for theirs (comms trust pin), then --pin FILE or COMMS_PIN",
                code="no-pin",
            )
        if self.trust.repository != self.case.pin.repository:
            raise Undecided("the pin is for another repository", code="other-pin")

    def require_sound(self, incident: str, message: str) -> None:
        """Refuse to build on something that a check would not pass.

        Raises:
            Refused: naming what is wrong.
        """
        wrong = [
            finding
            for finding in self.report.findings
            if finding.level.value == "error"
            and finding.incident in {"", incident}
            and finding.message in {"", message}
        ]
        if wrong:
            raise Refused(
                f"the check finds {len(wrong)} error{'s' if len(wrong) > 1 else ''} that this "
                f"would rest on: {wrong[0].text}",
                remedy="comms check",
                code="unsound",
            )
