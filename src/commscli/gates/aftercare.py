"""Who was told of the problem, and who was told that it is over."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from commscli.domain.ids import AudienceId
from commscli.domain.phases import LAST_WORDS
from commscli.domain.records import Drafted, Sent
from commscli.gates.message import MessageCase


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The last that an audience heard. ``at`` is when it left, as its sender claims."""

    audience: AudienceId
    phase: str
    at: str
    corrects: bool

    @property
    def is_over(self) -> bool:
        """Whether it said that the incident is over."""
        return self.phase in LAST_WORDS


def told_last(messages: Iterable[MessageCase]) -> Mapping[AudienceId, Told]:
    """Return the last that each audience heard; who heard nothing is not in it."""
    found: dict[AudienceId, Told] = {}
    for told in _told(messages):
        if told.audience not in found or told.at >= found[told.audience].at:
            found[told.audience] = told
    return found


def _told(messages: Iterable[MessageCase]) -> Iterator[Told]:
    for message in messages:
        for send in message.sends:
            body = message.revisions.drafts[send.subject].body
            sent = send.sent.record if send.sent else None
            if sent is not None and isinstance(sent.body, Sent) and isinstance(body, Drafted):
                yield Told(
                    audience=AudienceId(body.audience),
                    phase=body.phase,
                    at=sent.body.slots.get("send.time", sent.at),
                    corrects=bool(body.corrects),
                )


def left_hanging(
    messages: Iterable[MessageCase], *, false_alarm: bool = False
) -> tuple[AudienceId, ...]:
    """Return the audiences that heard of the problem last, and not that it is over.

    Of a false alarm a correction tells them just as well.
    """
    return tuple(
        told.audience
        for told in told_last(messages).values()
        if not told.is_over and not (false_alarm and told.corrects)
    )


def all_know(messages: Iterable[MessageCase]) -> bool:
    """Whether somebody was told, and nobody is left hanging."""
    told = told_last(messages).values()
    return bool(told) and all(one.is_over for one in told)
