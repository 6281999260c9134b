"""A status page of our own: files in the outbox, for whoever serves or copies that folder."""

from commscli.delivery.channels.channel import (
    AboutToWrite,
    Channel,
    Delivery,
    Outcome,
    Sending,
    Settings,
)
from commscli.delivery.ledger import Step
from commscli.delivery.site import Site, Update, files_of
from commscli.documents.placing import place, require_no_links
from commscli.domain.moments import stamp

OUTBOX, UPDATES = "outbox", "updates"


class SiteChannel(Channel):
    """Writes the update, then the page and the feeds from all updates: twice is as once."""

    on_unknown = "resend"

    def __init__(self, settings: Settings, sending: Sending) -> None:
        self._sending = sending
        self._site = Site(title=settings.get("title", "") or "Status", url=settings["url"])
        self._folder = sending.root / OUTBOX / settings.get("folder", "site")

    def probe(self) -> None:
        """Refuse a folder that is a link.

        Raises:
            Refused: if it is one.
        """
        require_no_links(self._sending.root, self._folder / UPDATES)

    def send(self, delivery: Delivery, about_to_write: AboutToWrite) -> Outcome:
        """Write the files.

        Raises:
            OSError, Refused: if it cannot, or would be written through a link.
        """
        about_to_write()
        update = self._update(delivery)
        name = f"{update.incident}--{update.message}.json"
        folder = self._folder / UPDATES
        place(self._sending.root, folder / name, update.data())
        updates = [Update.of(path.read_bytes()) for path in sorted(folder.glob("*.json"))]
        for path, data in files_of(self._site, updates).items():
            place(self._sending.root, self._folder / path, data)
        return Outcome(step=Step.ACCEPTED, id=f"{self._folder.name}/index.html")

    def redact(self, delivery: Delivery) -> str:
        """Return the update."""
        return self._update(delivery).data().decode()

    def _update(self, delivery: Delivery) -> Update:
        words, payload = self._sending.words, delivery.payload
        return Update(
            at=stamp(self._sending.at),
            incident=words.incident,
            message=words.message,
            phase=self._sending.phase,
            title=payload.subject,
            text=payload.text,
        )
