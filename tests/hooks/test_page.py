"""Every rule by which a hook refuses has a page, or stands in ``docs/ci.md``."""

import re
from pathlib import Path

from commscli.gates.catalog import RULES

ROOT = Path(__file__).resolve().parents[2]
WORKFLOW = ROOT / "src" / "commscli" / "workflow"
PAGE = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")


def refused_by() -> set[str]:
    files = [path.read_text(encoding="utf-8") for path in WORKFLOW.rglob("*.py")]
    return {rule for text in files for rule in re.findall(r'\brule="([a-z-]+)"', text)}


def test_every_rule_of_a_hook_is_explained() -> None:
    own = refused_by() - {rule.id for rule in RULES}

    assert own >= {"trunk-deleted", "trunk-rewritten", "replace-ref", "hand-made-record"}
    assert {rule for rule in [*own, "undecided"] if f"`{rule}`" not in PAGE} == set()


def test_the_page_names_no_rule_that_nothing_refuses_by() -> None:
    table = set(re.findall(r"^\| `([a-z-]+)` \|", PAGE, re.MULTILINE))

    assert table - refused_by() - {"undecided", "pre-commit", "pre-push", "pre-receive"} == set()
