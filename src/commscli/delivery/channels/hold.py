"""Words that are approved and kept: for reporters who ask, and callers. They go to nobody."""

from commscli.delivery.channels.channel import AboutToWrite, Delivery, Outcome
from commscli.delivery.channels.file import FileChannel
from commscli.delivery.ledger import Step


class HoldChannel(FileChannel):
    """Puts the text into the outbox, where whoever answers the telephone finds it."""

    def send(self, delivery: Delivery, about_to_write: AboutToWrite) -> Outcome:
        """Write the file.

        Raises:
            OSError, Refused: if it cannot, or would be written through a link.
        """
        written = super().send(delivery, about_to_write)
        return Outcome(step=Step.KEPT, id=written.id, detail="kept for whoever asks")
