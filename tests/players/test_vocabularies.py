"""Each adapter's table is complete: it accounts for every callback that its player documents.

``vocabularies/<player>.txt`` is what the player's own documentation lists, one callback a line as
``channel event``; its head (``#``) names the source and its version. A player without a file fails.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from video_tracker.players.base import Ignored, Mapped
from video_tracker.players.registry import find_adapter, player_names
from video_tracker.signals import SIGNALS

FOLDER = Path(__file__).parent / "vocabularies"
BUILT_IN = [
    name for name in player_names() if find_adapter(name).__module__.startswith("video_tracker.")
]
FILES = {path.stem: path for path in FOLDER.glob("*.txt")}


def documented(player: str) -> Iterator[tuple[str, str]]:
    """(channel, event) of each line of a player's file."""
    assert player in FILES, f"{player} has no vocabulary file: {FOLDER.name}/{player}.txt"
    for number, line in enumerate(FILES[player].read_text("utf-8").splitlines(), start=1):
        if line and not line.startswith("#"):
            words = line.split(" ")
            assert len(words) == 2, f"{player}.txt:{number}: not `channel event` but {line!r}"
            yield words[0], words[1]


def test_every_player_has_a_file_and_every_file_a_player() -> None:
    assert sorted(FILES) == sorted([*BUILT_IN, "signals"])


@pytest.mark.parametrize("player", BUILT_IN)
def test_an_adapter_accounts_for_every_documented_callback(player: str) -> None:
    """S60: each callback is mapped, or ignored with a stated reason; none is invented."""
    listed = list(documented(player))
    table = set(find_adapter(player).vocabulary)

    assert sorted(set(listed) - table) == [], "documented, but not in the table"
    assert sorted(table - set(listed)) == [], "in the table, but not documented"
    assert [line for line, count in Counter(listed).items() if count > 1] == []


@pytest.mark.parametrize("player", BUILT_IN)
def test_a_table_names_real_signals_and_gives_reasons(player: str) -> None:
    """S60: a mapped callback names signals that exist, an ignored one says why."""
    for key, entry in find_adapter(player).vocabulary.items():
        if isinstance(entry, Ignored):
            assert len(entry.reason.strip()) > 3, f"{key} is ignored without a reason"
        else:
            assert isinstance(entry, Mapped), f"{key} is {entry!r}"
            assert set(entry.signals) <= set(SIGNALS), f"{key} names {entry.signals}"
            assert entry.signals or entry.note, f"{key} is mapped to nothing, and nothing says why"


@pytest.mark.parametrize("player", BUILT_IN)
def test_a_table_keeps_to_the_adapters_channels(player: str) -> None:
    adapter = find_adapter(player)

    assert {channel for channel, _ in adapter.vocabulary} == adapter.channels
    assert adapter.name == player


@pytest.mark.parametrize("player", sorted(FILES))
def test_a_file_names_its_source(player: str) -> None:
    head = []
    for line in FILES[player].read_text("utf-8").splitlines():
        if not line.startswith("#"):
            break
        head.append(line)

    assert head, f"{player}.txt has no head"
    assert any(character.isdigit() for character in "".join(head)), "no version in the head"


def test_the_signal_log_knows_every_signal() -> None:
    """The library's own log: each session input is a line in it."""
    assert sorted(documented("signals")) == sorted(("signals", name) for name in SIGNALS)
