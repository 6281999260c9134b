"""``doctor --channels``: every channel connects and logs in for real, and sends nothing."""

from collections.abc import Iterator, Mapping

from commscli.delivery.channels.channel import Sending
from commscli.delivery.channels.registry import channel_of
from commscli.delivery.payload import Words
from commscli.errors import CommsError
from commscli.workflow.secrets import secrets_of
from commscli.workflow.session import Session
from commscli.workflow.settings import load_settings
from commscli.workflow.setup.doctoring import Answer


def probed(session: Session) -> Iterator[Answer]:
    """Yield how each channel of the settings answers, and what it was asked for that."""
    settings = load_settings(session)
    home = session.repository.home
    sending = Sending(
        send_id="",
        words=Words(incident="", message="", subject="", body=""),
        domain=settings.organisation.domain,
        at=session.circumstances.now,
        root=home,
        outbox=home / "outbox",
        secret=secrets_of(session).get,
    )
    for name, channel in settings.channels.items():
        yield _probed(name, channel.settings(), sending)


def _probed(name: str, settings: Mapping[str, str], sending: Sending) -> Answer:
    try:
        channel = channel_of(settings, sending)
        channel.probe()
        channel.end()
    except CommsError as fault:
        what = f"channel {name}"
        return Answer(what=what, level="error", text=fault.text, remedy=fault.remedy)
    return Answer(what=f"channel {name}", level="ok", text=_asked(settings))


def _asked(settings: Mapping[str, str]) -> str:
    """Say what a channel that answered was asked. A web hook is not: a POST is a post."""
    adapter = settings["adapter"]
    if adapter == "slack" and settings.get("channel"):
        return f"it lets us in (auth.test), and we may read {settings['channel']}"
    return {
        "file": "the outbox",
        "smtp": "it lets us in",
        "site": "files in the outbox",
        "hold": "files in the outbox",
        "manual": "sheets in the outbox",
        "apprise": "Apprise knows the address; it was not asked",
        "statuspage": f"it lets us in, and shows us the page {settings.get('page')}",
        "sms": f"it lets us in, and the account {settings.get('account')} is active",
    }.get(adapter, "it answers; nothing was asked, a POST is a post")
