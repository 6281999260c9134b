"""What is shipped is found, whether from the wheel or from the checkout."""

from pathlib import Path

import pytest

from commscli.compose import library
from commscli.compose.library import shipped
from commscli.documents.models.playbook import Playbook
from commscli.documents.validate import read_document
from commscli.domain.phases import PHASES

AUDIENCES = ("all-customers", "internal-stakeholders", "strategic-customers")
CHECKOUT = Path(__file__).parents[2]


def test_templates_are_shipped_for_every_phase_and_audience() -> None:
    files = shipped("templates")
    wanted = {f"base/{phase}/{audience}.md" for phase in PHASES for audience in AUDIENCES}
    assert wanted <= files.keys()
    assert list(files) == sorted(files)


def test_the_bytes_are_those_of_the_files() -> None:
    for path, data in shipped("templates").items():
        assert data == (CHECKOUT / "templates" / path).read_bytes()


def test_every_shipped_playbook_is_valid() -> None:
    for path, data in shipped("playbooks").items():
        if "/" in path:  # the clocks of laws, in a folder of their own
            continue
        playbook = read_document(Playbook, data, path=path)
        assert f"{playbook.templates}/" in "".join(shipped("templates"))


def test_the_playbook_of_an_outage_requires_the_nine_messages_of_the_guide() -> None:
    data = shipped("playbooks")["service-outage.yaml"]
    playbook = read_document(Playbook, data, path="service-outage.yaml")
    cells = {(p, a) for p in PHASES for a in AUDIENCES if playbook.requires(p, a)}
    assert {phase for phase, _ in cells} == {"investigation", "identification", "resolution"}
    assert len(cells) == 9


def test_an_installation_without_its_library_is_a_bug(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(library, "_folder", lambda _kind: tmp_path / "nowhere")
    with pytest.raises(FileNotFoundError, match="no templates"):
        shipped("templates")


def test_what_an_editor_or_an_interpreter_leaves_behind_is_not_shipped(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in (".swp", "__pycache__/x.pyc", "a/b.md"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x")
    monkeypatch.setattr(library, "_folder", lambda _kind: tmp_path)
    assert shipped("templates") == {"a/b.md": b"x"}
