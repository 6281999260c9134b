"""The outbox: each delivery becomes a file on this machine. Making it twice changes nothing."""

from pathlib import Path

from commscli.delivery.channels.channel import (
    AboutToWrite,
    Channel,
    Delivery,
    Outcome,
    Sending,
    Settings,
)
from commscli.delivery.ledger import Step
from commscli.delivery.outbox import MAIL, Outbox, content_of, deliver, file_of


class FileChannel(Channel):
    """Writes files named by their recipients' rows."""

    on_unknown = "resend"

    @classmethod
    def carries_attachments(cls, settings: Settings) -> bool:
        """Whether it writes mails: other files hold the words alone."""
        return settings.get("as") == MAIL

    def __init__(self, settings: Settings, sending: Sending) -> None:
        self._settings, self._sending = settings, sending
        self._outbox = Outbox(root=sending.root, folder=sending.outbox)

    def probe(self) -> None:
        """Do nothing: folders are made when they are written to."""

    def send(self, delivery: Delivery, about_to_write: AboutToWrite) -> Outcome:
        """Write the file.

        Raises:
            OSError, Refused: if it cannot, or would be written through a link.
        """
        about_to_write()
        path = deliver(
            delivery.payload,
            self._settings,
            self._sending.words,
            outbox=self._outbox,
            domain=self._sending.domain,
            at=self._sending.at,
            attachments=self._sending.attachments,
        )
        return Outcome(step=Step.ACCEPTED, id=path.name)

    def redact(self, delivery: Delivery) -> str:
        """Return what the file says."""
        sending = self._sending
        data = content_of(
            delivery.payload, self._settings, sending.words, sending.domain, sending.at,
            sending.attachments,
        )  # fmt: skip
        return data.decode(errors="replace")

    def file(self, delivery: Delivery) -> Path:
        """Return where a delivery lies, or will."""
        return file_of(delivery.payload, self._settings, self._outbox)
