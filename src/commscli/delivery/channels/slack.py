"""An incoming web hook of Slack: it answers ``ok``, or says in a word why not."""

from commscli.delivery.channels.channel import Delivery, Outcome
from commscli.delivery.channels.posting import PostChannel, Request, Secret, as_json, said_in
from commscli.delivery.ledger import Step
from commscli.delivery.markdown import slack
from commscli.delivery.payload import Payload
from commscli.delivery.wires.https import Answer

_OK = 200


class SlackChannel(PostChannel):
    """Posts to the room that the hook leads to. The whole address is the secret."""

    def address(self, secret: Secret) -> str:
        """Return the URL, which is the secret."""
        return secret(self.settings["secret"])

    def request(self, delivery: Delivery, secret: Secret) -> Request:
        """Return a post in which nothing mentions anybody, and no link unfolds."""
        return Request(url=self.address(secret), body=as_json(post_of(delivery.payload)))

    def judged(self, answer: Answer) -> Outcome:
        """Say what an answer means: 200 and anything but ``ok`` is a refusal."""
        if answer.status == _OK and answer.body.strip() != b"ok":
            return Outcome(step=Step.REJECTED, detail=f"{answer.status} {said_in(answer.body)}")
        return super().judged(answer)


def post_of(payload: Payload) -> dict[str, object]:
    """Return a message as a post: blocks where Slack takes them, and the text beside them."""
    blocks = slack.blocks(payload.subject, payload.text)
    return {
        "text": f"*{slack.inert(payload.subject)}*\n{slack.inert(payload.text)}",
        **({"blocks": blocks} if blocks else {}),
        "unfurl_links": False,
        "unfurl_media": False,
    }
