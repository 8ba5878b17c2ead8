"""Google IMA: client ads beside a content element, and ads in a stream (DAI)."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.players.native import VALUES, events, hold_against_the_rules, payloads, run, steps
from tests.players.script import expected
from video_tracker.players.ima import ImaAdapter
from video_tracker.players.registry import adapter_for_channels


def check(script: str, signals: str) -> ImaAdapter:
    adapter = ImaAdapter()
    assert run(adapter, script) == expected(signals)
    return adapter


def sends(script: str, said: str) -> None:
    assert events(ImaAdapter(), script) == expected(said)


def pod(index: int = 0, place: int = 1, total: int = 1, offset: float = 0) -> str:
    """An ad's pod as a log of the SDK's getters holds it."""
    return (
        f'"adPodInfo": {{"podIndex": {index}, "adPosition": {place}, "totalAds": {total}, '
        f'"timeOffset": {offset}, "maxDuration": -1}}'
    )


def ad(name: str, duration: float, pod_info: str = "") -> str:
    """A callback's ad."""
    more = f", {pod_info}" if pod_info else ""
    return f'{{"ad": {{"adId": "{name}", "duration": {duration}, "linear": true{more}}}}}'


STARTS = """
    0    html5:durationchange | currentTime=0 duration=20 paused=true
    100  html5:play | currentTime=0 duration=20
    400  html5:playing | currentTime=0 duration=20
    1400 html5:timeupdate | currentTime=1 duration=20
"""
STARTED = """
    0    load duration=20
    100  play position=0
    400  playing position=0
    1400 progress position=1
"""

MID = pod(1, 1, 2, 5), pod(1, 2, 2, 5)
MID_ROLL = (
    STARTS
    + f"""
    1500  adsManagerLoaded {{"cuePoints": [5, -1]}}
    4400  html5:timeupdate | currentTime=4 duration=20
    5300  loaded {ad("a", 4, MID[0])}
    5400  html5:timeupdate | currentTime=5 duration=20
    5410  html5:pause | currentTime=5.01 duration=20 paused=true
    5420  contentPauseRequested
    5900  start {ad("a", 4, MID[0])}
    5900  impression {ad("a", 4, MID[0])}
    6900  adProgress {{"adData": {{"currentTime": 1, "duration": 4, "adPosition": 1}}}}
    6900  firstquartile {ad("a", 4, MID[0])}
    7900  adProgress {{"adData": {{"currentTime": 2, "duration": 4, "adPosition": 1}}}}
    8900  adProgress {{"adData": {{"currentTime": 3, "duration": 4, "adPosition": 1}}}}
    9900  complete {ad("a", 4, MID[0])}
    9950  adProgress {{"adData": {{"currentTime": 4, "duration": 4, "adPosition": 1}}}}
    10000 loaded {ad("b", 6, MID[1])}
    10100 start {ad("b", 6, MID[1])}
    11100 adProgress {{"adData": {{"currentTime": 1, "duration": 6, "adPosition": 2}}}}
    11200 click {ad("b", 6, MID[1])}
    11300 skip {ad("b", 6, MID[1])}
    11400 contentResumeRequested
    11410 html5:play | currentTime=5.01 duration=20
    11500 html5:playing | currentTime=5.01 duration=20
    12500 html5:timeupdate | currentTime=6 duration=20
    """
)


def test_the_pause_before_a_mid_roll_and_the_play_after_it_are_not_the_viewers() -> None:
    """S31, S21, S13: a pod of two, the second skipped."""
    check(
        MID_ROLL,
        STARTED
        + """
        4400 progress position=4
        5400 progress position=5
        5410 progress position=5.01
        5410 ad_break_start placement=mid offset=5 ads=2
        5900 ad_start asset_id=a pod_position=1 duration=4
        6900 ad_progress position=1
        7900 ad_progress position=2
        8900 ad_progress position=3
        9900 ad_end asset_id=a
        10100 ad_start asset_id=b pod_position=2 duration=6
        11100 ad_progress position=1
        11200 ad_click
        11300 ad_skip position=1
        11400 ad_break_end
        11500 playing position=5.01
        12500 progress position=6
        """,
    )


def test_the_names_of_the_sdks_constants_are_the_same() -> None:
    """`AdEvent.Type.STARTED` is `start`; `firstQuartile` is `firstquartile`."""
    check(
        STARTS
        + """
        5420  CONTENT_PAUSE_REQUESTED
        5900  google.ima.AdEvent.Type.STARTED {"ad": {"adId": "a", "duration": 4}}
        6900  firstQuartile
        7900  MIDPOINT
        8900  THIRD_QUARTILE
        9900  COMPLETE
        9910  CONTENT_RESUME_REQUESTED
        """,
        STARTED
        + """
        5420 progress position=2
        5420 ad_break_start
        5900 ad_start asset_id=a pod_position=1 duration=4
        6900 ad_progress position=1
        7900 ad_progress position=2
        8900 ad_progress position=3
        9900 ad_end asset_id=a
        9910 ad_break_end
        """,
    )


PRE_ROLL = f"""
    0    html5:durationchange | currentTime=0 duration=20 paused=true
    50   adsManagerLoaded {{"cuePoints": [0]}}
    90   loaded {ad("a", 4, pod())}
    100  contentPauseRequested {ad("a", 4, pod())}
    300  start {ad("a", 4, pod())}
    1300 adProgress {{"adData": {{"currentTime": 1, "duration": 4, "adPosition": 1}}}}
    2300 pause
    4300 resume
    5300 adProgress {{"adData": {{"currentTime": 2, "duration": 4, "adPosition": 1}}}}
    6300 adProgress {{"adData": {{"currentTime": 3, "duration": 4, "adPosition": 1}}}}
    7300 complete {ad("a", 4, pod())}
    7350 contentResumeRequested
    7360 html5:play | currentTime=0 duration=20
    7500 html5:playing | currentTime=0 duration=20
    8500 html5:timeupdate | currentTime=1 duration=20
    8600 allAdsCompleted
"""


def test_a_pre_roll_before_any_play_is_the_start() -> None:
    """S25, S30: the ads are started by the viewer's click; a pause in the ad is the viewer's."""
    check(
        PRE_ROLL,
        """
        0    load duration=20
        100  play
        100  ad_break_start ads=1
        300  ad_start asset_id=a pod_position=1 duration=4
        1300 ad_progress position=1
        2300 pause position=1
        4300 play position=1
        5300 ad_progress position=2
        6300 ad_progress position=3
        7300 ad_end asset_id=a
        7350 ad_break_end
        7500 playing position=0
        8500 progress position=1
        """,
    )


def test_content_that_shows_before_its_pre_roll_is_a_flash() -> None:
    """S73: the schedule says that a pre-roll follows at once."""
    sends(
        f"""
        50   adsManagerLoaded {{"cuePoints": [0, 10]}}
        100  html5:play | currentTime=0 duration=20
        200  html5:playing | currentTime=0 duration=20
        250  html5:timeupdate | currentTime=0.05 duration=20
        260  html5:pause | currentTime=0.06 duration=20 paused=true
        270  contentPauseRequested
        500  start {ad("a", 3, pod())}
        3500 complete {ad("a", 3, pod())}
        3550 contentResumeRequested
        3600 html5:playing | currentTime=0.06 duration=20
        4600 html5:timeupdate | currentTime=1.06 duration=20
        4700 page:pagehide | currentTime=1.16
        """,
        """
        100  Playback Started position=0
        500  Ad Started position=0
        3500 Ad Completed position=3
        3600 Content Started position=0
        4700 Playback Exited position=4
        """,
    )


@pytest.mark.parametrize(
    ("info", "placed"),
    [
        (pod(0, 1, 1, 0), "ads=1"),
        (pod(2, 1, 3, 5), "placement=mid offset=5 ads=3"),
        (pod(2, 1, 3, 0), "placement=mid ads=3"),
        (pod(-1, 1, 1, -1), "placement=post ads=1"),
        (pod(-2, 1, 1, 0), "ads=1"),
        ('"pos": 1, "podSize": 2, "podIndex": 1, "timeOffset": 5', "placement=mid offset=5 ads=2"),
        ('"podInfo": {"totalAds": "x", "podIndex": null}', ""),
    ],
)
def test_what_a_pod_declares(info: str, placed: str) -> None:
    """S10: index and offset are 0 for an ad in no pod, too; -1 is a post-roll."""
    check(
        STARTS + f"2000 contentPauseRequested\n2100 start {ad('a', 4, info)}",
        STARTED
        + f"""
        2000 progress position=1.6
        2000 ad_break_start {placed}
        2100 ad_start asset_id=a pod_position=1 duration=4
        """,
    )


def test_a_mid_roll_in_no_pod_is_a_mid_roll() -> None:
    """S10: single ads that the application asks for in the middle have index and offset 0."""
    plain = events(
        ImaAdapter(),
        STARTS + f"2000 contentPauseRequested\n2100 start {ad('a', 4, pod())}\n6100 complete\n"
        "6200 contentResumeRequested\n6300 html5:playing | currentTime=1.6 duration=20\n"
        "6400 page:pagehide | currentTime=1.7",
    )
    assert "2000 Content Completed position=1" in plain
    assert "6300 Content Started position=1" in plain


def test_a_pause_that_no_ads_follow_is_the_viewers() -> None:
    """S31: held for 0.25 s at most once there are ads."""
    check(
        STARTS
        + """
        1500 adsManagerLoaded
        2400 html5:pause | currentTime=2 duration=20 paused=true
        4000 html5:play | currentTime=2 duration=20
        4010 html5:playing | currentTime=2 duration=20
        """,
        STARTED + "2400 pause position=2\n4000 play position=2\n4010 playing position=2",
    )


def test_seeks_stalls_and_attributes_are_the_elements() -> None:
    """S33, S32, S54."""
    check(
        STARTS
        + """
        2000 html5:volumechange | currentTime=1.6 volume=0.3 duration=20
        2400 html5:seeking | currentTime=12 duration=20 seeking=true
        2600 html5:seeked | currentTime=12 duration=20
        3600 html5:waiting | currentTime=13 duration=20
        4600 html5:playing | currentTime=13 duration=20
        """,
        STARTED
        + """
        2000 update sound=30
        2400 seek_start position=2 to=12
        2600 seek_end position=12
        3600 buffer_start position=13
        4600 buffer_end position=13
        """,
    )


def test_an_ad_that_waits_for_data() -> None:
    """S32."""
    check(
        STARTS
        + """
        2000 contentPauseRequested
        2100 start {"ad": {"adId": "a", "duration": 9}}
        3100 adProgress {"adData": {"currentTime": 1, "duration": 9}}
        3200 adBuffering
        5200 adCanPlay
        6200 adProgress {"adData": {"currentTime": 2, "duration": 9}}
        """,
        STARTED
        + """
        2000 progress position=1.6
        2000 ad_break_start
        2100 ad_start asset_id=a pod_position=1 duration=9
        3100 ad_progress position=1
        3200 buffer_start position=1
        5200 buffer_end position=1
        6200 ad_progress position=2
        """,
    )


def test_an_ads_volume() -> None:
    """S54."""
    check(
        STARTS
        + """
        2000 volumeChange volume=0.4
        2100 mute
        2200 unmute
        2300 volumeMuted
        """,
        STARTED
        + """
        2000 update sound=40
        2100 update sound=0
        2200 update sound=40
        2300 update sound=0
        """,
    )


def test_an_overlay_stops_nothing() -> None:
    check(
        STARTS
        + """
        1900 loaded {"ad": {"adId": "o", "linear": false, "duration": -1}}
        2000 start {"ad": {"adId": "o", "linear": false, "duration": -1}}
        2100 userClose
        2400 html5:timeupdate | currentTime=2 duration=20
        """,
        STARTED + "2400 progress position=2",
    )


def test_an_ads_manager_that_gives_up_gives_the_content_back() -> None:
    """S62, S71: no `contentResumeRequested` follows an error; the content's play says it."""
    script = (
        STARTS
        + """
        2000 loaded {"ad": {"adId": "a", "duration": 9}}
        2010 contentPauseRequested
        2020 html5:pause | currentTime=1.6 duration=20 paused=true
        3000 adError {"error": {"type": "adPlayError", "vastErrorCode": 403, "errorCode": 403}}
        3010 html5:play | currentTime=1.6 duration=20
        3100 html5:playing | currentTime=1.6 duration=20
        4100 html5:timeupdate | currentTime=2.6 duration=20
        """
    )
    check(
        script,
        STARTED
        + """
        2010 progress position=1.61
        3000 ad_error reason=ad error 403 asset_id=a
        3010 ad_break_end lasted=1
        3100 playing position=1.6
        4100 progress position=2.6
        """,
    )
    sends(
        script + "4200 page:pagehide | currentTime=2.7",
        """
        100  Playback Started position=0
        400  Content Started position=0
        4200 Playback Exited position=2
        """,
    )


def test_an_error_in_the_middle_of_an_ad() -> None:
    """S13; a request that brought nothing is no ad."""
    adapter = check(
        STARTS
        + """
        1900 adError {"error": {"type": "adLoadError", "message": "no ads"}}
        2010 contentPauseRequested
        2100 start {"ad": {"adId": "a", "duration": 9}}
        3100 log {"adData": {"adError": {"message": "decode"}}}
        3200 start {"ad": {"adId": "b", "duration": 2}}
        5200 complete
        5300 contentResumeRequested
        """,
        STARTED
        + """
        2010 progress position=1.61
        2010 ad_break_start
        2100 ad_start asset_id=a pod_position=1 duration=9
        3100 ad_error reason=decode asset_id=a
        3200 ad_start asset_id=b pod_position=2 duration=2
        5200 ad_end asset_id=b
        5300 ad_break_end
        """,
    )
    assert adapter.ignored == {"adError: a request for ads that brought none": 1}


def test_ads_in_the_contents_own_element_do_not_move_the_content() -> None:
    """Phones: the source is swapped, and the element's clock is the ad's."""
    check(
        STARTS
        + """
        2000 contentPauseRequested
        2010 html5:emptied | currentTime=0
        2050 html5:durationchange | currentTime=0 duration=9
        2100 start {"ad": {"adId": "a", "duration": 9}}
        5100 html5:timeupdate | currentTime=3 duration=9
        11100 complete
        11200 contentResumeRequested
        11300 html5:playing | currentTime=1.6 duration=20
        """,
        STARTED
        + """
        2000 progress position=1.6
        2000 ad_break_start
        2100 ad_start asset_id=a pod_position=1 duration=9
        11100 ad_end asset_id=a
        11200 ad_break_end
        11300 playing position=1.6
        """,
    )


def test_a_progress_without_a_start_starts_the_ad() -> None:
    """S61: its start was lost; the last word of one that has ended starts nothing."""
    check(
        STARTS
        + """
        2000 contentPauseRequested
        3100 adProgress {"adData": {"currentTime": 0.8, "duration": 9, "adPosition": 1}}
        4100 adProgress {"adData": {"currentTime": 1.8, "duration": 9, "adPosition": 1}}
        11300 complete
        11310 adProgress {"adData": {"currentTime": 9, "duration": 9, "adPosition": 1}}
        """,
        STARTED
        + """
        2000 progress position=1.6
        2000 ad_break_start
        2300 ad_start pod_position=1 duration=9
        3100 ad_progress position=0.8
        4100 ad_progress position=1.8
        11300 ad_end
        """,
    )


# -- ads in a stream -------------------------------------------------------------------------------

STREAM = """
    0     ima-dai:streamInitialized {"streamData": {"streamId": "s"}}
    10    ima-dai:loaded {"streamData": {"url": "x.m3u8"}}
    20    ima-dai:cuepointsChanged {"cuepoints": [{"start": 0, "end": 4}, {"start": 14, "end": 20}]}
    30    html5:durationchange | currentTime=0 duration=30 paused=true
    100   html5:play | currentTime=0 duration=30
    400   html5:playing | currentTime=0 duration=30
    450   ima-dai:adPeriodStarted
    460   ima-dai:adBreakStarted {"ad": {"adPodInfo": {"podIndex": 0, "totalAds": 1, "timeOffset": 0}}}
    500   ima-dai:started {"ad": {"adId": "a", "duration": 4, "adPodInfo": {"podIndex": 0, "adPosition": 1}}}
    1400  html5:timeupdate | currentTime=1 duration=30
    2400  html5:timeupdate | currentTime=2 duration=30
    3400  html5:timeupdate | currentTime=3 duration=30
    4400  ima-dai:complete {"ad": {"adId": "a"}}
    4410  ima-dai:adBreakEnded
    4420  ima-dai:adPeriodEnded
    4500  html5:timeupdate | currentTime=4.1 duration=30
    5400  html5:timeupdate | currentTime=5 duration=30
    14300 html5:timeupdate | currentTime=13.9 duration=30
    14450 ima-dai:adBreakStarted {"ad": {"adPodInfo": {"podIndex": 1, "totalAds": 2, "timeOffset": 14}}}
    14450 ima-dai:started {"ad": {"adId": "b", "duration": 3, "adPodInfo": {"podIndex": 1, "adPosition": 1, "timeOffset": 14}}}
    15400 ima-dai:adProgress {"adProgressData": {"currentTime": 0.95, "duration": 3, "adPosition": 1}}
    17450 ima-dai:complete {"ad": {"adId": "b"}}
    17450 ima-dai:started {"ad": {"adId": "c", "duration": 3, "adPodInfo": {"podIndex": 1, "adPosition": 2, "timeOffset": 14}}}
    18400 html5:timeupdate | currentTime=18 duration=30
    20450 ima-dai:complete {"ad": {"adId": "c"}}
    20460 ima-dai:adBreakEnded
    20500 html5:timeupdate | currentTime=20.1 duration=30
    21400 html5:timeupdate | currentTime=21 duration=30
"""  # noqa: E501


def test_a_streams_ads_are_no_content() -> None:
    """S9: cue points say where they lie; positions and the length are the content's."""
    check(
        STREAM,
        """
        0    load positions=content
        30   load duration=20
        100  play position=0
        400  ad_break_start ads=1
        500  ad_start asset_id=a pod_position=1 duration=4
        1400 ad_progress position=0.9
        2400 ad_progress position=1.9
        3400 ad_progress position=2.9
        4400 ad_end asset_id=a
        4410 ad_break_end
        4410 playing position=0
        4500 progress position=0.1
        5400 progress position=1
        14300 progress position=9.9
        14400 progress position=10
        14400 ad_break_start placement=mid offset=10 ads=2
        14450 ad_start asset_id=b pod_position=1 duration=3
        15400 ad_progress position=0.95
        17450 ad_end asset_id=b
        17450 ad_start asset_id=c pod_position=2 duration=3
        18400 ad_progress position=0.95
        20450 ad_end asset_id=c
        20460 ad_break_end
        20460 playing position=10
        20500 progress position=10.1
        21400 progress position=11
        """,
    )


def test_a_streams_ads_as_events() -> None:
    """S9: the same as of client ads."""
    sends(
        STREAM + "22400 page:pagehide | currentTime=22",
        """
        100   Playback Started position=0
        500   Ad Started position=0
        2400  Ad Playing position=1
        3400  Ad Playing position=2
        4400  Ad Playing position=3
        4400  Ad Completed position=4
        4410  Content Started position=0
        14400 Content Completed position=10
        14450 Ad Started position=0
        15400 Ad Playing position=0
        17450 Ad Playing position=3
        17450 Ad Completed position=3
        17450 Ad Started position=0
        18400 Ad Playing position=0
        20450 Ad Playing position=3
        20450 Ad Completed position=3
        20460 Content Started position=10
        22400 Playback Exited position=22
        """,
    )


def test_a_playhead_within_a_cue_point_was_at_its_start() -> None:
    """S79, S9: however long it was not heard before."""
    script = """
        20    ima-dai:cuepointsChanged {"cuepoints": [{"start": 10, "end": 14}]}
        30    html5:durationchange | currentTime=0 duration=30 paused=true
        100   html5:play | currentTime=0 duration=30
        400   html5:playing | currentTime=0 duration=30
        5400  html5:timeupdate | currentTime=5 duration=30
        10400 html5:timeupdate | currentTime=10 duration=30
        10650 ima-dai:started {"ad": {"adId": "a", "duration": 4}}
        """

    assert "10400 Content Completed position=10" in events(ImaAdapter(), script)


def test_a_lost_word_of_a_streams_break_is_told_by_the_playhead() -> None:
    """S9, S62: it runs into a cue point's range, and out of it."""
    check(
        """
        20    ima-dai:cuepointsChanged {"cuepoints": [{"start": 10, "end": 14}]}
        30    html5:durationchange | currentTime=0 duration=30 paused=true
        100   html5:play | currentTime=0 duration=30
        400   html5:playing | currentTime=0 duration=30
        10300 html5:timeupdate | currentTime=9.9 duration=30
        10600 html5:timeupdate | currentTime=10.2 duration=30
        10650 ima-dai:started {"ad": {"adId": "a", "duration": 4}}
        14900 html5:timeupdate | currentTime=14.6 duration=30
        """,
        """
        20   load positions=content
        30   load duration=26
        100  play position=0
        400  playing position=0
        10300 progress position=9.9
        10400 progress position=10
        10400 ad_break_start placement=mid offset=10
        10650 ad_start asset_id=a pod_position=1 duration=4
        14300 ad_end asset_id=a
        14300 ad_break_end
        14300 playing position=10
        14900 progress position=10.6
        """,
    )


def test_a_streams_post_roll() -> None:
    """S23: the last range of the stream; the content is complete before it."""
    sends(
        """
        20    cuepointsChanged {"cuepoints": [{"start": 10, "end": 14}]}
        30    html5:durationchange | currentTime=0 duration=14 paused=true
        100   html5:play | currentTime=0 duration=14
        400   html5:playing | currentTime=0 duration=14
        10200 html5:timeupdate | currentTime=9.8 duration=14
        10450 html5:timeupdate | currentTime=10.05 duration=14
        10500 started {"ad": {"adId": "a", "duration": 4, "adPodInfo": {"podIndex": -1}}}
        12400 html5:timeupdate | currentTime=12 duration=14
        14400 complete
        14410 html5:pause | currentTime=14 duration=14 paused=true ended=true
        14420 html5:ended | currentTime=14 duration=14 paused=true ended=true
        """,
        """
        100   Playback Started position=0
        400   Content Started position=0
        10400 Content Completed position=10
        10500 Ad Started position=0
        12400 Ad Playing position=1
        14400 Ad Playing position=3
        14400 Ad Completed position=4
        14420 Playback Completed position=14
        """,
    )


def at_rate(rate: float, *, words: bool = True) -> str:
    """A stream with an ad from 10 to 20, looked at each second; the ad's words may be lost."""
    shows = f"duration=30 playbackRate={rate}"
    said = f"""
        20    cuepointsChanged {{"cuepoints": [{{"start": 10, "end": 20}}]}}
        100   html5:play | currentTime=0 {shows}
        1000  html5:playing | currentTime=0 {shows}"""
    for second in range(1, int(27 / rate)):
        at, place = 1000 + second * 1000, second * rate
        if words and place == 20:
            said += f"\n{at - 10} complete\n{at - 5} adBreakEnded"
        said += f"\n{at} html5:timeupdate | currentTime={place} {shows}"
        if words and place == 10:
            said += f"\n{at + 10} adBreakStarted\n{at + 10} started {ad('a', 10)}"
    return said


@pytest.mark.parametrize("rate", [0.5, 1.0, 2.0, 2.5])
def test_a_streams_ad_plays_at_the_rate_of_its_element(rate: float) -> None:
    """S84: its seconds are the stream's and not the wall's, and its end is where they ran out."""
    begins, ends = round(1000 + 10_000 / rate), round(1000 + 20_000 / rate)
    told = events(ImaAdapter(), at_rate(rate))
    assert [line for line in told if "Ad Playing" not in line][:6] == expected(f"""
        100 Playback Started position=0
        1000 Content Started position=0
        {begins} Content Completed position=10
        {begins + 10} Ad Started position=0
        {ends - 10} Ad Completed position=10
        {ends - 5} Content Started position=10
    """)


@pytest.mark.parametrize("rate", [0.5, 1.0, 2.0, 2.5])
def test_a_streams_ad_that_nobody_tells_of_begins_and_ends_by_the_playhead(rate: float) -> None:
    """S84, S62: at any rate, where its range does."""
    begins, ends = round(1000 + 10_000 / rate), round(1000 + 20_000 / rate)
    told = events(ImaAdapter(), at_rate(rate, words=False))
    assert [line.split()[1:] for line in told if "Ad Playing" not in line][2:6] == [
        ["Content", "Completed", "position=10"],
        ["Ad", "Started", "position=0"],
        ["Ad", "Completed", "position=10"],
        ["Content", "Started", "position=10"],
    ]
    assert f"{begins} Content Completed position=10" in told
    assert f"{ends} Content Started position=10" in told


def test_a_rate_that_changes_in_a_streams_ad_holds_from_then_on() -> None:
    """S87, S84: from 1 to 2 in the middle of an ad of 10 s."""
    check(
        """
        20    cuepointsChanged {"cuepoints": [{"start": 10, "end": 20}]}
        100   html5:play | currentTime=0 duration=30
        400   html5:playing | currentTime=0 duration=30
        10300 html5:timeupdate | currentTime=9.9 duration=30
        10400 html5:timeupdate | currentTime=10 duration=30
        10400 started {"ad": {"adId": "a", "duration": 10}}
        14400 html5:timeupdate | currentTime=14 duration=30
        14400 html5:ratechange | currentTime=14 duration=30 playbackRate=2
        16400 html5:timeupdate | currentTime=18 duration=30 playbackRate=2
        17400 complete
        17400 adBreakEnded
        18400 html5:timeupdate | currentTime=22 duration=30 playbackRate=2
        """,
        """
        20    load positions=content
        100   load duration=20
        100   play position=0
        400   playing position=0
        10300 progress position=9.9
        10400 progress position=10
        10400 ad_break_start placement=mid offset=10
        10400 ad_start asset_id=a pod_position=1 duration=10
        14400 ad_progress position=4
        14400 update playback_rate=2
        16400 ad_progress position=8
        17400 ad_end asset_id=a
        17400 ad_break_end
        17400 playing position=10
        18400 progress position=12
        """,
    )


@pytest.mark.parametrize(
    ("cue_points", "lengths"),
    [
        ("", []),
        ('cuepointsChanged {"cuepoints": []}', ["30 load duration=30"]),
        ('cuepointsChanged {"cuepoints": [{"start": 4, "end": 9}]}', ["30 load duration=25"]),
    ],
    ids=["none told", "told that there are none", "one"],
)
def test_how_much_of_a_stream_is_content_only_its_cue_points_say(
    cue_points: str, lengths: list[str]
) -> None:
    """S78, S5: while nobody knows where its ads lie, its length is none of the content."""
    told = run(
        ImaAdapter(),
        f"""
        10   loaded {{"streamId": "s"}}
        {"20 " + cue_points if cue_points else ""}
        30   html5:durationchange | currentTime=0 duration=30 paused=true
        100  html5:play | currentTime=0 duration=30
        400  html5:playing | currentTime=0 duration=30
        1400 html5:timeupdate | currentTime=1 duration=30
        """,
    )
    assert [line for line in told if "duration" in line] == lengths


def test_a_stream_without_cue_points_has_a_length_when_it_has_ended() -> None:
    """S7, S5: no more ads can come; what is none of those that were seen is content."""
    told = run(
        ImaAdapter(),
        """
        10   loaded {"streamId": "s"}
        30   html5:durationchange | currentTime=0 duration=8 paused=true
        100  html5:play | currentTime=0 duration=8
        400  html5:playing | currentTime=0 duration=8
        3400 html5:timeupdate | currentTime=3 duration=8
        3400 started {"ad": {"adId": "a", "duration": 2}}
        4400 html5:timeupdate | currentTime=4 duration=8
        5400 complete
        5400 adBreakEnded
        6400 html5:timeupdate | currentTime=6 duration=8
        8400 html5:ended | currentTime=8 duration=8 paused=true ended=true
        """,
    )
    assert [line for line in told if line.startswith("8400")] == expected("""
        8400 load duration=6
        8400 content_end position=6
    """)


def test_a_live_streams_breaks_are_learned_as_they_come() -> None:
    """S6, S10: there are no cue points, and the pod's index is the break's id."""
    check(
        """
        10    ima-dai:streamInitialized
        30    html5:durationchange | currentTime=100 duration=Infinity paused=true
        100   html5:play | currentTime=100 duration=Infinity
        400   html5:playing | currentTime=100 duration=Infinity
        5400  html5:timeupdate | currentTime=105 duration=Infinity
        5400  ima-dai:adBreakStarted {"ad": {"adPodInfo": {"podIndex": 877, "timeOffset": -1}}}
        5400  ima-dai:started {"ad": {"adId": "a", "duration": 10, "adPodInfo": {"podIndex": 877, "adPosition": 1}}}
        15400 html5:timeupdate | currentTime=115 duration=Infinity
        15400 ima-dai:complete
        15400 ima-dai:adBreakEnded
        16400 html5:timeupdate | currentTime=116 duration=Infinity
        17400 html5:timeupdate | currentTime=117 duration=Infinity
        """,  # noqa: E501
        """
        10   load positions=content
        30   load livestream=True
        100  play position=100
        400  playing position=100
        5400 progress position=105
        5400 progress position=105
        5400 ad_break_start placement=mid
        5400 ad_start asset_id=a pod_position=1 duration=10
        15400 ad_progress position=10
        15400 ad_end asset_id=a
        15400 ad_break_end
        15400 playing position=105
        16400 progress position=106
        17400 progress position=107
        """,
    )


@pytest.mark.parametrize("lost", ["adBreakEnded", ("complete", "adBreakEnded")])
def test_a_live_streams_break_that_nobody_ended_ends_where_its_ads_did(lost: str) -> None:
    """S62, S81: whether or not the end of its last ad was heard."""
    script = """
        10    ima-dai:streamInitialized
        30    html5:durationchange | currentTime=100 duration=Infinity paused=true
        100   html5:play | currentTime=100 duration=Infinity
        400   html5:playing | currentTime=100 duration=Infinity
        5400  html5:timeupdate | currentTime=105 duration=Infinity
        5400  ima-dai:adBreakStarted {"ad": {"adPodInfo": {"podIndex": 877, "timeOffset": -1}}}
        5400  ima-dai:started {"ad": {"adId": "a", "duration": 10, "adPodInfo": {"podIndex": 877, "adPosition": 1}}}
        15150 html5:timeupdate | currentTime=114.75 duration=Infinity
        15400 ima-dai:complete
        15400 ima-dai:adBreakEnded
        18400 html5:timeupdate | currentTime=118 duration=Infinity
        20400 html5:timeupdate | currentTime=120 duration=Infinity
        20500 page:pagehide | currentTime=120.1
        """  # noqa: E501
    told = "\n".join(line for line in script.splitlines() if not line.strip().endswith(lost))

    said = [line for line in events(ImaAdapter(), told) if "Ad Playing" not in line]

    assert said == expected(
        """
        100   Playback Started position=0
        400   Content Started position=0
        5400  Content Completed position=5
        5400  Ad Started position=0
        15400 Ad Completed position=10
        15400 Content Started position=5
        20500 Playback Exited position=20
        """
    )


def test_pausing_in_a_streams_ad_is_the_viewers_and_told_twice() -> None:
    """S30, S61: by the element and by IMA."""
    check(
        """
        20   cuepointsChanged {"cuepoints": [{"start": 0, "end": 9}]}
        100  html5:play | currentTime=0 duration=30
        400  html5:playing | currentTime=0 duration=30
        500  started {"ad": {"adId": "a", "duration": 9}}
        1400 html5:timeupdate | currentTime=1 duration=30
        2400 html5:pause | currentTime=2 duration=30 paused=true
        2410 paused
        4400 html5:play | currentTime=2 duration=30
        4410 resumed
        4500 html5:waiting | currentTime=2.1 duration=30
        5500 html5:playing | currentTime=2.1 duration=30
        """,
        """
        20   load positions=content
        100  load duration=21
        100  play position=0
        400  ad_break_start
        500  ad_start asset_id=a pod_position=1 duration=9
        1400 ad_progress position=0.9
        2400 pause position=0.9
        4400 play position=0.9
        4500 buffer_start position=0.9
        5500 buffer_end position=0.9
        """,
    )


def test_a_seek_over_a_break_is_one_of_the_contents() -> None:
    """S9, S22: targets are content positions."""
    check(
        """
        20   cuepointsChanged {"cuepoints": [{"start": 10, "end": 14}]}
        100  html5:play | currentTime=0 duration=30
        400  html5:playing | currentTime=0 duration=30
        1400 html5:timeupdate | currentTime=1 duration=30
        2400 html5:seeking | currentTime=20 duration=30 seeking=true
        2600 html5:seeked | currentTime=20 duration=30
        3600 html5:timeupdate | currentTime=21 duration=30
        """,
        """
        20   load positions=content
        100  load duration=26
        100  play position=0
        400  playing position=0
        1400 progress position=1
        2400 seek_start position=2 to=16
        2600 seek_end position=16
        3600 progress position=17
        """,
    )


def test_a_stream_that_cannot_be_had() -> None:
    check(
        '100 error {"streamData": {"errorMessage": "no stream"}}',
        "100 error reason=no stream",
    )


def test_the_channels_of_a_log_name_it() -> None:
    assert adapter_for_channels({"ima", "html5", "page"}) == "ima"
    assert adapter_for_channels({"ima-dai", "html5"}) == "ima"


_SAID = st.tuples(
    steps(),
    st.sampled_from([*ImaAdapter.vocabulary, ("ima-dai", "adBreakStarted")]),
    payloads("currentTime", "duration", "paused", "ended", "seeking", "contentTime", "src"),
    st.one_of(
        payloads("ad", "adData", "error", "cuePoints", "cuepoints", "volume", "url", "adPodInfo"),
        st.fixed_dictionaries(
            {
                "ad": payloads("adId", "duration", "linear", "adPodInfo", "podIndex", "adPosition"),
                "adData": payloads("currentTime", "duration", "adPosition", "adError"),
                "cuepoints": st.lists(
                    st.fixed_dictionaries({"start": VALUES, "end": VALUES}), max_size=3
                ),
            }
        ),
    ),
)


@given(st.lists(_SAID, max_size=40))
def test_any_callbacks_in_any_order_keep_the_rules(said: list[tuple[Any, ...]]) -> None:
    """S60, S20."""
    hold_against_the_rules(ImaAdapter(), said)
