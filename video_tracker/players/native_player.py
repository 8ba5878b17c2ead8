"""What the adapters of players with a vocabulary of their own have in common.

Such a player (Bitmovin, THEOplayer, a Cast receiver, IMA) hides its element behind an interface of
its own and tells its content and its ads itself, in its own words. :class:`NativePlayer` keeps the
content's element, where ads lie in the stream, the ad breaks and the doubts: a pause that may be
the ads' own is held until the next callback shows whose it was, for 0.25 s at most (S31).
:class:`ElementView` puts together what each callback says of an element's properties.
"""

import functools
import math
from collections.abc import Mapping
from typing import Any, ClassVar, Final

import attrs

from video_tracker.payload import finite, name_of, parts_of, positive
from video_tracker.plan import Content
from video_tracker.players.ad_breaks import Pod
from video_tracker.players.ad_clock import AdClock, StreamRanges
from video_tracker.players.ad_element import Announced
from video_tracker.players.base import Callback, Ignored, Mapped, Vocabulary
from video_tracker.players.break_watch import Resumed
from video_tracker.players.content_adapter import ContentAdapter
from video_tracker.players.doubt import ENDS_DOUBT
from video_tracker.players.media_events import MEDIA_EVENTS
from video_tracker.players.remote import Item
from video_tracker.players.rendition_watch import Rendition
from video_tracker.players.rows import rows_in
from video_tracker.players.words import EARLY, MOVES
from video_tracker.signals import Signal

__all__ = ["ECHOES", "NativePlayer", "fold", "ids_of", "length_of"]

_EVENTS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("seek", "seeking", "timeshift"), "seeking"),
    **dict.fromkeys(("buffering", "stallstarted", "waiting"), "waiting"),
    **{event: event for event in ENDS_DOUBT},
}
"""Events of which a held pause may have been a part, folded -> what an element calls them."""
_SAME: Final = 0.5  # Seconds into a range of the stream at which it is looked for.
_UNHEARD: Final = 2.0  # Seconds without the player's own clock after which its element's counts.
_UNSAID: Final = 1.0  # Seconds of a stream's ad that play before it is one whose start was lost.
_BEYOND: Final = 2.0  # Seconds of the stream beyond its last ad that end a break (S62, S81).
_FROM_ZERO: Final = 1.0  # Seconds within which the first clock of an ad beside the stream is.
_ECHO: Final = "the player says it itself"
_OF_ADS: Final[Mapping[str, bool | None]] = {
    "pause": True,
    "play": False,
    "playing": False,
    "waiting": None,
}
"""What a row may be in a break (``in_break``), and whether the player is paused then."""

ECHOES: Final[Mapping[str, Mapped | Ignored]] = {
    **{event: Ignored(_ECHO) for event in MEDIA_EVENTS},
    "timeupdate": Mapped(MOVES, "where the player's own clock was not logged"),
}
"""The element's events beside a player that tells everything itself."""

_SNAPSHOT: Final = """
    bufferedEnd currentTime droppedFrames ended fullscreen muted paused playbackRate playheadDate
    seekable seekableEnd seeking startDate videoHeight volume"""
_LASTING: Final = frozenset({"fullscreen", "muted", "playbackRate", "volume"})
"""What stays as the last snapshot said."""
_words: Final = functools.cache(str.split)


def fold(name: str) -> str:
    """A callback's name without what writers of it differ in: path, case and underscores."""
    return name.rpartition(".")[2].replace("_", "").replace("-", "").lower()


def length_of(value: object) -> float | str | None:
    """A content length as an element tells it: seconds, ``Infinity`` for live, or None."""
    live = isinstance(value, str | float) and value in ("Infinity", math.inf)
    return "Infinity" if live else positive(value)


def ids_of(ads: object) -> tuple[str | None, ...]:
    """The ids of a break's ads."""
    return tuple(name_of(ad.get("id")) for ad in parts_of(ads))


class ElementView:
    """What is known of the element's properties, from one callback to the next.

    Each callback carries a part of them; put together, they are told as the element itself would
    have told them. Of its snapshot those count that ``keys`` names, with spaces between.
    """

    __slots__ = ("_keys", "_known")

    def __init__(self, keys: str) -> None:
        self._keys = _words(keys)
        self._known: dict[str, Any] = {}

    def know(self, **properties: Any) -> None:
        """Remember properties until they are told anew; None forgets one."""
        self._known.update(properties)

    def known(self, key: str) -> Any:
        """A remembered property, or None."""
        return self._known.get(key)

    def event(self, callback: Callback, name: str, **now: Any) -> Callback:
        """The player's callback as the element's event of a name.

        What the player says ``now`` of the properties counts for more than the snapshot, and that
        for more than what was known; None takes one away.
        """
        told = {key: callback.state.get(key) for key in self._keys}
        shown = {key: value for key, value in told.items() if value is not None}
        state = {**self._known, **shown, **now}
        self._known.update((key, shown[key]) for key in _LASTING & shown.keys())
        state = {key: value for key, value in state.items() if value is not None}
        volume = finite(state.get("volume"))
        if volume is not None and volume > 1:
            state["volume"] = min(volume / 100, 1.0)  # a snapshot of a player that counts to 100
        return Callback(callback.at, "html5", name, state, element=callback.element)

    def is_in(self, callback: Callback) -> bool:
        """Whether a callback's snapshot holds a property."""
        return any(key in callback.state for key in self._keys)


class NativePlayer(ContentAdapter):
    """The adapter of a player that tells everything itself; a subclass knows its words."""

    __slots__ = (
        "_ads", "_clock", "_clock_at", "_failed", "_in_stream", "_item", "_key", "_ranges",
        "_shows", "_unsure", "_view"
    )  # fmt: skip
    shared: ClassVar[Vocabulary] = rows_in("html5", ECHOES)
    hears_element: ClassVar[bool] = False
    other_names: ClassVar[Mapping[str, str]] = {}
    """Further names of callbacks, folded (:func:`fold`), and what the vocabulary calls them."""
    other_channels: ClassVar[Mapping[str, str]] = {}
    """Further names of channels."""
    clock: ClassVar[frozenset[str]] = frozenset()
    """Callbacks that tell the position as it moves, and those that it moves on from; only for
    players whose element's events are :data:`ECHOES`."""
    clock_key: ClassVar[str] = "currentTime"
    """What the payload calls what the player's clock shows."""
    lengths: ClassVar[Mapping[str, str]] = {}
    """Callbacks whose payload tells the content's length, and what that calls it."""
    changes: ClassVar[frozenset[str]] = frozenset()
    """Callbacks of another source, whose snapshot is that source's already."""
    decisive: ClassVar[frozenset[str]] = frozenset()
    """Callbacks before which a held pause is let go: an ad break would have come first."""
    snapshot: ClassVar[str] = _SNAPSHOT
    """What of an element's properties its own snapshot may hold under their names."""
    _folded: ClassVar[Mapping[tuple[str, str], str] | None] = None

    def __init__(self, **breaks: bool) -> None:
        super().__init__(**breaks)
        self._view = ElementView(self.snapshot)
        self._ranges = StreamRanges()
        self._clock = AdClock(self._media.attributes)
        self._item = Item()
        self._clock_at: float | None = None
        self._shows: float | None = None
        """What the player's clock last showed of the content, in seconds of the stream."""
        self._in_stream: bool | None = False
        """Whether the last break's ads are a part of the stream; None when nobody says."""
        self._unsure = False  # Whether the next place shows if they were.
        self._ads: tuple[str | None, ...] = ()  # The ids of the open break's ads, in their order.
        self._key: str | None = None
        """Tells the source that is loaded from others, where anything does."""
        self._failed = False  # Whether it failed.

    def translate(self, callback: Callback) -> tuple[Signal, ...]:
        """The signals that ``callback`` is, often none; also under the names of its constants."""
        if (callback.player, callback.event) not in self.vocabulary:
            channel = self.other_channels.get(callback.player, callback.player)
            folded = fold(callback.event)
            for name in (folded, folded.rpartition(":")[2]):  # or without the part that fired it
                event = self._names().get((channel, name)) or self.other_names.get(name)
                if event is not None and (channel, event) in self.vocabulary:
                    return super().translate(attrs.evolve(callback, player=channel, event=event))
        return super().translate(callback)

    def _is_calm(self, callback: Callback) -> bool:  # noqa: ARG002
        return False  # the clock may be a stream's, whose last place counts

    def _spoken(self, callback: Callback) -> list[Signal]:
        if callback.event in self.changes:
            return [*self._by_channel(callback), *self._look(callback)]
        return [*self._look(callback), *self._by_channel(callback)]

    def _look(self, callback: Callback) -> list[Signal]:
        """What is new in the snapshot, whatever the callback is (S83)."""
        known = self._media.duration is not None or self._media.live.live
        if self._breaks.in_break or (callback.player == "html5" and known):
            return []
        return self._length(callback, self._told_length(callback))

    def _told_length(self, callback: Callback) -> object:
        """The length as a callback tells it, in its payload or in its snapshot."""
        told = callback.detail.get(self.lengths.get(callback.event, ""))
        return told if length_of(told) is not None else callback.state.get("duration")

    def _by_channel(self, callback: Callback) -> list[Signal]:
        if callback.player == "page":
            return self._on_page(callback)
        if callback.event in self.clock and callback.player != "html5":
            self._clock_at = callback.at
        elif self.clock and callback.player == "html5":
            return self._on_echo(callback)
        return self._on_player(callback)

    def _on_player(self, callback: Callback) -> list[Signal]:
        """The signals of a mapped callback of the player: the content's, or in a break the ad's."""
        row = self.vocabulary.get((callback.player, callback.event))
        if not isinstance(row, Mapped) or row.in_break is None or not self._breaks.in_break:
            return self._by_row(callback)
        if row.in_break not in _OF_ADS:
            return self.ignore(callback, row.in_break) if row.in_break else []
        paused = _OF_ADS[row.in_break]
        if paused is not None:
            self._view.know(paused=paused)
        return self._breaks.media(callback, row.in_break)

    def _on_echo(self, callback: Callback) -> list[Signal]:
        """The element's clock: it counts where the player's own was not logged."""
        since = self._clock_at = callback.at if self._clock_at is None else self._clock_at
        heard = callback.at - since <= _UNHEARD
        if heard or callback.element is not None or self._breaks.in_break:
            return self.ignore(callback, _ECHO)
        callback = attrs.evolve(callback, detail={})
        return self._moves(callback, self._position(callback))

    def _leave(self, callback: Callback) -> list[Signal]:
        place = self._position(callback)
        return super()._leave(self._view.event(callback, callback.event, currentTime=place))

    def _time(self, callback: Callback) -> float | None:
        """What the player's clock shows, in its own seconds."""
        time = finite(callback.detail.get(self.clock_key))
        time = time if time is not None else callback.number("currentTime")
        if time is not None and not self._breaks.in_break:
            self._shows = time
        return time

    def _position(self, callback: Callback) -> float | None:
        """Where the content is by the player's clock."""
        time = self._time(callback)
        if time is None:
            return None
        if self._unsure and not self._breaks.in_break:
            self._unsure = False
            part = self._clock.resumed(callback.at, time)
            if part is not None:
                self._ranges.add(*part)
        return self._ranges.to_content(time)

    def _ticks(self, callback: Callback) -> list[Signal]:
        """The player's clock moved; in a break it is read as the ad's or as the content's."""
        if not self._breaks.in_break:
            return self._moves(callback, self._position(callback))
        time = self._time(callback)
        place = None if time is None else self._clock.read(callback.at, time)
        out = None if time is None else self._ran_on(callback, time)
        if out is not None:
            return out
        if self._in_stream is False and (time or 0.0) - (place or 0.0) > _FROM_ZERO:
            place = None  # such an ad counts from 0: the content goes on for a moment (S92)
        position = self._position(callback) if self._clock.tells_content else None
        return self._moves(callback, position, place)

    def _ran_on(self, callback: Callback, time: float) -> list[Signal] | None:
        """The stream runs beyond the ads that were told: into another, or out of them (S62, S81).

        None where it does not, or where nothing says how far they go.
        """
        breaks, ad, clock = self._breaks, self._breaks.ad, self._clock
        ran = clock.ran_on(ad)
        if clock.part is not None and time > clock.part[1] + _SAME:
            return self._run_out(callback, time, time - clock.part[1])
        if ran <= 0 or (ad.started if breaks.owes_ad else clock.part is not None):
            return None
        if breaks.owes_ad and ran >= _UNSAID:
            return self._begin_ad(callback, Announced(), ran) + breaks.moves(callback, ran)
        heard = ad.watch.last_at > callback.at - ran / clock.rate + _SAME  # by a clock of its own
        if breaks.owes_ad or ran < _BEYOND or heard:
            return self.ignore(callback, "of no ad that was told, and not yet of the content")
        return self._run_out(callback, time, ran)

    def _run_out(self, callback: Callback, time: float, ran: float) -> list[Signal]:
        """Nobody ended the break; the stream has ``ran`` out of it."""
        self.note(f"{callback.event}: nobody ended the break")
        ad, end = self._breaks.ad, time - ran
        since = max(callback.at - ran / self._clock.rate, ad.watch.last_at)  # else it jumped
        out = ad.end(since) + self._close_break(since, (self._clock.left, end))
        moved = self._view.event(callback, "timeupdate", currentTime=self._ranges.to_content(time))
        return out + self._media.go_on(moved, Resumed(since, self._ranges.to_content(end)))

    def _moves(
        self, callback: Callback, position: float | None, place: float | None = None
    ) -> list[Signal]:
        """The player's clock moved: the open ad's is at ``place`` by it, else the content's."""
        if not self._breaks.in_break:
            return self._content(callback, "timeupdate", currentTime=position)
        return self._breaks.clock(callback, place, position)

    def _content(self, callback: Callback, event: str, **now: object) -> list[Signal]:
        """What the content's element would have said with ``callback``."""
        if event == "play":
            self._breaks.gone = False
        return self._media.receive(self._view.event(callback, event, **now))

    def _says(self, callback: Callback, event: str, **now: object) -> list[Signal]:
        """The content's element says ``event``, where the player's clock is."""
        now = {"currentTime": self._position(callback), **now}
        if event in ("play", "playing"):
            self._view.know(paused=False)
            now["paused"] = False
        return self._content(callback, event, **now)

    def _pause(self, callback: Callback) -> Callback:
        """A pause of the content, as its element would have told it."""
        place = self._position(callback)
        return self._view.event(callback, "pause", currentTime=place, paused=True)

    def _pauses(self, pause: Callback, *, viewers: bool = False) -> list[Signal]:
        """The content is paused: held as long as it may be for ads, unless it is the viewer's."""
        self._view.know(paused=True)
        return self._media.receive(pause) if viewers else self._hears(pause)

    def _ends(self, callback: Callback) -> list[Signal]:
        """The content ran out."""
        self._view.know(paused=None)
        return self._media.finish(callback.at, self._position(callback) or self._media.duration)

    def _length(self, callback: Callback, value: object) -> list[Signal]:
        """The length of what plays, or that it is live, when that is news."""
        length = length_of(value)
        if isinstance(length, float):
            length = self._ranges.to_content(length)
        if length in (None, self._view.known("duration")) or self._breaks.in_break:
            return []
        self._view.know(duration=length)
        return self._content(callback, "durationchange", duration=length)

    def _is_known(self, key: str | None) -> bool:
        """Whether a source that is loaded is the one that was; where nobody says, what failed."""
        known, self._key = self._key, key if key is not None else self._key
        failed, self._failed = self._failed, False
        return key == known if None not in (key, known) else failed

    def _loads(
        self, callback: Callback, *, again: bool, content: Content | None = None
    ) -> list[Signal]:
        """A source was loaded: the same ``again``, or another one (S24) with its content."""
        if not self._media.begun:
            return []
        if not again:
            return self._item.replace(self._next_item(callback), content, callback.at)
        out = self._breaks.end(callback.at)
        if not self._media.ended:
            self._media.come_back(callback.at)
        return out

    def _next_item(self, callback: Callback) -> list[Signal]:
        """Another source takes the player (S24): what was known of the old one is gone."""
        out = self._breaks.end(callback.at)
        self._view.know(duration=None, paused=None)
        self._renditions.forget()
        return out + self._media.next_item(callback.at)

    def _fails(self, callback: Callback, reason: str) -> list[Signal]:
        """Playback is over with an error, unless the snapshot knows better (S76)."""
        out: list[Signal] = []
        self._failed = True
        if self._breaks.in_break:
            out += self._breaks.fail(callback, reason) + self._breaks.end(callback.at)
        runs = "paused" in self.snapshot.split() and callback.state.get("paused") is False
        return out + self._media.fail(self._view.event(callback, "error", paused=not runs), reason)

    def _updates(self, callback: Callback, **now: object) -> list[Signal]:
        """What is new of sound, rate and full screen."""
        told = self._view.event(callback, "volumechange", **now)
        return self._media.attributes.changes(told)

    def _sounds(
        self, callback: Callback, volume: object, muted: object = None, **now: object
    ) -> list[Signal]:
        """The volume (0 to 1) changed, or whether it is muted; what is not told is None."""
        level = finite(volume)
        if level is not None:
            self._view.know(volume=min(max(level, 0.0), 1.0))
        if isinstance(muted, bool):
            self._view.know(muted=muted)
            now["muted"] = muted
        known = self._view.known("volume")
        if level is not None:
            now["volume"] = known
        elif known is None and self._view.known("muted") and callback.number("volume") is None:
            now["volume"] = 0.0  # how loud it was is not known, that it is silent is
        return self._updates(callback, **now)

    def _plays_at(self, callback: Callback, rate: object) -> list[Signal]:
        """The playback rate changed."""
        number = finite(rate)
        if number is None or number < 0:
            return self._content(callback, "ratechange")
        self._view.know(playbackRate=number)
        if self._breaks.in_break:
            return self._updates(callback)
        return self._content(callback, "ratechange", playbackRate=number)

    def _fills(self, callback: Callback, mode: object) -> list[Signal]:
        """The player's place on the screen changed: whether it fills it, or its mode's name."""
        full = mode.lower() == "fullscreen" if isinstance(mode, str) else mode
        if not isinstance(full, bool):
            return []
        self._view.know(fullscreen=full)
        return self._updates(callback)

    def _renders(self, told: Mapping[str, Any], bitrate: str) -> list[Signal]:
        """Another quality shows, which is told with the content's next moment."""
        self._renditions.shows(Rendition.read(told, bitrate))
        return []

    def _begin_break(
        self, callback: Callback, pod: Pod, *, in_stream: bool | None = None, implied: bool = False
    ) -> list[Signal]:
        """A break begins, or more is told of the open one; its ads may be ``in_stream``."""
        if self._breaks.in_break and not self._breaks.is_other(pod, implied=implied):
            return self._breaks.begin(callback.at, pod, implied=implied)
        out: list[Signal] = []
        if self._breaks.in_break:
            out = self._unended(callback)
            # It was reckoned without the break of the stream that is known only now.
            pod = attrs.evolve(pod, offset=None if in_stream else pod.offset)
        at, shows = self._take_held(callback.at), self._shows
        if self._media.reach(at, self._position(callback)):
            shows = self._shows
        elif shows is not None and self._media.shown:
            shows += (self._media.where(at) or 0.0) - (self._media.position or 0.0)
        self._shows = shows
        self._in_stream, self._unsure = in_stream, False
        out += self._ranges.taken_out(at) if in_stream else []
        self._clock.begin_break(at, shows, self._ranges)
        self._clock.streams |= in_stream is True
        return out + self._breaks.begin(at, pod, implied=implied)

    def _unended(self, callback: Callback) -> list[Signal]:
        """The open break ended unsaid, before the one that begins: where its ads did (S62)."""
        if (time := self._time(callback)) is not None:
            self._clock.read(callback.at, time)
            if (ran := self._clock.ran_on(self._breaks.ad)) > 0:
                return self._run_out(callback, time, ran)
        place = self._position(callback) if self._clock.tells_content else None
        return self._breaks.end_unsaid(callback.at, place)

    def _begin_ad(self, callback: Callback, ad: Announced, position: float = 0.0) -> list[Signal]:
        """An ad starts, at ``position`` seconds of it."""
        before = self._breaks.ad.announced if self._breaks.ad.started else None
        out = self._breaks.start(callback, ad, position)
        if self._breaks.ad.announced is not before:
            rate = self._clock.rate if self._clock.streams else 1.0
            self._clock.begin_ad(callback.at - position / rate, ad.duration)
        return out

    def _quartile(self, callback: Callback, part: float, ad: Announced) -> list[Signal]:
        """A ``part`` (0 to 1) of an ad has played; the session may begin with it (S83)."""
        breaks = self._breaks
        position = self._time(callback) if ad.duration is None else part * ad.duration
        if breaks.in_break or breaks.gone or self._media.begun or position is None:
            return breaks.quartile(callback, part)
        out = self._begin_break(callback, Pod(), implied=True)
        return out + self._begin_ad(callback, ad, position)

    def _place(self, asset_id: str | None) -> int | None:
        """An ad's place in its pod, from 1, by the list of the pod's ads."""
        known = asset_id is not None and self._ads.count(asset_id) == 1
        return self._ads.index(asset_id) + 1 if known else None

    def _end_ad(self, callback: Callback, asset_id: str | None) -> list[Signal]:
        """The open ad has played to its end."""
        ad = self._breaks.ad.announced
        if self._clock.is_early(callback.at, None if ad is None else ad.duration):
            return self.ignore(callback, EARLY)
        return self._breaks.finish(callback, asset_id)

    def _end_break(self, callback: Callback) -> list[Signal]:
        """The break is over; if the clock has run through it, it was a part of the stream (S9)."""
        if not self._breaks.in_break:
            return []
        if self._clock.is_early(callback.at):
            return self.ignore(callback, EARLY)
        may = self._in_stream is not False
        return self._close_break(
            callback.at, self._clock.stream_range(callback.at) if may else None
        )

    def _close_break(self, at: float, part: tuple[float, float] | None) -> list[Signal]:
        if part is not None:
            if self._ranges.find(part[0] + _SAME) is None:
                self._ranges.add(*part)
            self._shows = part[1]
        self._clock.end_break(at)
        self._unsure = part is None and self._in_stream is not False
        out = self._ranges.taken_out(at) if self._ranges else []
        return out + self._breaks.end(at)

    def _explain(self, callback: Callback) -> list[Signal]:
        """A held pause may have been a stall, when the player says so itself."""
        waits = callback.detail.get("isBuffering", True) is True and not callback.flag("paused")
        told = waits and self._content_says(callback, "waiting")
        stall = self._doubt.stall() if told else None
        if stall is None:
            return super()._explain(callback)
        self._view.know(paused=False)
        return self._media.receive(stall)

    def _content_says(self, callback: Callback, *events: str) -> bool:
        told = callback.element is None and not self._breaks.in_break
        return told and _EVENTS.get(fold(callback.event)) in events

    def _is_decisive(self, callback: Callback) -> bool:
        own = callback.player == self.name and callback.event in self.decisive
        return (self._doubt.held is not None and own) or super()._is_decisive(callback)

    @classmethod
    def _names(cls) -> Mapping[tuple[str, str], str]:
        if "_folded" not in cls.__dict__ or cls._folded is None:
            table: Vocabulary = cls.vocabulary
            cls._folded = {(channel, fold(event)): event for channel, event in table}
        return cls._folded
