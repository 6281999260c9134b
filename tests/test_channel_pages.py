"""Every channel has a page: its settings are those of the code, its requests are made by it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from commscli.delivery.channels import registry
from commscli.documents.models.channels import ADAPTERS

ROOT = Path(__file__).resolve().parents[1]
PAGES = ROOT / "docs" / "channels"
HEADINGS = ["Settings", "On the wire", "What comes back", "Limits"]
REQUEST = re.compile(r"<!-- request: ([a-z-]+) -->\n(```text\n.+?\n```\n)?<!-- end -->", re.DOTALL)


def page(adapter: str) -> str:
    return (PAGES / f"{adapter}.md").read_text(encoding="utf-8")


def test_every_adapter_has_a_page_and_the_overview_leads_to_it() -> None:
    overview = (ROOT / "docs" / "channels.md").read_text(encoding="utf-8")
    assert sorted(path.stem for path in PAGES.iterdir()) == sorted(ADAPTERS)
    assert sorted(registry.ADAPTERS) == sorted(ADAPTERS)
    assert [adapter for adapter in ADAPTERS if f"(channels/{adapter}.md)" not in overview] == []


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_a_page_has_its_parts(adapter: str) -> None:
    text = page(adapter)
    assert text.startswith(f"# {adapter}\n\n")
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == HEADINGS
    assert f"adapter: {adapter}" in text


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_the_table_of_settings_is_that_of_the_code(adapter: str) -> None:
    _, _, rest = page(adapter).partition("## Settings\n")
    table = rest.partition("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("| `")]
    fields = ADAPTERS[adapter].model_fields
    required = {field.alias or name for name, field in fields.items() if field.is_required()}

    assert sorted(row[0].strip("`") for row in rows) == sorted(
        field.alias or name for name, field in fields.items() if name != "adapter"
    )
    assert {row[0].strip("`") for row in rows if "required" in row[1]} == required - {"adapter"}


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_its_requests_are_made(adapter: str) -> None:
    found = REQUEST.findall(page(adapter))
    assert found
    for name, request in found:
        assert name == adapter or name.startswith(f"{adapter}-")
        assert "three" in request, "the words of the example are in it"


def test_a_request_that_is_not_as_it_is_made_now_is_stale(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; sys.path.insert(0, 'docs')\n"
        "from wire import filled\n"
        "sys.stdout.write(filled(Path(sys.argv[1])))"
    )
    stale = tmp_path / "slack.md"
    stale.write_text(page("slack").replace('"unfurl_links": false', '"unfurl_links": true'))
    assert stale.read_text() != page("slack")
    done = subprocess.run(
        [sys.executable, "-c", script, str(stale)],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == page("slack")
