"""The Brightcove Player: the catalog's video, IMA3's double words, ads of all three kinds."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.players.api_script import chaos, holds_up, run_api, view
from tests.players.script import callback, expected
from tests.players.test_videojs import CONTRIB_ADS_EVENTS
from video_tracker.players.base import Callback
from video_tracker.players.brightcove import BrightcoveAdapter


def brightcove(line: str) -> Callback:
    """A line of a script; its channel is ``brightcove`` unless it says another."""
    ms, event, rest = (*line.split(" ", 2), "")[:3]
    channel = "" if re.match(r"(html5|page):", event) else "brightcove:"
    return callback(f"{ms} {channel}{event} {rest}")


def check(script: str, signals: str) -> BrightcoveAdapter:
    adapter = BrightcoveAdapter()
    assert run_api(adapter, script, brightcove) == expected(signals)
    return adapter


def check_events(script: str, events: str) -> None:
    assert view(BrightcoveAdapter(), script, brightcove) == expected(events)


LOADED = """
    0    loadstart 0/- P rs=0 src=a.mp4 {"mediainfo": {"id": "61", "name": "Film", "tags": ["x"]}}
    10   loadedmetadata 0/60 P src=a.mp4
"""
LOADS = """
    0    load asset_id=61 title=Film keywords=('x',)
    10   load duration=60
"""
PLAYING = (
    LOADED
    + """
    100  play 0/60 src=a.mp4
    600  playing 0/60 src=a.mp4
    850  timeupdate 0.2/60 src=a.mp4
    4650 timeupdate 4/60 src=a.mp4
"""
)
STARTED = (
    LOADS
    + """
    100  play position=0
    600  playing position=0
    850  progress position=0.2
    4650 progress position=4
"""
)


def test_a_plain_view_has_the_catalog_s_video() -> None:
    """S12, S52: its id and its name."""
    check(
        PLAYING + "60600 pause 60/60 PE src=a.mp4\n60601 ended 60/60 PE src=a.mp4",
        STARTED + "60600 content_end position=60",
    )
    check_events(
        LOADED
        + "\n".join(
            [
                "100 play 0/6",
                "600 playing 0/6",
                *(f"{600 + 250 * step} timeupdate {0.25 * step - 0.05}/6" for step in range(1, 25)),
                "6650 pause 6/6 PE",
                "6651 ended 6/6 PE",
            ]
        ).replace("/60 P", "/6 P"),
        """
        0.1 Playback Started 0
        0.6 Content Started 0 content-1
        6.65 Content Completed 6 content-1
        6.65 Playback Completed 6
        """,
    )


def test_another_file_of_the_same_video_is_no_next_item() -> None:
    """S24: the catalog's id tells, not the source."""
    check(
        PLAYING + "4700 playing 4.05/60 src=b.mp4",
        STARTED + "4700 playing position=4.05",
    )


def test_the_next_video_of_a_playlist() -> None:
    """S24: another id of the catalog."""
    check_events(
        PLAYING.replace("/60", "/5")
        + """
        5600 ended 5/5 PE src=a.mp4
        6000 playlistitem 5/5 PE src=a.mp4
        6010 loadstart 0/- P rs=0 src=b.mp4 {"mediainfo": {"id": "62", "name": "Next"}}
        6020 loadedmetadata 0/9 P src=b.mp4
        6100 play 0/9 src=b.mp4
        6500 playing 0/9 src=b.mp4
        8500 timeupdate 2/9 src=b.mp4
        9000 dispose 0/- P rs=0 src=
        """,
        """
        0.1 Playback Started 0
        0.6 Content Started 0 content-1
        5.6 Content Completed 5 content-1
        6.5 Content Started 0 content-2
        9 Exited 7 @content-2
        """,
    )
    check(
        LOADED
        + """
        50   loadstart 0/- P rs=0 src=b.mp4 {"mediainfo": {"id": "62", "duration": 9.5}}
        100  play 0/9.5 src=b.mp4
        """,
        LOADS
        + """
        50   load asset_id=62
        50   load duration=9.5
        100  load duration=9.5
        100  play position=0
        """,
    )


def test_the_catalog_tells_a_live_stream() -> None:
    """S6: its length is -1."""
    check(
        '0 loadstart 0/- P rs=0 {"mediainfo": {"id": "9", "duration": -1}}',
        "0 load asset_id=9\n0 load livestream=True",
    )


CURRENT = '{"currentAd": {"adId": "%s", "duration": 5, "adPodInfo": %s}}'
FIRST = CURRENT % ("a1", '{"adPosition": 1, "totalAds": 2, "podIndex": 1, "timeOffset": 4}')
SECOND = CURRENT % ("a2", '{"adPosition": 2, "totalAds": 2, "podIndex": 1, "timeOffset": 4}')

IMA_MID = f"""
    4700  adstart 4.05/60 P src=a.mp4
    4710  adpause 4.05/60 P src=a.mp4
    5000  ima3-started 4.05/60 P src=a.mp4 {FIRST}
    5001  ads-ad-started 4.05/60 P src=a.mp4 {FIRST}
    6250  ima3-first-quartile 4.05/60 P src=a.mp4
    6251  ads-first-quartile 4.05/60 P src=a.mp4
    6300  ima3-click 4.05/60 P src=a.mp4
    6301  ads-click 4.05/60 P src=a.mp4
    7000  ima3-paused 4.05/60 P src=a.mp4
    7001  ads-pause 4.05/60 P src=a.mp4
    8000  ima3-resumed 4.05/60 P src=a.mp4
    8001  ads-play 4.05/60 P src=a.mp4
    11000 ima3-complete 4.05/60 P src=a.mp4
    11001 ads-ad-ended 4.05/60 P src=a.mp4
    11100 ima3-started 4.05/60 P src=a.mp4 {SECOND}
    11101 ads-ad-started 4.05/60 P src=a.mp4 {SECOND}
    13000 ima3-skipped 4.05/60 P src=a.mp4
    13001 ads-ad-skipped 4.05/60 P src=a.mp4
    13100 adend 4.05/60 P src=a.mp4
    13110 contentplay 4.05/60 src=a.mp4
    13120 contentresumed 4.05/60 src=a.mp4
    13130 playing 4.05/60 src=a.mp4
    14130 timeupdate 5.05/60 src=a.mp4
"""
IMA_TOLD = """
    4700  progress position=4.05
    4700  ad_break_start placement=mid ads=2
    5001  ad_start asset_id=a1 pod_position=1 duration=5
    6251  ad_progress position=1.25
    6301  ad_click
    7001  pause
    8001  play
    11001 ad_end asset_id=a1
    11101 ad_start asset_id=a2 pod_position=2 duration=5
    13001 ad_skip
    13100 ad_break_end
    13120 playing position=4.05
    13130 playing position=4.05
    14130 progress position=5.05
"""


def only(prefix: str, script: str) -> str:
    """The script without the lines whose event begins with ``prefix``."""
    return "\n".join(line for line in script.split("\n") if f" {prefix}" not in f"{line[:24]}")


def test_ads_of_ima3_count_once() -> None:
    """S61, S14: the second word counts; the places are those of Google's SDK."""
    adapter = BrightcoveAdapter()
    told = run_api(adapter, PLAYING + IMA_MID, brightcove)
    assert told == expected(STARTED + IMA_TOLD)
    assert adapter.ignored["ads-ad-started: the IMA3 plugin says it again"] == 2
    check_events(
        PLAYING + IMA_MID + "15000 page:pagehide 5.9/60 src=a.mp4",
        """
        0.1 Playback Started 0
        0.6 Content Started 0 content-1
        4.7 Content Completed 4 content-1
        5 Ad Started 0 ad-1/a1 mid
        6.25 Ad Playing 1 ad-1/a1 mid q1
        7 Paused 6 @ad-1
        8 Resumed 6 @ad-1
        8 Ad Playing 2 ad-1/a1 mid
        11 Ad Playing 5 ad-1/a1 mid q3
        11 Ad Completed 5 ad-1/a1 mid
        11.1 Ad Started 0 ad-1/a2 mid
        13.12 Content Started 4 content-2
        15 Exited 12 @content-2
        """,
    )


def test_ima3_alone_tells_the_same() -> None:
    """For a recording that has only the one or only the other."""
    one = only("ima3-", IMA_MID)
    check(PLAYING + one, STARTED + IMA_TOLD)
    other = only("ads-", IMA_MID)
    heard = run_api(BrightcoveAdapter(), PLAYING + other, brightcove)
    names = [line.split(" ", 1)[1] for line in heard]
    assert names == [line.split(" ", 1)[1] for line in expected(STARTED + IMA_TOLD)]


def test_a_pre_roll_of_ima3_is_the_start_of_playback() -> None:
    """S25, S71."""
    pre = CURRENT % ("p1", '{"adPosition": 1, "totalAds": 1, "podIndex": 0, "timeOffset": 0}')
    check(
        LOADED
        + f"""
        100  play 0/60 P src=a.mp4
        110  readyforpreroll 0/60 P src=a.mp4
        200  adstart 0/60 P src=a.mp4
        500  ima3-started 0/60 P src=a.mp4 {pre}
        501  ads-ad-started 0/60 P src=a.mp4 {pre}
        5500 ads-ad-ended 0/60 P src=a.mp4
        5510 adend 0/60 P src=a.mp4
        5520 contentplay 0/60 src=a.mp4
        5600 playing 0/60 src=a.mp4
        5850 timeupdate 0.25/60 src=a.mp4
        """,
        LOADS
        + """
        100  play position=0
        200  ad_break_start
        501  ad_start asset_id=p1 pod_position=1 duration=5
        5500 ad_end asset_id=p1
        5510 ad_break_end
        5600 playing position=0
        5850 progress position=0.25
        """,
    )


def test_an_ad_that_fails_is_told_once() -> None:
    """S13, S71: by the SDK's error, and by contrib-ads'."""
    check(
        PLAYING
        + """
        4700 adstart 4.05/60 P src=a.mp4
        4900 ima3-ad-error 4.05/60 P src=a.mp4
        4901 adserror 4.05/60 P src=a.mp4
        4910 adend 4.05/60 P src=a.mp4
        5000 playing 4.05/60 src=a.mp4
        """,
        STARTED
        + """
        4700 progress position=4.05
        4901 ad_error reason=ad error
        4910 ad_break_end lasted=0.21
        5000 playing position=4.05
        """,
    )
    check("5 ima3error 0/60 P", "")


def test_ads_in_the_element_itself_as_freewheel_s() -> None:
    """D3: the source is swapped, the catalog's video stays."""
    pod = '"pod": {"size": 1}'
    ad = f'{{"ads": {{"ad": {{"id": "f1", "index": 0, "duration": 5, "type": "MIDROLL"}}, {pod}}}}}'
    check(
        PLAYING
        + f"""
        4700 adstart 4.05/60 P src=a.mp4
        4710 sourceset 4.05/60 P src=a.mp4
        4711 ademptied 0/- P rs=0 src=ad.mp4
        4720 adloadstart 0/- P rs=0 src=ad.mp4
        4800 ads-ad-started 0/5 P src=ad.mp4 {ad}
        4850 adplaying 0/5 src=ad.mp4
        5850 adtimeupdate 1/5 src=ad.mp4
        9850 adended 5/5 PE src=ad.mp4
        9851 ads-ad-ended 5/5 PE src=ad.mp4
        9860 adend 5/5 PE src=ad.mp4
        9870 contentloadstart 0/- P rs=0 src=a.mp4
        9880 contentplay 4.05/60 src=a.mp4
        9890 contentplaying 4.05/60 src=a.mp4
        9900 contentresumed 4.05/60 src=a.mp4
        10150 timeupdate 4.3/60 src=a.mp4
        """,
        STARTED
        + """
        4700 progress position=4.05
        4700 ad_break_start placement=mid ads=1
        4850 ad_start asset_id=f1 pod_position=1 duration=5
        5850 ad_progress position=1
        9850 ad_end position=5 asset_id=f1
        9860 ad_break_end
        9900 playing position=4.05
        10150 progress position=4.3
        """,
    )


def test_ads_in_the_stream_are_told_as_any_others() -> None:
    """S9: the plugin takes their time out of the position itself."""
    pod = '"pod": {"id": "pod-4", "size": 1}'
    ad = f'{{"ads": {{"ad": {{"id": "s1", "index": 0, "duration": 5}}, {pod}}}}}'
    check(
        PLAYING
        + f"""
        4700 adstart 4.05/60 src=a.mp4
        4701 ads-pod-started 4.05/60 src=a.mp4 {ad}
        4702 ads-ad-started 0/5 src=a.mp4 {ad}
        5952 ads-first-quartile 1.25/5 src=a.mp4
        9702 ads-ad-ended 5/5 src=a.mp4
        9703 ads-pod-ended 5/5 src=a.mp4
        9704 adend 4.05/60 src=a.mp4
        9720 playing 4.05/60 src=a.mp4
        9970 timeupdate 4.3/60 src=a.mp4
        """,
        STARTED
        + """
        4700 progress position=4.05
        4700 ad_break_start pod_id=pod-4 ads=1
        4702 ad_start asset_id=s1 pod_position=1 duration=5
        5952 ad_progress position=1.25
        9702 ad_end asset_id=s1
        9704 ad_break_end
        9720 playing position=4.05
        9970 progress position=4.3
        """,
    )


def test_errors_of_the_catalog_and_of_the_element() -> None:
    """S76: both are fatal; nothing was wanted when the catalog failed."""
    check(
        '5 bc-catalog-error 0/- P rs=0 {"message": "not in your region"}',
        "5 error fatal=True reason=not in your region",
    )
    check(
        PLAYING + '5000 error 4.35/60 P src=a.mp4 {"error": {"code": 2}}',
        STARTED
        + """
        5000 error fatal=True reason=network loss
        5000 interrupt method=network loss
        """,
    )


def test_quality_in_kilobits_and_full_screen() -> None:
    """S54: VHS' renditions."""
    check(
        PLAYING
        + """
        4700 qualitylevels:change 4.05/60 src=a.mp4 {"bitrate": 2500000, "height": 720}
        4800 fullscreenchange 4.1/60 F src=a.mp4
        4900 volumechange 4.2/60 F v=0.5 src=a.mp4
        """,
        STARTED
        + """
        4700 quality bitrate=2500 quality=720p
        4800 update full_screen=True
        4900 update sound=50
        """,
    )


def test_the_element_is_not_heard_twice() -> None:
    """S61: video.js fires its events again."""
    check(
        PLAYING
        + """
        4900 html5:timeupdate 4.2/60 src=a.mp4
        4901 timeupdate 4.2/60 src=a.mp4
        """,
        STARTED + "4901 progress position=4.2",
    )


def test_it_knows_what_video_js_and_contrib_ads_say() -> None:
    """S60."""
    known = {event for channel, event in BrightcoveAdapter.vocabulary if channel == "brightcove"}
    assert set(CONTRIB_ADS_EVENTS.split()) <= known


SECONDS = st.one_of(st.floats(0, 70), st.sampled_from([0.0, 59.9, 60.0]))
INFO = st.sampled_from([{"id": "61", "name": "Film"}, {"id": "62", "duration": 9}, {"id": 3}])
STATES = {
    "currentTime": SECONDS,
    "duration": st.sampled_from([60, 5]),
    "paused": st.booleans(),
    "ended": st.booleans(),
    "seeking": st.booleans(),
    "readyState": st.sampled_from([0, 4]),
    "src": st.sampled_from(["a.mp4", "ad.mp4", ""]),
    "volume": st.floats(0, 1),
    "hidden": st.booleans(),
    "mediainfo": INFO,
}
DETAILS = {
    "mediainfo": INFO,
    "currentAd": st.sampled_from(
        [
            {"adId": "a1", "duration": 5, "adPodInfo": {"adPosition": 1, "totalAds": 2}},
            {"adId": "a2", "adPodInfo": {"adPosition": 2, "timeOffset": -1}},
        ]
    ),
    "ads": st.sampled_from([{"ad": {"id": "x", "index": 0}, "pod": {"id": "p", "size": 2}}]),
    "inAdBreak": st.booleans(),
}


@settings(max_examples=100, deadline=None)
@given(chaos(BrightcoveAdapter, STATES, DETAILS))
def test_whatever_it_says_the_stream_is_in_order(said: list[Callback]) -> None:
    """S60."""
    holds_up(BrightcoveAdapter(), said)
