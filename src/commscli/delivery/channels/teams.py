"""A workflow of Teams: it takes a card, and says nothing of whether it posts it."""

from commscli.delivery.channels.channel import Delivery
from commscli.delivery.channels.posting import PostChannel, Request, Secret, as_json
from commscli.delivery.markdown import card


class TeamsChannel(PostChannel):
    """Hands a card to a workflow. The whole address is the secret."""

    def address(self, secret: Secret) -> str:
        """Return the URL, which is the secret."""
        return secret(self.settings["secret"])

    def request(self, delivery: Delivery, secret: Secret) -> Request:
        """Return an Adaptive Card: the title, then a block a paragraph."""
        payload = delivery.payload
        content = {
            "type": "AdaptiveCard",
            "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
            "version": "1.4",
            "body": card.body(payload.subject, payload.text),
        }
        kind = "application/vnd.microsoft.card.adaptive"
        attached = {"contentType": kind, "contentUrl": None, "content": content}
        body = as_json({"type": "message", "attachments": [attached]})
        return Request(url=self.address(secret), body=body)
