"""hls.js: levels, errors and interstitials; callbacks in, exact signals out.

The numbers (D5, E3...) are those of the notes on what real players do.
"""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.players.script import expected, run
from video_tracker.players.base import Callback, Ignored, Mapped
from video_tracker.players.hlsjs import HlsjsAdapter
from video_tracker.signals import SIGNALS


def check(script: str, signals: str) -> HlsjsAdapter:
    adapter = HlsjsAdapter()
    assert run(adapter, script) == expected(signals)
    return adapter


def event(name: str, start: float = 0, count: int = 1, **more: Any) -> dict[str, Any]:
    """An interstitial as hls.js describes it."""
    cue = {"pre": name == "pre", "post": name == "post", "once": False}
    return {"event": {"id": name, "cue": cue, "startTime": start, "assets": count, **more}}


def asset(name: str, start: float = 0, *, place: int = 0, count: int = 1, **more: Any) -> str:
    """The payload of an asset's event."""
    duration = more.pop("duration", 5.0)
    inside = {"id": f"{name}-{place + 1}-99", "duration": duration}
    inside |= {key: more.pop(key) for key in ("timelineStart",) if key in more}
    flags = {key: more.pop(key) for key in ("appendInPlace",) if key in more}
    whole = {"asset": inside, "assetListIndex": place, **event(name, start, count, **flags), **more}
    return json.dumps(whole)


def ids(name: str, *names: str) -> str:
    """The payload of a loaded asset list."""
    return json.dumps({**event(name), "assets": {"ASSETS": [{"X-AD-ID": ad} for ad in names]}})


STARTED = """
    0    hlsjs:MANIFEST_LOADING 0/- P
    10   durationchange 0/20 P
    100  play 0/20
    110  playing 0/20
    5110 timeupdate 5/20
"""
START = """
    10   load duration=20
    100  play position=0
    110  playing position=0
    5110 progress position=5
"""


def test_an_ended_that_comes_after_the_break_is_the_ad_s() -> None:
    """S75: hls.js hears the element's `ended` first, and has closed the break meanwhile."""
    check(
        STARTED
        + f"""
        5113 hlsjs:INTERSTITIAL_ASSET_STARTED 5/20 src=blob:1 {asset("mid", 5)}
        5120 emptied 0/- rs=0
        5121 play 0/- rs=0 src=blob:2
        5140 playing 0/20 src=blob:2
        10139 hlsjs:INTERSTITIAL_ASSET_ENDED 5/5 PE src=blob:2 {asset("mid", 5, playerTime=5)}
        10140 hlsjs:INTERSTITIAL_ENDED 5/5 PE src=blob:2 {json.dumps(event("mid", 5))}
        10141 pause 5/5 PE src=blob:2
        10142 ended 5/5 PE src=blob:2
        10143 emptied 0/- rs=0 src=blob:2
        10144 play 0/- rs=0 src=blob:3
        10150 seeking 5.08/20 S src=blob:3
        10155 seeked 5.08/20 src=blob:3
        10156 playing 5.08/20 src=blob:3
        """,
        START
        + """
        5113 progress position=5
        5113 ad_break_start pod_id=mid placement=mid offset=5 ads=1
        5140 ad_start pod_position=1 duration=5
        10139 ad_end position=5
        10140 ad_break_end
        10156 playing position=5.08
        """,
    )


def test_a_pre_roll_announced_twice_at_load_starts_with_play() -> None:
    """S25, S71, D5: STARTED and ASSET_STARTED come before the viewer presses play."""
    pre = json.dumps(event("pre", 0, 0))
    check(
        f"""
        0    hlsjs:MANIFEST_LOADING 0/- P
        10   hlsjs:INTERSTITIAL_STARTED 0/- P rs=0 {pre}
        20   hlsjs:INTERSTITIAL_STARTED 0/20 P rs=0 {pre}
        30   durationchange 0/20 P rs=0
        250  hlsjs:INTERSTITIAL_ASSET_STARTED 0/20 P rs=0 {asset("pre")}
        255  hlsjs:ASSET_LIST_LOADED 0/- P rs=0 {ids("pre", "ad5")}
        260  emptied 0/- P rs=0
        261  loadstart 0/- P rs=0
        1000 play 0/20
        1001 playing 0/20
        1260 timeupdate 0.25/5
        """,
        """
        30   load duration=20
        1000 play
        1000 ad_break_start pod_id=pre placement=pre ads=1
        1001 ad_start asset_id=ad5 pod_position=1 duration=5
        1260 ad_progress position=0.25
        """,
    )


def test_content_that_goes_on_inside_a_started_break_is_content() -> None:
    """D6: the asset list is late; the break begins with its first asset."""
    check(
        STARTED
        + f"""
        5111 hlsjs:INTERSTITIAL_STARTED 5/20 {json.dumps(event("mid", 5, 0))}
        5360 timeupdate 5.25/20
        5400 hlsjs:INTERSTITIAL_ASSET_STARTED 5.29/20 {asset("mid", 5)}
        """,
        START
        + """
        5360 progress position=5.25
        5400 progress position=5.29
        5400 ad_break_start pod_id=mid placement=mid offset=5 ads=1
        """,
    )


def test_an_asset_that_fails_while_it_is_preloaded() -> None:
    """S71, D8: its error comes before its break, which then starts with the second ad."""
    failed = asset("mid", 9, count=2, details="manifestLoadError")
    check(
        STARTED
        + f"""
        5120 hlsjs:ASSET_LIST_LOADED 5/20 {ids("mid", "bad", "ad4")}
        5130 hlsjs:INTERSTITIAL_ASSET_ERROR 5/20 {failed}
        5131 hlsjs:INTERSTITIAL_ASSET_ERROR 5/20 {failed}
        9110 timeupdate 9/20
        9113 hlsjs:INTERSTITIAL_ASSET_STARTED 9/20 {asset("mid", 9, place=1, count=2, duration=4)}
        9140 playing 0/4
        """,
        START
        + """
        5130 ad_error reason=manifestLoadError asset_id=bad
        9110 progress position=9
        9113 progress position=9
        9113 ad_break_start pod_id=mid placement=mid offset=9 ads=2
        9140 ad_start asset_id=ad4 pod_position=2 duration=4
        """,
    )


def test_a_failed_pre_roll_is_told_when_playback_starts() -> None:
    """S71, D8: STARTED, ASSET_STARTED, ASSET_ERROR and ENDED, all before play."""
    check(
        f"""
        0    hlsjs:MANIFEST_LOADING 0/- P
        250  hlsjs:INTERSTITIAL_ASSET_STARTED 0/20 P rs=0 {asset("pre")}
        260  hlsjs:INTERSTITIAL_ASSET_ERROR 0/- P rs=0 {asset("pre", details="manifestLoadError")}
        270  hlsjs:INTERSTITIAL_ENDED 0/- P rs=0 {json.dumps(event("pre"))}
        280  emptied 0/- P rs=0
        290  durationchange 0/20 P
        1000 play 0/20
        1010 playing 0/20
        """,
        """
        290  load duration=20
        1000 play position=0
        1000 ad_break_start pod_id=pre placement=pre ads=1
        1000 ad_error reason=manifestLoadError
        1000 ad_break_end
        1010 playing position=0
        """,
    )


def test_a_post_roll_waits_for_play_and_the_content_is_over_before_it() -> None:
    """S23, D9: content `ended` is the real one; re-attached at 0, paused, nothing follows."""
    check(
        STARTED
        + f"""
        20110 pause 20/20 PE
        20112 ended 20/20 PE
        20114 hlsjs:INTERSTITIAL_ASSET_STARTED 20/20 PE {asset("post", 20)}
        20116 hlsjs:MEDIA_ENDED 0/- P rs=0
        20120 emptied 0/- P rs=0
        20125 timeupdate 0/20 P
        22000 play 0/20
        22010 playing 0/20
        22260 timeupdate 0.25/5
        27010 ended 5/5 PE
        27015 hlsjs:INTERSTITIAL_ENDED 0/- P rs=0 {json.dumps(event("post", 20))}
        27020 emptied 0/- P rs=0
        27025 loadstart 0/- P rs=0
        29000 page:pagehide 0/20 P rs=0
        """,
        START
        + """
        20110 content_end position=20
        20114 ad_break_start pod_id=post placement=post ads=1
        22010 ad_start pod_position=1 duration=5
        22260 ad_progress position=0.25
        27010 ad_end position=5
        27015 ad_break_end
        29000 exit position=20
        """,
    )


def test_a_post_roll_shows_the_end_whose_own_word_was_lost() -> None:
    """S75: the content ends before its post-roll."""
    check(
        STARTED
        + f"""
        20100 timeupdate 19.99/20
        20114 hlsjs:INTERSTITIAL_ASSET_STARTED 20/20 P {asset("post", 20)}
        """,
        START
        + """
        20100 progress position=19.99
        20114 content_end position=20
        20114 ad_break_start pod_id=post placement=post ads=1
        """,
    )


def test_leaving_in_an_ad_says_how_far_the_ad_came() -> None:
    """S26, S77: the element's clock is the ad's."""
    check(
        STARTED
        + f"""
        5113 hlsjs:INTERSTITIAL_ASSET_STARTED 5/20 {asset("mid", 5)}
        5140 playing 0/5
        5200 page:pagehide 0.06/5
        """,
        START
        + """
        5113 progress position=5
        5113 ad_break_start pod_id=mid placement=mid offset=5 ads=1
        5140 ad_start pod_position=1 duration=5
        5200 ad_progress position=0.06
        5200 exit
        """,
    )


def test_a_session_that_joins_an_interstitial_hears_it_in_the_content_s_own_playhead() -> None:
    """S83: hls.js tells where the content stands while the element shows another file."""
    stands = json.dumps({"primary": {"currentTime": 8.02, "duration": 20.02}})
    check(
        f"""
        1000 timeupdate 2/4.08
        1250 hlsjs:INTERSTITIALS_BUFFERED_TO_BOUNDARY 2.25/4.08 {stands}
        1500 timeupdate 2.5/4.08
        3080 hlsjs:INTERSTITIAL_ASSET_ENDED 4.08/4.08 E {
            asset("mid", 8, duration=4.08, playerTime=4.08)
        }
        3090 hlsjs:INTERSTITIAL_ASSET_STARTED 0/- P rs=0 {
            asset("mid", 8, place=1, count=2, duration=6)
        }
        3140 playing 0/6
        9140 hlsjs:INTERSTITIAL_ASSET_ENDED 6/6 E {
            asset("mid", 8, place=1, count=2, duration=6, playerTime=6)
        }
        9150 hlsjs:INTERSTITIAL_ENDED 0/- P rs=0 {json.dumps(event("mid", 8, 2))}
        9200 playing 8.02/20.02
        """,
        """
        1000 load duration=4.08
        1000 play position=2
        1000 playing position=2
        1000 progress position=2
        1250 progress position=2.25
        1250 ad_break_start
        1250 ad_progress position=2.25
        1250 ad_progress position=2.25
        1500 ad_progress position=2.5
        3080 ad_end position=4.08
        3140 ad_start pod_position=2 duration=6
        9140 ad_end position=6
        9150 ad_break_end
        9200 playing position=8.02
        """,
    )


def test_an_interstitial_appended_in_place_has_an_offset() -> None:
    """The ad plays on the content's own time line from `timelineStart` on."""
    started = asset("mid", 5, appendInPlace=True, timelineStart=5.0)
    check(
        STARTED
        + f"""
        5113 hlsjs:INTERSTITIAL_ASSET_STARTED 5/20 {started}
        5120 timeupdate 5.01/20
        5370 timeupdate 5.26/20
        """,
        START
        + """
        5113 progress position=5
        5113 ad_break_start pod_id=mid placement=mid offset=5 ads=1
        5113 ad_start pod_position=1 duration=5
        5370 ad_progress position=0.26
        """,
    )


def test_a_seek_over_a_break_is_only_a_seek() -> None:
    """D14: hls.js skips the break silently; PRIMARY_RESUMED comes without any break."""
    check(
        STARTED
        + """
        5111 seeking 12/20 S
        5115 hlsjs:INTERSTITIALS_PRIMARY_RESUMED 12/20 S
        5120 seeked 12/20
        """,
        START
        + """
        5111 seek_start position=5.001 to=12
        5120 seek_end position=12
        """,
    )


def test_a_level_is_a_quality_when_it_shows() -> None:
    """E3, S25, S54: kbps; not before the first frame; the same level again is no change."""
    level = json.dumps({"level": 0, "bitrate": 327800, "height": 180, "frameRate": 25})
    higher = json.dumps({"level": 1, "bitrate": 822800, "height": 360, "frameRate": 25})
    check(
        f"""
        0    hlsjs:LEVEL_SWITCHING 0/20 P {level}
        50   hlsjs:LEVEL_SWITCHED 0/20 P dropped=0 {level}
        100  play 0/20
        110  playing 0/20
        5110 timeupdate 5/20
        6000 hlsjs:LEVEL_SWITCHED 5.9/20 dropped=3 {level}
        7000 hlsjs:LEVEL_SWITCHED 6.9/20 dropped=7 {higher}
        """,
        """
        50   load duration=20
        100  play position=0
        110  playing position=0
        110  quality bitrate=327.8 framerate=25 quality=180p dropped_frames=0
        5110 progress position=5
        7000 quality bitrate=822.8 framerate=25 quality=360p dropped_frames=7
        """,
    )


def test_a_playlist_says_that_it_is_live() -> None:
    """S6, E2: the element's duration only grows."""
    check(
        """
        0    hlsjs:LEVEL_LOADED 0/14 P {"level": 0, "live": true}
        10   durationchange 0/14 P
        20   hlsjs:LEVEL_UPDATED 0/14 P {"details": {"live": true}}
        30   hlsjs:LEVEL_LOADED 0/14 P {"level": 0, "live": false}
        """,
        """
        0    load livestream=True
        0    update live_edge=14
        """,
    )


def test_a_level_of_zeros_is_unknown() -> None:
    """E3: a single level says bitrate 0, width 0, frameRate 0."""
    zeros = json.dumps({"level": 0, "bitrate": 0, "width": 0, "height": 0, "frameRate": 0})
    adapter = check(STARTED + f"6000 hlsjs:LEVEL_SWITCHED 5.9/20 {zeros}", START)

    assert adapter.ignored == {
        "LEVEL_SWITCHED: a single level says 0 for what it does not know (E3)": 1
    }


def test_only_a_fatal_error_counts_and_interrupts_when_playback_stops() -> None:
    """S76, C2, C3: the buffer plays on for seconds; then another error that is not fatal."""
    retry = json.dumps({"type": "networkError", "details": "fragLoadError", "fatal": False})
    fatal = json.dumps({"type": "networkError", "details": "fragLoadError", "fatal": True})
    stalled = json.dumps({"type": "mediaError", "details": "bufferStalledError", "fatal": False})
    check(
        STARTED
        + f"""
        5120 hlsjs:ERROR 5/20 {retry}
        5130 hlsjs:ERROR 5/20 {fatal}
        7110 timeupdate 7/20
        7120 waiting 7/20 rs=2
        7200 hlsjs:ERROR 7/20 rs=2 {stalled}
        7370 timeupdate 7/20 rs=2
        """,
        START
        + """
        5130 error fatal=True reason=network loss
        7110 progress position=7
        7120 interrupt method=network loss
        """,
    )


def test_a_new_manifest_is_the_next_item() -> None:
    """S24: the library loads another source; its element only gets another blob."""
    check(
        STARTED
        + """
        5210 hlsjs:MANIFEST_LOADING 5.1/20
        5215 emptied 0/- rs=0
        5220 loadstart 0/- rs=0 src=blob:9
        5230 durationchange 0/9 src=blob:9
        5300 play 0/9 src=blob:9
        5310 playing 0/9 src=blob:9
        """,
        START
        + """
        5210 progress position=5.1
        5210 load next_item=True
        5230 load duration=9
        5300 play position=0
        5310 playing position=0
        """,
    )


def test_the_same_content_attached_again_is_no_next_item() -> None:
    """C1: recovering from a media error attaches a new blob and seeks back."""
    check(
        STARTED
        + """
        5210 emptied 0/- rs=0
        5220 loadstart 0/- rs=0 src=blob:2
        5230 durationchange 0/20 src=blob:2
        5240 seeking 5.1/20 S src=blob:2
        5250 seeked 5.1/20 src=blob:2
        5251 playing 5.1/20 src=blob:2
        """,
        START
        + """
        5210 progress position=5.1
        5251 playing position=5.1
        """,
    )


HLS_KEYS = """
    MEDIA_ATTACHING MEDIA_ATTACHED MEDIA_DETACHING MEDIA_DETACHED MEDIA_ENDED STALL_RESOLVED
    BUFFER_RESET BUFFER_CODECS BUFFER_CREATED BUFFER_APPENDING BUFFER_APPENDED BUFFER_EOS
    BUFFERED_TO_END BUFFER_FLUSHING BUFFER_FLUSHED MANIFEST_LOADING MANIFEST_LOADED MANIFEST_PARSED
    LEVEL_SWITCHING LEVEL_SWITCHED LEVEL_LOADING LEVEL_LOADED LEVEL_UPDATED LEVEL_PTS_UPDATED
    LEVELS_UPDATED AUDIO_TRACKS_UPDATED AUDIO_TRACK_SWITCHING AUDIO_TRACK_SWITCHED
    AUDIO_TRACK_LOADING AUDIO_TRACK_LOADED AUDIO_TRACK_UPDATED SUBTITLE_TRACKS_UPDATED
    SUBTITLE_TRACKS_CLEARED SUBTITLE_TRACK_SWITCH SUBTITLE_TRACK_LOADING SUBTITLE_TRACK_LOADED
    SUBTITLE_TRACK_UPDATED SUBTITLE_FRAG_PROCESSED CUES_PARSED NON_NATIVE_TEXT_TRACKS_FOUND
    INIT_PTS_FOUND FRAG_LOADING FRAG_LOAD_EMERGENCY_ABORTED FRAG_LOADED FRAG_DECRYPTED
    FRAG_PARSING_INIT_SEGMENT FRAG_PARSING_USERDATA FRAG_PARSING_METADATA FRAG_PARSED FRAG_BUFFERED
    FRAG_CHANGED FPS_DROP FPS_DROP_LEVEL_CAPPING MAX_AUTO_LEVEL_UPDATED ERROR DESTROYING KEY_LOADING
    KEY_LOADED LIVE_BACK_BUFFER_REACHED BACK_BUFFER_REACHED STEERING_MANIFEST_LOADED
    ASSET_LIST_LOADING ASSET_LIST_LOADED INTERSTITIALS_UPDATED INTERSTITIALS_BUFFERED_TO_BOUNDARY
    INTERSTITIAL_ASSET_PLAYER_CREATED INTERSTITIAL_STARTED INTERSTITIAL_ASSET_STARTED
    INTERSTITIAL_ASSET_ENDED INTERSTITIAL_ASSET_ERROR INTERSTITIAL_ENDED
    INTERSTITIALS_PRIMARY_RESUMED PLAYOUT_LIMIT_REACHED EVENT_CUE_ENTER
"""


def test_every_event_of_hls_js_is_accounted_for() -> None:
    """S60: all keys of `Hls.Events` 1.7, used or ignored with a reason."""
    assert set(HLS_KEYS.split()) <= {event for _, event in HlsjsAdapter.vocabulary}


def test_the_table_names_real_signals_and_has_an_answer_for_each() -> None:
    for (channel, name), entry in HlsjsAdapter.vocabulary.items():
        if isinstance(entry, Mapped):
            assert set(entry.signals) <= set(SIGNALS)
            assert HlsjsAdapter().translate(Callback(1.0, channel, name)) is not None
        else:
            assert isinstance(entry, Ignored)


VALUES = st.one_of(st.none(), st.booleans(), st.floats(), st.integers(), st.text(max_size=3))
INNER = st.dictionaries(
    st.sampled_from(["id", "cue", "assets", "ASSETS", "duration", "startTime", "appendInPlace"]),
    st.one_of(VALUES, st.lists(VALUES, max_size=2), st.dictionaries(st.just("pre"), VALUES)),
)
DETAILS = st.dictionaries(
    st.sampled_from(
        ["event", "asset", "assets", "assetListIndex", "playerTime", "fatal", "bitrate", "height"]
    ),
    st.one_of(VALUES, INNER),
)
STATES = st.dictionaries(
    st.sampled_from(["currentTime", "duration", "paused", "ended", "seeking", "readyState", "src"]),
    VALUES,
)


@given(
    st.lists(
        st.tuples(
            st.floats(min_value=0, max_value=0.5),
            st.sampled_from(
                [key for key, entry in HlsjsAdapter.vocabulary.items() if isinstance(entry, Mapped)]
            ),
            STATES,
            DETAILS,
        ),
        max_size=40,
    )
)
def test_no_callback_of_any_kind_makes_it_raise(calls: list[tuple]) -> None:  # type: ignore[type-arg]
    """S60: whatever hls.js fires, in whatever order, with whatever values."""
    adapter = HlsjsAdapter()
    at = 1e9
    for gap, (player, name), state, detail in calls:
        at += gap
        for signal in adapter.translate(Callback(at, player, name, state, detail)):
            assert signal.at <= at


def test_a_lost_asset_start_costs_no_item_though_its_element_was_emptied_before_the_break() -> None:
    """S83: the length of what comes then is the ad's, not the content's; nor is it another item."""
    mid = json.dumps(event("mid", 5, 1))
    check(
        f"""
        {STARTED}
        5200 emptied 0/-
        5205 loadstart 0/-
        5210 hlsjs:INTERSTITIAL_STARTED 5/20 {mid}
        5300 play 0/-
        5310 durationchange 0/15
        5311 playing 0/15
        5411 timeupdate 0.1/15
        """,
        f"""
        {START}
        5200 progress position=5.09
        5310 ad_break_start pod_id=mid placement=mid offset=5 ads=1
        5311 ad_start pod_position=1 duration=15
        5411 ad_progress position=0.1
        """,
    )
