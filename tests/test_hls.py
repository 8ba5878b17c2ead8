"""The ads of HLS playlists: markers in the stream, and interstitials beside it (S9)."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from video_tracker.hls import MediaPlaylist, ScheduleItem, read_playlist
from video_tracker.plan import AdRange, SessionPlan
from video_tracker.session import Session

DATA = Path(__file__).parent / "session/data/timeline_vectors.json"
SCHEDULES: list[dict[str, Any]] = json.loads(DATA.read_text("utf-8"))["hls_interstitials"]
NOON = "2026-11-23T12:00:00.000Z"


def media(*lines: str, ended: bool = True) -> MediaPlaylist:
    """A playlist with these lines, and ten segments of six seconds."""
    head = ["#EXTM3U", "#EXT-X-TARGETDURATION:6", f"#EXT-X-PROGRAM-DATE-TIME:{NOON}"]
    segments = [f"#EXTINF:6.0,\n{number}.ts" for number in range(10)]
    return read_playlist("\n".join([*head, *lines, *segments, *["#EXT-X-ENDLIST"] * ended]))


def range_at(second: float, **attributes: str) -> str:
    """A DATERANGE so many seconds into the playlist."""
    date = f"2026-11-23T12:{int(second // 60):02}:{second % 60:06.3f}Z"
    rest = "".join(f",{name.replace('_', '-')}={value}" for name, value in attributes.items())
    return f'#EXT-X-DATERANGE:START-DATE="{date}"{rest}'


def interstitial(second: float, name: str, **attributes: str) -> str:
    own = {"CLASS": '"com.apple.hls.interstitial"', "X_ASSET_URI": '"https://ads.example/a.m3u8"'}
    return range_at(second, ID=f'"{name}"', **own, **attributes)


@pytest.mark.parametrize("vector", SCHEDULES, ids=lambda vector: vector["test"][:40])
def test_schedules_agree_with_hls_js(vector: dict[str, Any]) -> None:
    """Primary, integrated and playout timelines, number by number."""
    expected = [
        ScheduleItem(
            item["event"]["identifier"] if "event" in item else None,
            item["start"],
            item["end"],
            (item["integrated"]["start"], item["integrated"]["end"]),
            (item["playout"]["start"], item["playout"]["end"]),
        )
        for item in vector["expect"]
    ]
    assert list(read_playlist("\n".join(vector["playlist"])).schedule()) == expected


class TestPlaces:
    """Where interstitials lie in a playlist of 36 seconds: id, start, and where content goes on."""

    @staticmethod
    def items(
        second: float, *, ended: bool = True, **attributes: str
    ) -> list[tuple[str | None, float, float]]:
        head = ["#EXTM3U", f"#EXT-X-PROGRAM-DATE-TIME:{NOON}"]
        lines = [interstitial(second, "a", DURATION="15", **attributes)]
        segments = [f"#EXTINF:12,\n{number}.ts" for number in range(3)]
        text = "\n".join([*head, *lines, *segments, *["#EXT-X-ENDLIST"] * ended])
        return [(item.id, item.start, item.end) for item in read_playlist(text).schedule()]

    @pytest.mark.parametrize("name", ["CUE", "X_CUE"])
    def test_a_cue_has_its_old_name_too(self, name: str) -> None:
        """``X-CUE`` is its name before protocol version 12."""
        told = self.items(6, ended=True, X_RESUME_OFFSET="0", **{name: '"PRE"'})

        assert told == [("a", 0, 0), (None, 0, 36)]

    def test_beyond_the_end_of_an_ended_playlist_nothing_is_played(self) -> None:
        assert self.items(50, X_RESUME_OFFSET="0") == [(None, 0, 36)]

    def test_at_the_end_is_a_post_roll(self) -> None:
        assert self.items(36, X_RESUME_OFFSET="0") == [(None, 0, 36), ("a", 36, 36)]

    def test_a_live_playlist_may_still_reach_it(self) -> None:
        assert ("a", 50, 50) in self.items(50, ended=False, X_RESUME_OFFSET="0")

    def test_content_may_go_on_from_before_the_break(self) -> None:
        """A resume offset below zero is taken as it is written, as hls.js does."""
        assert self.items(6, X_RESUME_OFFSET="-6") == [(None, 0, 6), ("a", 6, 0), (None, 0, 36)]

    def test_it_never_goes_on_from_before_the_content(self) -> None:
        assert self.items(6, X_RESUME_OFFSET="-60") == [(None, 0, 6), ("a", 6, 0), (None, 0, 36)]

    def test_a_range_of_a_player_stands_for_no_content_that_is_seen_again(self) -> None:
        playlist = media(interstitial(6, "a", DURATION="15", X_RESUME_OFFSET="-6"))

        assert [part.resume_offset for part in playlist.interstitial_ranges()] == [0.0]


class TestMarkers:
    def test_out_with_a_length_is_a_range(self) -> None:
        playlist = media(range_at(12, ID='"b1"', DURATION="30", SCTE35_OUT="0xFC"))
        assert playlist.ad_ranges() == (AdRange(start=12.0, end=42.0, pod_id="b1"),)

    def test_a_planned_length_counts_until_the_true_one_comes(self) -> None:
        planned = range_at(12, ID='"b1"', PLANNED_DURATION="30", SCTE35_OUT="0xFC")
        ended = range_at(12, ID='"b1"', END_DATE='"2026-11-23T12:00:40Z"', SCTE35_IN="0xFC")
        assert media(planned).ad_ranges()[0].end == 42.0
        assert media(planned, ended).ad_ranges()[0].end == 40.0

    def test_an_end_of_its_own_id_closes_the_last_one(self) -> None:
        out = range_at(12, ID='"b1"', SCTE35_OUT="0xFC")
        back = range_at(36, ID='"b1-in"', SCTE35_IN="0xFC")
        assert media(out).ad_ranges() == (AdRange(start=12.0, pod_id="b1"),)
        assert media(out, back).ad_ranges() == (AdRange(start=12.0, end=36.0, pod_id="b1"),)

    def test_dates_before_the_window_lie_before_its_start(self) -> None:
        """Joined live in the middle of a break; the window's own place is the player's."""
        early = (
            '#EXT-X-DATERANGE:ID="b",START-DATE="2026-11-23T11:59:50Z",DURATION=30,SCTE35-OUT=0xFC'
        )
        assert media(early).ad_ranges() == (AdRange(start=-10.0, end=20.0, pod_id="b"),)
        assert media(early).ad_ranges(origin=600.0)[0].start == 590.0

    def test_dates_follow_every_program_date_time(self) -> None:
        """Behind a discontinuity the clock may have jumped."""
        marker = 'ID="b",START-DATE="2026-11-23T13:00:02Z",DURATION=3,SCTE35-OUT=0x1'
        text = (
            "#EXT-X-PROGRAM-DATE-TIME:2026-11-23T12:00:00+00:00\n#EXTINF:6,\na.ts\n"
            "#EXT-X-DISCONTINUITY\n"
            "#EXT-X-PROGRAM-DATE-TIME:2026-11-23T14:00:00+01:00\n#EXTINF:6,\nb.ts\n"
            f"#EXT-X-DATERANGE:{marker}\n"
        )
        assert read_playlist(text).ad_ranges() == (AdRange(start=8.0, end=11.0, pod_id="b"),)

    def test_cue_tags_stand_before_their_segment(self) -> None:
        text = "#EXTINF:6,\na\n#EXT-X-CUE-OUT:12.5\n#EXTINF:6,\nb\n#EXTINF:6,\nc\n"
        assert read_playlist(text).ad_ranges() == (AdRange(start=6.0, end=18.5),)
        assert read_playlist(text + "#EXT-X-CUE-IN\n").ad_ranges()[0].end == 18.0
        told = text.replace(":12.5", ":DURATION=12.5")
        assert read_playlist(told).ad_ranges() == (AdRange(start=6.0, end=18.5),)
        assert read_playlist(text.replace(":12.5", "")).ad_ranges() == (AdRange(start=6.0),)

    @pytest.mark.parametrize("told", ["ElapsedTime=8,Duration=30", "8/30"])
    def test_a_window_that_begins_in_a_break_says_since_when(self, told: str) -> None:
        text = (
            f"#EXT-X-CUE-OUT-CONT:{told}\n#EXTINF:6,\na\n#EXT-X-CUE-OUT-CONT:14/30\n#EXTINF:6,\nb"
        )
        assert read_playlist(text).ad_ranges() == (AdRange(start=-8.0, end=22.0),)

    def test_without_dates_a_date_has_no_place(self) -> None:
        text = f"#EXTINF:6,\na\n{range_at(0, ID='b', DURATION='3', SCTE35_OUT='0x1')}"
        assert read_playlist(text).ad_ranges() == ()

    def test_other_date_ranges_are_no_ads(self) -> None:
        assert media(range_at(3, ID='"song"', DURATION="60", X_TITLE='"a, b=c"')).ad_ranges() == ()


class TestInterstitials:
    def test_without_resume_offset_it_replaces(self) -> None:
        (before, ad, after) = media(interstitial(12, "a", DURATION="10")).schedule()
        assert (before.end, ad.end, after.start) == (12.0, 22.0, 22.0)
        assert (ad.playout, ad.integrated, after.playout) == ((12, 22), (12, 12), (22, 60))

    def test_resume_offset_zero_inserts(self) -> None:
        playlist = media(interstitial(12, "a", DURATION="10", X_RESUME_OFFSET="0"))
        assert playlist.interstitial_ranges() == (
            AdRange(start=12.0, end=22.0, pod_id="a", resume_offset=0.0),
        )

    def test_pre_and_post_cues_stand_at_the_ends(self) -> None:
        playlist = media(
            interstitial(30, "last", DURATION="5", CUE='"POST"'),
            interstitial(30, "first", DURATION="5", CUE='"PRE,ONCE"', X_RESUME_OFFSET="0"),
        )
        items = playlist.schedule()
        assert [item.id for item in items] == ["first", None, "last"]
        assert items[0].once
        assert not items[2].once
        assert items[2].playout == (65, 70)

    def test_a_livestream_has_no_end_yet(self) -> None:
        cue = interstitial(30, "last", DURATION="5", CUE='"POST"')
        assert [item.id for item in media(cue, ended=False).schedule()] == [None]

    def test_a_playout_limit_ends_it(self) -> None:
        (_, ad, _) = media(
            interstitial(12, "a", DURATION="10", X_PLAYOUT_LIMIT="4", X_RESUME_OFFSET="0")
        ).schedule()
        assert ad.playout == (12, 16)

    def test_both_borders_snap_to_segments(self) -> None:
        (_, ad, _) = media(interstitial(13, "a", DURATION="10", X_SNAP='"OUT,IN"')).schedule()
        assert (ad.start, ad.end) == (12, 24)

    def test_one_without_an_asset_is_none(self) -> None:
        told = range_at(3, ID='"a"', CLASS='"com.apple.hls.interstitial"', DURATION="5")
        assert [item.id for item in media(told).schedule()] == [None]


@pytest.mark.parametrize(
    "text",
    [
        "",
        b"\xff\xfe\x00",
        "#EXTM3U",
        "#EXTINF:NaN,\na",
        "#EXTINF:-5,\na",
        "#EXTINF:1e400,\na",
        "#EXT-X-DATERANGE:",
        '#EXT-X-DATERANGE:ID="x"',
        '#EXT-X-DATERANGE:ID="x",START-DATE="9999-99-99"',
        '#EXT-X-DATERANGE:ID="x",START-DATE="0001-01-01T00:00:00+23:59",SCTE35-OUT=0x0',
        "#EXT-X-CUE-IN\n#EXT-X-CUE-OUT:x\n#EXT-X-CUE-OUT-CONT:/\n",
        "#EXT-X-PROGRAM-DATE-TIME:yesterday\n#EXTINF:6,\na",
    ],
)
def test_nonsense_gives_nothing_and_raises_nothing(text: str | bytes) -> None:
    playlist = read_playlist(text)
    assert all(item.id is None for item in playlist.schedule())
    assert all(isinstance(part, AdRange) for part in playlist.ad_ranges())


LINES = st.one_of(
    st.text(max_size=30),
    st.builds(
        lambda tag, rest: f"#EXT-X-{tag}:{rest}",
        st.sampled_from(["DATERANGE", "CUE-OUT", "CUE-IN", "CUE-OUT-CONT", "PROGRAM-DATE-TIME"]),
        st.text('ABID="=,0123456789.-:TZ/', max_size=40),
    ),
    st.builds("#EXTINF:{},\nsegment".format, st.floats()),
    st.builds(
        '#EXT-X-DATERANGE:ID="{}",START-DATE="2026-11-23T12:00:{:02}Z",DURATION={},{}'.format,
        st.sampled_from("ab"),
        st.integers(0, 70),
        st.floats(-10, 100),
        st.sampled_from(
            [
                "SCTE35-OUT=0x1",
                "SCTE35-IN=0x1",
                'CLASS="com.apple.hls.interstitial",X-ASSET-LIST="l",X-SNAP="OUT,IN",CUE="POST"',
                'CLASS="com.apple.hls.interstitial",X-ASSET-URI="u",X-TIMELINE-OCCUPIES=RANGE',
            ]
        ),
    ),
    st.just(f"#EXT-X-PROGRAM-DATE-TIME:{NOON}"),
)


@given(st.lists(LINES, max_size=12).map("\n".join))
def test_any_text_gives_ranges_in_order(text: str) -> None:
    """No playlist raises, and what comes out can be told to a session."""
    playlist = read_playlist(text)
    ranges = playlist.ad_ranges()
    assert [part.start for part in ranges] == sorted(part.start for part in ranges)
    clock = 0.0
    for item in playlist.schedule():
        assert item.playout[0] == pytest.approx(clock)
        clock = item.playout[1]
    session = Session("s1", SessionPlan(user_id="viewer"))
    session.ad_ranges(1.0, (*ranges, *playlist.interstitial_ranges()))
    assert "internal_fault" not in session.diagnostics


def test_many_markers_are_bounded() -> None:
    lines = [range_at(0, ID=f'"{number}"', SCTE35_OUT="0x1") for number in range(3_000)]
    assert len(media(*lines).ad_ranges()) == 1_000
