"""The simulated player: its truth, told by hand, and what a real player does."""

import itertools

import pytest

from video_tracker.cli.main import main
from video_tracker.signals import Update
from video_tracker.testing import Scenario, ScenarioError
from video_tracker.testing.simulator import DIALECTS, SeenAd, Simulation, simulate
from video_tracker.trace import read_trace

FILM = (
    Scenario(600.0, startup=1.0, gaps=0.0)
    .ads("pre", [15])
    .play()
    .watch(12)
    .pause(5)
    .seek(300)
    .watch(4)
    .ads("mid", [15, 30], skip=1)
    .watch_to_end()
)


def names(one: Simulation) -> list[str]:
    told = [event.name.removeprefix("Video ") for event in one.events()]
    return [name for name in told if not name.endswith(" Playing")]


def test_the_truth_of_a_viewing_is_what_anybody_would_count() -> None:
    """S1, S20 to S23, S33: 15 s of a pre-roll, 12 s, a seek, 4 s, 5 of 15 and 30 s of ads."""
    truth = simulate(FILM).truth

    assert [(e.name, round(e.at, 6), round(e.position, 6)) for e in truth.events] == [
        ("Playback Started", 0.0, 0.0),
        ("Ad Started", 1.0, 0.0),
        ("Ad Completed", 16.0, 15.0),
        ("Content Started", 16.0, 0.0),
        ("Playback Paused", 28.0, 27.0),
        ("Playback Resumed", 33.0, 27.0),
        ("Playback Seek Started", 33.0, 27.0),
        ("Playback Seek Completed", 33.5, 315.0),
        ("Content Completed", 37.5, 304.0),
        ("Ad Started", 37.5, 0.0),
        ("Ad Started", 42.5, 0.0),
        ("Ad Completed", 72.5, 30.0),
        ("Content Started", 72.5, 304.0),
        ("Content Completed", 368.5, 600.0),
        ("Playback Completed", 368.5, 650.0),
    ]
    assert {k: round(v, 6) for k, v in truth.seconds.items() if v} == {
        "startup": 1.0,
        "content_played": 312.0,
        "ad_played": 50.0,
        "paused": 5.0,
        "seeking": 0.5,
    }
    assert truth.watched == {"film": ((0.0, 12.0), (300.0, 600.0))}
    assert [(ad.name, ad.fate, round(ad.seconds, 6)) for ad in truth.ads] == [
        ("pre-1", "completed", 15.0),
        ("mid-1", "skipped", 5.0),
        ("mid-2", "completed", 30.0),
    ]
    assert (truth.ended, truth.pauses, truth.seeks, truth.ads_skipped) == ("completed", 1, 1, 1)


@pytest.mark.parametrize("player", DIALECTS)
def test_ads_where_a_seek_lands_complete_the_pod_that_was_left(player: str) -> None:
    """S21: the pod landed in never moved."""
    film = Scenario(600).ads("pre", [15]).play().watch(12).pause(5).seek(300)
    one = simulate(film.ads("mid", [15, 30], skip=1).watch_to_end(), player)

    told = list(one.truth.names)
    assert told[told.index("Playback Seek Completed") + 1] == "Content Completed"
    assert one.truth.events[told.index("Content Completed")].position == 12.0
    assert names(one) == told


def test_a_stitched_ad_plays_again_where_the_playhead_comes_again() -> None:
    """S9: it lies in the stream."""
    scenario = (
        Scenario(60.0, ads="stitched").ads("mid", [10], at=20.0).play().watch(30).seek(5).watch(30)
    )

    assert [ad.name for ad in simulate(scenario).truth.ads] == ["mid-1", "mid-1"]


def test_a_rate_plays_more_content_in_less_time_and_ads_at_their_own() -> None:
    truth = simulate(Scenario(60.0).play().rate(2.0).ads("mid", [10]).watch(20).exit()).truth

    assert (truth.content_played, truth.content_media_seconds) == (20.0, 40.0)
    assert truth.ad_played == 10.0


def test_an_ad_that_fails_before_its_first_frame_never_started() -> None:
    """S71."""
    truth = simulate(Scenario(60.0).play().watch(3).ads("mid", [10, 5], fail=1).exit()).truth

    assert truth.ads == (SeenAd("mid-1", 1, 0.0, "failed"), SeenAd("mid-2", 2, 5.0, "completed"))
    assert (truth.ads_started, truth.ads_failed) == (1, 1)


def test_who_leaves_within_a_second_of_the_end_has_seen_it() -> None:
    """S75."""
    assert simulate(Scenario(60.0).play().watch(59.5).exit()).truth.ended == "completed"
    assert simulate(Scenario(60.0).play().watch(58.5).exit()).truth.ended == "exited"


@pytest.mark.parametrize("player", DIALECTS)
@pytest.mark.parametrize(
    "scenario",
    [
        Scenario(60.0).play().watch(9).ads("mid", [10, 5], fail=1).watch(9).exit(),
        Scenario(60.0).play().watch(9).ads("mid", [10, 5], fail=2, fail_after=3.0).watch(9).exit(),
        Scenario(60.0).play().watch(9).next(90.0, "second").watch(20).exit(),
        Scenario(60.0).play().watch_to_end().next(90.0, "second").watch(20).exit(),
        Scenario(60.0).play().watch(9).pause(8, seek=30.0).watch(20).exit(),
        Scenario(None).play().watch(40).pause(9).watch(20).exit(),
        Scenario(60.0).play().watch(9).error("codec", fatal=False).watch(9).exit(),
        Scenario(60.0).play().watch(9).sleep(3600).watch(20).exit(),
        Scenario(60.0).ads("post", [10]).play().watch(9).into_ad(3).exit(),
    ],
    ids=str,
)
def test_rare_things_are_told_as_they_were(scenario: Scenario, player: str) -> None:
    """S24, S26, S33, S71, S8, in every dialect."""
    one = simulate(scenario, player)

    assert names(one) == list(one.truth.names)
    for key in ("content_played", "ad_played", "paused", "suspended"):
        assert abs(one.summary().to_dict()[key] - one.truth.seconds[key]) < 1.3, key


def test_the_callbacks_that_a_media_element_fires() -> None:
    """A1: `pause` before `ended`; A3; four times a second at most, however often one polls."""
    one = simulate(Scenario(10.0).play().watch(3).seek(6).watch_to_end(), "html5", poll=0.01)
    words = [word for word in one.callbacks if word.event != "timeupdate"]
    clock = [word.at for word in one.callbacks if word.event == "timeupdate"]

    assert [word.event for word in words] == [
        *("loadstart", "durationchange", "loadedmetadata", "play", "playing"),
        *("seeking", "waiting", "seeked", "canplay", "playing", "pause", "ended"),
    ]
    assert len(clock) <= 4 * 11 + 2
    assert words[-3].state["bufferedEnd"] > words[-3].state["currentTime"]


def test_a_stall_is_one_because_nothing_is_buffered() -> None:
    one = simulate(Scenario(100.0).play().watch(20).stall(2).watch(3), "html5")
    stalled = [word.state for word in one.callbacks if word.event == "waiting"]

    assert [state["bufferedEnd"] for state in stalled] == [20.0]
    assert [state["readyState"] for state in stalled] == [2]


def test_a_hidden_tab_tells_its_clock_more_seldom() -> None:
    one = simulate(Scenario(100.0).play().background(20, throttle=5.0).watch(1), "html5")
    hidden = [w for w in one.callbacks if w.event == "timeupdate" and w.state["hidden"]]

    assert 3 <= len(hidden) <= 4


def test_a_sleeping_device_says_nothing() -> None:
    one = simulate(Scenario(100.0).play().watch(3).sleep(100).watch(3), "html5")
    times = [word.at for word in one.callbacks]

    assert [round(b - a) for a, b in itertools.pairwise(times) if b - a > 1] == [100]


@pytest.mark.parametrize("player", DIALECTS)
def test_sound_rate_and_screen_are_told_in_every_dialect(player: str) -> None:
    scenario = Scenario().play().watch(2).volume(40).rate(2.0).full_screen().watch(2).mute()
    told = [s for s in simulate(scenario.watch(2), player).signals if isinstance(s, Update)]

    last = {"sound": 0, "playback_rate": 2.0, "full_screen": True}
    for name, value in last.items():
        assert [getattr(s, name) for s in told if getattr(s, name) is not None][-1] == value
    assert 40 in [s.sound for s in told]


def test_the_same_seed_is_the_same_simulation_and_another_is_not() -> None:
    one = simulate(FILM, "html5", jitter=0.3, seed=1)

    assert simulate(FILM, "html5", jitter=0.3, seed=1).items == one.items
    assert simulate(FILM, "html5", jitter=0.3, seed=2).items != one.items


def test_a_stitched_player_speaks_of_no_ads() -> None:
    scenario = Scenario(60.0, ads="stitched").ads("mid", [10], at=20.0).play().watch_to_end()
    one = simulate(scenario, "html5")

    assert {(word.player, word.element) for word in one.callbacks} == {("html5", None)}
    assert one.callbacks[-1].state["currentTime"] == one.callbacks[-1].state["duration"] == 70.0
    assert one.truth.content_played == 60.0


def test_a_simulation_is_written_as_a_log_that_is_read_again() -> None:
    one = simulate(FILM, "ima")
    read = list(read_trace(one.lines()))

    pairs = list(zip(read, one.callbacks, strict=True))
    assert [a for a, b in pairs if (a.player, a.event, a.element, a.state, a.detail)
        != (b.player, b.event, b.element, b.state, b.detail)] == []  # fmt: skip
    assert max(abs(a.at - b.at) for a, b in pairs) < 1e-5
    assert names(one.told(read)) == names(one)


def test_signals_have_no_callbacks() -> None:
    with pytest.raises(ScenarioError, match=r"\.signals"):
        _ = simulate(FILM).callbacks


def test_an_open_viewing_stays_open_and_may_be_let_go() -> None:
    """S26."""
    one = simulate(Scenario(60.0).play().watch(12))

    assert names(one) == ["Playback Started", "Content Started"]
    late = [event.name for event in one.run(finish=True).events]
    assert late[-1] == "Video Playback Interrupted"


def test_the_command_line_is_loaded_without_the_simulator() -> None:
    with pytest.raises(SystemExit):
        main(["simulate", "--help"])
