"""Secrets are had by name, where the user's own configuration says so, for the hosts it names."""

from pathlib import Path

import pytest
from keyring.backend import KeyringBackend

from commscli.delivery.secrets import Secrets
from commscli.errors import MissingSecret

FROM, HOST = "comms.secret.turns-slack.from", "comms.secret.turns-slack.host"


def secrets(environ: dict[str, str] | None = None, **settings: str) -> Secrets:
    keys = {"source": FROM, "host": HOST}
    return Secrets(
        settings={keys[name]: value for name, value in settings.items()}, environ=environ or {}
    )


def test_from_the_environment() -> None:
    found = secrets({"URL": "abc"}, source="env:URL")
    assert found.get("turns-slack") == "abc"


def test_from_a_file_without_its_last_line_end(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("abc\n")
    assert secrets(source=f"file:{tmp_path / 'x'}").get("turns-slack") == "abc"


def test_from_a_command_that_is_asked_once(tmp_path: Path) -> None:
    command = f"echo asked >>{tmp_path}/asked; echo abc; echo more"
    found = secrets({"PATH": "/usr/bin:/bin"}, source=f"cmd:{command}", host="x.example")
    assert [found.get("turns-slack"), found.get("turns-slack", "x.example")] == ["abc", "abc"]
    assert (tmp_path / "asked").read_text() == "asked\n"


def test_from_the_keyring_of_the_desktop(monkeypatch: pytest.MonkeyPatch) -> None:
    class Box(KeyringBackend):
        priority = 1.0

        def __init__(self) -> None:
            """Read no configuration."""

        def set_password(self, service: str, username: str, password: str) -> None:
            raise NotImplementedError

        def get_password(self, service: str, username: str) -> str | None:
            return "abc" if (service, username) == ("comms/mail", "ana") else None

    monkeypatch.setattr("keyring.core._keyring_backend", Box())
    assert secrets(source="keyring:comms/mail/ana").get("turns-slack") == "abc"
    with pytest.raises(MissingSecret):
        secrets(source="keyring:comms/mail/bo").get("turns-slack")


@pytest.mark.parametrize(
    "source",
    [
        "",
        "env:NONE",
        "file:/no/such",
        "abc",
        "cmd:true",
        "cmd:echo s3cret; false",
        "keyring:nobody/x",
    ],
)
def test_what_is_not_there_is_named_and_not_shown(source: str) -> None:
    with pytest.raises(MissingSecret) as failed:
        secrets({"OTHER": "s3cret"}, **({"source": source} if source else {})).get("turns-slack")
    assert "turns-slack" in failed.value.text
    assert "s3cret" not in failed.value.text + failed.value.remedy


def test_it_goes_to_the_hosts_that_are_named_and_to_no_other() -> None:
    found = secrets({"URL": "abc"}, source="env:URL", host="hooks.slack.com mail.example.com")
    assert found.get("turns-slack", "Hooks.Slack.com") == "abc"
    with pytest.raises(MissingSecret, match="may not go to evil"):
        found.get("turns-slack", "evil.example")
    with pytest.raises(MissingSecret, match="nobody"):
        secrets({"URL": "abc"}, source="env:URL").get("turns-slack", "hooks.slack.com")
