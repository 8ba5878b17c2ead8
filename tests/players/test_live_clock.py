"""Livestreams as players tell of them: S6, S8, and what players-notes E2 measured."""

import datetime
from collections.abc import Callable

import pytest

from tests.players.script import expected, run
from video_tracker.players.base import Adapter, Callback
from video_tracker.players.dashjs import DashjsAdapter
from video_tracker.players.hlsjs import HlsjsAdapter
from video_tracker.players.html5 import Html5Adapter
from video_tracker.players.live_clock import LiveClock, unix_seconds
from video_tracker.players.shaka import ShakaAdapter
from video_tracker.players.videojs_player import VideojsAdapter
from video_tracker.signals import Load, Update


def check(adapter: Adapter, script: str, signals: str) -> None:
    assert run(adapter, script) == expected(signals)


class TestLiveOrNot:
    @pytest.mark.parametrize(
        "player", [Html5Adapter, HlsjsAdapter, ShakaAdapter, DashjsAdapter, VideojsAdapter]
    )
    def test_an_endless_duration_is_live(self, player: Callable[[], Adapter]) -> None:
        """S6: whoever feeds the element."""
        check(player(), "0 durationchange 0/Infinity P", "0 load livestream=True")

    def test_the_library_s_endless_duration_wins_over_the_element_s_growing_one(self) -> None:
        """E2: video.js says Infinity while the element says 44, 46, 48."""
        check(
            VideojsAdapter(),
            """
            0    videojs:durationchange 0/44 P {"api": {"duration": "Infinity"}}
            1    html5:durationchange 0/44 P
            2000 videojs:durationchange 0/46 P {"api": {"duration": "Infinity"}}
            4000 videojs:durationchange 0/49 P {"api": {"duration": "Infinity"}}
            """,
            """
            0    load livestream=True
            0    update live_edge=44
            4000 update live_edge=49
            """,
        )

    def test_a_duration_that_grows_with_the_time_is_a_live_stream(self) -> None:
        """E2: an element alone cannot say it in any other way."""
        check(
            Html5Adapter(),
            """
            0    durationchange 0/14 P
            10   play 8/14
            20   playing 8/14
            2000 durationchange 9.98/16
            4000 durationchange 11.98/18
            """,
            """
            0    load duration=14
            10   play position=8
            20   playing position=8
            2000 load duration=16
            4000 load livestream=True
            4000 update live_edge=18
            """,
        )

    def test_another_length_at_the_pace_of_time_is_no_live_stream(self) -> None:
        """E2: an ad's length, then its content's, told by one element; each step counts alone."""
        check(
            Html5Adapter(),
            """
            0     durationchange 0/8 P
            9000  durationchange 0/20 P
            9010  loadedmetadata 0/20 P
            18000 durationchange 0/20.08 P
            """,
            """
            0     load duration=8
            9000  load duration=20
            18000 load duration=20.08
            """,
        )

    def test_an_endless_length_is_taken_back_by_a_length(self) -> None:
        """S87: nothing but `Infinity` had said that it is live."""
        check(
            Html5Adapter(),
            """
            0     durationchange 0/Infinity P
            100   play 0/Infinity
            110   playing 0/Infinity
            2000  timeupdate 1.9/30
            """,
            """
            0     load livestream=True
            100   play position=0
            110   playing position=0
            2000  load duration=30 livestream=False
            2000  progress position=1.9
            """,
        )

    @pytest.mark.parametrize(
        "lengths",
        [(24.0, 24.04, 24.08), (20.0, 5.08, 5.1), (10.0, 600.0, 900.0), (300.0, 300.6, 301.2)],
    )
    def test_a_length_that_becomes_more_exact_is_no_live_stream(
        self, lengths: tuple[float, ...]
    ) -> None:
        """A13: padding, an ad's length, an estimate; none grows a second a second."""
        clock = LiveClock()
        told = [clock.length(10.0 + 60 * place, length) for place, length in enumerate(lengths)]
        assert told == [[], [], []]
        assert not clock.live

    def test_another_item_is_not_live_because_the_one_before_was(self) -> None:
        """S24: and its length is told."""
        check(
            Html5Adapter(),
            """
            0    durationchange 0/Infinity P src=live.m3u8
            10   play 0/Infinity src=live.m3u8
            20   playing 0/Infinity src=live.m3u8
            1000 loadstart 0/- src=film.mp4
            1010 durationchange 0/20 src=film.mp4
            """,
            """
            0    load livestream=True
            10   play position=0
            20   playing position=0
            1000 progress position=0.92
            1000 load livestream=False next_item=True
            1010 load duration=20
            """,
        )

    def test_a_source_that_is_replaced_before_it_plays_leaves_nothing_behind(self) -> None:
        """S6: the film is none either."""
        check(
            HlsjsAdapter(),
            """
            0    hlsjs:MANIFEST_LOADING 0/- P
            10   hlsjs:LEVEL_LOADED 0/- P {"live": true}
            20   hlsjs:MANIFEST_LOADING 0/- P
            30   hlsjs:LEVEL_LOADED 0/- P {"live": false}
            40   durationchange 0/20 P
            """,
            """
            10   load livestream=True
            20   load livestream=False
            40   load duration=20
            """,
        )


class TestTheEdge:
    def test_it_is_told_when_it_is_not_where_it_was_expected(self) -> None:
        """S8: it moves on with the time by itself."""
        check(
            Html5Adapter(),
            """
            0    durationchange 0/Infinity P
            10   play 8/Infinity seekable=14
            20   playing 8/Infinity seekable=14
            1020 timeupdate 9/Infinity seekable=14
            2020 timeupdate 10/Infinity seekable=16
            3020 timeupdate 11/Infinity seekable=14
            """,
            """
            0    load livestream=True
            10   update live_edge=14
            10   play position=8
            20   playing position=8
            1020 update live_edge=14
            1020 progress position=9
            2020 update live_edge=16
            2020 progress position=10
            3020 update live_edge=14
            3020 progress position=11
            """,
        )

    def test_without_a_seekable_range_it_is_the_furthest_data(self) -> None:
        """S8: they only show where it is at least."""
        check(
            Html5Adapter(),
            """
            0    durationchange 0/Infinity P
            10   play 0/Infinity buffered=5.7
            20   playing 0/Infinity buffered=5.7
            2000 timeupdate 1.98/Infinity buffered=5.7
            3000 timeupdate 2.98/Infinity buffered=11
            """,
            """
            0    load livestream=True
            10   update live_edge=5.7
            10   play position=0
            20   playing position=0
            2000 progress position=1.98
            3000 update live_edge=11
            3000 progress position=2.98
            """,
        )

    def test_hlsjs_says_it_with_every_playlist(self) -> None:
        """S8: and the date of its newest segment."""
        newest = '{"start": 14, "programDateTime": 1790000014000}'
        details = f'{{"live": true, "edge": 16, "fragments": [{newest}]}}'
        check(
            HlsjsAdapter(),
            f"""
            0    hlsjs:LEVEL_LOADED 0/- P {{"live": true, "edge": 14}}
            2000 hlsjs:LEVEL_UPDATED 0/16 P {{"details": {details}}}
            6000 hlsjs:LEVEL_UPDATED 0/18 P {{"details": {{"live": true, "edge": 18}}}}
            """,
            """
            0    load livestream=True
            0    update live_edge=14
            2000 update start_date=1790000000
            6000 update live_edge=18
            """,
        )

    def test_hlsjs_dates_the_segment_that_plays(self) -> None:
        """S8: a discontinuity changes what its clock counts from."""
        check(
            HlsjsAdapter(),
            """
            0    hlsjs:LEVEL_LOADED 0/- P {"live": true}
            10   hlsjs:FRAG_CHANGED 8/14 {"frag": {"start": 8, "programDateTime": 1790000008000}}
            2010 hlsjs:FRAG_CHANGED 10/14 {"frag": {"start": 10, "programDateTime": 1790000010000}}
            4010 hlsjs:FRAG_CHANGED 12/14 {"frag": {"start": 12, "programDateTime": 1790000112000}}
            4020 hlsjs:FRAG_CHANGED 12/14 {"frag": {"start": 12}}
            """,
            """
            0    load livestream=True
            10   update start_date=1790000000
            10   update live_edge=14
            4010 update start_date=1790000100
            """,
        )

    def test_shaka_says_it_with_its_range_of_seeking(self) -> None:
        """S8: at least; what is buffered may reach further."""
        check(
            ShakaAdapter(),
            """
            0    shaka:manifestparsed 0/- P {"live": false}
            10   shaka:loaded 0/Infinity P {"live": true, "seekRange": {"start": 0, "end": 8}}
            20   play 8/Infinity buffered=8.5
            500  timeupdate 8/Infinity buffered=12
            """,
            """
            10   load livestream=True
            10   update live_edge=8
            20   play position=8
            500  update live_edge=12
            """,
        )

    def test_a_dynamic_manifest_says_when_its_clock_began(self) -> None:
        """S8: dash.js."""
        dynamic = '{"data": {"type": "dynamic", "availabilityStartTime": %s}}'
        check(
            DashjsAdapter(),
            f"""
            0    dashjs:manifestLoaded 0/- P {dynamic % '"2026-09-21T14:13:20Z"'}
            10   dashjs:manifestLoaded 0/- P {dynamic % "1790000000000"}
            """,
            """
            0    load livestream=True
            0    update start_date=1790000000
            """,
        )

    @pytest.mark.parametrize(
        ("state", "zero"),
        [
            ({"startDate": 1_790_000_000_000}, 1_790_000_000.0),
            ({"startDate": "2026-09-21T14:13:20.000Z"}, 1_790_000_000.0),
            ({"playheadDate": 1_790_000_030_000, "currentTime": 30.0}, 1_790_000_000.0),
        ],
    )
    def test_a_snapshot_may_hold_the_date(self, state: dict[str, object], zero: float) -> None:
        """S8: getStartDate(), or what the player says of the playhead."""
        clock = LiveClock()
        assert clock.starts(5.0) == [Load(5.0, livestream=True)]
        assert clock.read(Callback(6.0, "html5", "timeupdate", state)) == [
            Update(6.0, start_date=zero)
        ]

    @pytest.mark.parametrize(
        "state",
        [
            {"seekable": []},
            {"seekable": [[]]},
            {"seekable": [["a", "b"]]},
            {"seekable": "0-10", "bufferedEnd": -1},
            {"seekableEnd": "Infinity", "startDate": "yesterday"},
            {"startDate": None, "playheadDate": "2026-09-21T14:13:20", "currentTime": 1},
            {"startDate": float("nan"), "playheadDate": True},
        ],
    )
    def test_what_cannot_be_read_says_nothing(self, state: dict[str, object]) -> None:
        """S3, S60."""
        clock = LiveClock()
        clock.starts(5.0)
        assert clock.read(Callback(6.0, "html5", "timeupdate", state)) == []

    def test_a_date_knows_its_offset_or_is_none(self) -> None:
        """S50: a time without a zone is nobody's time."""
        assert unix_seconds("2026-09-21T16:13:20+02:00") == 1_790_000_000.0
        assert unix_seconds("2026-09-21T14:13:20") is None
        assert unix_seconds(datetime.date(2026, 9, 21)) is None


class TestTheEnd:
    def test_a_stream_that_ends_completes_once(self) -> None:
        """E2: its length becomes finite, and `ended` comes."""
        check(
            HlsjsAdapter(),
            """
            0     hlsjs:LEVEL_LOADED 0/- P {"live": true, "edge": 22}
            10    durationchange 8/22 P
            20    play 8/22
            30    playing 8/22
            1000  hlsjs:LEVEL_UPDATED 9/22.5 {"live": false, "edge": 22.5}
            1010  durationchange 9/22.48
            14480 timeupdate 22.45/22.48
            14500 pause 22.48/22.48 PE
            14510 ended 22.48/22.48 PE
            14520 hlsjs:MEDIA_ENDED 22.48/22.48 PE
            """,
            """
            0     load livestream=True
            0     update live_edge=22
            20    play position=8
            30    playing position=8
            1000  load duration=22.5
            1010  load duration=22.48
            14480 progress position=22.45
            14500 content_end position=22.48
            """,
        )

    def test_a_pause_at_the_edge_is_no_end(self) -> None:
        """S75: the growing duration is where the stream is now."""
        check(
            HlsjsAdapter(),
            """
            0    hlsjs:LEVEL_LOADED 0/- P {"live": true, "edge": 14}
            10   durationchange 14/14 P
            20   play 14/14
            30   playing 14/14
            40   pause 14/14 P
            """,
            """
            0    load livestream=True
            0    update live_edge=14
            20   play position=14
            30   playing position=14
            40   pause position=14
            """,
        )

    def test_a_jump_to_the_start_of_the_window_is_no_loop(self) -> None:
        """S70: an element's growing duration is no end to wrap from."""
        check(
            HlsjsAdapter(),
            """
            0    hlsjs:LEVEL_LOADED 0/- P {"live": true, "edge": 14}
            10   durationchange 13.8/14 P
            20   play 13.8/14
            30   playing 13.8/14
            280  timeupdate 14/14
            290  seeking 0.5/14 S
            300  seeked 0.5/14
            """,
            """
            0    load livestream=True
            0    update live_edge=14
            20   play position=13.8
            30   playing position=13.8
            280  progress position=14
            290  seek_start position=14.01 to=0.5
            300  seek_end position=0.5
            """,
        )

    def test_a_stream_that_ended_and_is_left_at_its_end_was_seen_to_the_end(self) -> None:
        """S75, S87, B7: an `ended` that never comes; the session knows the length."""
        check(
            Html5Adapter(),
            """
            0     durationchange 0/Infinity P
            20    play 8/Infinity
            30    playing 8/Infinity
            1000  durationchange 9/22.48
            14480 timeupdate 22.44/22.48
            60000 page:pagehide 22.44/22.48
            """,
            """
            0     load livestream=True
            20    play position=8
            30    playing position=8
            1000  load duration=22.48 livestream=False
            14480 progress position=22.44
            60000 exit position=22.44
            """,
        )

    @pytest.mark.parametrize(
        ("adapter", "told"),
        [
            (ShakaAdapter, 'shaka:manifestupdated 9/22 {"isLive": false}'),
            (DashjsAdapter, "dashjs:dynamicToStatic 9/22"),
        ],
    )
    def test_a_player_says_that_its_stream_has_ended(
        self, adapter: Callable[[], Adapter], told: str
    ) -> None:
        """S6: its length is final then."""
        signals = run(
            adapter(),
            f"""
            0    durationchange 0/Infinity P
            10   {told}
            20   durationchange 9/22
            """,
        )
        assert signals == expected("0 load livestream=True\n10 load duration=22")
