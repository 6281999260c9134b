"""Telephone, or a bridge: a sheet for each person, and a person who says how it went."""

from pathlib import Path
from shlex import quote

from commscli.delivery.channels.channel import (
    AboutToWrite,
    Channel,
    Delivery,
    Outcome,
    Sending,
    Settings,
)
from commscli.delivery.ledger import Step
from commscli.documents.placing import place


class ManualChannel(Channel):
    """Writes call sheets into the outbox; what came of each call is told by `--done`."""

    on_unknown = "resend"

    def __init__(self, settings: Settings, sending: Sending) -> None:
        self._settings, self._sending = settings, sending

    def probe(self) -> None:
        """Do nothing: paper is patient."""

    def send(self, delivery: Delivery, about_to_write: AboutToWrite) -> Outcome:
        """Write the sheet: somebody has it in hand then, and nobody was called yet.

        Raises:
            OSError, Refused: if it cannot, or would be written through a link.
        """
        about_to_write()
        path = self.sheet(delivery)
        place(self._sending.root, path, self.redact(delivery).encode())
        return Outcome(step=Step.HANDED_OUT, id=path.name, detail=f"the sheet is {path.name}")

    def sheet(self, delivery: Delivery) -> Path:
        """Return where the sheet of a delivery lies, or will."""
        name = delivery.payload.row[:16] or "message"
        return self._sending.outbox / delivery.payload.channel / f"{name}.txt"

    def redact(self, delivery: Delivery) -> str:
        """Return the sheet."""
        payload, words = delivery.payload, self._sending.words
        who = " ".join(part for part in (payload.name, payload.to) if part)
        meant = quote(f"{payload.channel}/{payload.row[:16] or payload.to or 'all'}")
        how = f"comms send {words.message} --done {meant} --why"
        return (
            f"CALL SHEET  {words.incident}/{words.message}\n"
            f"Call: {who or self._settings.get('to', '') or 'as agreed'}\n\n"
            "Say this, and nothing that is not here:\n\n"
            f"{payload.subject}\n\n{payload.text.rstrip()}\n\n"
            "What they ask, write down; what is not here, nobody has passed yet.\n\n"
            f"Afterwards:\n  {how} 'who you spoke to, when, what they asked'\n"
            f"  (nobody there, or it went wrong: --failed {meant})\n"
        )
