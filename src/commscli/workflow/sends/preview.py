"""What a send would do, for somebody to read: the first delivery of each channel, and how long.

Nothing is connected to, and no secret is looked up.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from commscli.delivery.channels.channel import Channel
from commscli.workflow.sends.delivering import Crew
from commscli.workflow.sends.standings import deliveries

USUAL_SECONDS = 0.1
"""What a delivery takes over one connection, where the channel sets no pace of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Over:
    """What goes out over one channel. ``first`` is the first request, each secret by its name."""

    channel: str
    adapter: str
    count: int
    copies: int
    seconds: float
    per_second: float
    connections: int
    on_unknown: str
    flags: Mapping[str, str]
    remarks: Mapping[str, int]
    first: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a send would do, channel by channel."""

    channels: tuple[Over, ...] = field(default=())

    @property
    def seconds(self) -> float:
        """How long it takes, about."""
        return sum(over.seconds for over in self.channels)


def previewed(crew: Crew) -> Preview:
    """Return what a send would do.

    Raises:
        BadInput: if a delivery could not be made.
    """
    return Preview(
        channels=tuple(_over(crew, name, channel) for name, channel in crew.channels.items())
    )


def _over(crew: Crew, name: str, channel: Channel) -> Over:
    left_out = frozenset(crew.plan.withheld)
    remarks: Counter[str] = Counter()
    count = copies = 0
    first = ""
    for delivery in deliveries(crew.plan, name):
        if delivery.payload.row in left_out:
            continue
        remarks[channel.plan(delivery)] += 1
        count += 1
        copies += delivery.payload.is_copy
        if count == 1:
            first = channel.redact(delivery)
    del remarks[""]
    pace = channel.per_second or channel.connections / USUAL_SECONDS
    return Over(
        channel=name,
        adapter="file" if crew.plan.drill else crew.plan.body.channels[name]["adapter"],
        count=count,
        copies=copies,
        seconds=count / pace,
        per_second=channel.per_second,
        connections=channel.connections,
        on_unknown=channel.on_unknown,
        flags=dict(channel.flags()),
        remarks=dict(remarks),
        first=first,
    )
