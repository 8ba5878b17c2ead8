"""Faults do to a log what they say, nothing else, and the same each time."""

from collections.abc import Sequence
from typing import Any

import attrs
import pytest

from tests.recordings.replaying import LOGS, recorded
from video_tracker.ingest import Beacon
from video_tracker.players.base import Callback
from video_tracker.signals import (
    AdEnd,
    AdProgress,
    AdStart,
    End,
    Exit,
    Pause,
    Play,
    Progress,
    SeekEnd,
    Signal,
)
from video_tracker.testing.faults import (
    FAULTS,
    CutHead,
    Delay,
    Drop,
    Duplicate,
    Fault,
    LoseEnds,
    Reorder,
    Silence,
    Skew,
    Sleep,
    Spoilt,
    Step,
    Thin,
    Truncate,
    apply,
    parse_faults,
)
from video_tracker.testing.timed import is_end, is_poll

START = 1_790_000_000.0
LOG: tuple[Signal, ...] = (
    Play(START),
    *(Progress(START + second, second) for second in range(1, 6)),
    Pause(START + 6, 5.5),
    Play(START + 8),
    End(START + 9, 6.5),
)


def words(log: Sequence[Any]) -> list[str]:
    """A log in words: what is said, and when by the player's clock."""
    return [f"{type(said).__name__} {round(said.at - START, 6):g}" for said in log]


def lost(spoilt: Spoilt[Any]) -> list[int | None]:
    return [change.number for change in spoilt.changes]


ALL: tuple[Fault, ...] = (
    Drop(0.3),
    LoseEnds(0.5),
    Duplicate(0.3, after=2.0),
    Reorder(5.0),
    Delay(3.0, 0.3),
    Skew(-30.0, drift=5.0),
    Step(-5.0),
    Sleep(100.0),
    Silence(4.0),
    Truncate(),
    CutHead(),
    Thin(3.0),
)


def test_every_kind_of_fault_is_tried_here() -> None:
    assert {type(fault) for fault in ALL} == set(FAULTS.values())


@pytest.mark.parametrize("fault", ALL, ids=lambda fault: type(fault).__name__)
def test_the_same_seed_does_the_same_and_the_log_stays_as_it_was(fault: Fault) -> None:
    log, before = list(LOG), repr(LOG)

    one, two = apply(fault, log, seed=3), apply(fault, log, seed=3)

    assert (list(one), one.arrivals, one.changes) == (list(two), two.arrivals, two.changes)
    assert repr(tuple(log)) == before


@pytest.mark.parametrize("fault", ALL, ids=lambda fault: type(fault).__name__)
def test_nothing_can_happen_to_an_empty_log(fault: Fault) -> None:
    assert apply(fault, []) == []


@pytest.mark.parametrize("fault", ALL, ids=lambda fault: type(fault).__name__)
def test_what_has_no_readable_time_stops_no_fault(fault: Fault) -> None:
    odd: list[Any] = [Play("soon"), *LOG, Pause(float("nan")), {"event": "x"}]  # type: ignore[arg-type]

    assert set(map(repr, apply(Drop(0.0), odd))) == set(map(repr, odd))
    apply(fault, odd, seed=1)


def test_other_seeds_draw_other_losses() -> None:
    drawn = {tuple(words(apply(Drop(0.5), LOG, seed=seed))) for seed in range(20)}

    assert len(drawn) > 10


def test_arrivals_never_run_backwards() -> None:
    for seed in range(50):
        spoilt = apply(ALL, [*LOG, Progress(START + 1, 9.0)], seed=seed)

        assert list(spoilt.arrivals) == sorted(spoilt.arrivals)
        assert len(spoilt.arrivals) == len(spoilt)


# -- lost, doubled, shuffled, late -----------------------------------------------------------------


def test_a_share_of_nothing_loses_nothing_and_a_share_of_one_all() -> None:
    assert apply(Drop(0.0), LOG) == list(LOG)
    assert apply(Drop(), LOG) == []


def test_a_share_is_met_over_many_words() -> None:
    log = [Progress(START + second, second) for second in range(4000)]

    assert 3700 < len(apply(Drop(0.05), log, seed=1)) < 3900


@pytest.mark.parametrize(
    ("fault", "number"),
    [
        (Drop(nth=3), 3),
        (Drop(nth=-1), 9),
        (Drop(nth=2, name="play"), 8),
        (Drop(name="pause"), 7),
        (Drop(nth=-1, name="progress"), 6),
    ],
)
def test_one_word_is_lost_by_its_place_and_name(fault: Drop, number: int) -> None:
    spoilt = apply(fault, LOG)

    assert lost(spoilt) == [number]
    assert list(spoilt) == [said for n, said in enumerate(LOG, start=1) if n != number]


def test_a_word_that_is_not_there_is_not_lost_and_the_report_says_so() -> None:
    spoilt = apply(Drop(nth=40), LOG)

    assert list(spoilt) == list(LOG)
    assert spoilt.report().splitlines()[-1] == "  did nothing"


def test_lost_ends_are_those_of_ads_content_and_playback_and_of_nothing_else() -> None:
    log = [AdStart(START), AdEnd(START + 5), SeekEnd(START + 7), End(START + 8), Exit(START + 9)]

    assert words(apply(LoseEnds(), log)) == ["AdStart 0", "SeekEnd 7"]


def test_a_second_time_is_the_same_word_and_comes_when_it_is_told_to() -> None:
    at_once = apply(Duplicate(name="pause"), LOG)
    later = apply(Duplicate(name="pause", after=2.5), LOG)

    assert words(at_once)[6:8] == ["Pause 6", "Pause 6"]
    assert words(later)[6:] == ["Pause 6", "Play 8", "Pause 6", "End 9"]
    assert later.arrivals[8] == START + 8.5


def test_words_overtake_each_other_only_within_the_window_and_keep_their_times() -> None:
    """S68."""
    log = [Progress(START + number / 4, number) for number in range(200)]
    for seed in range(20):
        spoilt = apply(Reorder(1.0), log, seed=seed)

        assert sorted(spoilt, key=lambda said: said.at) == log
        assert list(spoilt) != log
        for place, said in enumerate(spoilt):
            assert all(said.at > other.at - 1.0 for other in spoilt[:place])
        assert all(0 <= at - said.at < 1 for at, said in zip(spoilt.arrivals, spoilt, strict=True))


def test_a_late_word_keeps_its_time_unless_whoever_hears_it_dates_it() -> None:
    network = apply(Delay(2.5, name="pause"), LOG)
    redated = apply(Delay(2.5, name="pause", redated=True), LOG)

    assert words(network)[6:] == ["Play 8", "Pause 6", "End 9"]
    assert words(redated)[6:] == ["Play 8", "Pause 8.5", "End 9"]
    assert network.arrivals == redated.arrivals


# -- clocks and holes ------------------------------------------------------------------------------


def test_a_wrong_clock_changes_times_and_no_arrival() -> None:
    """S64."""
    spoilt = apply(Skew(30.0), LOG)

    assert [said.at - 30 for said in spoilt] == [said.at for said in LOG]
    assert list(spoilt.arrivals) == [said.at for said in LOG]


def test_a_clock_that_drifts_gains_its_seconds_in_an_hour() -> None:
    log = [Play(START), Pause(START + 1800), Play(START + 3600)]

    assert words(apply(Skew(0.0, drift=10.0), log)) == ["Play 0", "Pause 1805", "Play 3610"]


def test_a_clock_is_set_from_a_moment_on() -> None:
    assert words(apply(Step(-5.0, after=6.0), LOG))[5:] == [
        "Progress 5",
        "Pause 6",
        "Play 3",
        "End 4",
    ]


def test_while_a_device_sleeps_time_passes_for_all_that_follows() -> None:
    spoilt = apply(Sleep(7200.0, after=6.0), LOG)

    assert words(spoilt)[5:] == ["Progress 5", "Pause 6", "Play 7208", "End 7209"]
    assert spoilt.arrivals[-1] == START + 7209


def test_in_a_silence_words_are_lost_and_the_rest_keeps_its_time() -> None:
    assert words(apply(Silence(3.0, after=3.0), LOG)) == [
        *("Play 0", "Progress 1", "Progress 2", "Progress 3", "Play 8", "End 9"),
    ]


def test_a_log_breaks_off_or_begins_late() -> None:
    assert words(apply(Truncate(after=2.0), LOG)) == ["Play 0", "Progress 1", "Progress 2"]
    assert words(apply(CutHead(after=8.0), LOG)) == ["Play 8", "End 9"]


def test_where_nobody_says_a_log_breaks_off_anywhere() -> None:
    assert {len(apply(Truncate(), LOG, seed=seed)) for seed in range(200)} >= set(range(1, 8))


def test_thinned_polls_leave_one_round_and_every_other_word() -> None:
    """S63: the content's and the ad's are told apart."""
    log = [Progress(START + n / 4, n) for n in range(40)]
    log[20:20] = [AdProgress(START + 5, 0.1), Pause(START + 5)]  # type: ignore[list-item]

    assert words(apply(Thin(3.0), log)) == [
        *("Progress 0", "Progress 3", "AdProgress 5", "Pause 5", "Progress 6", "Progress 9"),
    ]


# -- several ---------------------------------------------------------------------------------------


def test_faults_are_put_together_by_a_bar_or_a_tuple_and_happen_in_order() -> None:
    drop, skew, sleep = Drop(name="pause"), Skew(1.0), Sleep(10.0, after=2.0)

    assert drop | skew | sleep == (drop, skew, sleep) == drop | (skew, sleep)
    assert (drop, skew) | sleep == (drop, skew, sleep)
    assert words(apply(drop | skew | sleep, LOG))[-2:] == ["Play 19", "End 20"]


def test_a_report_tells_times_to_the_millisecond() -> None:
    """Unix seconds have no digits for more: 0.005 s after one of them is 0.00500011."""
    start = 1_795_432_200.25
    log = [Play(start), Pause(start + 0.005)]
    changes = apply(Drop(name="pause"), log).changes
    told = apply(Sleep(3.0, after=0.005), log).changes

    assert [str(each) for each in changes] == ["2: lost pause at 0.005 s"]
    assert [str(each) for each in told] == ["3 s of sleep at 0.005 s"]


def test_a_report_names_the_seed_each_fault_and_what_it_did() -> None:
    spoilt = apply(Drop(name="pause") | Duplicate(nth=1) | Skew(-2.0), LOG, seed=5)

    assert spoilt.report().splitlines() == [
        "9 items are left, seed 5",
        "Drop(nth=None, name='pause', chance=1.0):",
        "  7: lost pause at 6 s",
        "Duplicate(nth=1, name=None, chance=1.0, after=0.0):",
        "  1: repeated play at 0 s",
        "Skew(seconds=-2.0, drift=0.0):",
        "  a clock that is -2 s wrong and gains 0 s an hour",
    ]


def test_a_fault_of_ones_own_is_one_method() -> None:
    @attrs.frozen
    class Backwards(Fault):
        def spoil(self, words: Any, chance: Any, tell: Any) -> Any:  # noqa: ARG002
            tell(None, "turned round")
            last = words[-1].arrival
            return [attrs.evolve(word, arrival=START + last - word.arrival) for word in words]

    spoilt = apply(Backwards(), LOG)

    assert words(spoilt) == words(LOG)[::-1]
    assert [str(change) for change in spoilt.changes] == ["turned round"]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Drop(1.5), "chance must be a share from 0 to 1, not 1.5"),
        (lambda: Drop(nth=0), "nth is counted from 1"),
        (lambda: Reorder(-1.0), "window must be seconds, zero or more, not -1.0"),
        (lambda: Delay(float("nan")), "seconds must be seconds, zero or more, not nan"),
        (lambda: Step(float("inf")), "seconds must be seconds, not inf"),
        (lambda: Sleep(1.0, after=-2.0), "after must be seconds, zero or more, not -2.0"),
    ],
)
def test_an_impossible_fault_is_refused_when_it_is_made(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()


# -- all kinds of items ----------------------------------------------------------------------------


def test_beacons_keep_their_numbers_and_say_the_same_at_another_time() -> None:
    beacons = [Beacon("s1", number, said.at, said) for number, said in enumerate(LOG)]

    skewed = apply(Skew(30.0), beacons)

    assert [beacon.sequence for beacon in skewed] == list(range(len(LOG)))
    assert [beacon.at for beacon in skewed] == [beacon.said.at for beacon in skewed]
    assert words(skewed)[1] == "Beacon 31"


def test_the_lines_of_a_trace_move_by_the_clocks_that_they_have() -> None:
    """A page's own clock is set by nobody; sleep passes on both."""
    line = {"t": 500, "wall": "2026-11-23T10:56:22.104Z", "player": "html5", "event": "play"}
    other = {**line, "t": 1500, "wall": "2026-11-23T10:56:23.104Z", "event": "pause"}

    assert apply(Skew(60.0), [line]) == [{**line, "wall": "2026-11-23T10:57:22.104Z"}]
    assert apply(Sleep(60.0, after=0.0), [line, other]) == [
        line,
        {**other, "t": 61500, "wall": "2026-11-23T10:57:23.104Z"},
    ]


def test_the_lines_of_a_signal_log_and_of_a_body_move_too() -> None:
    said = {"signal": "pause", "at": START}
    beacon = {"t": 1_795_432_210_250, "player": "html5", "event": "pause"}

    assert apply(Skew(2.0), [said]) == [{"signal": "pause", "at": START + 2}]
    assert apply(Skew(2.0), [beacon]) == [{**beacon, "t": 1_795_432_212_250}]
    assert apply(Drop(name="pause"), [said, beacon]) == []


def test_a_lost_callback_is_told_with_its_channel_and_element() -> None:
    log = [Callback(START, "html5", "play"), Callback(START + 2, "html5", "ended", element="ad")]

    assert str(apply(LoseEnds(), log).changes[0]) == "2: lost html5 ended of ad at 2 s"


def test_the_ends_and_polls_of_the_recorded_players_are_known() -> None:
    """Whatever played was polled; what is called an end is one by its name."""
    named = {(call.player, call.event) for name in LOGS for call in recorded(name)}
    ends = {f"{player} {event}" for player, event in named if is_end(Callback(0, player, event))}

    for name in LOGS:
        played = any((call.number("currentTime") or 0.0) > 1 for call in recorded(name))
        assert any(map(is_poll, recorded(name))) or not played, name
    assert {end for end in ends if not end.startswith(("videojs", "hlsjs", "shaka"))} == {
        *("dashjs playbackEnded", "fluid ended", "fluid vast:complete", "html5 ended"),
        *("fluid vastVideoEndedCallback", "mediaelement ended", "page pagehide", "plyr ended"),
        *("vast-client breakend", "vast-client complete", "vast-client skip"),
    }


@pytest.mark.parametrize(
    ("callback", "ends"),
    [
        (Callback(0, "media3", "onPlaybackStateChanged", detail={"state": 4}), True),
        (Callback(0, "media3", "onPlaybackStateChanged", detail={"state": 3}), False),
        (Callback(0, "youtube", "onStateChange", detail={"data": 0}), True),
        (Callback(0, "youtube", "onStateChange", detail={"data": False}), False),
        (Callback(0, "roku", "state", detail={"state": "finished"}), True),
        (Callback(0, "cmcd", "ae"), True),
        (Callback(0, "cmcd", "as"), False),
        (Callback(0, "bitmovin", "stallended"), False),
        (Callback(0, "ima", "contentResumeRequested"), True),
        (Callback(0, "avplayer", "AVPlayerItemDidPlayToEndTimeNotification"), True),
        (Callback(0, "dashjs", "fragmentLoadingCompleted"), False),
    ],
)
def test_an_end_is_known_by_its_name_or_the_state_that_it_tells(
    callback: Callback, ends: bool
) -> None:
    assert is_end(callback) is ends


# -- on the command line ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("", ()),
        ("drop=0.05,reorder=0.5,skew=30", (Drop(0.05), Reorder(0.5), Skew(30))),
        (" drop = #3:ended , truncate", (Drop(nth=3, name="ended"), Truncate())),
        ("delay=2:0.1", (Delay(2, 0.1),)),
        ("delay=2:redated:pause", (Delay(2, redated=True, name="pause"),)),
        ("step=-5:60,cut_head=10", (Step(-5, 60), CutHead(10))),
        ("lose-ends,sleep=7200:30", (LoseEnds(), Sleep(7200, 30))),
        ("drop=ads-ad-ended:#-1", (Drop(name="ads-ad-ended", nth=-1),)),
    ],
)
def test_faults_are_read_from_text(text: str, faults: tuple[Fault, ...]) -> None:
    assert parse_faults(text) == faults


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("dropp=0.1", "there is no fault 'dropp'; did you mean 'drop'?"),
        ("xyz", "there is no fault 'xyz'; there are: drop, duplicate"),
        ("drop=2", "'drop=2': chance must be a share from 0 to 1, not 2.0; it is drop=[CHANCE]"),
        ("reorder", "'reorder': these are not its arguments; it is reorder=WINDOW"),
        ("skew=1:2:3", "these are not its arguments; it is skew=SECONDS:[DRIFT]"),
        ("thin=#2", "these are not its arguments; it is thin=EVERY"),
        ("skew=nan", "seconds must be seconds, not nan"),
        ("delay=1x", "it is delay=SECONDS:[CHANCE]:[#N]:[NAME]:[redated]"),
    ],
)
def test_what_cannot_be_read_is_refused_with_what_would_do(text: str, message: str) -> None:
    with pytest.raises(ValueError) as error:  # noqa: PT011 - the text is compared
        parse_faults(text)

    assert message in str(error.value)
