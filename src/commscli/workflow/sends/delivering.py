"""Every delivery of a send, each step on the disk before it is taken.

Channels come one after the other, in the order in which they were approved. Over one channel as
many connections work at once as it allows; whatever they do, each delivery has its own lines in
the ledger, and one connection at a time.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from threading import Lock, Thread

from commscli.delivery.channels.channel import (
    Channel,
    ChannelDown,
    Delivery,
    Outcome,
    Sending,
)
from commscli.delivery.channels.registry import channel_of
from commscli.delivery.drills import rehearsed
from commscli.delivery.ledger import Ledger, Step
from commscli.delivery.wires.hosts import WireFault
from commscli.errors import CommsError, Interrupted, MissingSecret
from commscli.workflow.sends.pace import Pace, Throttle, wait_after
from commscli.workflow.sends.send_plan import Plan
from commscli.workflow.sends.standings import deliveries

ATTEMPTS = 4
PUT_OFF = 3
"""Deliveries in a row that a channel puts off before it counts as down: not 5,000 more wait."""
CUT = "it ended between the first byte and the answer"


@dataclass(slots=True, kw_only=True)
class Crew:
    """The channels of a plan as they were approved, and which of them are connected already."""

    plan: Plan
    sending: Sending
    channels: Mapping[str, Channel]
    begun: set[str] = field(default_factory=set)

    def another(self, name: str) -> Channel:
        """Return one more connection of a channel; it is not open yet."""
        return _channel(self.plan, name, self.sending)

    def end(self) -> None:
        """Hang up everywhere."""
        for channel in self.channels.values():
            channel.end()


def crew_of(plan: Plan, sending: Sending) -> Crew:
    """Return the channels as they were approved; those of a drill are the outbox.

    Raises:
        BadInput: if this version knows one of them not.
    """
    made = {name: _channel(plan, name, sending) for name in plan.body.channels}
    return Crew(plan=plan, sending=sending, channels=made)


def _channel(plan: Plan, name: str, sending: Sending) -> Channel:
    settings = plan.body.channels[name]
    return channel_of(rehearsed(settings) if plan.drill else settings, sending)


def probe(crew: Crew, *, partial: bool) -> dict[str, str]:
    """Let every channel connect and log in, then look at every delivery, before anything is begun.

    ``partial``: a channel that takes nothing now is left for later; return why, by name.

    Raises:
        BadInput: if a delivery could not be made.
        ChannelDown, MissingSecret: if one does not let us in; all of them are hung up then.
    """
    down: dict[str, str] = {}
    try:
        for name, channel in crew.channels.items():
            try:
                channel.probe()
                crew.begun.add(name)
            except ChannelDown as fault:
                if not partial:
                    raise _not_begun(crew, name, fault) from None
                down[name] = fault.text
        for delivery in deliveries(crew.plan):
            crew.channels[delivery.payload.channel].plan(delivery)
    except CommsError:
        crew.end()
        raise
    return down


def _not_begun(crew: Crew, name: str, fault: ChannelDown) -> ChannelDown:
    others = [other for other in crew.channels if other != name]
    if not others:
        return fault
    return ChannelDown(
        f"{fault.text}; nothing was sent",
        remedy=f"mend {name}, or begin over {', '.join(others)} alone: comms send "
        f"{crew.plan.message} --partial",
    )


def deliver_all(crew: Crew, ledger: Ledger, pace: Pace, down: Mapping[str, str]) -> dict[str, str]:
    """Take every delivery as far as it goes now; return why a channel took nothing, by name.

    ``down`` are the channels that are not to be tried now.

    Raises:
        Interrupted: after the current deliveries, where somebody says stop.
        OSError: if the ledger cannot be written: nothing leaves then.
    """
    found = dict(down)
    try:
        for name in crew.channels:
            if name not in down:
                run = _Run(crew=crew, name=name, ledger=ledger, pace=pace)
                run.carry_out()
                if run.down:
                    found[name] = run.down
    finally:
        crew.end()
    return found


@dataclass(slots=True, kw_only=True)
class _Run:
    """All deliveries over one channel: whoever has a connection takes the next one."""

    crew: Crew
    name: str
    ledger: Ledger
    pace: Pace
    down: str = ""
    _fault: BaseException | None = None
    _put_off: int = 0
    _lock: Lock = field(default_factory=Lock)
    _todo: Iterator[Delivery] = field(default_factory=lambda: iter(()))
    _throttle: Throttle | None = None

    def carry_out(self) -> None:
        """Take every delivery as far as it goes now."""
        channel = self.crew.channels[self.name]
        self._todo = deliveries(self.crew.plan, self.name)
        self._throttle = Throttle(per_second=channel.per_second, pace=self.pace)
        more = min(channel.connections, self.crew.plan.size) - 1
        # Daemons: who says stop a second time does not wait for a server that does not answer.
        beside = [Thread(target=self._beside, daemon=True) for _ in range(more)]
        for thread in beside:
            thread.start()
        self._guarded(lambda: self._work(channel, is_open=self.name in self.crew.begun))
        for thread in beside:
            thread.join()
        if self._fault is not None:
            raise self._fault

    def _beside(self) -> None:
        """Work over one more connection; where the server gives none, the first does it all."""
        channel = self.crew.another(self.name)
        try:
            channel.probe()
        except CommsError:
            return
        try:
            self._guarded(lambda: self._work(channel, is_open=True))
        finally:
            channel.end()

    def _guarded(self, work: Callable[[], None]) -> None:
        """Keep what goes wrong for the end: others have deliveries under way."""
        try:
            work()
        except (ChannelDown, MissingSecret) as fault:
            self.down = self.down or fault.text
        except BaseException as fault:  # noqa: BLE001 - raised again by carry_out
            self._fault = self._fault or fault

    def _work(self, channel: Channel, *, is_open: bool) -> None:
        while (delivery := self._next()) is not None:
            if self.ledger.of(delivery.key).step.is_settled:
                continue
            if not is_open:
                channel.probe()
                is_open = True
            if self._is_to_do(delivery, channel):
                self._note(self._attempt(delivery, channel))

    def _next(self) -> Delivery | None:
        with self._lock:
            if self.down or self._fault is not None:
                return None
            if self.pace.stopped():
                raise Interrupted("stopped after the last delivery")
            self.pace.held()
            return next(self._todo, None)

    def _is_to_do(self, delivery: Delivery, channel: Channel) -> bool:
        """Whether a delivery is to be tried; one in doubt is held, asked about or sent again."""
        step = self.ledger.of(delivery.key).step
        if not step.is_in_doubt or channel.on_unknown == "resend":
            return True
        detail = CUT if step is Step.WIRE else self.ledger.of(delivery.key).detail
        if channel.on_unknown == "reconcile":
            try:
                found = self._asked(delivery, channel)
            except (ChannelDown, WireFault) as fault:
                found, detail = None, f"{detail}; it could not be asked: {fault.text}"
            if found is not None:
                self._append(delivery, found)
                self.pace.told(delivery, found.step)
                return not found.step.is_final
        if (step, detail) != (Step.UNKNOWN, self.ledger.of(delivery.key).detail):
            self._append(delivery, Outcome(step=Step.UNKNOWN, detail=detail))
        return False

    def _asked(self, delivery: Delivery, channel: Channel) -> Outcome | None:
        """Ask what became of a delivery; that it is absent counts once it had time to arrive."""
        found = channel.reconcile(delivery)
        if found is None or found.step is not Step.PLANNED:
            return found
        wait = self.pace.settling(self.ledger.of(delivery.key).at)
        if not wait:
            return found
        self.pace.sleep(wait)
        return channel.reconcile(delivery)

    def _attempt(self, delivery: Delivery, channel: Channel) -> Outcome:
        """Try a delivery until it is decided, or has been put off often enough."""
        number = 0
        while True:
            if self._throttle:
                self._throttle.wait()
            self.pace.held()  # again: it may have waited, or the machine slept
            self.ledger.append(delivery.key, Step.ATTEMPTING, self.pace.now())
            outcome = channel.send(
                delivery, lambda: self.ledger.append(delivery.key, Step.WIRE, self.pace.now())
            )
            self._append(delivery, outcome)
            wait, number = wait_after(outcome, number), number + 1
            last = number == ATTEMPTS or wait is None or self.pace.stopped()
            if outcome.step is not Step.DEFERRED or last or wait is None:
                self.pace.told(delivery, outcome.step)
                return outcome
            self.pace.sleep(wait)

    def _append(self, delivery: Delivery, outcome: Outcome) -> None:
        now = self.pace.now()
        self.ledger.append(delivery.key, outcome.step, now, detail=outcome.detail, id_=outcome.id)

    def _note(self, outcome: Outcome) -> None:
        """Count a channel as down that puts off one after the other."""
        with self._lock:
            self._put_off = self._put_off + 1 if outcome.step is Step.DEFERRED else 0
            if self._put_off >= PUT_OFF:
                self.down = f"{self.name} puts off one after the other: {outcome.detail}"
