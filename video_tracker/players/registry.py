"""Finds the adapter of a player by its name, or by the channels that a log holds.

An adapter's module is imported when it is first asked for, so a program that uses one player
does not load the others. Other packages add players through the entry point group
``video_tracker.players`` (name -> adapter class).
"""

import importlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from video_tracker.errors import UnknownPlayerError
from video_tracker.players.base import Adapter
from video_tracker.players.channels import ALIASES, PLAYERS, SHARED
from video_tracker.spelling import hint

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

__all__ = ["ENTRY_POINTS", "adapter_for_channels", "find_adapter", "player_names"]

ENTRY_POINTS: Final = "video_tracker.players"
"""The entry point group of adapters from other packages."""


def _installed() -> dict[str, "EntryPoint"]:
    # Loaded when it is needed: it brings the email package and sockets with it.
    metadata = importlib.import_module("importlib.metadata")
    return {entry.name: entry for entry in metadata.entry_points(group=ENTRY_POINTS)}


def player_names() -> tuple[str, ...]:
    """All players there is an adapter for, those of other packages included, sorted.

    ``signals`` is not among them: its log needs no adapter (:mod:`video_tracker.signal_log`).
    """
    return tuple(sorted({*PLAYERS, *_installed()}))


def find_adapter(name: str) -> type[Adapter]:
    """The adapter class of a player.

    Args:
        name: The player's name, ``html5`` or as an entry point calls it. A built-in name wins.

    Raises:
        UnknownPlayerError: There is none of that name, or an entry point gives something else.
    """
    if name in PLAYERS:
        module, attribute = PLAYERS[name]
        adapter = getattr(importlib.import_module(module), attribute)
    else:
        entry = _installed().get(name)
        if entry is None:
            near = hint(name, (*player_names(), "signals"), listed=True)
            raise UnknownPlayerError(f"no player {name!r}{near}")
        try:
            adapter = entry.load()
        except (ImportError, AttributeError) as error:
            raise UnknownPlayerError(f"player {name!r} cannot be loaded: {error}") from error
    if not (isinstance(adapter, type) and issubclass(adapter, Adapter)):
        raise UnknownPlayerError(f"player {name!r} is no adapter: {adapter!r}")
    return adapter


def adapter_for_channels(names: Iterable[str]) -> str:
    """The player that a log with these channels comes from.

    Args:
        names: The values of the log's ``player`` column: ``{"hlsjs", "html5", "page"}`` is the
            player ``hlsjs``, ``{"html5", "page", "vast-client"}`` is ``html5``.

    Raises:
        UnknownPlayerError: The channels name no player, or more than one.
    """
    channels = set(names)
    own = sorted({ALIASES.get(name, name) for name in channels - SHARED})
    if not own and "html5" in channels:
        return "html5"
    if len(own) == 1:
        return own[0]
    said = ", ".join(sorted(channels)) or "none"
    raise UnknownPlayerError(f"cannot tell the player from the channels ({said}); name it")
