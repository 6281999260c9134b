"""What mail servers said later: what is new of each send, and what was passed over."""

from collections.abc import Iterator

from commscli.render.documents import Document
from commscli.render.escaping import one_line
from commscli.workflow.sends.bouncing import Imported
from commscli.workflow.sends.late_news import counts


def bounces_text(imported: Imported) -> str:
    """Return a line for each send of which there is news."""
    lines = (
        f"{one_line(one.incident)}/{one_line(one.message)}: {said}"
        for one in imported.sends
        for said in [
            ", ".join(
                f"{count} {what} over {channel}"
                for channel, some in counts(one.news).items()
                for what, count in some.items()
            )
        ]
    )
    return "".join(f"{line}\n" for line in lines)


def passed_over(imported: Imported) -> str:
    """Return, in a sentence, how much was read and what of it was not recorded."""
    told = imported.told
    count = f"{told.mails} mail{'' if told.mails == 1 else 's'} read"
    return ", ".join([count, *_passed_over(imported)])


def _passed_over(imported: Imported) -> Iterator[str]:
    told = imported.told
    for number, what in (
        (imported.known, "known already"),
        (imported.foreign, "about mails that are not known here"),
        (told.automatic, "automatic answers passed over"),
        (told.other, "other mails passed over"),
    ):
        if number:
            yield f"{number} {what}"


def bounces_document(imported: Imported) -> Document:
    """Return ``comms/bounces@1``."""
    told, recorded = imported.told, imported.recorded
    records = recorded.records if recorded else ()
    return {
        "schema": "comms/bounces@1",
        "mails": told.mails,
        "notifications": told.reports,
        "known": imported.known,
        "foreign": imported.foreign,
        "automatic": told.automatic,
        "other": told.other,
        "sends": [
            {
                "incident": one.incident,
                "message": one.message,
                "counts": counts(one.news),
                "news": [
                    {"channel": n.channel, "row": n.row, "what": n.what, "status": n.status}
                    for n in one.news
                ],
                "record": record.digest,
            }
            for one, record in zip(imported.sends, records, strict=True)
        ],
        "commit": recorded.written.commit if recorded else "",
        "shared": recorded.written.shared if recorded else False,
    }
