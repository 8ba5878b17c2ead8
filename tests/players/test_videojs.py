"""The video.js adapter: contrib-ads breaks, whichever plugin fills them, and plain video.js."""

import gzip
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from video_tracker.plan import SessionPlan, Settings
from video_tracker.players.base import Callback, Ignored, Mapped
from video_tracker.players.media_events import MEDIA_EVENTS
from video_tracker.players.videojs_player import VideojsAdapter
from video_tracker.session import Playback, Session
from video_tracker.signals import (
    SIGNALS,
    AdBreakEnd,
    AdBreakStart,
    AdClick,
    AdEnd,
    AdError,
    AdProgress,
    AdSkip,
    AdStart,
    BufferEnd,
    BufferStart,
    ContentEnd,
    Exit,
    Load,
    Pause,
    Play,
    Playing,
    Progress,
    Quality,
    SeekEnd,
    SeekStart,
    Signal,
    Update,
)
from video_tracker.trace import read_trace

RECORDINGS = Path(__file__).parent.parent / "recordings" / "data"

PLAYER_EVENTS = """
audioonlymodechange audiopostermodechange autoplay-failure autoplay-success componentresize
controlsdisabled controlsenabled debugoff debugon disablepictureinpicturechanged dispose
enterFullWindow enterpictureinpicture exitFullWindow firstplay fullscreenchange
fullscreenerror languagechange leavepictureinpicture liveedgechange loadedalldata
playbackrateschange playerreset playerresize posterchange ready seekableendchanged sourceset
tap textdata texttrackchange audiotrackchange videotrackchange useractive userinactive
usingcustomcontrols usingnativecontrols vttjserror vttjsloaded
"""
"""video.js 8: what Player, Tech, Component and LiveTracker fire beside media events (API docs)."""

TECH_EVENTS = """
loadstart suspend abort error emptied stalled loadedmetadata loadeddata canplay
canplaythrough playing waiting seeking seeked ended durationchange timeupdate progress play
pause ratechange resize volumechange
"""
"""video.js 8: ``Html5.Events``, what contrib-ads redispatches with a prefix in ad mode."""

CONTRIB_ADS_EVENTS = """
adend adscanceled adserror adskip adsready adstart adtimeout contentchanged contentended
contentresumed contentupdate nopostroll nopreroll readyforoutstream readyforpostroll
readyforpreroll resumeended vjsadserror
"""
"""videojs-contrib-ads 7: the integrator's API reference and the source of its states."""

AD_PLUGIN_EVENTS = """
ads-request ads-load ads-pod-started ads-pod-ended ads-allpods-completed ads-ad-started
ads-ad-skipped ads-ad-ended ads-first-quartile ads-midpoint ads-third-quartile ads-pause
ads-play ads-mute ads-click ads-manager adslog
"""
"""videojs-contrib-ads 7: the common interface of ad plugins; the last two are videojs-ima's."""

PLAYLIST_EVENTS = """
playlistchange duringplaylistchange playlistadd playlistremove playlistsorted
beforeplaylistitem playlistitem
"""
"""videojs-playlist 5."""


class Player:
    """A scripted video.js: remembers what the element says from one callback to the next."""

    def __init__(self) -> None:
        self.adapter = VideojsAdapter()
        self.state: dict[str, Any] = {
            "currentTime": 0.0,
            "duration": 20.0,
            "paused": True,
            "ended": False,
            "seeking": False,
            "readyState": 4,
            "playbackRate": 1,
            "volume": 1,
            "muted": False,
            "src": "content.mp4",
        }
        self.quiet = True

    def fires(
        self, at: float, *events: str, detail: dict[str, Any] | None = None, **state: Any
    ) -> list[Signal]:
        """Fire events one after the other with the state changed so."""
        self.state.update(state)
        out: list[Signal] = []
        for event in events:
            player = "page" if event == "pagehide" else "videojs"
            callback = Callback(at, player, event, dict(self.state), detail or {})
            out += self.adapter.translate(callback)
        return [signal for signal in out if not (self.quiet and isinstance(signal, Update))]

    def plays_content(self, at: float = 1.0) -> None:
        """Loaded and playing, its first second behind it at ``at + 1``."""
        self.fires(at - 1, "loadedmetadata")
        self.fires(at, "play", "playing", paused=False)
        self.fires(at + 1, "timeupdate", currentTime=1.0)

    def loads_ad(self, at: float, length: float = 5.0) -> list[Signal]:
        """An ad's source takes over the content's element."""
        out = self.fires(
            at, "sourceset", "ademptied", currentTime=0.0, duration=None, paused=True, readyState=0
        )
        out += self.fires(at + 0.01, "adloadstart", src="ad.mp4")
        return out + self.fires(
            at + 0.02, "adloadedmetadata", "adplay", duration=length, paused=False, readyState=4
        )

    def brings_content_back(self, at: float, position: float) -> list[Signal]:
        """The framework restores the content after a break."""
        out = self.fires(
            at,
            "contentemptied",
            currentTime=0.0,
            duration=None,
            paused=True,
            ended=False,
            readyState=0,
        )
        out += self.fires(at + 0.01, "contentloadstart", src="content.mp4")
        out += self.fires(at + 0.02, "contentloadedmetadata", duration=20.0, readyState=4)
        out += self.fires(at + 0.03, "contentseeking", currentTime=position, seeking=True)
        out += self.fires(at + 0.04, "contentplay", "contentwaiting", paused=False)
        out += self.fires(at + 0.05, "contentseeked", seeking=False)
        return out + self.fires(at + 0.5, "playing")


def ad_of(name: str, index: int = 0, duration: float = 5.0) -> dict[str, Any]:
    return {"ad": {"id": name, "index": index, "duration": duration}}


def pod_of(name: str, size: int = 1, kind: str = "mid") -> dict[str, Any]:
    return {"pod": {"id": name, "size": size, "kind": kind}}


def kinds(signals: Iterable[Signal]) -> list[str]:
    return [type(signal).__name__ for signal in signals]


def test_an_ad_that_ran_out_is_none_in_which_the_session_begins() -> None:
    """S83: the last `timeupdate` of an element comes before `paused` turns."""
    player = Player()

    assert player.fires(1.0, "adtimeupdate", currentTime=15.0, ended=True, paused=False) == []


# -- the vocabulary ------------------------------------------------------------------------------


def test_every_documented_event_of_video_js_is_mapped_or_ignored_with_a_reason() -> None:
    """S60: nothing a player says is dropped silently."""
    listed = (PLAYER_EVENTS, TECH_EVENTS, CONTRIB_ADS_EVENTS, AD_PLUGIN_EVENTS, PLAYLIST_EVENTS)
    plain = " ".join(listed).split()
    redispatched = [prefix + name for prefix in ("ad", "content") for name in TECH_EVENTS.split()]
    for event in [*plain, *redispatched, *MEDIA_EVENTS]:
        assert ("videojs", event) in VideojsAdapter.vocabulary, event
    for (channel, event), entry in VideojsAdapter.vocabulary.items():
        assert channel in VideojsAdapter.channels
        if isinstance(entry, Ignored):
            assert entry.reason, event
        else:
            assert set(entry.signals) <= SIGNALS.keys(), event
            assert entry.signals or entry.note, event


def test_every_callback_of_the_recordings_is_in_the_vocabulary() -> None:
    """S60: an unknown callback would be counted as such."""
    for name in ("08-ads-contribads", "10-skip-contribads", "14a-playlist-videojs"):
        adapter = VideojsAdapter()
        for callback in recording(name):
            adapter.translate(callback)
        assert [reason for reason in adapter.ignored if "vocabulary" in reason] == []


def recording(name: str) -> list[Callback]:
    path = RECORDINGS / f"{name}.jsonl.gz"
    with gzip.open(path, "rb") as log:
        return list(read_trace(log, path.name))


def translated(callbacks: Iterable[Callback]) -> list[Signal]:
    adapter = VideojsAdapter()
    return [signal for callback in callbacks for signal in adapter.translate(callback)]


@pytest.mark.parametrize(
    "name", ["08-ads-contribads", "10-skip-contribads", "14a-playlist-videojs"]
)
def test_the_elements_own_events_are_twins_and_count_once(name: str) -> None:
    """E4: a log without the element's channel gives the same signals."""
    callbacks = recording(name)
    alone = [callback for callback in callbacks if callback.player != "html5"]
    assert len(alone) < len(callbacks)
    assert translated(callbacks) == translated(alone)


def test_a_log_with_only_the_element_is_read_from_the_element() -> None:
    """A player whose own events nobody recorded."""
    callbacks = [c for c in recording("14a-playlist-videojs") if c.player != "videojs"]
    ends = [signal for signal in translated(callbacks) if isinstance(signal, ContentEnd)]
    assert [signal.position for signal in ends] == [12.0, 9.0]


# -- ads in the content's element ----------------------------------------------------------------


def test_a_pre_roll_is_announced_by_contrib_ads_and_starts_with_its_first_frame() -> None:
    """D1, S71: `play` comes inside the break; `ads-ad-started` right after the first frame."""
    player = Player()
    player.fires(0, "loadedmetadata")
    out = player.fires(1.0, "readyforpreroll")
    out += player.fires(1.1, "adstart")
    out += player.fires(1.2, "ads-pod-started", detail=pod_of("pre", kind="pre"))
    out += player.fires(1.3, "play")
    out += player.loads_ad(1.4)
    out += player.fires(1.6, "adplaying")
    out += player.fires(1.601, "ads-ad-started", detail={**ad_of("a1"), **pod_of("pre")})
    out += player.fires(2.6, "adtimeupdate", currentTime=1.0)
    assert out == [
        Play(1.0, 0.0),
        AdBreakStart(1.1, pod_id="pre", placement="pre", ads=1),
        AdStart(1.6, "a1", 1, 5.0),
        AdProgress(2.6, 1.0),
    ]


def test_a_break_whose_start_was_lost_is_seen_by_the_frameworks_own_word() -> None:
    """S61: `inAdBreak` beside an ad's event; the ad's source is no playlist item."""
    player = Player()
    player.plays_content()
    said = {"inAdMode": True, "inAdBreak": True}
    player.state.update(src="ad.mp4", currentTime=0.0, duration=5.0)
    out = player.fires(3, "adloadstart", "adloadedmetadata", detail=said)
    out += player.fires(3.2, "adplaying", detail=said)
    out += player.fires(4.2, "adtimeupdate", detail=said, currentTime=1.0)
    assert out == [
        Progress(3, 2.0),
        AdBreakStart(3),
        AdStart(3.2, duration=5.0),
        AdProgress(4.2, 1.0),
    ]


def test_an_ad_ends_once_and_its_pause_before_the_end_is_none() -> None:
    """A1: `adpause`, `adended`, `ads-ad-ended`, `ads-pod-ended` and `adend` are one end each."""
    player = Player()
    player.plays_content()
    player.fires(3, "adstart", "ads-pod-started", detail=pod_of("mid"))
    player.loads_ad(3.1)
    player.fires(3.2, "adplaying")
    player.fires(3.201, "ads-ad-started", detail=ad_of("a1"))
    out = player.fires(8.2, "adpause", "adended", currentTime=5.0, paused=True, ended=True)
    out += player.fires(8.21, "ads-ad-ended", detail=ad_of("a1"))
    out += player.fires(8.22, "ads-pod-ended", "adend")
    assert out == [AdEnd(8.2, 5.0, "a1"), AdBreakEnd(8.22)]


def test_a_mid_roll_is_dated_when_it_began_and_the_way_back_is_no_seek() -> None:
    """S21, D10: told with its first ad; the content goes on with `playing`."""
    player = Player()
    player.plays_content()
    out = player.fires(2.5, "adstart", currentTime=1.5)
    out += player.fires(2.5, "ads-pod-started", detail=pod_of("mid", 1))
    assert out == [Progress(2.5, 1.5)]
    out = player.loads_ad(2.6)
    out += player.fires(2.8, "adplaying")
    out += player.fires(2.8, "ads-ad-started", detail=ad_of("a1"))
    assert out == [
        AdBreakStart(2.5, pod_id="mid", placement="mid", ads=1),
        AdStart(2.8, "a1", 1, 5.0),
    ]
    player.fires(7.8, "adended", "adend", currentTime=5.0, paused=True, ended=True)
    assert player.brings_content_back(7.9, 1.5) == [Playing(8.4, 1.5)]


def test_a_plugin_that_names_no_ads_still_gives_ads() -> None:
    """Only the framework's own events: a source swap and the ad's media events."""
    player = Player()
    player.plays_content()
    out = player.fires(3, "adstart") + player.loads_ad(3.1)
    out += player.fires(3.3, "adplaying", "adtimeupdate", currentTime=0.0)
    out += player.fires(3.8, "adtimeupdate", currentTime=0.5)
    out += player.fires(
        8.3, "adpause", "adended", "adend", currentTime=5.0, paused=True, ended=True
    )
    assert kinds(out) == [
        "Progress",
        "AdBreakStart",
        "AdStart",
        "AdProgress",
        "AdProgress",
        "AdEnd",
        "AdBreakEnd",
    ]
    start = next(signal for signal in out if isinstance(signal, AdStart))
    assert start == AdStart(3.3, duration=5.0)


def test_a_break_in_which_no_ad_moves_parts_no_content() -> None:
    """S4, S71, S21: an empty break is told when it is over; the content goes on."""
    player = Player()
    player.plays_content()
    out = player.fires(3, "adstart", "ads-pod-started", detail=pod_of("mid"))
    out += player.fires(3.1, "adend")
    out += player.brings_content_back(3.2, 1.0)
    assert kinds(out) == ["Progress", "AdBreakEnd", "Playing"]


def test_adserror_and_the_elements_error_are_one_failure_and_end_the_break() -> None:
    """D4, C4: the ad's file is missing; the second ad of the pod never plays."""
    player = Player()
    player.plays_content()
    out = player.fires(3, "adstart", "ads-pod-started", detail=pod_of("mid", 2))
    out += player.loads_ad(3.1)
    error = {"error": {"code": 4, "message": "not found"}}
    out += player.fires(3.2, "aderror", detail={**error, **ad_of("bad")}, paused=True)
    out += player.fires(3.21, "adserror", detail=ad_of("bad"))
    out += player.fires(3.22, "adend")
    out += player.brings_content_back(3.3, 1.0)
    assert out == [
        Progress(3, 1.0),
        AdError(3.2, "source not playable", "bad"),
        AdBreakEnd(3.22, 3.22 - 3),
        Playing(3.8, 1.0),
    ]


def test_a_failed_mid_roll_leaves_one_content_pod_and_one_failed_ad() -> None:
    """S21, S71: through a session, no Content Completed and no Ad Started come of it."""
    player = Player()
    player.quiet = False
    settings = Settings(**VideojsAdapter.settings)
    playback = Playback(Session("s", SessionPlan(user_id="u", settings=settings)))
    signals = player.fires(0, "loadedmetadata")
    signals += player.fires(1, "play", "playing", paused=False)
    for second in range(2, 6):
        signals += player.fires(second, "timeupdate", currentTime=second - 1.0)
    signals += player.fires(5.1, "adstart", "ads-pod-started", detail=pod_of("mid"))
    signals += player.loads_ad(5.11)
    signals += player.fires(5.2, "aderror", "adserror", "adend", paused=True)
    signals += player.brings_content_back(5.3, 4.1)
    signals += player.fires(6.8, "timeupdate", currentTime=5.1)
    signals += player.fires(7, "pagehide")
    names = [event.name for signal in signals for _, event in playback.receive(signal)]
    assert names == ["Video Playback Started", "Video Content Started", "Video Playback Exited"]
    assert playback.sessions[0].summary().to_dict()["ads_failed"] == 1


def test_an_ad_that_fails_after_its_start_ends_and_the_pod_goes_on() -> None:
    """S13: the next ad of the pod has its own start."""
    player = Player()
    player.plays_content()
    player.fires(3, "adstart", "ads-pod-started", detail=pod_of("mid", 2))
    player.loads_ad(3.1)
    player.fires(3.2, "adplaying")
    out = player.fires(3.2, "ads-ad-started", detail=ad_of("a1"))
    out += player.fires(4.2, "aderror", detail={"error": {"code": 3}}, currentTime=1.0, paused=True)
    out += player.loads_ad(4.3)
    out += player.fires(4.4, "adplaying")
    out += player.fires(4.4, "ads-ad-started", detail=ad_of("a2", 1))
    assert kinds(out) == ["AdBreakStart", "AdStart", "AdError", "AdStart"]
    assert out[-2:] == [AdError(4.2, "decode error", "a1"), AdStart(4.4, "a2", 2, 5.0)]


def test_a_seek_over_a_mid_roll_ends_with_the_break_and_the_ad_starts_in_its_own_source() -> None:
    """D3: `seeked` comes as `adseeked`, the content's `playing` as `adplaying`, too early."""
    player = Player()
    player.plays_content()
    out = player.fires(3, "seeking", "waiting", currentTime=12.0, seeking=True, readyState=1)
    out += player.fires(3.01, "adstart", "ads-pod-started", detail=pod_of("mid"))
    out += player.fires(3.02, "adseeked", "adcanplay", "adplaying", seeking=False, readyState=4)
    out += player.fires(3.021, "ads-ad-started", detail=ad_of("a1"))
    assert out == [SeekStart(3, 2.0, 12.0), SeekEnd(3.01, 12.0)]
    out = player.loads_ad(3.09)
    out += player.fires(3.2, "adplaying")
    assert out == [
        AdBreakStart(3.01, pod_id="mid", placement="mid", ads=1),
        AdStart(3.2, "a1", 1, 5.0),
    ]
    player.fires(8.2, "adended", "adend", currentTime=5.0, paused=True, ended=True)
    assert player.brings_content_back(8.3, 12.0) == [Playing(8.8, 12.0)]


def test_the_viewer_pauses_and_clicks_an_ad() -> None:
    """08b: `adpause` and the plugin's `ads-pause` are one pause; so are `adplay` and `ads-play`."""
    player = Player()
    player.plays_content()
    player.fires(3, "adstart", "ads-pod-started", detail=pod_of("mid"))
    player.loads_ad(3.1)
    player.fires(3.2, "adplaying")
    player.fires(3.2, "ads-ad-started", detail=ad_of("a1"))
    out = player.fires(5.2, "adpause", "ads-pause", currentTime=2.0, paused=True)
    out += player.fires(5.3, "ads-click")
    out += player.fires(7.2, "adplay", "ads-play", "adplaying", paused=False)
    assert out == [Pause(5.2, 2.0), AdClick(5.3), Play(7.2, 2.0)]


def test_an_ad_that_runs_dry_buffers_but_not_before_its_first_frame() -> None:
    """S25, S32, S67: `adwaiting` before the first frame is the break's gap."""
    player = Player()
    player.plays_content()
    player.fires(3, "adstart", "ads-pod-started", detail=pod_of("mid"))
    out = player.loads_ad(3.1) + player.fires(3.15, "adwaiting")
    out += player.fires(3.2, "adplaying")
    out += player.fires(3.2, "ads-ad-started", detail=ad_of("a1"))
    assert kinds(out) == ["AdBreakStart", "AdStart"]
    out = player.fires(5.2, "adwaiting", currentTime=2.0, readyState=2)
    out += player.fires(6.2, "adplaying", readyState=4)
    assert out == [BufferStart(5.2, 2.0), BufferEnd(6.2, 2.0)]


def test_volume_in_an_ad_is_the_players_volume() -> None:
    """A19: `advolumechange` with the volume unchanged is mute."""
    player = Player()
    player.plays_content()
    player.fires(3, "adstart", "ads-pod-started", detail=pod_of("mid"))
    player.quiet = False
    assert player.fires(4, "advolumechange", muted=True) == [Update(4, sound=0)]


def test_two_pods_in_one_break_of_the_framework_are_two_breaks() -> None:
    """A plugin with several pods at one place says so by the second `ads-pod-started`."""
    player = Player()
    player.plays_content()
    player.fires(3, "adstart", "ads-pod-started", detail=pod_of("m1"))
    player.loads_ad(3.1)
    player.fires(3.2, "adplaying")
    player.fires(3.2, "ads-ad-started", detail=ad_of("a1"))
    out = player.fires(8.2, "adended", currentTime=5.0, paused=True, ended=True)
    out += player.fires(8.3, "ads-pod-ended", detail=pod_of("m1"))
    out += player.fires(8.4, "ads-pod-started", detail=pod_of("m2"))
    out += player.loads_ad(8.5)
    assert out == [
        AdEnd(8.2, 5.0, "a1"),
        AdBreakEnd(8.4),
        AdBreakStart(8.4, pod_id="m2", placement="mid", ads=1),
    ]


# -- ads in an element of their own --------------------------------------------------------------


def ima_mid_roll(player: Player) -> list[Signal]:
    """videojs-ima: startLinearAdMode, the content paused, `ads-ad-started`, no source swap."""
    out = player.fires(3, "adstart", currentTime=2.0)
    out += player.fires(3.01, "adpause", "adtimeupdate", paused=True)
    detail = {"ad": {"type": "MIDROLL", "index": 0, "id": "ima-1", "duration": 8.0}}
    return out + player.fires(3.1, "ads-ad-started", detail=detail)


def test_an_ad_in_an_unseen_element_starts_when_its_plugin_says_so() -> None:
    """S71: held for a quarter of a second, in case a source swap shows that it has not begun."""
    player = Player()
    player.plays_content()
    out = ima_mid_roll(player)
    assert out == [Progress(3, 2.0)]
    assert player.adapter.wake_at() == pytest.approx(3.35)
    assert player.adapter.flush(3.35) == (
        AdBreakStart(3, placement="mid"),
        AdStart(3.1, "ima-1", 1, 8.0),
    )
    assert player.adapter.wake_at() is None


def test_an_unseen_ad_lives_by_its_quartiles_and_ends_with_its_break() -> None:
    """No clock of it is known: positions are left out, quartiles are its progress."""
    player = Player()
    player.plays_content()
    ima_mid_roll(player)
    out = player.fires(5.1, "ads-first-quartile")
    out += player.fires(7.1, "ads-midpoint")
    out += player.fires(7.5, "ads-pause")
    out += player.fires(8.5, "ads-play")
    out += player.fires(12.1, "adend")
    assert kinds(out[:2]) == ["AdBreakStart", "AdStart"]
    assert out[2:] == [
        AdProgress(5.1, 2.0),
        AdProgress(7.1, 4.0),
        Pause(7.5),
        Play(8.5),
        AdEnd(12.1, None, "ima-1"),
        AdBreakEnd(12.1),
    ]
    out = player.fires(12.2, "contentplay", paused=False)
    assert out + player.fires(12.25, "playing") == [Playing(12.25, 2.0)]


def test_the_next_unseen_ad_ends_the_one_before() -> None:
    """videojs-ima fires no `ads-ad-ended`."""
    player = Player()
    player.plays_content()
    ima_mid_roll(player)
    out = player.fires(11.1, "ads-ad-started", detail=ad_of("ima-2", 1, 4.0))
    out += player.fires(15.1, "adend")
    assert kinds(out) == ["AdBreakStart", "AdStart", "AdEnd", "AdStart", "AdEnd", "AdBreakEnd"]


def test_nameless_ads_one_after_the_other_are_two_ads() -> None:
    """videojs-ima tells nothing of an ad but that it started; twice at once is one (S62)."""
    player = Player()
    player.plays_content()
    out = player.fires(3, "adstart", currentTime=2.0)
    out += player.fires(3.1, "ads-ad-started", "ads-ad-started", paused=True)
    out += player.fires(11.1, "ads-ad-started")
    out += player.fires(15.1, "adend")
    assert kinds(out)[1:] == ["AdBreakStart", "AdStart", "AdEnd", "AdStart", "AdEnd", "AdBreakEnd"]


# -- the content ---------------------------------------------------------------------------------


@pytest.mark.parametrize("said", ["pause", "contentended", "readyforpostroll", "ended"])
def test_the_end_of_the_content_is_told_once_whoever_says_it(said: str) -> None:
    """D2, S75: `ended` may never come; `pause` with `ended` is no pause (A1)."""
    player = Player()
    player.plays_content()
    player.fires(20.9, "timeupdate", currentTime=19.9)
    out = player.fires(21, said, currentTime=20.0, paused=True, ended=True)
    out += player.fires(21.1, "pause", "contentended", "readyforpostroll", "ended")
    assert out == [ContentEnd(21, 20.0)]


def test_after_a_post_roll_the_framework_seeks_to_the_end_and_nothing_plays() -> None:
    """D2: what comes back is the end of the content; the session hears nothing of it."""
    player = post_rolled()
    out = player.fires(27, "contentemptied", "contentloadstart", ended=False, currentTime=0.0)
    out += player.fires(27.1, "contentseeking", "contentseeked", currentTime=20.0, ended=True)
    out += player.fires(27.2, "resumeended", "ended")
    assert out == []


def test_the_same_content_under_a_new_address_after_a_post_roll_is_no_next_item() -> None:
    """S24: a library that feeds the element attaches it again under another `blob:` address."""
    player = post_rolled()
    out = player.fires(
        27, "contentloadedmetadata", src="blob:2", duration=20.0, readyState=4, ended=True
    )
    assert out == []


def post_rolled() -> Player:
    """A player whose post-roll has just ended."""
    player = Player()
    player.plays_content()
    player.fires(20.9, "timeupdate", currentTime=19.9)
    out = player.fires(
        21, "pause", "contentended", "readyforpostroll", currentTime=20.0, paused=True, ended=True
    )
    out += player.fires(21.1, "adstart")
    out += player.fires(21.1, "ads-pod-started", detail=pod_of("post", kind="post"))
    out += player.loads_ad(21.2)
    out += player.fires(21.3, "adplaying", ended=False)
    out += player.fires(21.3, "ads-ad-started", detail=ad_of("p1"))
    out += player.fires(26.3, "adended", "adend", currentTime=5.0, paused=True, ended=True)
    assert kinds(out) == ["ContentEnd", "AdBreakStart", "AdStart", "AdEnd", "AdBreakEnd"]
    return player


def test_a_replay_after_a_post_roll_is_heard_though_the_framework_never_left_ad_mode() -> None:
    """D2, S24: every event of the replay is called `content...`."""
    player = post_rolled()
    player.fires(
        27, "contentloadedmetadata", src="content.mp4", currentTime=20.0, duration=20.0, ended=True
    )
    out = player.fires(30, "contentseeking", currentTime=0.0, ended=False, seeking=True)
    out += player.fires(30, "contentplay", paused=False)
    out += player.fires(30.1, "contentseeked", "contentplaying", seeking=False)
    out += player.fires(31.1, "contenttimeupdate", currentTime=1.0)
    out += player.fires(32, "contentpause", paused=True, currentTime=1.9)
    assert out == [Play(30, 0.0), Playing(30.1, 0.0), Progress(31.1, 1.0), Pause(32, 1.9)]


def test_content_that_waits_for_its_pre_roll_tells_its_length_and_its_errors() -> None:
    """Ad mode without a break: `addurationchange` and `aderror` are the content's."""
    player = Player()
    player.fires(0, "readyforpreroll", duration=None)
    assert player.fires(1, "addurationchange", "adtimeupdate", "adplaying", duration=20.0) == [
        Load(1, duration=20.0)
    ]
    out = player.fires(2, "aderror", detail={"error": {"code": 4}})
    assert kinds(out)[0] == "Error"


def test_content_without_a_pre_roll_may_begin_under_a_prefix() -> None:
    """`nopreroll`: the framework presses play itself, so its first `play` is `contentplay`."""
    player = Player()
    player.fires(0, "loadedmetadata")
    out = player.fires(1, "contentplay", paused=False) + player.fires(1.1, "playing")
    assert out == [Play(1, 0.0), Playing(1.1, 0.0)]


def test_contentresumed_stands_for_the_playing_that_does_not_come() -> None:
    """Plugins of stitched ads fire it when the content goes on."""
    player = Player()
    player.plays_content()
    ima_mid_roll(player)
    player.fires(12, "adend", paused=False)
    assert player.fires(12.1, "contentresumed") == [Playing(12.1, 2.0)]


def test_an_adserror_outside_a_break_concerns_no_announced_ad() -> None:
    """A request for ads failed: nothing was announced, nothing failed (S71)."""
    player = Player()
    player.plays_content()
    assert player.fires(3, "adserror", "adskip", "adtimeout", "nopostroll") == []
    assert "adserror: a request for ads that brought none" in player.adapter.ignored


def test_a_disposed_player_is_left_and_a_full_window_is_full_screen() -> None:
    """S26: the application takes the player away."""
    player = Player()
    player.plays_content()
    player.quiet = False
    assert player.fires(3, "enterFullWindow") == [Update(3, full_screen=True)]
    assert player.fires(4, "dispose", currentTime=3.0) == [Exit(4, 3.0)]


def test_a_live_stream_is_one_because_the_player_says_infinity() -> None:
    """E2: the element's length grows every two seconds."""
    player = Player()
    live = {"api": {"currentTime": 8.0, "duration": "Infinity", "paused": True, "ended": False}}
    assert player.fires(0, "durationchange", detail=live, duration=44.0) == [
        Load(0, livestream=True)
    ]
    assert player.fires(2, "durationchange", detail=live, duration=46.0) == []


def test_the_players_getters_fill_in_what_no_element_said() -> None:
    """A log that holds only the API's values."""
    adapter = VideojsAdapter()
    said = {"api": {"currentTime": 3.0, "duration": 20.0, "paused": False, "ended": False}}
    signals = adapter.translate(Callback(1.0, "videojs", "play", {}, said))
    assert signals == (Load(1.0, duration=20.0), Play(1.0, 3.0))


# -- quality -------------------------------------------------------------------------------------


def test_the_quality_on_screen_is_told_not_the_one_that_was_chosen() -> None:
    """E3: VHS chooses ahead, and may choose again before it is seen."""
    player = Player()
    high = {"bandwidth": 2032800, "resolution": {"width": 960, "height": 540}, "fps": 50}
    out = player.fires(0, "segment-metadata:cuechange", detail={"bandwidth": 822800})
    out += player.fires(10, "qualitylevels:change", detail={"bitrate": 2032800, "height": 540})
    out += player.fires(10, "vhs:mediachange", detail=high)
    out += player.fires(12, "segment-metadata:cuechange", detail={"bandwidth": 2032800})
    out += player.fires(14, "segment-metadata:cuechange", detail={"bandwidth": 2032800})
    out += player.fires(16, "vhs:mediachange", detail={"bandwidth": 822800})
    assert out == [
        Quality(0, bitrate=822.8),
        Quality(12, bitrate=2032.8, framerate=50.0, quality="540p"),
    ]


def test_without_cues_the_choice_is_all_that_is_known() -> None:
    """And its twin of the quality list counts once; zeros are unknown."""
    player = Player()
    level = {"bitrate": 822800, "height": 360, "width": 640, "frameRate": 0}
    out = player.fires(5, "qualitylevels:change", detail=level)
    out += player.fires(5, "vhs:mediachange", detail={"bandwidth": 822800, "fps": 25})
    out += player.fires(9, "qualitylevels:change", detail={"bitrate": 0})
    assert out == [Quality(5, bitrate=822.8, quality="360p")]


# -- anything ------------------------------------------------------------------------------------

WORDS = sorted(event for channel, event in VideojsAdapter.vocabulary if channel == "videojs")
ODD = st.one_of(st.none(), st.booleans(), st.integers(-5, 50), st.floats(), st.text(max_size=4))
DETAILS = st.fixed_dictionaries(
    {},
    optional={
        "ad": st.one_of(
            ODD, st.dictionaries(st.sampled_from(["id", "index", "duration", "type"]), ODD)
        ),
        "pod": st.one_of(ODD, st.dictionaries(st.sampled_from(["id", "size", "kind"]), ODD)),
        "api": st.one_of(ODD, st.dictionaries(st.sampled_from(["currentTime", "duration"]), ODD)),
        "error": st.one_of(ODD, st.dictionaries(st.just("code"), ODD)),
        "bandwidth": ODD,
        "resolution": ODD,
    },
)
STATES = st.dictionaries(
    st.sampled_from(["currentTime", "duration", "paused", "ended", "seeking", "readyState", "src"]),
    ODD,
)


@given(st.lists(st.tuples(st.sampled_from(WORDS), STATES, DETAILS), max_size=40))
def test_no_sequence_of_callbacks_makes_the_adapter_raise(
    script: list[tuple[str, dict[str, Any], dict[str, Any]]],
) -> None:
    """S60: whatever a callback holds, the adapter answers with signals; ads are well bracketed."""
    adapter = VideojsAdapter()
    signals: list[Signal] = []
    for number, (event, state, detail) in enumerate(script):
        signals += adapter.translate(Callback(float(number), "videojs", event, state, detail))
    signals += adapter.flush(float(len(script)))
    in_break = False
    for signal in signals:
        if isinstance(signal, AdBreakStart | AdBreakEnd):
            assert in_break is isinstance(signal, AdBreakEnd)
            in_break = not in_break
        elif isinstance(signal, AdStart | AdEnd | AdSkip):
            assert in_break
        assert attrs.has(type(signal))


def test_mapped_callbacks_name_the_signals_they_become() -> None:
    """The table is kept honest by the recordings: no signal that its entry does not name."""
    names = {kind: name for name, kind in SIGNALS.items()}
    for name in ("08-ads-contribads", "10-skip-contribads", "14a-playlist-videojs"):
        adapter = VideojsAdapter()
        for callback in recording(name):
            entry = adapter.vocabulary[callback.player, callback.event]
            for signal in adapter.translate(callback):
                if isinstance(entry, Mapped) and not isinstance(signal, Update):
                    released = isinstance(signal, AdBreakStart | AdStart)
                    assert released or names[type(signal)] in entry.signals, callback.event
