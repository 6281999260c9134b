"""Secrets are had by name, where the user's own configuration says so, for the hosts it names."""

from pathlib import Path

import pytest

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


@pytest.mark.parametrize("source", ["", "env:NONE", "file:/no/such", "abc", "cmd:true"])
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
