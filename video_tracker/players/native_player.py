"""What the adapters of players with a vocabulary of their own have in common.

Such a player (Bitmovin, THEOplayer, a Cast receiver, IMA) tells its content and its ads itself.
:class:`NativePlayer` keeps the content's element, the ad breaks and the doubts: a pause that may be
the ads' own is held until the next callback shows whose it was, for 0.25 s at most (S31).
"""

import abc
from collections.abc import Iterable, Mapping
from typing import ClassVar, Final

import attrs

from video_tracker.players.ad_breaks import AdBreaks
from video_tracker.players.base import Adapter, Callback, Ignored, Mapped, Vocabulary, earliest
from video_tracker.players.content_flash import ContentFlash
from video_tracker.players.doubt import Doubt
from video_tracker.players.element_view import ElementView, length_of
from video_tracker.players.media_element import MediaElement
from video_tracker.players.media_events import MEDIA_EVENTS, PAGE_EVENTS
from video_tracker.players.rendition_watch import RenditionWatch
from video_tracker.players.rows import rows_in
from video_tracker.players.start_gate import StartGate
from video_tracker.signals import Exit, Signal

__all__ = ["ECHOES", "NativePlayer", "fold"]

_SEEKS: Final = frozenset({"seek", "seeking", "timeshift"})
_PLAYS: Final = frozenset({"play"})
_WAITS: Final = frozenset({"buffering", "stallstarted", "waiting"})
"""What players call a seek that begins, play that is pressed, and a stall; folded."""
_UNHEARD: Final = 2.0
"""Seconds without the player's own clock after which its element's counts."""
_ECHO: Final = "the player says it itself"

ECHOES: Final[Mapping[str, Mapped | Ignored]] = {
    **{event: Ignored(_ECHO) for event in MEDIA_EVENTS},
    "timeupdate": Mapped(
        "progress playing play buffer_end seek_end update load",
        "where the player's own clock was not logged",
    ),
}
"""The element's events beside a player that tells everything itself."""


def fold(name: str) -> str:
    """A callback's name without what writers of it differ in: path, case and underscores."""
    return name.rpartition(".")[2].replace("_", "").replace("-", "").lower()


class NativePlayer(Adapter):
    """The adapter of a player that tells everything itself; a subclass knows its words."""

    shared: ClassVar[Vocabulary] = {**rows_in("html5", ECHOES), **rows_in("page", PAGE_EVENTS)}
    other_names: ClassVar[Mapping[str, str]] = {}
    """Further names of callbacks, folded (:func:`fold`), and what the vocabulary calls them."""
    other_channels: ClassVar[Mapping[str, str]] = {}
    """Further names of channels."""
    clock: ClassVar[frozenset[str]] = frozenset()
    """Callbacks that tell the position as it moves, and those that it moves on from; only for
    players whose element's events are :data:`ECHOES`."""
    changes: ClassVar[frozenset[str]] = frozenset()
    """Callbacks of another source, whose snapshot is that source's already."""
    _folded: ClassVar[Mapping[tuple[str, str], str] | None] = None

    def __init__(self) -> None:
        super().__init__()
        self._media = MediaElement(new_blob_is_new_item=False)
        self._view = ElementView()
        self._breaks = AdBreaks(self._media, self.ignore)
        self._renditions = RenditionWatch()
        self._flash = ContentFlash()
        self._gate = StartGate()
        self._doubt = Doubt()
        self._last = 0.0
        self._clock_at: float | None = None
        self._background = 0

    # -- what adapters answer ----------------------------------------------------------------

    def translate(self, callback: Callback) -> tuple[Signal, ...]:
        """The signals that ``callback`` is, often none; also under the names of its constants."""
        if (callback.player, callback.event) not in self.vocabulary:
            channel = self.other_channels.get(callback.player, callback.player)
            names = self._names()
            folded = fold(callback.event)
            bare = folded.rpartition(":")[2]  # without the part of the player that fired it
            event = names.get((channel, folded)) or self.other_names.get(folded)
            event = event or names.get((channel, bare)) or self.other_names.get(bare)
            if event is not None and (channel, event) in self.vocabulary:
                callback = attrs.evolve(callback, player=channel, event=event)
        return super().translate(callback)

    def flush(self, at: float) -> tuple[Signal, ...]:
        """What was held back: a pause that was the viewer's, content whose pre-roll never came."""
        return self._let_go(at, everything=True)

    def _let_go(self, at: float, *, everything: bool = False) -> tuple[Signal, ...]:
        out: list[Signal] = []
        pause = self._doubt.wake_at()
        if everything or (pause is not None and pause <= at):
            out += self._flash.let(self._release())
        flash = self._flash.wake_at()
        if everything or (flash is not None and flash <= at):
            out += self._flash.release()
        self._note_background()
        return tuple(self._in_order(self._gate.let(out), at))

    def wake_at(self) -> float | None:
        """When something held falls due."""
        return earliest(self._doubt.wake_at(), self._flash.wake_at())

    @abc.abstractmethod
    def _on_player(self, callback: Callback) -> list[Signal]:
        """The signals of a mapped callback of the player."""

    # -- what is common ----------------------------------------------------------------------

    def _answer(self, callback: Callback) -> Iterable[Signal]:
        if self._doubt.defers(callback, seeks=self._is_content(callback, _SEEKS)):
            return []
        out = self._wait(callback) + (self._release() if self._is_due(callback) else [])
        if callback.event in self.changes:
            out += [*self._by_channel(callback), *self._look(callback)]
        else:
            out += [*self._look(callback), *self._by_channel(callback)]
        self._note_background()
        if not self._breaks.in_break and self._media.shown:
            out += self._renditions.due(callback)
        return self._in_order(self._gate.let(self._flash.let(out)), callback.at)

    def _look(self, callback: Callback) -> list[Signal]:
        """What is new in the snapshot, whatever the callback is (S83)."""
        known = self._media.duration is not None or self._media.live.live
        if self._breaks.in_break or (callback.player == "html5" and known):
            return []
        return self._length(callback, self._told_length(callback))

    def _told_length(self, callback: Callback) -> object:
        """The content's length as a snapshot tells it; some players count ads in."""
        return callback.state.get("duration")

    def _note_background(self) -> None:
        """Count the pauses that the browser made itself (S77)."""
        while self._background < self._media.background:
            self._background += 1
            self.note("pause: background")

    def _by_channel(self, callback: Callback) -> list[Signal]:
        if callback.player == "page":
            return self._on_page(callback)
        if callback.event in self.clock and callback.player != "html5":
            self._clock_at = callback.at
        elif self.clock and callback.player == "html5":
            return self._on_echo(callback)
        return self._on_player(callback)

    def _on_echo(self, callback: Callback) -> list[Signal]:
        """The element's clock: it counts where the player's own was not logged."""
        heard = self._clock_at is None or callback.at - self._clock_at <= _UNHEARD
        if heard or callback.element is not None or self._breaks.in_break:
            return self._drop(callback, _ECHO)
        return self._on_clock(attrs.evolve(callback, detail={}))

    def _on_clock(self, callback: Callback) -> list[Signal]:
        """The element's ``timeupdate`` in a player whose own is missing."""
        return self._moves(callback, callback.number("currentTime"))

    def _on_page(self, callback: Callback) -> list[Signal]:
        if callback.event == "pageshow":
            self._breaks.gone = False
        if callback.event == "pagehide":
            return self._leave(callback)
        return self._media.page(callback)

    def _leave(self, callback: Callback) -> list[Signal]:
        """The viewer is gone."""
        if self._breaks.in_break:
            return self._breaks.leave_page(callback)
        position = self._view.event(callback, callback.event)
        out = self._media.exit(position)
        self._breaks.gone = self._breaks.gone or any(isinstance(s, Exit) for s in out)
        return out

    def _content(self, callback: Callback, event: str, **now: object) -> list[Signal]:
        """What the content's element would have said with ``callback``."""
        if event == "play":
            self._breaks.gone = False
        return self._media.receive(self._view.event(callback, event, **now))

    def _moves(
        self, callback: Callback, position: float | None, place: float | None = None
    ) -> list[Signal]:
        """The player's clock moved: the ad's in a break, else the content's.

        Args:
            callback: Who says so.
            position: Where the content is by it.
            place: Where the open ad is by it, in a break.
        """
        if not self._breaks.in_break:
            return self._content(callback, "timeupdate", currentTime=position)
        told = self._breaks.clock(callback, place, position)
        if isinstance(told, list):
            return told
        moved = self._view.event(callback, "timeupdate", currentTime=position)
        return self._breaks.lose(told, moved)

    def _length(self, callback: Callback, value: object) -> list[Signal]:
        """The content's length, or that it is live, when that is news."""
        length = length_of(value)
        if length in (None, self._view.known("duration")) or self._breaks.in_break:
            return []
        self._view.know(duration=length)
        return self._content(callback, "durationchange", duration=length)

    def _next_item(self, callback: Callback) -> list[Signal]:
        """Another source takes the player (S24): what was known of the old one is gone."""
        out = self._breaks.end(callback.at)
        self._view.know(duration=None, paused=None)
        self._renditions.forget()
        return out + self._media.next_item(callback.at)

    def _drop(self, callback: Callback, reason: str) -> list[Signal]:
        self.ignore(callback, reason)
        return []

    # -- pauses of which it is not known yet whose they are ----------------------------------

    def _hold(self, callback: Callback) -> list[Signal]:
        """Hold a pause of the content; ``callback`` is told as the element's."""
        out = self._release()
        self._doubt.held = callback
        return out

    def _take_held(self, at: float) -> float:
        """A break begins: a held pause was its own; when the content stopped."""
        pause = self._doubt.take()
        if pause is None:
            return at
        self._media.stand(pause)
        return min(pause.at, at)

    def _release(self) -> list[Signal]:
        return self._doubt.release(self._media.receive, self._by_channel)

    def _is_due(self, callback: Callback) -> bool:
        """Whether the callback shows whose the held pause was."""
        if self._doubt.held is None:
            return False
        plays = self._is_content(callback, _PLAYS)
        return self._doubt.explains(plays=plays) or self._is_decisive(callback)

    def _wait(self, callback: Callback) -> list[Signal]:
        """A held pause was a stall, when the player says so itself."""
        waits = callback.detail.get("isBuffering", True) is True and not callback.flag("paused")
        told = waits and self._is_content(callback, _WAITS)
        stall = self._doubt.stall() if told else None
        if stall is None:
            return []
        self._view.know(paused=False)
        return self._media.receive(stall)

    def _is_content(self, callback: Callback, names: frozenset[str]) -> bool:
        """Whether the callback is one of the content, and of these."""
        told = callback.element is None and not self._breaks.in_break
        return told and fold(callback.event) in names

    def _is_decisive(self, callback: Callback) -> bool:
        """Whether a callback ends all doubt about a held pause."""
        return self._doubt.ends_with(callback)

    # -- order and names ---------------------------------------------------------------------

    def _in_order(self, signals: Iterable[Signal], at: float) -> list[Signal]:
        """Signals are not dated before those that were given already."""
        floor = min(self._last, at)
        out = []
        for signal in signals:
            floor = max(floor, signal.at)
            out.append(signal if signal.at == floor else attrs.evolve(signal, at=floor))
        self._last = max(self._last, floor)
        return out

    @classmethod
    def _names(cls) -> Mapping[tuple[str, str], str]:
        if "_folded" not in cls.__dict__ or cls._folded is None:
            table: Vocabulary = cls.vocabulary
            cls._folded = {(channel, fold(event)): event for channel, event in table}
        return cls._folded
