"""What stands between the fences at the top of a draft and of a template."""

from typing import Annotated

from pydantic import Field

from commscli.documents.models.kinds import (
    Day,
    Duration,
    FactKey,
    Id,
    IdOrEmpty,
    Line,
    OffsetOrEmpty,
    Phase,
    Several,
    SomeLine,
    Strict,
)  # fmt: skip


class DraftHead(Strict):
    """The front matter of a ``draft.md``: how the words below it travel."""

    subject: SomeLine
    channels: Several[Id]
    recipients: IdOrEmpty = ""
    next_update: OffsetOrEmpty = ""


class TemplateHead(Strict):
    """The front matter of a template: whose it is, and whether somebody still looks at it.

    ``subject`` is Jinja text; empty means that of the template which this one extends.
    ``phases`` are those in which the words fit, where the name does not say it; ``facts`` are
    keys of the organisation's own that it uses; ``sms_parts`` is in how many parts of a text
    message it has to fit, for words that go to phones.
    """

    title: SomeLine
    owner: Id
    last_reviewed: Day
    review_interval: Duration
    subject: Line = ""
    summary: str = ""
    phases: Several[Phase] = ()
    facts: Several[FactKey] = ()
    sms_parts: Annotated[int, Field(gt=0)] | None = None
