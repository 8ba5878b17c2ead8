"""The reference of players names each adapter once, and nothing that is none."""

import re
from pathlib import Path

import pytest

from tests.players.test_vocabularies import BUILT_IN

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "players.md").read_text("utf-8")
GENERATED, TOLD = PAGE.split("## How they tell things")
ROW = re.compile(r"^\| `(\w+)` \|(.*)\|$", re.MULTILINE)


@pytest.mark.parametrize("part", [GENERATED, TOLD], ids=["what they read", "how they tell"])
def test_every_player_has_a_row_and_every_row_a_player(part: str) -> None:
    assert sorted(match[1] for match in ROW.finditer(part)) == BUILT_IN


def test_every_row_says_how_seeks_ads_and_quality_come_and_what_deceives() -> None:
    for match in ROW.finditer(TOLD):
        cells = [cell.strip() for cell in match[2].split("|")]
        assert len(cells) == 4, match[1]
        assert all(cells), match[1]
