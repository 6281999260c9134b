"""What stands between the fences at the top of a draft and of a template."""

from commscli.documents.models.kinds import (
    Day,
    Duration,
    Id,
    IdOrEmpty,
    Line,
    OffsetOrEmpty,
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
    """

    title: SomeLine
    owner: Id
    last_reviewed: Day
    review_interval: Duration
    subject: Line = ""
    summary: str = ""
