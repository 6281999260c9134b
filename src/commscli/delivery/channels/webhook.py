"""A web hook of anybody's: an envelope, signed, with a key by which one is known again."""

import base64
import hmac
from hashlib import sha256

from commscli.delivery.channels.channel import Delivery, Sending, Settings, masked
from commscli.delivery.channels.posting import PostChannel, Request, Secret, as_json
from commscli.domain.moments import stamp


class WebhookChannel(PostChannel):
    """Signed as Standard Webhooks (standardwebhooks.com) has it, where there is a secret."""

    def __init__(self, settings: Settings, sending: Sending) -> None:
        super().__init__(settings, sending)
        self.on_unknown = "resend" if settings.get("idempotent") == "true" else "hold"

    def address(self, secret: Secret) -> str:
        """Return the URL of the settings; the secret, if any, must be here."""
        secret(self.settings.get("secret", ""))
        return self.settings["url"]

    def request(self, delivery: Delivery, secret: Secret) -> Request:
        """Return the envelope: the message, as the gates passed it."""
        words, payload = self.sending.words, delivery.payload
        body = as_json({
            "id": delivery.key,
            "type": "comms.message.published",
            "timestamp": stamp(self.sending.at),
            "data": {
                "incident": words.incident,
                "message": words.message,
                "drill": words.drill,
                "to": payload.to,
                "subject": payload.subject,
                "text": payload.text,
            },
        })  # fmt: skip
        at = str(int(self.sending.at.timestamp()))
        headers = {
            "Idempotency-Key": delivery.key, "webhook-id": delivery.key, "webhook-timestamp": at,
        }  # fmt: skip
        name = self.settings.get("secret", "")
        if name:
            told = f"{delivery.key}.{at}.".encode() + body
            headers["webhook-signature"] = f"v1,{_signed(secret(name), name, told)}"
        return Request(url=self.settings["url"], body=body, headers=headers)


def _signed(secret: str, name: str, told: bytes) -> str:
    if secret == masked(name):
        return f"<HMAC-SHA256 by {name}>"
    return base64.b64encode(hmac.digest(secret.encode(), told, sha256)).decode()
