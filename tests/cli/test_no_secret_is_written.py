"""Whatever is done with a secret, it stands nowhere after: all that was written is searched."""

import subprocess
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.support.apis import Fault, running
from tests.support.asked_channels import KINDS
from tests.support.cast import Cast
from tests.support.runner import Ran
from tests.support.sends import FILE, lead_to, many, released
from tests.support.servers import ScriptedMail, raw_server, web_hook

pytest_plugins = ["tests.support.cast_fixtures"]
SECRET = "s3cret0fTh3House"  # noqa: S105 - of servers that are gone after the test
IN_BASE64 = [b64encode(b"x" * n + SECRET.encode())[n + 1 : -4].decode() for n in range(3)]
"""How it stands in base64, behind whatever."""
MAIL = {"ehlo": b"250-here\r\n250 AUTH PLAIN", "auth": b"235 come in"}


@contextmanager
def failing(kind: str, *, hook: bool) -> Iterator[tuple[str, str]]:
    """A server that takes nothing: the channel that leads to it, and what the secret is."""
    if kind == "smtp":
        no = {**MAIL, "rcpt": b"451 " + SECRET.encode()[:6] + b" later"}
        with raw_server(ScriptedMail(answers=no)) as port:
            yield f"adapter: smtp, host: localhost, port: {port}, user: u, secret: x", SECRET
    elif kind in KINDS and not hook:
        api = KINDS[kind].make()
        setattr(api, "key" if kind == "statuspage" else "token", SECRET)
        api.fault = Fault(status=503, body=b"down")
        with running(api):
            stated = {**KINDS[kind].settings, "url": f"{api.url}{KINDS[kind].path}"}
            more = {"to": "'+441632960001'"} if kind == "sms" else {}
            bare = {"true", "false", "100"}
            pairs = [f"{k}: {v}" if v in bare else f"{k}: '{v}'" for k, v in stated.items()]
            yield ", ".join([*pairs, *(f"{k}: {v}" for k, v in more.items())]), SECRET
    else:
        with web_hook() as server:
            server.status, server.body = 503, b"down"
            if kind == "webhook":
                yield f"adapter: webhook, url: {server.url}/in, secret: x", SECRET
            else:
                yield f"adapter: {kind}, secret: x", f"{server.url}/{SECRET}"


@pytest.mark.parametrize("kind", ["smtp", "webhook", "hook of teams", "hook of slack", *KINDS])
def test_a_secret_stands_nowhere(small: Cast, kind: str) -> None:
    ana, ran = small.ana, list[Ran]()
    hook = kind.startswith("hook of ")
    with failing(kind.removeprefix("hook of "), hook=hook) as (channel, secret):
        own = {"mail": f"{{{channel}}}"} if kind == "smtp" else {"status-page": f"{{{channel}}}"}
        lead_to(small, {"mail": FILE, "intranet": FILE, "status-page": FILE, **own})
        if kind == "smtp":
            many(small, 1)
        ana.git("config", "--global", "comms.secret.x.from", "env:TOKEN")
        message = released(small, "strategic" if kind == "smtp" else "customers")
        ran.append(ana("send", message, TOKEN=secret))
        assert "may not go to" in ran[-1].err, ran[-1].err
        ana.git("config", "--global", "comms.secret.x.host", "127.0.0.1 localhost")
        for command in (["doctor", "--channels"], ["send", message, "--dry-run", "--json"],
                        ["send", message, "--dry-run"], ["send", message],
                        ["send", message, "--json"], ["send", message, "--status"],
                        ["send", message, "--status", "--json"], ["log"], ["status"]):  # fmt: skip
            ran.append(ana(*command, TOKEN=secret))
        assert ran[4].code == 5, ran[4].err
    said = [text.encode() for one in ran for text in (one.out, one.err)]
    files = [p.read_bytes() for p in small.root.rglob("*") if p.is_file() and not p.is_symlink()]
    for folder in (ana.folder, small.hub):
        files += [
            subprocess.run(["git", "cat-file", "--batch-all-objects", "--batch"], cwd=folder,
                           env=ana.environ(), capture_output=True, check=True).stdout
        ]  # fmt: skip
    for mark in (SECRET, *IN_BASE64):
        assert not [data for data in (*said, *files) if mark.encode() in data]
