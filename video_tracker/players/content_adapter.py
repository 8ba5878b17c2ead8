"""What the adapters have in common whose content speaks as a media element does.

Some players are a library around such an element
(:class:`~video_tracker.players.element_library.ElementPlayer`), others hide it behind words of
their own (:class:`~video_tracker.players.native_player.NativePlayer`). Both keep the content's
element, the ad breaks and the doubts: a pause that may be the ads' own is held until the next
callback shows whose it was, for 0.25 s at most (S31).
"""

import math
from collections.abc import Callable, Iterable, Mapping
from operator import attrgetter
from typing import Any, ClassVar, Final

import attrs

from video_tracker.payload import finite, reader_of
from video_tracker.players.ad_breaks import AdBreaks
from video_tracker.players.base import WEB_SETTINGS, Adapter, Callback, Mapped, Vocabulary, earliest
from video_tracker.players.content_clock import AHEAD
from video_tracker.players.doubt import ENDS_DOUBT, QUIET, Doubt
from video_tracker.players.media_element import MediaElement
from video_tracker.players.media_events import PAGE_EVENTS
from video_tracker.players.rendition_watch import RenditionWatch
from video_tracker.players.rows import rows_in
from video_tracker.players.start_gate import ContentFlash, StartGate
from video_tracker.signals import Exit, Progress, Signal

__all__ = ["ContentAdapter"]

_MOVES: Final = ("currentTime", "bufferedEnd", "droppedFrames", "totalFrames")
"""What moves on in snapshots of content that simply plays, the clock first; it says no more."""


class ContentAdapter(Adapter):
    """The adapter of a player whose content is told as a media element tells it.

    Args:
        new_blob_is_new_item: As of :class:`~video_tracker.players.media_element.MediaElement`.
        breaks: Options of :class:`~video_tracker.players.ad_breaks.AdBreaks`.
    """

    shared: ClassVar[Vocabulary] = rows_in("page", PAGE_EVENTS)
    settings: ClassVar[Mapping[str, Any]] = WEB_SETTINGS
    of_ad: ClassVar[Mapping[str, Mapping[str, str]]] = {}
    """Callbacks of a channel that only say what the open ad's element would, or ``click``."""
    __slots__ = ("_breaks", "_doubt", "_flash", "_gate", "_media", "_renditions", "_steady")
    hears_element: ClassVar[bool] = True
    """Whether the element itself is heard, so that what it shows and no event tells counts."""

    def __init__(self, *, new_blob_is_new_item: bool = False, **breaks: bool) -> None:
        super().__init__()
        self._media = MediaElement(new_blob_is_new_item=new_blob_is_new_item, tally=self._tally)
        self._breaks = AdBreaks(self._media, self._tally, **breaks)
        self._doubt = Doubt()
        self._flash = ContentFlash()
        self._gate = StartGate()
        self._renditions = RenditionWatch()
        self._steady: tuple[Callable[[Any], Any], int, slice, tuple[Any, ...]] | None = None
        """While content simply plays: what reads its snapshots, how much they have, which part of
        that stands, and at what."""

    def _on_ad_word(self, callback: Callback) -> list[Signal]:
        event, breaks = callback.event, self._breaks
        word = next(words[event] for words in self.of_ad.values() if event in words)
        return breaks.click(callback) if word == "click" else breaks.media(callback, word)

    def wake_at(self) -> float | None:
        """When something held back falls due."""
        return earliest(self._pause_at(), self._flash.wake_at())

    def _pause_at(self) -> float | None:
        # A pause that is held and the snapshot that shows it go together.
        shown = self._media.wake_at() if self.hears_element else None
        return earliest(self._doubt.wake_at(), shown)

    def _let_go(self, at: float) -> list[Signal]:
        out: list[Signal] = []
        pause = self._pause_at()
        if at == math.inf or (pause is not None and pause <= at):
            out += self._flash.let(self._release())
        flash = self._flash.wake_at()
        if flash is not None and flash <= at:
            out += self._flash.release()
        if self.hears_element:
            out += self._media.settle(at)
        return self._gate.let(sorted(out, key=attrgetter("at")))

    def _release(self) -> list[Signal]:
        """What is held is told: nothing took it for its own."""
        return self._doubt.release(self._media.receive, self._by_channel)

    def _hears(self, callback: Callback) -> list[Signal]:
        """The content's element speaks; a pause may be a break's or a seek's, and is held (S31)."""
        self._breaks.gone = self._breaks.gone and callback.event != "play"
        if callback.event == "pause" and not callback.flag("ended"):
            self._doubt.held = self._doubt.held or callback  # said again it is the same (S61)
            return []
        return self._media.receive(callback)

    def _take_held(self, at: float) -> float:
        """A break begins: a held pause was its own; when the content stopped."""
        pause = self._doubt.take()
        if pause is None:
            return at
        self._media.stand(pause)
        return min(pause.at, at)

    def translate(self, callback: Callback) -> tuple[Signal, ...]:
        """The signals that ``callback`` is, often none."""
        out = super().translate(callback)
        self._steady = None
        if len(out) == 1 and type(out[0]) is Progress and self._is_calm(callback):
            read, part = reader_of(tuple(callback.state), _MOVES)
            stands = read(callback.state)[part]
            self._steady = read, len(callback.state), part, stands
        return out

    def quick(self, at: float, channel: str, event: str, state: Mapping[str, Any]) -> float | None:
        """The position of a clock that moves on as before, in a snapshot that is else the same."""
        steady = self._steady
        if steady is None or event != "timeupdate" or channel != "html5":
            return None
        read, size, part, stands = steady
        try:
            told = read(state)
        except KeyError:
            return None
        position = told[0]
        if type(position) is not float:
            position = finite(position)
        if position is None or len(state) != size or told[part] != stands:
            return None
        clock = self._media.clock
        passed, moved = at - clock.known_at, position - (clock.position or 0.0)
        return position if passed > 0.0 and moved > 0.0 and moved <= passed + AHEAD else None

    def step(self, at: float, position: float) -> None:
        """The element's clock moved on."""
        self._media.clock.run(at, position)
        self._told_at = at
        self.understood += 1

    def _is_calm(self, callback: Callback) -> bool:
        """Whether a callback was the element's clock, and nothing waits for what comes next."""
        at, position = callback.at, callback.number("currentTime")
        own = (callback.player, callback.event, callback.element) == ("html5", "timeupdate", None)
        calm = own and not callback.detail and self._told_at == at and self.wake_at() is None
        return calm and not self._breaks.in_break and self._media.is_steady(at, position)

    def _answer(self, callback: Callback) -> Iterable[Signal]:
        out: list[Signal] = []
        if self._doubt.is_open:
            if self._doubt.defers(callback, seeks=self._content_says(callback, "seeking")):
                return []
            row = self.vocabulary.get(self.row_of(callback.player, callback.event))
            quiet = isinstance(row, Mapped) and QUIET.issuperset(row.signals)
            out += [] if quiet else self._explain(callback)
        out = self._shown(callback, out + self._spoken(callback))
        held = self._doubt.held  # which comes behind them, and keeps its date
        return out if held is None else [attrs.evolve(s, at=min(s.at, held.at)) for s in out]

    def _shown(self, callback: Callback, out: list[Signal]) -> list[Signal]:
        """What goes out now, with the picture that the content shows."""
        out = self._flash.let(out)
        if self._shows_content(callback):
            out += self._renditions.due(callback)
        return self._gate.let(out)

    def _shows_content(self, callback: Callback) -> bool:
        """Whether the content shows, in a callback that tells of its picture."""
        held = self._flash.wake_at() is not None
        waits = self._breaks.in_break or held or not self._media.shown
        return not waits and self._tells_picture(callback)

    def _tells_picture(self, callback: Callback) -> bool:  # noqa: ARG002 - most callbacks do
        return True

    def _explain(self, callback: Callback) -> list[Signal]:
        """What is held, where the callback shows whose it was."""
        plays = self._content_says(callback, "play")
        decides = self._doubt.explains(plays=plays) or self._is_decisive(callback)
        return self._release() if decides else []

    def _is_decisive(self, callback: Callback) -> bool:
        """Whether a callback ends all doubt about a held pause."""
        if self._doubt.held is None:
            return False
        leaves = callback.player == "page" and callback.event == "pagehide"
        return leaves or self._content_says(callback, *ENDS_DOUBT)

    def _content_says(self, callback: Callback, *events: str) -> bool:
        """Whether the callback is, of the content's element, one of these events."""
        raise NotImplementedError

    def _spoken(self, callback: Callback) -> list[Signal]:
        """What the callback says, once it is known whose a held pause was."""
        return self._by_channel(callback)

    def _by_channel(self, callback: Callback) -> list[Signal]:
        raise NotImplementedError

    def _on_page(self, callback: Callback) -> list[Signal]:
        if callback.event == "pagehide":
            return self._leave(callback)
        if callback.event == "pageshow":
            self._breaks.gone = False
        return self._media.page(callback)

    def _leave(self, callback: Callback) -> list[Signal]:
        """The viewer is gone; in a break the content's position says nothing new."""
        if self._breaks.in_break:
            return self._breaks.leave_page(callback)
        out = [*self._media.look(callback), *self._media.exit(callback)]
        self._breaks.gone = self._breaks.gone or any(isinstance(s, Exit) for s in out)
        return out
