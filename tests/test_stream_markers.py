"""Ads that lie in the stream, as playlists and manifests mark them (S9, players-notes D20)."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.players.script import START, callback, run
from video_tracker.plan import Ad, AdRange
from video_tracker.players.base import Adapter
from video_tracker.players.dashjs import DashjsAdapter
from video_tracker.players.hlsjs import HlsjsAdapter
from video_tracker.players.html5 import Html5Adapter
from video_tracker.players.shaka import ShakaAdapter
from video_tracker.players.videojs_player import VideojsAdapter
from video_tracker.signals import AdRanges, Load, Progress, Signal
from video_tracker.stream_markers import (
    Marker,
    StreamMarkers,
    date_ranges,
    is_ad_scheme,
    stream_event,
    timeline_region,
)

OUT = "0xFC302000000000000000FFF00F050000017FCFFE0006DDD000000000000000"


def cue(name: str, start: float, end: float | str, **attributes: str) -> dict[str, Any]:
    """A date range as a cue of the metadata track."""
    named = {key.replace("_", "-"): value for key, value in attributes.items()}
    return {"id": name, "start": start, "end": end, "type": "com.apple.quicktime.HLS", **named}


def opened(name: str, start: float, planned: float, ads: int) -> dict[str, Any]:
    """The open-ended ``SCTE35-OUT`` of a break, whose cue never ends."""
    return cue(
        name, start, "Infinity", PLANNED_DURATION=str(planned), X_ADS=str(ads), SCTE35_OUT=OUT
    )


def span(start: float, end: float, *ads: Ad, **more: Any) -> AdRange:
    """A range that is expected."""
    return AdRange(start=start, end=end, ads=ads, **more)


def ranges(signals: "list[Signal] | tuple[Signal, ...]") -> list[AdRange]:
    """All ranges that were told."""
    told: list[AdRange] = []
    for signal in signals:
        assert isinstance(signal, AdRanges | Load)
        told += signal.ranges if isinstance(signal, AdRanges) else ()
    return told


class TestDateRanges:
    def test_an_open_ended_break_ends_where_it_was_planned_to(self) -> None:
        """D20: the cue's end is Infinity."""
        markers = StreamMarkers()
        active = [opened("break-1", 0, 5, 1), cue("ad-1", 0, 5, X_AD_ID="ad5")]
        assert ranges(markers.take(1.0, date_ranges(active))) == [
            span(0, 5, Ad(asset_id="ad5", duration=5), pod_id="break-1")
        ]

    def test_what_is_known_already_is_not_told_again(self) -> None:
        """D20: all active cues come at once, with every change."""
        markers = StreamMarkers()
        active = [opened("break-1", 0, 5, 1), cue("ad-1", 0, 5, X_AD_ID="ad5")]
        markers.take(1.0, date_ranges(active))
        assert markers.take(2.0, date_ranges(active)) == []
        assert markers.take(3.0, date_ranges(active[:1])) == []
        assert markers.take(4.0, []) == []

    def test_the_second_ad_of_a_pod_is_learned_when_it_begins(self) -> None:
        """D20: back to back, a little apart; one pod with two ads."""
        markers = StreamMarkers()
        first = [opened("break-2", 13.04, 10, 2), cue("b2-1", 13.04, 17.04, X_AD_ID="ad4")]
        second = [*first[:1], cue("b2-2", 17.13, 23.13, X_AD_ID="ad6", X_POD_POSITION="2")]
        assert ranges(markers.take(1.0, date_ranges(first))) == [
            span(
                13.04,
                23.04,
                Ad(asset_id="ad4", duration=4),
                pod_length=2,
                pod_id="break-2",
            )
        ]
        assert ranges(markers.take(2.0, date_ranges(second))) == [
            span(
                13.04,
                23.13,
                Ad(asset_id="ad4", duration=4),
                Ad(asset_id="ad6", duration=6),
                pod_id="break-2",
            )
        ]

    def test_ads_without_a_break_around_them_are_one_break_when_they_touch(self) -> None:
        """S14: two ranges back to back are one pod; one far off is another."""
        markers = StreamMarkers()
        told = [
            cue("one", 10, 15, X_AD_ID="a"),
            cue("two", 15.05, 20, X_AD_ID="b"),
            cue("far", 60, 65, X_AD_ID="c"),
        ]
        assert ranges(markers.take(1.0, date_ranges(told))) == [
            span(10, 20, Ad(asset_id="a", duration=5), Ad(asset_id="b", duration=4.95)),
            span(60, 65, Ad(asset_id="c", duration=5)),
        ]

    def test_an_ad_joined_in_its_pod_keeps_its_place(self) -> None:
        """S12: the viewer arrived while the second ad played."""
        markers = StreamMarkers()
        told = [
            opened("b", 10, 20, 3),
            cue("two", 16, 22, X_AD_ID="second", X_POD_POSITION="2"),
        ]
        (found,) = ranges(markers.take(1.0, date_ranges(told)))
        assert found.ads == (Ad(duration=6), Ad(asset_id="second", duration=6))
        assert found.pod_length == 3

    def test_a_break_of_a_livestream_ends_when_it_is_told(self) -> None:
        """S9: nobody knew how long it would be."""
        markers = StreamMarkers()
        (begun,) = ranges(
            markers.take(1.0, date_ranges([cue("b", 100, "Infinity", SCTE35_OUT=OUT)]))
        )
        assert (begun.start, begun.end) == (100, None)
        (ended,) = ranges(
            markers.take(2.0, date_ranges([cue("in", 131.5, "Infinity", SCTE35_IN=OUT)]))
        )
        assert (ended.start, ended.end, ended.pod_id) == (100, 131.5, "b")

    def test_the_same_range_with_an_end_replaces_the_open_one(self) -> None:
        """S9: the playlist adds DURATION to the same ID."""
        markers = StreamMarkers()
        markers.take(1.0, date_ranges([opened("b", 100, 30, 2)]))
        (shorter,) = ranges(markers.take(2.0, date_ranges([cue("b", 100, 115, SCTE35_OUT=OUT)])))
        assert (shorter.start, shorter.end) == (100, 115)

    def test_a_player_s_own_list_is_read_too(self) -> None:
        """S9: hls.js keeps them under their ids, attributes apart, ahead of time."""
        told = {
            "b1": {
                "startTime": 30.0,
                "attr": {"ID": "b1", "SCTE35-OUT": OUT, "DURATION": "15"},
            },
            "p": {"startTime": 0.0, "attr": {"ID": "p", "CLASS": "com.example.programme"}},
        }
        assert list(date_ranges(told)) == [Marker(30.0, 45.0, "b1")]

    @pytest.mark.parametrize(
        "attributes",
        [
            {"X_ASSET_LIST": "list.json", "CLASS": "com.apple.hls.interstitial", "X_AD_ID": "a"},
            {"X_ASSET_URI": "ad.m3u8", "SCTE35_OUT": OUT},
            {"CLASS": "com.example.chapter"},
            {"X_TITLE": "Chapter 1"},
        ],
    )
    def test_what_is_not_in_the_stream_or_no_ad_is_left_alone(
        self, attributes: dict[str, str]
    ) -> None:
        """S9: interstitials are played by the player, and say so themselves (D5)."""
        assert list(date_ranges([cue("x", 10, 20, **attributes)])) == []

    @pytest.mark.parametrize(
        "told",
        [None, 7, "cues", [None, 3], [{"start": "soon"}], [{"start": math.nan, "X-AD-ID": "a"}]],
    )
    def test_nonsense_is_none(self, told: object) -> None:
        """S60."""
        assert list(date_ranges(told)) == []

    @given(
        st.lists(
            st.dictionaries(
                st.sampled_from(
                    ["start", "end", "id", "X-AD-ID", "SCTE35-OUT", "SCTE35-IN", "DURATION"]
                ),
                st.one_of(st.none(), st.text(max_size=3), st.floats(), st.integers(), st.just({})),
            ),
            max_size=6,
        )
    )
    def test_no_range_is_impossible(self, told: list[dict[str, Any]]) -> None:
        """S60: whatever a playlist says."""
        markers = StreamMarkers()
        for found in ranges(markers.take(1.0, date_ranges(told))):
            assert found.end is None or found.end > found.start
            assert math.isfinite(found.start)

    def test_a_hostile_list_does_not_grow_an_adapter(self) -> None:
        """S60: bounded."""
        markers = StreamMarkers()
        told = [
            cue(f"b{place}", place * 100.0, "Infinity", SCTE35_OUT=OUT) for place in range(3000)
        ]
        assert len(ranges(markers.take(1.0, date_ranges(told)))) == 1000


class TestEventsOfManifests:
    @pytest.mark.parametrize(
        ("scheme", "ads"),
        [
            ("urn:example:ad", True),
            ("urn:scte:scte35:2014:xml+bin", True),
            ("com.example.ad-break", True),
            ("advertisement", True),
            ("urn:mpeg:dash:event:2012", False),
            ("https://aomedia.org/emsg/ID3", False),
            ("com.example.roads", False),
            (None, False),
        ],
    )
    def test_a_scheme_says_whether_it_marks_ads(self, scheme: object, ads: bool) -> None:
        assert is_ad_scheme(scheme) is ads

    def test_an_event_is_an_ad(self) -> None:
        """D20: dash.js."""
        detail = {"event": {"id": 2, "start": 17, "duration": 4, "messageData": "ad4"}}
        assert list(stream_event(detail, "urn:example:ad")) == [Marker(17, 21, "2", True, "ad4")]

    def test_a_message_that_is_no_name_is_none(self) -> None:
        """S12: the session names the ad."""
        event = {"start": 17, "duration": 4, "messageData": "<Signal><Binary/></Signal>"}
        (marker,) = stream_event({"event": event}, "urn:scte:scte35:2013:xml")
        assert marker.asset_id is None

    @pytest.mark.parametrize("length", [None, 0, -4, "x", math.inf])
    def test_an_event_without_a_length_marks_nothing(self, length: object) -> None:
        """S60: nobody could say when the ad ends."""
        detail = {"event": {"start": 17, "duration": length}}
        assert list(stream_event(detail, "urn:example:ad")) == []

    @pytest.mark.parametrize("around", ["detail", "region", None])
    def test_a_region_is_an_ad(self, around: str | None) -> None:
        """D20: Shaka Player, whatever lies around the region."""
        region = {"schemeIdUri": "urn:example:ad", "id": "2", "startTime": 17, "endTime": 21}
        told = region if around is None else {around: region}
        assert list(timeline_region(told)) == [Marker(17, 21, "2", True)]

    def test_a_region_may_be_a_date_range(self) -> None:
        """S9: Shaka Player tells its attributes as frames, as soon as it has read the playlist."""
        region = {
            "schemeIdUri": "com.apple.quicktime.HLS",
            "id": "break-1-ad-1",
            "startTime": 13.0,
            "endTime": 17.0,
            "values": [{"key": "X-AD-ID", "data": "ad4"}, {"key": "X-POD-POSITION", "data": "1"}],
        }
        assert list(timeline_region(region)) == [Marker(13.0, 17.0, "break-1-ad-1", True, "ad4", 1)]


class TestAdapters:
    CUES = '{"active": [{"id": "a", "start": 10, "end": 15, "X-AD-ID": "ad5"}]}'
    REGION = '{"schemeIdUri": "urn:example:ad", "startTime": 10, "endTime": 15, "id": "1"}'
    EVENT = '{"event": {"id": 1, "start": 10, "duration": 5, "messageData": "ad5"}}'

    @pytest.mark.parametrize(
        ("adapter", "told", "asset"),
        [
            (HlsjsAdapter, f"hlsjs:metadata:cuechange 10/60 {CUES}", "ad5"),
            (VideojsAdapter, f"videojs:metadata:cuechange 10/60 {CUES}", "ad5"),
            (Html5Adapter, f"html5:metadata:cuechange 10/60 {CUES}", "ad5"),
            (ShakaAdapter, f"shaka:timelineregionadded 10/60 {REGION}", None),
            (ShakaAdapter, f"shaka:timelineregionenter 10/60 {REGION}", None),
            (DashjsAdapter, f"dashjs:urn:example:ad 10/60 {EVENT}", "ad5"),
        ],
    )
    def test_each_player_tells_of_ads_in_its_stream(
        self, adapter: type[Adapter], told: str, asset: str | None
    ) -> None:
        """S9."""
        player = adapter()
        ad = Ad(asset_id=asset, duration=5)
        said = callback(f"100 {told}")
        marked, *known = player.translate(said)
        assert marked == AdRanges(START + 0.1, (span(10, 15, ad),))
        assert known in ([], [Load(START + 0.1, duration=60.0)]), "the snapshot's (S83)"
        assert player.translate(said) == (), "once"
        assert player.ignored == {}

    def test_an_event_of_another_scheme_is_ignored(self) -> None:
        """S60: with a reason."""
        player = DashjsAdapter()
        assert player.translate(callback(f"100 dashjs:urn:x:chapter 10/60 {self.EVENT}")) == ()
        assert player.ignored == {"urn:x:chapter: not in the vocabulary": 1}

    def test_a_playlist_that_lists_its_ranges_tells_them_ahead(self) -> None:
        """S9: hls.js."""
        listed = '{"details": {"live": false, "dateRanges": {"b": {"startTime": 30, "attr": %s}}}}'
        attributes = '{"ID": "b", "SCTE35-OUT": "0xFC", "DURATION": "15"}'
        said = callback(f"100 hlsjs:LEVEL_LOADED 0/60 P {listed % attributes}")
        assert ranges(HlsjsAdapter().translate(said)) == [span(30, 45, pod_id="b")]

    def test_the_next_ad_of_a_pod_may_be_told_a_moment_late(self) -> None:
        """S73, D20: no content shows between two ads back to back."""
        player = DashjsAdapter()
        event = "dashjs:urn:example:ad"
        script = f"""
            0     play 0/60
            10    playing 0/60
            10000 {event} 10/60 {{"event": {{"start": 10, "duration": 4, "messageData": "a"}}}}
            14050 timeupdate 14.05/60
            14060 {event} 14/60 {{"event": {{"start": 14, "duration": 6, "messageData": "b"}}}}
            14300 timeupdate 14.3/60
            20200 timeupdate 20.2/60
            20450 timeupdate 20.45/60
        """
        assert [line for line in run(player, script) if "progress" in line] == [
            "14300 progress position=14.3",
            "20450 progress position=20.45",
        ]

    def test_behind_a_break_that_is_known_as_a_whole_everything_is_sure(self) -> None:
        """S9: its marker said how long it is."""
        markers = StreamMarkers()
        markers.take(1.0, date_ranges([opened("b", 10, 5, 1)]))
        assert markers.settled([Progress(2.0, 15.1)]) == [Progress(2.0, 15.1)]

    def test_the_next_source_has_ads_of_its_own(self) -> None:
        """S24."""
        player = DashjsAdapter()
        said = callback(f"100 dashjs:urn:example:ad 10/60 {self.EVENT}")
        player.translate(callback("0 dashjs:playbackInitialized 0/60 P"))
        player.translate(said)
        player.translate(callback("200 dashjs:playbackInitialized 0/60 P"))
        assert len(ranges(player.translate(said))) == 1
