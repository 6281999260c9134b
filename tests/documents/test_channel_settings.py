"""What a record states of a channel is the same from its model and from what is remembered."""

import json

import pytest

from commscli.documents.models.channels import ADAPTERS, Channels
from commscli.documents.plain import from_json, to_json
from commscli.documents.validate import read_document
from commscli.errors import BadInput

PLENTY = {
    "file": "adapter: file, as: eml, from: a@x.example",
    "smtp": "adapter: smtp, host: x.example, from: a@x.example, secret: s",
    "webhook": "adapter: webhook, url: 'https://x.example/in', idempotent: true",
    "slack": "adapter: slack, secret: s, channel: C012AB3CD, broadcast: true",
    "teams": "adapter: teams, secret: s",
    "statuspage": "adapter: statuspage, secret: s, page: p, notify: false, components: [a, b], "
    "component_status: partial_outage",
    "site": "adapter: site, url: 'https://status.example.com'",
    "hold": "adapter: hold",
    "manual": "adapter: manual, to: the bridge",
    "apprise": "adapter: apprise, secret: s",
    "sms": "adapter: sms, secret: s, account: AC1, from: '+441632960000', per_second: 2",
}


def stated(settings: str) -> dict[str, str]:
    text = f"channels:\n  c: {{{settings}}}\n"
    model = read_document(Channels, text.encode(), path="channels.yaml")
    found = model.channels["c"].settings()
    assert from_json(json.loads(json.dumps(to_json(model)))).channels["c"].settings() == found
    return found


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_both_state_the_same(adapter: str) -> None:
    assert stated(PLENTY[adapter])["adapter"] == adapter


def test_slack_is_a_web_hook_or_its_api_and_that_says_how_it_is_asked() -> None:
    assert stated("adapter: slack, secret: s") == {
        "adapter": "slack", "private": "false", "secret": "s",
    }  # fmt: skip
    assert stated("adapter: slack, secret: s, channel: C1") == {
        "adapter": "slack", "broadcast": "false", "channel": "C1", "on_unknown": "reconcile",
        "private": "false", "secret": "s", "url": "https://slack.com/api",
    }  # fmt: skip
    other = "adapter: slack, secret: s, channel: C1, url: 'https://x.example/api', on_unknown: hold"
    assert (stated(other)["url"], stated(other)["on_unknown"]) == ("https://x.example/api", "hold")


def test_a_list_is_joined_and_who_is_notified_is_stated() -> None:
    found = stated(PLENTY["statuspage"])
    assert (found["components"], found["notify"]) == ("a b", "false")
    assert found["url"] == "https://api.statuspage.io/v1"
    assert stated(PLENTY["sms"])["per_second"] == "2"


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ("adapter: slack, secret: s, broadcast: true", "`broadcast` needs `channel`"),
        ("adapter: slack, secret: s, on_unknown: hold", "`on_unknown` needs `channel`"),
        ("adapter: slack, secret: s, channel: '#general'", "expected what the service calls it"),
        ("adapter: statuspage, secret: s, page: p", "`notify` is missing"),
        ("adapter: statuspage, secret: s, page: ../x, notify: true", "what the service calls it"),
        ("adapter: statuspage, secret: s, page: p, notify: 'no'", "`notify`: expected"),
        (
            "adapter: statuspage, secret: s, page: p, notify: true, component_status: major_outage",
            "`component_status` needs `components`",
        ),
        ("adapter: sms, secret: s, account: AC1", "either `from` (a number) or `service`"),
        ("adapter: sms, secret: s, account: AC1, from: x, service: y", "either `from`"),
        ("adapter: sms, secret: s, account: AC1, from: x, to: '01632'", "such as +441632960000"),
        (
            "adapter: sms, secret: s, account: AC1, from: x, per_second: 0",
            "`per_second`: expected a number of at least 1",
        ),
    ],
)
def test_what_cannot_be_is_named(settings: str, problem: str) -> None:
    with pytest.raises(BadInput) as fault:
        stated(settings)
    assert problem in "; ".join(map(str, fault.value.problems))
