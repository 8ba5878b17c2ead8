"""Every situation, played by every player, held against one truth.

A cell is a situation in a player's dialect. What comes of it must be what really happened: events
in their order, ads, figures; the stream must be well formed (S20), and its seconds add up. What a
vocabulary cannot say is no cell: it stands in a table, so that nothing is left out silently.
"""

from collections.abc import Mapping
from typing import Any, Final

import pytest

from tests.players.matrix.cells import CELLS, faults_of, left_out
from tests.players.matrix.dialects.table import DIALECTS
from tests.players.matrix.situations import SITUATIONS, Situation
from video_tracker.players.registry import player_names
from video_tracker.testing.simulator.speech import Dialect

FIGURES: Final = frozenset({"ad length", "ad names", "ad names later", "length"})
"""What takes a figure from a player's cells, where nobody tells it."""

LEFT_OUT: Final = """
    avplayer:
    bitmovin:     ad clock 3, landing 1
    brightcove:   ad clock 3, ad stall 1
    chromecast:   ad clock 3, unheard break 1
    cmcd:         ad clock 3, ad length 4, ad words 3, early end 1, landing 1, length 1, list 3,
                  post-roll 5, skip 3
    dashjs:       ads 48
    fluidplayer:  word of a skip 1
    hlsjs:        ad clock 3, word of a skip 1
    html5:        unheard break 1
    ima:          early break 1, unheard break 1
    jwplayer:     ad stall 1, landing 1
    media3:       early break 1, early end 1, landing 1
    mediaelement: ads 48
    plyr:         ad length 4, ad stall 1, early break 1, unheard break 1
    roku:         ad stall 1, early break 1, unheard break 1
    shaka:        early break 1, unheard break 1
    signals:      live later 1
    theoplayer:   ad clock 3, unheard break 1
    videojs:
    vimeo:        ads 48
    youtube:      ads 48
"""
"""Player: what it has no word for, and how many situations that takes away; the reasons stand in
the dialects (``cannot``)."""

UNMENDED: Final[Mapping[str, Mapping[str, str]]] = {
    "S79": {
        "lost: first frame, polled every 5 s": "avplayer cmcd media3 youtube",
        "lost: first frame after a pre-roll, polled every 5 s": "avplayer cmcd",
        "lost: first frame after ads, polled every 5 s": "cmcd",
    }
}
"""What is known to be wrong, by the rule that it breaks: situation -> players."""


def faulty() -> dict[tuple[str, str], str]:
    """(player, situation) -> the rule that is broken."""
    return {
        (player, name): rule
        for rule, cells in UNMENDED.items()
        for name, players in cells.items()
        for player in players.split()
    }


def cell(dialect: Dialect, situation: Situation) -> Any:
    """A cell as a parameter; one that is known to be wrong must be wrong."""
    rule = faulty().get((dialect.player, situation.name))
    marks = [] if rule is None else [pytest.mark.xfail(reason=rule, strict=True)]
    return pytest.param(dialect, situation, marks=marks, id=f"{dialect.player}: {situation.name}")


@pytest.mark.parametrize(("dialect", "situation"), [cell(*each) for each in CELLS])
def test_what_happened_is_what_is_told(dialect: Dialect, situation: Situation) -> None:
    """S20 and the situation's own rules (``situation.rules``)."""
    assert faults_of(situation, dialect) == [], situation.rules


def test_every_player_speaks() -> None:
    assert {dialect.player for dialect in DIALECTS} == {*player_names(), "signals"}


def test_what_is_left_out_stands_in_the_table_with_its_reason() -> None:
    counts = left_out()
    table = [f"{player}: {missing}" for player, missing in (r.split(": ") for r in counts)]
    rows = LEFT_OUT.replace(",\n", ",").strip().splitlines()
    listed = {
        f"{player.strip()}: {missing.strip().rpartition(' ')[0]}": int(missing.split()[-1])
        for player, _, rest in (row.partition(":") for row in rows)
        for missing in rest.split(",")
        if missing.strip()
    }
    assert listed == counts
    assert sorted(table) == sorted(listed)
    assert all(reason for dialect in DIALECTS for reason in dialect.cannot.values())


def test_nothing_is_said_to_be_missing_that_no_situation_needs() -> None:
    needed = {missing for situation in SITUATIONS for missing in situation.needs}
    for dialect in DIALECTS:
        assert dialect.cannot.keys() <= needed | FIGURES, dialect.player


def test_situations_and_known_faults_are_named_once() -> None:
    names = [situation.name for situation in SITUATIONS]
    assert len(names) == len(set(names))
    cells = {(dialect.player, situation.name) for dialect, situation in CELLS}
    assert faulty().keys() <= cells
