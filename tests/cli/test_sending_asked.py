"""Sending over channels that can be asked: threads, one incident, and doubt that they settle."""

import signal
import subprocess
import time
from collections.abc import Iterator

import pytest

from tests.support.apis import DROPPED, DROPPED_DONE, Api, Fault, running
from tests.support.asked_channels import KINDS, Kind
from tests.support.cast import Cast
from tests.support.fake_slack import FakeSlack
from tests.support.fake_statuspage import FakeStatuspage
from tests.support.fake_twilio import FakeTwilio
from tests.support.runner import program
from tests.support.sends import SALT, lead_to, released

pytest_plugins = ["tests.support.cast_fixtures"]
FILE = "{adapter: file, as: txt}"
TOKEN = "s3cret"  # noqa: S105 - of servers that are gone after the test
PHONES = ("+441632960001", "+441632960002", "+441632960003")


def to_server(cast: Cast, kind: Kind, api: Api, channel: str = "status-page", **more: str) -> None:
    """Let a channel lead to a server, and whoever sends say what the secret is."""
    settings = {**kind.settings, "url": f"{api.url}{kind.path}", **more}
    bare = {"true", "false", "100"}
    stated = ", ".join(f"{k}: {v}" if v in bare else f"{k}: '{v}'" for k, v in settings.items())
    lead_to(cast, {"mail": FILE, "intranet": FILE, "status-page": FILE, channel: f"{{{stated}}}"})
    cast.ana.git("config", "--global", "comms.secret.x.from", "env:TOKEN")
    cast.ana.git("config", "--global", "comms.secret.x.host", "127.0.0.1")


def next_message(cast: Cast, phase: str, *facts: str) -> str:
    """Bring the next message to customers to where it may be sent."""
    ana = cast.ana
    cast.later(30)
    for fact in facts:
        ana.done("fact", "set", fact)
    ana.done("phase", phase)
    (message,) = ana.done("draft", "customers").ids
    cast.passed(message, "approval", "release")
    ana.done("sync")
    return message


IN_DOUBT = ("slack", "statuspage", "sms")


@pytest.fixture(params=IN_DOUBT)
def server(request: pytest.FixtureRequest, small: Cast) -> Iterator[tuple[Kind, Api]]:
    kind = KINDS[request.param]
    more = {"to": PHONES[0]} if request.param == "sms" else {}
    with running(kind.make()) as api:
        to_server(small, kind, api, **more)
        yield kind, api


def test_the_messages_of_an_incident_are_one_thread_in_slack(small: Cast) -> None:
    with running(FakeSlack()) as api:
        to_server(small, KINDS["slack"], api, broadcast="true")
        first = released(small, "customers")
        shown = small.ana.done("send", first, "--dry-run")
        assert "reply_broadcast" in shown.out + shown.err
        assert api.asked == []
        small.ana.done("send", first, TOKEN=TOKEN)
        api.say("what is going on?")
        second = next_message(small, "identification", "cause=a full disk")
        small.ana.done("send", second, TOKEN=TOKEN)
    ours = [post for post in api.posts if "metadata" in post]
    assert [post["metadata"]["event_payload"]["message"] for post in ours] == [first, second]
    assert [post.get("thread_ts") for post in ours] == [None, ours[0]["ts"]]


def test_the_messages_of_an_incident_are_one_incident_on_the_page(small: Cast) -> None:
    with running(FakeStatuspage()) as api:
        to_server(small, KINDS["statuspage"], api, notify="true")
        first = released(small, "customers")
        shown = small.ana.done("send", first, "--dry-run")
        assert "deliver_notifications" in shown.out + shown.err
        small.ana.done("send", first, TOKEN=TOKEN)
        second = next_message(small, "identification", "cause=a full disk")
        small.ana.done("send", second, TOKEN=TOKEN)
    (incident,) = api.incidents
    assert [one["status"] for one in incident["incident_updates"]] == [
        "identified", "investigating",
    ]  # fmt: skip
    assert sorted(incident["metadata"]["comms"]["keys"].values()) == sorted([first, second])
    assert api.notified == [True, True]


@pytest.mark.parametrize("fault", [DROPPED, DROPPED_DONE])
def test_doubt_is_settled_by_asking_and_it_arrives_once(
    small: Cast, server: tuple[Kind, Api], fault: Fault
) -> None:
    kind, api = server
    message = released(small, "customers")
    api.fault = fault
    ran = small.ana("send", message, TOKEN=TOKEN)
    assert ran.code == 6
    assert "nobody knows whether they arrived" in " ".join(ran.err.split())
    api.blind = Fault(status=503)
    assert small.ana("send", message, TOKEN=TOKEN).code in {5, 6}, "it cannot be asked: it is held"
    assert len(api.committed) == 1
    api.fault = api.blind = None
    small.ana.done("send", message, TOKEN=TOKEN)
    assert kind.held(api) == 1
    assert len(api.committed) == (1 if fault.done else 2)
    assert small.ana.done("check").code == 0


def test_a_send_that_is_killed_before_the_answer_arrives_once(
    small: Cast, server: tuple[Kind, Api]
) -> None:
    kind, api = server
    message = released(small, "customers")
    api.fault = Fault(seconds=20, status=200, done=True)
    ana = small.ana
    with subprocess.Popen(
        program("send", message), cwd=ana.folder, env=ana.environ(TOKEN=TOKEN),
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        until = time.monotonic() + 30
        while not kind.held(api) and time.monotonic() < until:
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
    api.fault = None
    ana.done("send", message, TOKEN=TOKEN)
    assert (kind.held(api), len(api.committed)) == (1, 1)
    assert ana.done("check").code == 0


def phone_list(cast: Cast, *phones: str) -> None:
    rows = [f"p{n}@customer.example,Person {n},Person,ana,{to}" for n, to in enumerate(phones)]
    text = f"{SALT}email,name,first_name,contact,phone\n" + "\n".join(rows) + "\n"
    (cast.ana.folder / "recipients" / "strategic-customers.csv").write_text(text)


def test_text_messages_go_to_the_phones_of_a_list(small: Cast) -> None:
    with running(FakeTwilio()) as api:
        to_server(small, KINDS["sms"], api, channel="mail", per_second="100")
        small.declare()
        refused = small.ana("draft", "strategic")
        assert (refused.code, "has no column phone" in " ".join(refused.err.split())) == (
            2,
            True,
        )
        phone_list(small, *PHONES)
        (message,) = small.ana.done("draft", "strategic").ids
        small.passed(message, "approval", "release")
        small.ana.done("sync")
        shown = small.ana.done("send", message, "--dry-run")
        assert "segments, " in shown.out + shown.err
        small.ana.done("send", message, TOKEN=TOKEN)
    assert sorted(one["to"] for one in api.messages) == sorted(PHONES)
    assert "**" not in api.messages[0]["body"]


def test_a_number_that_is_none_stops_it_before_the_first(small: Cast) -> None:
    with running(FakeTwilio()) as api:
        to_server(small, KINDS["sms"], api, channel="mail")
        phone_list(small, PHONES[0], "01632 960002")
        message = released(small, "strategic")
        ran = small.ana("send", message, TOKEN=TOKEN)
        assert (ran.code, "'01632 960002' is no telephone number" in ran.err) == (2, True)
        assert api.committed == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("slack", "it lets us in (auth.test), and we may read C012AB3CD"),
        ("statuspage", "it lets us in, and shows us the page kctbh9vrtdwd"),
        ("sms", "is active"),
    ],
)
def test_the_doctor_asks_each_for_real_and_sends_nothing(small: Cast, name: str, text: str) -> None:
    with running(KINDS[name].make()) as api:
        to_server(small, KINDS[name], api)
        ran = small.ana("doctor", "--channels", TOKEN=TOKEN)
        assert (ran.code, text in " ".join(ran.out.split())) == (0, True), ran.out
        assert api.asked
        assert api.committed == []
        wrong = small.ana("doctor", "--channels", TOKEN="other")
        assert wrong.code == 1
        assert "other" not in wrong.out + wrong.err


@pytest.mark.parametrize("name", IN_DOUBT)
def test_a_drill_reaches_none_of_them(small: Cast, name: str) -> None:
    with running(KINDS[name].make()) as api:
        to_server(small, KINDS[name], api)
        ana = small.ana
        ana.done("new", "Drill", "--severity", "3", "--drill", "--fact", "start=09:14",
                 "--fact", "services=c", "--fact", "impact=i")  # fmt: skip
        (message,) = ana.done("draft", "customers").ids
        small.passed(message, "approval", "release")
        ana.done("sync")
        ana.done("send", message)
        assert api.asked == []
