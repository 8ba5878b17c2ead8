"""CMCD version 2: event reports of hls.js, dash.js and Shaka, with no code in the page.

Channel: ``cmcd``, whose events are the event types of CTA-5004-B (``ps``, ``t``, ``rr``...), read
by :func:`~video_tracker.ingest.cmcd_report.read_report`; ``detail`` has the report's keys.

One adapter reads one ``sid``. A *lane* is one ``cid`` in it, a reporter of its own with its own
count ``sn``: the content's, or that of an interstitial, which hls.js plays in a second player while
the content's reports go on as if it played. What is known of a place has three grades
(:attr:`CmcdAdapter.grade`): *timed* (no ``pt``: times are true, places are withheld after a seek),
*bracketed* (a seek's first segment lies in the table that was given), *exact* (``pt``, or a key of
the page's own). No player sends ``pt`` by itself (hls.js 1.7.4, dash.js 5.2.1, Shaka 5.2.12).
"""

import math
import re
from collections.abc import Mapping
from typing import ClassVar, Final

import attrs

from video_tracker.payload import finite, name_of, positive, text_of
from video_tracker.players.ad_element import Announced
from video_tracker.players.base import Callback, on
from video_tracker.players.remote import said_content
from video_tracker.players.rendition_watch import Rendition
from video_tracker.players.state_player import StatePlayer
from video_tracker.signals import BufferEnd, BufferStart, Progress, Signal

__all__ = ["Bracket", "CmcdAdapter"]

_CHANNEL: Final = "cmcd"
_KEYS: Final = frozenset(
    re.findall(
        r"\w+",
        """ab bg bl br bs bsa bsd bsda cdn cen cid cmsdd cmsds cs d dfa dl e ec h lab lb ltc msd mtp
        nor nr ot pb pr pt rc rtp sf sid smrt sn st sta su tab tb tbl tpb ts ttfb ttfbb ttlb url
        v""",
    )
)
"""The keys of CTA-5004-B; a name with a hyphen inside is a key of the page's own."""
_WANTED: Final = frozenset("sprkw")  # States in which play is wanted.
_ADS: Final = frozenset({"abe", "abs", "ae", "as", "sk"})
"""Events of ads: what plays in them is not the content."""
_STATES: Final = frozenset("sprkwaefqd")
_KILO: Final = 1000
_BACK: Final = 2.0
"""Seconds after an ad's end, or a source's load, in which ``ps`` alone tells the state (S81)."""
_MOVED: Final = 0.5  # Seconds that content has to move behind an ad to prove that it is back (S81).
_MOST_BRACKETS: Final = 200
_MOST_LANES: Final = 50
_MOST_KEYS: Final = 50
_LONGEST: Final = 16  # Characters of a playhead that a page writes as text.
_UNUSABLE: Final = (
    "unusable: no play state (sta) in any report; Shaka's release build sends none, "
    "dash.js none without enabledKeys"
)
_GRADES: Final = {
    "timed": "timed (no pt): none is told after a seek",
    "bracketed": "bracketed (no pt): a run after a seek is known to one segment, none is told",
    "exact": "exact (pt)",
}
_UNNAMED: Final = "playback error"
_ANY_STATE: Final = (
    "load play playing progress pause seek_start seek_end buffer_start buffer_end content_end end "
    "exit error interrupt ad_break_start ad_break_end ad_start ad_end ad_error update quality"
)


@attrs.frozen
class Bracket:
    """Where a run of playing began, as its first segment tells.

    Args:
        at: When the segment was asked for, in Unix seconds.
        earliest, latest: Content seconds between which the run began.
    """

    at: float
    earliest: float
    latest: float


@attrs.define
class _Lane:
    """One reporter: a ``cid`` with its own count."""

    cid: str | None
    is_ad: bool = False
    state: str | None = None
    last: float | None = None
    """Its last number (``sn``)."""
    last_at: float = 0.0
    """The latest ``ts`` of it, in seconds."""
    loaded_at: float = -math.inf
    """When it began after another source: its first reports may hold the other's state."""
    preloads: bool = False
    """Whether it told of its preloading: then its ``s`` is the wish to play."""


class CmcdAdapter(StatePlayer):
    """Event reports of one ``sid``; see the module (S24, S31, S33, S63).

    Args:
        position_key: The page's own key for the playhead, in milliseconds (a number, or text).
        ad_id_key: The page's own key for an ad's id.
        segments: The content's segments: file name or URL -> (start, end) in content seconds.
    """

    name: ClassVar[str] = "cmcd"
    besides: ClassVar[Mapping[str, str]] = {_CHANNEL: _ANY_STATE}
    silent: ClassVar[Mapping[str, Mapping[str, str]]] = {
        _CHANNEL: {"the host that serves, not what plays": "h"}
    }

    def __init__(
        self,
        position_key: str = "video-tracker-pt",
        ad_id_key: str = "video-tracker-ad",
        segments: Mapping[str, tuple[float, float]] | None = None,
    ) -> None:
        super().__init__()
        self.brackets: list[Bracket] = []
        """Where runs began after seeks, as far as segments tell."""
        self._position_key, self._ad_id_key = position_key, ad_id_key
        self._segments = segments or {}
        self._grade: str | None = None
        self._sid: str | None = None
        self._main = _Lane(None)
        self._lanes: dict[str | None, _Lane] = {}
        self._ad: _Lane | None = None
        self._ad_over: float | None = None
        self._told_break = False
        """Whether the player itself told of the break that is open (`abs`)."""
        self._began = False
        """Whether a play state was heard."""
        self._intent: float | None = None
        self._sought: float | None = None
        self._landed = math.inf
        self._heard_at = 0.0
        self._stalls = 0
        self._error: str | None = None
        self._unread: set[str] = set()

    # -- what it is good for -----------------------------------------------------------------------

    @property
    def grade(self) -> str | None:
        """``timed``, ``bracketed`` or ``exact``; None before anything has played."""
        return self._grade

    @property
    def unusable(self) -> str | None:
        """Why there is no session in what was heard so far; None where there may be one."""
        return None if self._began else _UNUSABLE

    def _graded(self, grade: str) -> None:
        ranks = list(_GRADES)
        if self._grade is None or ranks.index(grade) > ranks.index(self._grade):
            self.notes.pop(f"positions: {_GRADES.get(self._grade or '')}", None)
            self._grade = grade
            self.note(f"positions: {_GRADES[grade]}")

    # -- what is held ------------------------------------------------------------------------------

    def _release(self) -> list[Signal]:
        """A pause that no end followed (S31), or a failure of which no reason came."""
        if self._main.state != "f" or (held := self._doubt.take()) is None:
            return super()._release()
        return self._gives_up(held)

    # -- whose report it is ------------------------------------------------------------------------

    def _spoken(self, callback: Callback) -> list[Signal]:
        sid = text_of(callback.detail.get("sid"))
        self._sid = self._sid or sid
        if sid is not None and sid != self._sid:
            return self.ignore(callback, "of another session (sid)")
        self._count_keys(callback)
        if callback.event == "rr":
            return self._by_row(callback)
        lane, out = self._lane(callback)
        turn = self._turn(callback, lane)
        out += turn or ()
        if turn is None:
            self.ignore(callback, "told twice, or after its turn (sn)")
        elif lane.is_ad:
            out += self._of_ad(callback, lane)
        elif lane is self._main:
            out += self._of_content(callback)
            self._heard_at = callback.at
        else:
            self.ignore(callback, "of an item that was left")
        return out

    def _count_keys(self, callback: Callback) -> None:
        """Keys that nobody reads are counted, and nothing else (S60)."""
        for key in callback.detail.keys() - _KEYS - {self._position_key, self._ad_id_key}:
            if key in self._unread or len(self._unread) < _MOST_KEYS:
                self._unread.add(key)
                self.note(f"key {key:.64}: not read")

    def _turn(self, callback: Callback, lane: _Lane) -> list[Signal] | None:
        """None for a report that its lane has told before, or that comes after its turn (S68).

        A count that begins anew, later, is that of the next source: hls.js keeps its ``sid``.
        """
        number, told = finite(callback.detail.get("sn")), finite(callback.detail.get("ts"))
        at = callback.at if told is None else told / _KILO
        out: list[Signal] = []
        if number is not None and lane.last is not None and number <= lane.last:
            if at <= lane.last_at + (_BACK if number else 0.0):
                return None
            lane.state, lane.preloads, lane.loaded_at = None, False, callback.at
            out = [] if lane is not self._main else self._to_item(lane, callback)
        lane.last = lane.last if number is None else number
        lane.last_at = max(at, lane.last_at)
        return out

    def _lane(self, callback: Callback) -> tuple[_Lane, list[Signal]]:
        """The lane of a report, and what it means that it is a new one."""
        cid, main = name_of(callback.detail.get("cid")), self._main
        if cid is None or cid == main.cid:
            return main, []
        if main.cid is None:
            main.cid = cid
            return main, self._learned(callback) if self._began else []
        lane = self._lanes.get(cid)
        if lane is not None:
            again = callback.event == "ps" and callback.detail.get("sta") == "p"
            comes_back = again and lane is not main and not (lane.is_ad or self._breaks.in_break)
            return lane, self._to_item(lane, callback) if comes_back else []
        number = finite(callback.detail.get("sn"))
        goes_on = number is not None and main.last is not None and number > main.last
        if callback.event == "c" or goes_on:
            lane = attrs.evolve(main, cid=cid)  # the same reporter, its next item
            return self._added(lane), self._to_item(lane, callback)
        begins = number not in (0, 1) or callback.detail.get("sta") in (None, "d", "s")
        lane = _Lane(cid, is_ad=begins and (self._breaks.in_break or main.state in _WANTED))
        lane.loaded_at = callback.at
        return self._added(lane), [] if lane.is_ad else self._to_item(lane, callback)

    def _added(self, lane: _Lane) -> _Lane:
        if len(self._lanes) >= _MOST_LANES:
            self._lanes.clear()
        self._lanes |= {self._main.cid: self._main, lane.cid: lane}
        return lane

    def _to_item(self, lane: _Lane, callback: Callback) -> list[Signal]:
        out = [*self._release(), *self._next_item(callback)]
        self._main, self._ad, self._sought, self._intent = lane, None, None, None
        if not self._began:
            return out
        out = self._item.replace(out, said_content(lane.cid), callback.at)
        return out + self._runs(callback, None) if lane.state == "p" else out

    def _learned(self, callback: Callback) -> list[Signal]:
        return self._item.learn(callback.at, said_content(self._main.cid))

    # -- the content's lane ------------------------------------------------------------------------

    def _of_content(self, callback: Callback) -> list[Signal]:
        at, state = callback.at, callback.detail.get("sta")
        told = state if isinstance(state, str) and state in _STATES else None
        if callback.event != "ps" and at <= self._main.loaded_at + _BACK:
            told = None
        begins = told is not None and not self._began
        self._began = self._began or begins
        out = self._learned(callback) if begins else []
        if not self._began:
            return out
        self._reckon(callback)
        out += self._media.is_live(at) if callback.detail.get("st") in ("l", "ll") else []
        own = self._by_row(callback)
        if callback.event not in _ADS and not self._is_void(callback, told):
            position = self._position(callback)
            changed = [] if told is None else self._to(told, callback, position)
            out += changed or self._still(callback, told, position)
            out += self._known_of_it(callback)
        return [*out, *own]

    def _reckon(self, callback: Callback) -> None:
        """Where the content is: since its last report it has played on, if that was told (S63)."""
        media, passed = self._media, max(callback.at - self._heard_at, 0.0)
        if media.position is not None and media.running:
            self._stands(callback, media.position + passed * media.rate, running=True)

    def _is_void(self, callback: Callback, told: str | None) -> bool:
        """Whether an interstitial has the screen: the content's reports go on as if it played."""
        if not self._breaks.in_break:
            return False
        over, stood = self._ad_over, self._media.position
        if callback.event == "ps" or over is None or told != "p":
            return callback.event != "ps"
        position = self._position(callback)
        moved = None not in (position, stood) and (position or 0.0) > (stood or 0.0) + _MOVED
        return not moved and callback.at - over <= _BACK

    def _to(self, state: str, callback: Callback, position: float | None) -> list[Signal]:
        """What it means that the content's lane is in a state."""
        lane, at, in_break = self._main, callback.at, self._breaks.in_break
        has_ad = self._breaks.ad.announced is not None
        if in_break and self._told_break and (callback.event == "ps" or has_ad):
            return self._ad_state(state, callback)
        if state == "q" and in_break:
            return self._breaks.leave_page(callback)  # which leaves its ad open (S26)
        if state == "d":
            return self._preloads(lane)
        if in_break and state in "srkw":
            return []  # on its way back; it plays, rests or ends first (S14)
        if state == lane.state and not in_break:
            return []
        if state == "e":
            self._doubt.take()  # the pause was the end's (S31)
        out = [*self._breaks.end(at), *self._release()]
        lane.state = state
        if state != "k":
            self._stands(callback, position)
        return [*out, *self._means(state, callback, position)]

    def _means(self, state: str, callback: Callback, position: float | None) -> list[Signal]:
        media, at = self._media, callback.at
        out: list[Signal] = []
        match state:
            case "s":
                out = self._intends(callback)
            case "p":
                out = self._plays(callback, position)
            case "a":
                out = self._lands(callback, position)
                out += self._hears(self._pause(callback)) if media.wanted else []
            case "k":
                out = self._goes_to(callback, position)
            case "r" | "w":
                out = self._waits(callback)
                self._stalls += bool(out)
            case "e":
                out = self._lands(callback, position)
                out += [*media.finish(at, position), *media.over(at)]
            case "q":
                out = self._leave(callback)
            case "f":  # hls.js tells why in its next report
                known = self._error is not None
                out = self._gives_up(callback) if known else self._hears(self._pause(callback))
        return out

    def _preloads(self, lane: _Lane) -> list[Signal]:
        """The content is loaded ahead, or again after an interstitial (its next ``ps`` counts)."""
        lane.preloads = True
        if lane.state == "p" and not self._breaks.in_break:
            self.note("ps d: an interstitial under another sid is a session of its own")
        lane.state = lane.state or "d"
        return []

    def _intends(self, callback: Callback) -> list[Signal]:
        """``s``: the wish to play (S25); without a ``d`` before, perhaps the loading alone."""
        if self._main.preloads:
            return self._wants(callback)
        self._intent = callback.at
        return []

    def _wants(self, callback: Callback) -> list[Signal]:
        return self._content(callback, "play", currentTime=self._media.position)

    def _wishes(self, callback: Callback, delay: float | None = None) -> list[Signal]:
        """The wish that ``s`` left open: as long ago as ``msd`` says, else when it was told."""
        intent, self._intent = self._intent, None
        if intent is None:
            return []
        at = callback.at
        since = intent if delay is None else max(at - max(delay, 0.0) / _KILO, intent)
        return self._wants(attrs.evolve(callback, at=min(since, at)))

    def _plays(self, callback: Callback, position: float | None) -> list[Signal]:
        out = self._wishes(callback, finite(callback.detail.get("msd")))
        out += self._runs(callback, position)
        self._landed = callback.at
        self._graded("timed")
        return out

    def _goes_to(self, callback: Callback, position: float | None) -> list[Signal]:
        """A seek; one in a pause is over at once, for some never say so (S33, S81)."""
        media, at = self._media, callback.at
        if not media.shown or media.ended:
            return []
        target = position if position is not None and media.jumped(at, position) else None
        out = self._seeks(callback, target)
        self._sought, self._landed = at, math.inf if media.wanted else at
        if target is None:
            self.note("seek: nobody tells where to")
        return out if media.wanted else out + self._lands(callback, target)

    def _gives_up(self, callback: Callback) -> list[Signal]:
        failed = self._view.event(callback, "error", paused=True)
        return self._wishes(callback) + self._media.fail(failed, self._error or _UNNAMED)

    def _still(
        self, callback: Callback, told: str | None, position: float | None = None
    ) -> list[Signal]:
        """A report that the content plays on, with a place or without one (S63)."""
        if told != "p" or callback.event == "ps" or not self._media.running:
            return []
        if position is None:
            return [Progress(callback.at)]
        return self._content(callback, "timeupdate", currentTime=position, paused=False)

    def _position(self, callback: Callback) -> float | None:
        detail = callback.detail
        told, own = finite(detail.get("pt")), detail.get(self._position_key)
        if told is None and isinstance(own, str):
            own = int(own) if own.isascii() and own.isdigit() and len(own) < _LONGEST else None
        told = finite(own) if told is None else told
        if told is None or told < 0:
            return None
        self._graded("exact")
        return told / _KILO

    def _known_of_it(self, callback: Callback) -> list[Signal]:
        """What any report may hold: rate, bit rate, stalls that no ``ps`` told."""
        if not self._media.begun:
            return []
        out = self._plays_at(callback, positive(callback.detail.get("pr", 1)))
        rates = [value for value, kind in _items(callback.detail.get("br")) if kind != "a"]
        if rates and rates[0] > 0:
            self._renditions.learn(Rendition(rates[0] * _KILO))
        return out + self._untold_stalls(callback)

    def _untold_stalls(self, callback: Callback) -> list[Signal]:
        """The lengths of finished stalls: one whose ``ps`` was lost is put before the report."""
        at = callback.at
        lengths = [value for value, _ in _items(callback.detail.get("bsd")) if value > 0]
        untold = len(lengths) - self._stalls
        if callback.detail.get("bs") is True and not (lengths or self._stalls):
            self.note("bs: a stall of unknown length")
        self._stalls = 0 if lengths else self._stalls
        if untold <= 0 or not self._media.running:
            return []
        self.note("bsd: a stall that no ps told")
        since = max(at - sum(lengths[-untold:]) / _KILO, self._heard_at)
        return [BufferStart(since), BufferEnd(at)] if since < at else []

    # -- interstitials, and ads that the player tells ----------------------------------------------

    def _of_ad(self, callback: Callback, lane: _Lane) -> list[Signal]:
        at, state = callback.at, callback.detail.get("sta")
        if state == lane.state or not isinstance(state, str):
            return []
        lane.state = state
        if state == "p" and lane is not self._ad:
            ads = self._breaks
            out = [*self._release(), *([] if ads.in_break else ads.begin(at))]
            self._ad, self._ad_over, self._told_break = lane, None, False
            return [*out, *self._plays_ad(callback, Announced(lane.cid))]
        return self._ad_state(state, callback) if lane is self._ad else []  # S71

    def _plays_ad(self, callback: Callback, ad: Announced) -> list[Signal]:
        ads = self._breaks
        return [*ads.announce(ad, ads.ad.watch.free_since), *ads.media(callback, "playing")]

    def _ad_state(self, state: str, callback: Callback) -> list[Signal]:
        ads = self._breaks
        match state:
            case "p":
                return ads.media(callback, "playing")
            case "a":
                return ads.media(callback, "pause")
            case "r" | "w":
                return ads.media(callback, "waiting")
            case "f":
                out = ads.fail(callback, self._error or _UNNAMED)
            case "e" | "q":
                out = ads.finish(callback)
            case _:
                return []
        self._ad, self._ad_over = None, callback.at
        return out

    @on(_CHANNEL, "abs", "ad_break_start")
    def _on_break(self, callback: Callback) -> list[Signal]:
        self._told_break, self._ad_over = True, None
        return [*self._release(), *self._breaks.begin(callback.at)]

    @on(_CHANNEL, "as", "ad_start ad_break_start", "its id is a key of the page's own")
    def _on_ad(self, callback: Callback) -> list[Signal]:
        ads = self._breaks
        out = ads.finish(callback) if ads.ad.started else []
        out += [] if ads.in_break else self._on_break(callback)
        self._ad_over = None
        ad = Announced(name_of(callback.detail.get(self._ad_id_key)))
        return [*out, *self._plays_ad(callback, ad)]

    @on(_CHANNEL, "ae", "ad_end")
    def _on_ad_end(self, callback: Callback) -> list[Signal]:
        return self._ad_state("e", callback)

    @on(_CHANNEL, "sk", "ad_skip")
    def _on_skip(self, callback: Callback) -> list[Signal]:
        self._ad_over = callback.at
        return self._breaks.finish(callback, skipped=True)

    @on(_CHANNEL, "abe", "ad_break_end play playing")
    def _on_break_end(self, callback: Callback) -> list[Signal]:
        at, was_open = callback.at, self._breaks.in_break
        self._told_break = False
        out = self._breaks.end(at)
        return out + self._runs(callback, None) if was_open and self._media.wanted else out

    # -- the other events --------------------------------------------------------------------------

    @on(_CHANNEL, "ps", note="the state (`sta`), which counts in every other report too")
    @on(_CHANNEL, "t", note="as often as configured: evidence that the state still holds")
    @on(_CHANNEL, "pr", note="the rate (`pr`); left out of another report it is 1")
    @on(_CHANNEL, "bc", note="the bit rate (`br`), which counts in every other report too")
    @on(_CHANNEL, "c", note="another `cid`: the next item")
    def _on_state(self, _callback: Callback) -> list[Signal]:
        return []

    @on(_CHANNEL, "rr", note="a response: evidence too, and the segment that a run begins with")
    def _on_response(self, callback: Callback) -> list[Signal]:
        self._bracket(callback)
        cid, state = name_of(callback.detail.get("cid")), callback.detail.get("sta")
        holds = cid == self._main.cid and state == "p" == self._main.state
        return self._still(callback, "p") if holds and not self._breaks.in_break else []

    def _bracket(self, callback: Callback) -> None:
        """Where a run began after a seek, if this is the segment that it waited for."""
        detail, url, table = callback.detail, text_of(callback.detail.get("url")), self._segments
        if url is None or self._sought is None:
            return
        asked = callback.at - max(finite(detail.get("ttlb")) or 0.0, 0.0) / _KILO
        segment = table.get(url) or table.get(url.rpartition("/")[2])
        needed = callback.at <= self._landed or not any(v for v, _ in _items(detail.get("bl")))
        if segment is None or not needed or not self._sought <= asked <= self._landed:
            return  # looked ahead: it says nothing of where the run began
        self._sought = None
        self.brackets = [*self.brackets[-_MOST_BRACKETS:], Bracket(asked, *segment)]
        self._graded("bracketed")

    @on(_CHANNEL, "e", "error")
    def _on_error(self, callback: Callback) -> list[Signal]:
        codes = callback.detail.get("ec")
        names = [name_of(code) for code in (codes if isinstance(codes, list) else [codes])]
        self._error = " ".join(name for name in names if name) or "playback error"
        if callback.detail.get("sta") == "f":
            return self._release()
        return self._media.fail(callback, self._error, fatal=False)

    @on(_CHANNEL, "m um", "update", "muted, or no more: the volume itself is not told")
    def _on_sound(self, callback: Callback) -> list[Signal]:
        return self._sounds(callback, 1.0, callback.event == "m")

    @on(_CHANNEL, "pe pc", "update", "the player fills the screen, or no more")
    def _on_screen(self, callback: Callback) -> list[Signal]:
        return self._fills(callback, callback.event == "pe")

    @on(_CHANNEL, "b", note="hidden, or shown again: counted (S77)")
    def _on_background(self, callback: Callback) -> list[Signal]:
        self.note("b: shown" if callback.detail.get("bg") is False else "b: background")
        return []

    @on(_CHANNEL, "ce", note="an event of the page's own, counted by its name (`cen`)")
    def _on_custom(self, callback: Callback) -> list[Signal]:
        if len(self.notes) < _MOST_KEYS:
            self.note(f"ce: {text_of(callback.detail.get('cen')) or 'without a name':.64}")
        return []


def _items(value: object) -> list[tuple[float, str | None]]:
    """The numbers of a list, each with its type; version 1 writes one of them without a list."""
    found: list[tuple[float, str | None]] = []
    for item in value if isinstance(value, list) else [value]:
        number, kind = item if isinstance(item, list) and len(item) == 2 else (item, None)
        number = finite(number)
        if number is not None:
            found.append((number, text_of(kind)))
    return found
