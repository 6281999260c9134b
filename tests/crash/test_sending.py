"""A send is killed, again and again: nobody is lost, nobody is doubled, and doubt is said."""

import json
import random
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Sequence

import pytest

from tests.support.cast import Cast
from tests.support.runner import program
from tests.support.sends import lead_to, many, released
from tests.support.servers import Mailbox, mail_server, web_hook

pytest_plugins = ["tests.support.cast_fixtures"]
PEOPLE = 120
KILLS = 8
FOUR = ", connections: 4, per_second: 200"
"""Four at once, which takes some time: up to four are in doubt after a kill."""


def killed(cast: Cast, message: str, after: float) -> int:
    """Send in a process of its own, and kill it after a while; return how it ended."""
    ana = cast.ana
    with subprocess.Popen(
        program("send", message), cwd=ana.folder, env=ana.environ(),
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        try:
            return process.wait(timeout=after)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            return process.wait()


def to_of(box: Mailbox) -> Counter[str]:
    return Counter(to for tos, _ in box.mails for to in tos)


def ids_of(box: Mailbox) -> Counter[str]:
    return Counter(str(mail["Message-ID"]) for _, mail in box.mails)


def sent_with_kills(cast: Cast, message: str, seed: int, begun: float) -> tuple[int, int]:
    """Kill the send at random moments after its first delivery, and let the last one end."""
    chance = random.Random(seed)  # noqa: S311 - the moments of the kills
    kills = 0
    for _ in range(KILLS):
        code = killed(cast, message, begun + chance.uniform(0, 0.6))
        if code != -signal.SIGKILL:
            return kills, code
        kills += 1
    return kills, killed(cast, message, 120)


def in_doubt(cast: Cast, message: str) -> Sequence[str]:
    ran = cast.ana("send", message, "--status", "--json")
    (progress,) = ran.json["messages"]
    return [d["to"] for d in progress["deliveries"] if d["step"] in {"wire", "unknown"}]


def start_up(cast: Cast) -> float:
    """How long a command takes here before it sends anything."""
    started = time.monotonic()
    cast.ana("status", real=True)
    return time.monotonic() - started


@pytest.mark.parametrize(("seed", "more"), [(1, ""), (2, ""), (3, FOUR)])
def test_mail_is_killed_at_random_moments(small: Cast, seed: int, more: str) -> None:
    with mail_server() as box:
        mail = f"{{adapter: smtp, host: {box.host}, port: {box.port}{more}}}"
        lead_to(small, {"mail": mail, "intranet": "{adapter: file, as: txt}",
                        "status-page": "{adapter: file, as: txt}"})  # fmt: skip
        people = many(small, PEOPLE)
        message = released(small, "strategic")
        kills, code = sent_with_kills(small, message, seed, start_up(small))
        assert kills, "it was killed at least once"
        doubt = in_doubt(small, message)
        box.open.ended()
        got = to_of(box)
        assert len(doubt) <= kills * (4 if more else 1), "no more than were under way"
        assert max(got.values()) == 1, "under hold nobody gets it twice"
        assert set(people) - set(got) <= set(doubt), "nobody is lost"
        assert code == (6 if doubt else 0)
        for to in doubt:
            arrived = "--sent" if to in got else "--not-sent"
            small.ana.done("resolve", message, "--recipient", to, arrived, "--why", "asked them")
        if doubt:
            small.ana.done("send", message)
        assert to_of(box) == Counter(people)
        assert max(ids_of(box).values()) == 1
        assert small.ana.done("check").code == 0
        (progress,) = small.ana.done("send", message, "--status", "--json").json["messages"]
        counts = progress["counts"]
        assert counts == {"mail": {"accepted": PEOPLE}}


def test_a_web_hook_that_knows_a_key_again_may_get_it_twice_with_the_same_key(
    small: Cast,
) -> None:
    with web_hook() as hook:
        settings = f"{{adapter: webhook, url: {hook.url}/x, idempotent: true}}"
        lead_to(small, {"mail": settings, "intranet": "{adapter: file, as: txt}",
                        "status-page": "{adapter: file, as: txt}"})  # fmt: skip
        people = many(small, PEOPLE)
        message = released(small, "strategic")
        kills, code = sent_with_kills(small, message, 3, start_up(small))
        assert (bool(kills), code) == (True, 0), "what is resent is in no doubt"
        envelopes = [json.loads(body) for _, body in hook.got]
        by_key = {envelope["id"]: envelope["data"]["to"] for envelope in envelopes}
        assert sorted(by_key.values()) == sorted(people), "each of them once by its key"
        assert small.ana.done("check").code == 0


def test_two_processes_at_once_send_it_once(small: Cast) -> None:
    with mail_server() as box:
        mail = f"{{adapter: smtp, host: {box.host}, port: {box.port}}}"
        lead_to(small, {"mail": mail, "intranet": "{adapter: file, as: txt}",
                        "status-page": "{adapter: file, as: txt}"})  # fmt: skip
        people = many(small, PEOPLE)
        message = released(small, "strategic")
        ana = small.ana
        both = [
            subprocess.Popen(program("send", message), cwd=ana.folder, env=ana.environ(),
                             stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL)
            for _ in range(2)
        ]  # fmt: skip
        codes = sorted(process.wait() for process in both)
        assert codes[0] == 0
        assert codes[1] in {0, 75}, "the other one came late, or was told that it is being sent"
        assert to_of(box) == Counter(people)
