"""Players by name and by the channels of a log."""

import importlib.metadata
import subprocess
import sys

import pytest

from video_tracker.errors import UnknownPlayerError
from video_tracker.players import registry
from video_tracker.players.registry import adapter_for_channels, find_adapter, player_names


@pytest.mark.parametrize(
    "name",
    ["html5", "hlsjs", "videojs", "shaka", "dashjs", "plyr", "mediaelement", "fluidplayer"],
)
def test_a_built_in_player_is_found_by_its_name(name: str) -> None:
    adapter = find_adapter(name)

    assert adapter.name == name
    assert name in player_names()
    assert adapter().flush(0.0) == ()  # it can be built without arguments


def test_an_unknown_player_is_told_with_the_known_ones() -> None:
    with pytest.raises(UnknownPlayerError, match=r"no player 'flash'; there are: .*html5"):
        find_adapter("flash")


@pytest.mark.parametrize(
    ("channels", "player"),
    [
        ({"html5"}, "html5"),
        ({"html5", "page"}, "html5"),
        ({"html5", "page", "vast-client"}, "html5"),
        ({"html5", "page", "recorder"}, "html5"),
        ({"hlsjs", "html5", "page"}, "hlsjs"),
        ({"videojs", "html5", "page"}, "videojs"),
        ({"fluid", "html5", "page"}, "fluidplayer"),
        ({"roku", "raf"}, "roku"),
        ({"media3", "android"}, "media3"),
        ({"avplayer"}, "avplayer"),
        ({"dashjs", "page"}, "dashjs"),
        ({"shaka", "html5", "page", "recorder"}, "shaka"),
    ],
)
def test_the_channels_of_a_log_tell_its_player(channels: set[str], player: str) -> None:
    assert adapter_for_channels(channels) == player


@pytest.mark.parametrize("channels", [set(), {"page"}, {"hlsjs", "videojs", "html5"}])
def test_channels_of_no_player_or_of_two_are_told(channels: set[str]) -> None:
    with pytest.raises(UnknownPlayerError, match="cannot tell the player"):
        adapter_for_channels(channels)


def _entry(name: str, value: str) -> dict[str, importlib.metadata.EntryPoint]:
    return {name: importlib.metadata.EntryPoint(name, value, registry.ENTRY_POINTS)}


def test_an_entry_point_adds_a_player(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = _entry("mine", "video_tracker.players.html5:Html5Adapter")
    monkeypatch.setattr(registry, "_installed", lambda: entries)

    assert find_adapter("mine") is find_adapter("html5")
    assert "mine" in player_names()


def test_an_entry_point_does_not_replace_a_built_in_player(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = _entry("html5", "video_tracker.players.hlsjs:HlsjsAdapter")
    monkeypatch.setattr(registry, "_installed", lambda: entries)

    assert find_adapter("html5").name == "html5"


@pytest.mark.parametrize(
    ("value", "reason"),
    [("no_such_module:X", "cannot be loaded"), ("video_tracker.plan:Ad", "is no adapter")],
)
def test_a_faulty_entry_point_is_told(
    monkeypatch: pytest.MonkeyPatch, value: str, reason: str
) -> None:
    entries = _entry("mine", value)
    monkeypatch.setattr(registry, "_installed", lambda: entries)

    with pytest.raises(UnknownPlayerError, match=reason):
        find_adapter("mine")


def test_one_player_does_not_load_the_others() -> None:
    code = (
        "import sys; from video_tracker.players.registry import find_adapter;"
        "find_adapter('html5');"
        "print([name for name in sys.modules if name.endswith(('hlsjs', 'videojs'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
