"""Which template serves a cell."""

import pytest

from commscli.compose.choose import candidates, choose
from commscli.errors import BadInput


def test_the_own_template_comes_before_that_of_the_level_and_the_folder_before_the_base() -> None:
    names = candidates(folder="dora", phase="resolution", audience="regulators", detail="formal")
    assert names == (
        "dora/resolution/regulators",
        "base/resolution/regulators",
        "dora/resolution/strategic-customers",
        "base/resolution/strategic-customers",
    )


@pytest.mark.parametrize(
    ("detail", "stand_in"),
    [
        ("technical", "internal-stakeholders"),
        ("operational", "internal-stakeholders"),
        ("impact", "strategic-customers"),
        ("formal", "strategic-customers"),
        ("simple", "all-customers"),
    ],
)
def test_every_level_of_detail_has_a_stand_in(detail: str, stand_in: str) -> None:
    existing = {f"base/analysis/{stand_in}", "base/analysis/message"}
    chosen = choose(
        folder="base", phase="analysis", audience="msp", detail=detail, existing=existing
    )
    assert chosen == f"base/analysis/{stand_in}"


def test_the_first_that_exists_serves() -> None:
    existing = {"base/analysis/media", "x/analysis/all-customers", "base/analysis/all-customers"}
    chosen = choose(
        folder="x", phase="analysis", audience="media", detail="simple", existing=existing
    )
    assert chosen == "base/analysis/media"


def test_where_none_exists_everything_that_was_looked_for_is_named() -> None:
    with pytest.raises(BadInput, match="looked for x/analysis/media, base/analysis/media") as e:
        choose(folder="x", phase="analysis", audience="media", detail="simple", existing=())
    assert e.value.remedy.startswith("write templates/x/analysis/media.md")
