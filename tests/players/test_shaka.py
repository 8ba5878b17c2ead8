"""Shaka Player: stalls by the rate, levels, errors and its ad manager; callbacks in, signals out.

The numbers (D11, B3...) are those of the notes on what real players do.
"""

import json
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.players.script import START as EPOCH
from tests.players.script import callback, expected, lines, run, written
from video_tracker.players.base import Callback, Ignored, Mapped
from video_tracker.players.shaka import ShakaAdapter
from video_tracker.signals import SIGNALS


def check(script: str, signals: str) -> ShakaAdapter:
    adapter = ShakaAdapter()
    assert run(adapter, script) == expected(signals)
    return adapter


def ad(name: str, place: int = 1, size: int = 1, at: float = 0, **more: Any) -> str:
    """The payload of an ad's event; at its start the length is unknown (D11)."""
    told = {"id": name, "pos": place, "podSize": size, "timeOffset": at, "linear": True}
    return json.dumps({"ad": {**told, "duration": -1, "remaining": -1, **more}})


def track(bitrate: float, height: int, **more: Any) -> str:
    """The payload of a chosen track."""
    told = {"bandwidth": bitrate + 48000, "videoBandwidth": bitrate, "height": height}
    return json.dumps({"newTrack": {**told, "frameRate": 25, **more}})


def fault(code: int, *, severity: int = 2, category: int = 1) -> str:
    return json.dumps({"code": code, "category": category, "severity": severity})


STARTED = """
    0    shaka:loading 0/- P rs=0 src=blob:1
    10   durationchange 0/20 P src=blob:1
    100  play 0/20 src=blob:1
    110  playing 0/20 src=blob:1
    5110 timeupdate 5/20 src=blob:1
"""
START = """
    10   load duration=20
    100  play position=0
    110  playing position=0
    5110 progress position=5
"""
BREAK = f"""
    5200 shaka:ad-break-started 5.09/20 src=blob:1
    5201 shaka:ad-impression 5.09/20 src=blob:1
    5202 shaka:ad-started 5.09/20 src=blob:1 {ad("one", 1, 2, at=5)}
    5210 pause 5.1/20 P src=blob:1
    5220 ad2/emptied 0/- P rs=0
    5230 shaka:ad2/ads-loaded 0/4 rs=0 {ad("one", 1, 2, at=5, duration=4, remaining=4)}
    5240 ad2/play 0/4 rs=0
    5241 ad2/waiting 0/4 rs=0
    5245 ad2/playing 0.06/4 S
    5250 ad2/seeking 0.06/4 S
    5260 ad2/seeked 0.06/4
    5261 ad2/playing 0.06/4
    5500 ad2/timeupdate 0.3/4
"""
BROKEN = """
    5200 progress position=5.09
    5200 ad_break_start placement=mid offset=5 ads=2
    5260 ad_start asset_id=one pod_position=1 duration=4
    5500 ad_progress position=0.3
"""


def at(left: float, name: str = "one", place: int = 1) -> str:
    """The payload of an ad of 4 s of which so much is left."""
    return ad(name, place, 2, at=5, duration=4, remaining=left)


def test_an_ad_that_no_element_plays_is_told_though_its_start_was_lost() -> None:
    """S83: the manager's clock shows each of the two; the last words of one start none (S72)."""
    check(
        STARTED
        + f"""
        5200 shaka:ad-break-started 5.09/20
        5210 pause 5.09/20 P
        6500 shaka:ad-progress 5.09/20 P {at(3)}
        9500 shaka:ad-stopped 5.09/20 P
        9510 shaka:ad-progress 5.09/20 P {at(1.5)}
        10500 shaka:ad-progress 5.09/20 P {at(3.1, "two", 2)}
        13400 shaka:ad-stopped 5.09/20 P
        13510 shaka:ad-break-ended 5.09/20 P
        13600 play 5.09/20
        13610 playing 5.09/20
        """.replace("/20", "/20 src=blob:1"),
        START
        + """
        5200 progress position=5.09
        5200 ad_break_start placement=mid offset=5 ads=2
        5500 ad_start asset_id=one pod_position=1 duration=4
        6500 ad_progress position=1
        9500 ad_end position=1 asset_id=one
        9600 ad_start asset_id=two pod_position=2 duration=4
        10500 ad_progress position=0.9
        13400 ad_end position=0.9 asset_id=two
        13510 ad_break_end
        13610 playing position=5.09
        """,
    )


def test_a_pod_whose_first_ad_is_complete_when_the_second_has_begun() -> None:
    """S21, S71, D11, D12: the current ad of an `ad-complete` is the next one."""
    check(
        STARTED
        + BREAK
        + f"""
        9200 ad2/timeupdate 4/4 PE
        9202 shaka:ad2/ad-stopped 4/4 PE
        9203 shaka:ad2/ad-impression 4/4 PE
        9203 shaka:ad2/ad-started 4/4 PE {ad("two", 2, 2, at=5)}
        9212 shaka:ad2/ad-complete 4/4 PE {ad("two", 2, 2, at=5)}
        9220 ad2/emptied 0/- P rs=0
        9230 shaka:ad2/ad-playing 0/6 rs=0 {ad("two", 2, 2, at=5, duration=6, remaining=6)}
        9240 ad2/waiting 0/6 rs=0
        9250 ad2/playing 0/6
        15200 ad2/timeupdate 5.9/6
        15300 ad2/emptied 0/- P rs=0
        15301 shaka:ad2/ad-stopped 0/- P rs=0
        15302 shaka:ad2/ad-break-ended 0/- P rs=0
        15303 shaka:ad2/ad-complete 0/- P rs=0
        15304 play 5.12/20 src=blob:1
        15305 playing 5.12/20 src=blob:1
        15555 timeupdate 5.37/20 src=blob:1
        """,
        START
        + BROKEN
        + """
        9202 ad_end position=4 asset_id=one
        9250 ad_start asset_id=two pod_position=2 duration=6
        15200 ad_progress position=5.9
        15301 ad_end position=5.9 asset_id=two
        15302 ad_break_end
        15305 playing position=5.12
        15555 progress position=5.37
        """,
    )


def test_content_that_flashes_before_a_pre_roll_opens_nothing() -> None:
    """S73, D11: the schedule names a pre-roll; the content shows for some 10 ms before it."""
    check(
        f"""
        0    shaka:loading 0/- P rs=0
        1    shaka:ad-cue-points-changed 0/- P rs=0 {{"cuepoints": [{{"start": 0}}]}}
        10   durationchange 0/20 P
        100  play 0/20
        110  playing 0/20
        112  shaka:ad-cue-points-changed 0/20 {{"cuepoints": []}}
        120  shaka:ad-break-started 0.01/20
        121  shaka:ad-started 0.01/20 {ad("pre")}
        130  pause 0.02/20 P
        150  ad2/play 0/5 rs=0
        160  ad2/playing 0/5
        5160 shaka:ad2/ad-stopped 5/5 PE
        5161 shaka:ad2/ad-break-ended 5/5 PE
        5162 shaka:ad2/ad-complete 5/5 PE
        5170 play 0.02/20
        5171 playing 0.02/20
        """,
        """
        10   load duration=20
        100  play position=0
        120  ad_break_start placement=pre ads=1
        160  ad_start asset_id=pre pod_position=1
        5160 ad_end position=5 asset_id=pre
        5161 ad_break_end
        5171 playing position=0.02
        """,
    )


def test_the_quality_waits_for_the_content_behind_its_pre_roll() -> None:
    """S25, S73: what shows for a moment before the ads is not told."""
    check(
        f"""
        1    shaka:ad-cue-points-changed 0/- P rs=0 {{"cuepoints": [{{"start": 0}}]}}
        2    shaka:adaptation 0/- P rs=0 {track(705552, 360)}
        100  play 0/20
        110  playing 0/20
        120  shaka:ad-break-started 0.01/20
        121  shaka:ad-started 0.01/20 {ad("pre")}
        160  ad2/playing 0/5
        5160 shaka:ad2/ad-stopped 5/5 PE
        5161 shaka:ad2/ad-break-ended 5/5 PE
        5170 play 0.02/20
        5171 playing 0.02/20
        """,
        """
        100  load duration=20
        100  play position=0
        120  ad_break_start placement=pre ads=1
        160  ad_start asset_id=pre pod_position=1
        5160 ad_end position=5 asset_id=pre
        5161 ad_break_end
        5171 playing position=0.02
        5171 quality bitrate=705.6 framerate=25 quality=360p
        """,
    )


def test_content_whose_pre_roll_does_not_come_is_told_with_its_true_time() -> None:
    """S73: held for half a second at most."""
    script = """
        0    shaka:loading 0/- P rs=0
        1    shaka:ad-cue-points-changed 0/- P rs=0 {"cuepoints": [{"start": 0}]}
        100  play 0/20
        110  playing 0/20
        400  timeupdate 0.25/20
        """
    began = ["100 load duration=20", "100 play position=0"]
    held = ["110 playing position=0", "400 progress position=0.25"]
    check(
        script + "650 timeupdate 0.5/20",
        "\n".join([*began, *held, "650 progress position=0.5"]),
    )
    adapter = ShakaAdapter()
    out = [signal for line in lines(script) for signal in adapter.translate(callback(line))]
    assert [written(signal) for signal in out] == began
    assert round(adapter.wake_at() - EPOCH, 3) == 0.61  # type: ignore[operator]
    assert [written(signal) for signal in adapter.flush(EPOCH + 0.61)] == held
    assert adapter.wake_at() is None


def test_a_skip_leaves_the_pod() -> None:
    """D12: `ad-skipped`, `ad-stopped`, `ad-break-ended`; never `ad-complete`."""
    skipped = ad("one", 1, 2, at=5, duration=4, remaining=1)
    check(
        STARTED
        + BREAK
        + f"""
        8261 shaka:ad2/ad-skipped 3/4 {skipped}
        8290 ad2/emptied 0/- P rs=0
        8300 shaka:ad2/ad-stopped 0/- P rs=0
        8301 shaka:ad2/ad-break-ended 0/- P rs=0
        8310 play 5.12/20 src=blob:1
        8311 playing 5.12/20 src=blob:1
        """,
        START
        + BROKEN
        + """
        8261 ad_skip position=3
        8301 ad_break_end
        8311 playing position=5.12
        """,
    )


def test_an_ad_that_cannot_be_loaded_never_starts() -> None:
    """S71, D11: `ad-impression` and `ad-started` come for it too."""
    check(
        STARTED
        + f"""
        5200 shaka:ad-break-started 5.09/20 src=blob:1
        5202 shaka:ad-started 5.09/20 src=blob:1 {ad("bad", 1, 2, at=5)}
        5203 shaka:ad2/ad-error 0/- P rs=0 {ad("bad", 1, 2, at=5)}
        5204 shaka:ad2/ad-stopped 0/- P rs=0
        5205 shaka:ad2/ad-started 0/- P rs=0 {ad("good", 2, 2, at=5)}
        5210 pause 5.1/20 P src=blob:1
        5240 ad2/play 0/4 rs=0
        5250 ad2/playing 0/4
        9250 shaka:ad2/ad-stopped 4/4 PE
        9251 shaka:ad2/ad-break-ended 4/4 PE
        9252 shaka:ad2/ad-complete 4/4 PE
        """,
        START
        + """
        5200 progress position=5.09
        5200 ad_break_start placement=mid offset=5 ads=2
        5203 ad_error reason=ad error asset_id=bad
        5250 ad_start asset_id=good pod_position=2
        9250 ad_end position=4 asset_id=good
        9251 ad_break_end
        """,
    )


def test_the_content_is_complete_before_its_post_roll() -> None:
    """D13: `complete`, `pause`, `ended`, then the break."""
    check(
        STARTED
        + f"""
        20100 shaka:complete 20/20 PE src=blob:1
        20101 pause 20/20 PE src=blob:1
        20103 ended 20/20 PE src=blob:1
        20105 shaka:ad2/ad-break-started 0/- P rs=0
        20106 shaka:ad2/ad-started 0/- P rs=0 {ad("post", at=-1)}
        20130 ad2/playing 0/5
        25130 shaka:ad2/ad-stopped 5/5 PE
        25131 shaka:ad2/ad-break-ended 5/5 PE
        """,
        START
        + """
        20100 content_end position=20
        20105 ad_break_start placement=post ads=1
        20130 ad_start asset_id=post pod_position=1
        25130 ad_end position=5 asset_id=post
        25131 ad_break_end
        """,
    )


def test_ids_that_shaka_makes_name_the_interstitial_not_the_ad() -> None:
    """HLS interstitials: `mid_shaka_asset_0` is the first asset of the interstitial `mid`."""
    check(
        STARTED
        + f"""
        5200 shaka:ad-break-started 5.09/20 src=blob:1
        5202 shaka:ad-started 5.09/20 src=blob:1 {ad("mid_shaka_asset_0", 1, 2, at=5)}
        5250 ad2/playing 0/4
        """,
        START
        + """
        5200 progress position=5.09
        5200 ad_break_start pod_id=mid placement=mid offset=5 ads=2
        5250 ad_start pod_position=1
        """,
    )


def test_an_ad_that_begins_near_its_end_shows_only_what_was_seen() -> None:
    """D14: quartiles burst in; they prove no watched seconds (S72)."""
    whole: dict[str, Any] = {"at": 5, "duration": 4}
    check(
        STARTED
        + f"""
        5200 shaka:ad-break-started 5.09/20 src=blob:1
        5202 shaka:ad-started 5.09/20 src=blob:1 {ad("late", at=5)}
        5250 ad2/playing 3/4
        5251 shaka:ad2/ad-first-quartile 3/4 {ad("late", remaining=1, **whole)}
        5500 shaka:ad2/ad-midpoint 3.25/4 {ad("late", remaining=0.75, **whole)}
        6250 shaka:ad2/ad-stopped 4/4 PE
        """,
        START
        + """
        5200 progress position=5.09
        5200 ad_break_start placement=mid offset=5 ads=1
        5250 ad_start asset_id=late pod_position=1
        6250 ad_end position=4 asset_id=late
        """,
    )


def test_the_viewer_s_pause_in_an_ad_is_told_by_the_ad_s_element() -> None:
    """S31: the manager's `ad-paused` says the same."""
    now: dict[str, Any] = {"at": 5, "duration": 4, "remaining": 3}
    check(
        STARTED
        + BREAK
        + f"""
        6200 shaka:ad2/ad-paused 1/4 P {ad("one", 1, 2, **now)}
        6202 ad2/pause 1/4 P
        8200 shaka:ad2/ad-resumed 1/4 {ad("one", 1, 2, **now)}
        8201 ad2/play 1/4
        8201 ad2/playing 1/4
        """,
        START
        + BROKEN
        + """
        6202 pause position=1
        8201 play position=1
        """,
    )


def test_ads_in_an_element_nobody_hears_are_told_by_the_manager() -> None:
    """S71: IMA plays them itself; no break is announced, the content's `playing` ends it."""
    at: dict[str, Any] = {"duration": 6}
    check(
        STARTED
        + f"""
        5200 shaka:ad-started 5.09/20 src=blob:1 {ad("ima", at=5, remaining=6, **at)}
        5202 shaka:ad-started 5.09/20 src=blob:1 {ad("ima", at=5, remaining=6, **at)}
        5210 pause 5.1/20 P src=blob:1
        5450 shaka:ad-progress 5.1/20 P src=blob:1 {ad("ima", at=5, remaining=5.75, **at)}
        6700 shaka:ad-first-quartile 5.1/20 P src=blob:1 {ad("ima", at=5, remaining=4.5, **at)}
        7000 shaka:ad-paused 5.1/20 P src=blob:1 {ad("ima", at=5, remaining=4.2, **at)}
        9000 shaka:ad-resumed 5.1/20 P src=blob:1 {ad("ima", at=5, remaining=4.2, **at)}
        13100 shaka:ad-progress 5.1/20 P src=blob:1 {ad("ima", at=5, remaining=0.1, **at)}
        13200 shaka:ad-complete 5.1/20 P src=blob:1 {ad("ima", at=5, remaining=0, **at)}
        13210 shaka:ad-stopped 5.1/20 P src=blob:1
        13220 play 5.1/20 src=blob:1
        13225 playing 5.1/20 src=blob:1
        """,
        START
        + """
        5200 progress position=5.09
        5200 ad_break_start placement=mid offset=5 ads=1
        5202 ad_start asset_id=ima pod_position=1 duration=6
        5450 ad_progress position=0.25
        6700 ad_progress position=1.5
        7000 pause position=1.8
        9000 play position=1.8
        13100 ad_progress position=5.9
        13200 ad_end position=5.9 asset_id=ima
        13220 ad_break_end
        13225 playing position=5.1
        """,
    )


def test_ads_that_take_over_the_content_s_element_are_ads() -> None:
    """One decoder: `emptied` during a break; the way back to the content is no seek (D10)."""
    check(
        STARTED
        + f"""
        5200 shaka:ad-break-started 5.09/20 src=blob:1
        5202 shaka:ad-started 5.09/20 src=blob:1 {ad("one", at=5)}
        5205 pause 5.1/20 P src=blob:1
        5210 emptied 0/- P rs=0 src=blob:1
        5220 play 0/4 rs=0 src=blob:2
        5230 playing 0/4 src=blob:2
        5480 timeupdate 0.25/4 src=blob:2
        9230 pause 4/4 PE src=blob:2
        9231 ended 4/4 PE src=blob:2
        9232 shaka:ad-stopped 4/4 PE src=blob:2
        9240 emptied 0/- P rs=0 src=blob:2
        9250 shaka:ad-break-ended 0/- P rs=0 src=blob:3
        9260 durationchange 0/20 P rs=1 src=blob:3
        9265 seeking 5.1/20 PS src=blob:3
        9270 seeked 5.1/20 P src=blob:3
        9280 play 5.1/20 src=blob:3
        9281 playing 5.1/20 src=blob:3
        """,
        START
        + """
        5200 progress position=5.09
        5200 ad_break_start placement=mid offset=5 ads=1
        5230 ad_start asset_id=one pod_position=1
        5480 ad_progress position=0.25
        9231 ad_end position=4 asset_id=one
        9250 ad_break_end
        9281 playing position=5.1
        """,
    )


def test_a_server_s_ads_are_parts_of_the_content_s_stream() -> None:
    """Nobody stops the content for them; its clock, from where each began, is theirs."""
    check(
        STARTED
        + f"""
        5110 shaka:ad-break-started 5/20 src=blob:1
        5110 shaka:ad-started 5/20 src=blob:1 {ad("one", 1, 2, at=5, duration=4)}
        5360 timeupdate 5.25/20 src=blob:1
        5610 timeupdate 5.5/20 src=blob:1
        5860 timeupdate 5.75/20 src=blob:1
        9110 shaka:ad-complete 9/20 src=blob:1
        9111 shaka:ad-started 9/20 src=blob:1 {ad("two", 2, 2, at=5, duration=6)}
        9360 timeupdate 9.25/20 src=blob:1
        15110 shaka:ad-complete 15/20 src=blob:1
        15111 shaka:ad-break-ended 15/20 src=blob:1
        15360 timeupdate 15.25/20 src=blob:1
        15610 timeupdate 15.5/20 src=blob:1
        """,
        START
        + """
        5110 progress position=5
        5110 ad_break_start placement=mid offset=5 ads=2
        5110 ad_start asset_id=one pod_position=1 duration=4
        5610 ad_progress position=0.5
        5860 ad_progress position=0.75
        9110 ad_end position=4 asset_id=one
        9111 ad_start asset_id=two pod_position=2 duration=6
        9360 ad_progress position=0.25
        15110 ad_end position=6 asset_id=two
        15111 ad_break_end
        15360 playing position=15.25
        15610 progress position=15.5
        """,
    )


def test_a_break_of_a_server_s_ads_that_nobody_announces_ends_with_its_last_ad() -> None:
    """S62: managers without breaks say only which ad plays."""
    check(
        STARTED
        + f"""
        5110 shaka:ad-started 5/20 src=blob:1 {ad("one", at=5, duration=4)}
        5610 timeupdate 5.5/20 src=blob:1
        9110 shaka:ad-complete 9/20 src=blob:1
        9111 shaka:ad-stopped 9/20 src=blob:1
        9360 timeupdate 9.25/20 src=blob:1
        9610 timeupdate 9.5/20 src=blob:1
        """,
        START
        + """
        5110 progress position=5
        5110 ad_break_start placement=mid offset=5 ads=1
        5110 ad_start asset_id=one pod_position=1 duration=4
        5610 ad_progress position=0.5
        9110 ad_end position=4 asset_id=one
        9360 ad_break_end
        9360 playing position=9.25
        9610 progress position=9.5
        """,
    )


def test_an_overlay_is_no_break_of_the_content_under_it() -> None:
    """S4: the break that was announced has no ad of the timeline."""
    adapter = check(
        STARTED
        + f"""
        5200 shaka:ad-break-started 5.09/20 src=blob:1
        5202 shaka:ad-started 5.09/20 src=blob:1 {ad("banner", at=5, linear=False)}
        5360 timeupdate 5.25/20 src=blob:1
        9000 shaka:ad-stopped 8.9/20 src=blob:1
        9001 shaka:ad-break-ended 8.9/20 src=blob:1
        9110 timeupdate 9/20 src=blob:1
        """,
        START
        + """
        5200 progress position=5.09
        5202 ad_break_end lasted=0.002
        5202 playing position=5.09
        5360 progress position=5.25
        9110 progress position=9
        """,
    )
    assert adapter.ignored["ad-started: an overlay: the content goes on under it"] == 1


def test_a_rate_of_zero_is_a_stall_whoever_says_it_first() -> None:
    """S74, B3: the rate is the session's to judge; a `play` in it moves nothing."""
    check(
        STARTED
        + """
        5200 shaka:buffering 5.09/20 r=0 src=blob:1 {"buffering": true}
        5201 ratechange 5.09/20 r=0 src=blob:1
        6200 pause 5.09/20 P r=0 src=blob:1
        8200 play 5.09/20 r=0 src=blob:1
        8201 playing 5.09/20 r=0 src=blob:1
        9200 shaka:buffering 5.09/20 r=1 src=blob:1 {"buffering": false}
        9202 ratechange 5.09/20 r=1 src=blob:1
        9202 shaka:ratechange 5.09/20 r=1 src=blob:1
        9450 timeupdate 5.34/20 src=blob:1
        """,
        START
        + """
        5200 update playback_rate=0
        6200 pause position=5.09
        8200 play position=5.09
        8200 update playback_rate=0
        9200 update playback_rate=1
        9450 progress position=5.34
        """,
    )


def test_buffering_at_full_rate_is_a_stall_that_the_element_ends() -> None:
    check(
        STARTED
        + """
        5200 shaka:buffering 5.09/20 rs=2 src=blob:1 {"buffering": true}
        5203 waiting 5.09/20 rs=2 src=blob:1
        7200 shaka:buffering 5.09/20 src=blob:1 {"buffering": false}
        7202 playing 5.09/20 src=blob:1
        """,
        START
        + """
        5200 buffer_start position=5.09
        7202 buffer_end position=5.09
        """,
    )


def picture(line: str, height: int) -> Callback:
    said = callback(line)
    return Callback(
        said.at, said.player, said.event, {**said.state, "videoHeight": height}, said.detail
    )


def test_a_chosen_track_is_told_when_the_picture_has_its_height() -> None:
    """S25, E3: `adaptation` is a decision; seconds of the old track are still buffered."""
    adapter = ShakaAdapter()
    calls = [
        picture(f"0 shaka:adaptation 0/- P rs=0 {track(705552, 360)}", 0),
        picture(f"5 shaka:adaptation 0/- P rs=0 {track(252409, 180)}", 0),
        picture("10 durationchange 0/20 P", 180),
        picture("100 play 0/20", 180),
        picture("110 playing 0/20", 180),
        picture(f"2000 shaka:adaptation 1.9/20 {track(705552, 360)}", 180),
        picture("2110 timeupdate 2/20", 180),
        picture("6000 resize 5.9/20", 360),
        picture("6110 timeupdate 6/20", 360),
        picture("6360 timeupdate 6.25/20", 360),
    ]
    out = [written(signal) for said in calls for signal in adapter.translate(said)]
    assert out == expected(
        """
        10   load duration=20
        100  play position=0
        110  playing position=0
        110  quality bitrate=252.4 framerate=25 quality=180p
        2110 progress position=2
        6110 progress position=6
        6110 quality bitrate=705.6 framerate=25 quality=360p
        6360 progress position=6.25
        """
    )


def test_a_level_of_which_little_is_known_is_told_without_guesses() -> None:
    """E3: single-level HLS says bit rate 0 and a frame rate of 6.25."""
    check(
        f"""
        0    shaka:adaptation 0/- P rs=0 {track(-48000, 180, videoBandwidth=0, frameRate=6.25)}
        100  play 0/20
        110  playing 0/20
        """,
        """
        100  load duration=20
        100  play position=0
        110  playing position=0
        110  quality quality=180p
        """,
    )


def test_a_picture_of_no_known_height_is_told_when_it_changes() -> None:
    """A cropped picture: 536 lines of 540."""
    adapter = ShakaAdapter()
    calls = [
        picture(f"0 shaka:adaptation 0/- P rs=0 {track(252409, 180)}", 0),
        picture("100 play 0/20", 176),
        picture("110 playing 0/20", 176),
        picture(f"2000 shaka:variantchanged 1.9/20 {track(1809397, 540)}", 176),
        picture("2110 timeupdate 2/20", 176),
        picture("4110 timeupdate 4/20", 536),
    ]
    out = [written(signal) for said in calls for signal in adapter.translate(said)]
    assert [line for line in out if "quality" in line] == [
        "110 quality bitrate=252.4 framerate=25 quality=180p",
        "4110 quality bitrate=1809 framerate=25 quality=540p",
    ]


def test_a_fatal_error_interrupts_when_the_buffer_has_played_out() -> None:
    """S76, C2."""
    check(
        STARTED
        + f"""
        5200 shaka:error 5.09/20 src=blob:1 {fault(1001)}
        8400 timeupdate 8.3/20 src=blob:1
        8410 waiting 8.3/20 rs=2 src=blob:1
        """,
        START
        + """
        5200 error fatal=True reason=network loss
        8400 progress position=8.3
        8410 interrupt method=network loss
        """,
    )


def test_a_fatal_error_in_a_stall_interrupts_at_once() -> None:
    """S76, B3: at rate 0 playback has stopped already."""
    check(
        STARTED
        + f"""
        5200 shaka:buffering 5.09/20 r=0 src=blob:1 {{"buffering": true}}
        9000 shaka:error 5.09/20 r=0 src=blob:1 {fault(3016, category=3)}
        9500 pause 5.09/20 P r=0 src=blob:1
        """,
        START
        + """
        5200 update playback_rate=0
        9000 error fatal=True reason=Shaka error 3016
        9000 interrupt method=Shaka error 3016
        """,
    )


def test_errors_from_which_shaka_recovers_interrupt_nothing() -> None:
    """A load that gave way to a newer one is no error at all."""
    check(
        STARTED
        + f"""
        5200 shaka:error 5.09/20 src=blob:1 {fault(1002, severity=1)}
        5300 shaka:load_rejected 5.19/20 src=blob:1 {fault(7000, category=7)}
        6000 pause 5.89/20 P src=blob:1
        """,
        START
        + """
        5200 error reason=network loss
        6000 pause position=5.89
        """,
    )


NEXT_BLOB: Final = """
    5210 emptied 0/- P rs=0 src=blob:2
    5220 loadstart 0/- P rs=0 src=blob:2
    5230 durationchange 0/LENGTH P rs=1 src=blob:2
    5231 loadedmetadata 0/LENGTH P rs=1 src=blob:2
    5240 play PLACE/LENGTH src=blob:2
    5250 playing PLACE/LENGTH src=blob:2
    """


@pytest.mark.parametrize("lost", ["", "emptied", "loadstart", "durationchange", "play "])
def test_a_blob_of_another_length_is_the_next_item_though_its_loading_was_lost(lost: str) -> None:
    """S24, S83: whichever of the element's words is lost beside it."""
    lines = NEXT_BLOB.replace("LENGTH", "9").replace("PLACE", "0").splitlines()
    script = STARTED + "\n".join(line for line in lines if not lost or lost not in line)
    said = run(ShakaAdapter(), script)

    assert sum("load next_item=True" in line for line in said) == 1
    assert any("load duration=9" in line for line in said)
    assert said[-1].split(" ", 1)[1] == "playing position=0"


def test_a_blob_of_the_same_length_is_the_same_content_again() -> None:
    """A11: a library attaches what it feeds under a new address, for the same film too."""
    said = run(
        ShakaAdapter(), STARTED + NEXT_BLOB.replace("LENGTH", "20.4").replace("PLACE", "5.1")
    )

    assert not any("next_item" in line for line in said)


def test_another_load_is_the_next_item_and_live_is_said_once() -> None:
    """S24, S6."""
    check(
        STARTED
        + """
        6000 shaka:loading 5.89/20 src=blob:1
        6001 emptied 0/- rs=0 src=blob:1
        6002 shaka:manifestparsed 0/- rs=0 src=blob:2 {"live": true}
        6003 shaka:loaded 0/- rs=0 src=blob:2 {"live": true}
        """,
        START
        + """
        6000 progress position=5.89
        6000 load next_item=True
        6002 load livestream=True
        """,
    )


EVENT_NAMES = """
    abrstatuschanged adaptation audiotrackchanged audiotrackschanged boundarycrossed buffering
    bufferappending canupdatestarttime complete configurationchanged currentitemchanged
    downloadcompleted downloadfailed downloadheadersreceived drmsessionupdate emsg itemsinserted
    itemsremoved prft error expirationupdated firstquartile gapjumped keystatuschanged loaded
    loading manifestparsed manifestupdated mediaqualitychanged mediasourcerecovered metadataadded
    metadata midpoint nospatialvideoinfo onstatechange programinformation ratechange
    segmentappended sessiondata spatialvideoinfo stalldetected started statechanged streaming
    textchanged thirdquartile timelinechange timelineregionadded timelineregionenter
    timelineregionexit trackschanged unloading variantchanged
"""
LOAD_ANSWERS = {"load_resolved", "load_rejected"}
AD_NAMES = """
    ads-loaded ad-break-ended ad-break-ready ad-break-started ad-buffering ad-clicked ad-closed
    ad-complete ad-content-attach-requested ad-content-pause-requested ad-content-resume-requested
    ad-duration-changed ad-error ad-first-quartile ad-impression ad-interaction
    ad-interstitial-preload ad-interstitial-preloaded ad-linear-changed ad-loaded ad-metadata
    ad-midpoint ad-muted ad-paused ad-playing ad-progress ad-recoverable-error ad-resumed
    ad-skipped ad-skip-state-changed ad-started ad-stopped ad-third-quartile ad-volume-changed
    all-ads-completed ad-cue-points-changed ima-ad-manager-loaded ima-stream-manager-loaded
"""


def test_every_event_of_shaka_is_accounted_for() -> None:
    """S60: `shaka.util.FakeEvent.EventName` and `shaka.ads.Utils` of Shaka Player 5.2."""
    known = {event for channel, event in ShakaAdapter.vocabulary if channel == "shaka"}
    assert set((EVENT_NAMES + AD_NAMES).split()) | LOAD_ANSWERS == known


def test_the_table_names_real_signals_and_has_an_answer_for_each() -> None:
    for (channel, name), entry in ShakaAdapter.vocabulary.items():
        if isinstance(entry, Mapped):
            assert set(entry.signals) <= set(SIGNALS)
            assert ShakaAdapter().translate(Callback(1.0, channel, name)) is not None
        else:
            assert isinstance(entry, Ignored)


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.floats(),
    st.integers(),
    st.text(max_size=3),
    st.just([]),
    st.just({}),
)
AD = st.dictionaries(
    st.sampled_from(["id", "pos", "podSize", "timeOffset", "duration", "remaining", "linear"]),
    VALUES,
)
TRACK = st.dictionaries(st.sampled_from(["bandwidth", "height", "frameRate"]), VALUES)
DETAILS = st.fixed_dictionaries(
    {},
    optional={
        "ad": st.one_of(VALUES, AD),
        "newTrack": st.one_of(VALUES, TRACK),
        "cuepoints": st.one_of(VALUES, st.lists(st.fixed_dictionaries({"start": VALUES}))),
        "buffering": st.booleans(),
        "live": VALUES,
        "code": VALUES,
        "category": VALUES,
        "severity": VALUES,
    },
)
STATES = st.dictionaries(
    st.sampled_from(
        [
            "currentTime",
            "duration",
            "paused",
            "ended",
            "seeking",
            "readyState",
            "playbackRate",
            "videoHeight",
            "src",
        ]
    ),
    VALUES,
)
USED = [key for key, entry in ShakaAdapter.vocabulary.items() if isinstance(entry, Mapped)]


@given(
    st.lists(
        st.tuples(
            st.floats(min_value=0, max_value=0.5),
            st.sampled_from(USED),
            st.sampled_from([None, "ad2"]),
            STATES,
            DETAILS,
        ),
        max_size=40,
    )
)
def test_no_callback_of_any_kind_makes_it_raise(calls: list[tuple]) -> None:  # type: ignore[type-arg]
    """S60: whatever Shaka fires, in whatever order, with whatever values."""
    adapter = ShakaAdapter()
    at = 1e9
    for gap, (player, name), element, state, detail in calls:
        at += gap
        said = Callback(at, player, name, state, detail, element)
        for signal in adapter.translate(said):
            assert signal.at <= at
