"""The pytest plugin in runs of its own: fixtures, what fails at teardown, what a failure shows."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from video_tracker.diagnostics import REASONS
from video_tracker.testing import expect, stage

pytest_plugins = ["pytester"]
LOADED = (expect, stage)
"""The runs inside share the modules that were loaded before them, and no others."""
ROOT = Path(__file__).parent.parent.parent
FIXTURES = ("memory_transport", "play_scenario", "scenario", "tracker", "virtual_clock")


@pytest.fixture(autouse=True)
def at_a_desk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where one of these is set, pytest's last summary repeats the whole of each failure."""
    for variable in ("CI", "BUILD_NUMBER"):
        monkeypatch.delenv(variable, raising=False)


def run(pytester: pytest.Pytester, code: str, *options: str) -> pytest.RunResult:
    """A run of its own, as strict as it may be."""
    pytester.makepyfile(code)
    return pytester.runpytest("-p", "no:cacheprovider", "--strict-markers", "-W", "error", *options)


def lines(result: pytest.RunResult) -> list[str]:
    return [" ".join(line.split()) for line in result.outlines]


def test_the_entry_point_names_the_plugin() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]

    assert project["entry-points"]["pytest11"] == {
        "video_tracker": "video_tracker.testing.pytest_plugin"
    }


def test_a_tracker_runs_on_its_clock_and_into_memory(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
        from video_tracker.plan import Content, SessionPlan

        def test_viewing(tracker, virtual_clock, memory_transport):
            plan = SessionPlan(user_id="u", contents=[Content(asset_id="film", duration=60)])
            player = tracker.adapt("s1", "html5", plan)
            player.callback("play", {"currentTime": 0})
            virtual_clock.advance(1)
            player.callback("playing", {"currentTime": 0})
            tracker.flush()
            assert memory_transport.events == ["Video Playback Started", "Video Content Started"]
            sent = [message["timestamp"] for message in memory_transport.messages]
            assert sent == ["2026-01-01T12:00:00.000Z", "2026-01-01T12:00:01.000Z"]

        def test_viewer_of_its_own(tracker, virtual_clock, memory_transport):
            assert memory_transport.events == []
            tracker.session("s1").play()  # what waits at the end of a test is sent
        """,
    )

    result.assert_outcomes(passed=2)


@pytest.mark.parametrize(
    ("act", "kind", "said"),
    [
        (
            "tracker.adapt('s1', 'html5').callback('playy')",
            "unknown",
            "unknown: 1 x callback playy: not in the vocabulary; did you mean 'play'?",
        ),
        (
            "s = tracker.session('s1'); s.play(); s.playing(0.0); s.ad_start('ad')",
            "repaired",
            "repaired: 1 x ad_break_start_lost: An ad started outside an ad break; one was opened.",
        ),
        (
            "tracker.session('s1').play(at=float('nan'))",
            "rejected",
            f"rejected: 1 x invalid_time: {REASONS['invalid_time']}",
        ),
        (
            "memory_transport._answers = iter([Refused('400')]); tracker.session('s1').play()",
            "undelivered",
            "undelivered: 1 x given up: 400",
        ),
        (
            "memory_transport._answers = iter([TryLater('503')] * 9); tracker.session('s1').play()",
            "undelivered",
            "undelivered: 1 x still waiting, the last trouble was 503",
        ),
        (
            "tracker.close(); tracker.session('s1').play()",
            "undelivered",
            "undelivered: 1 x never sent: closed",
        ),
        (
            "s = tracker.session('s1'); s.annotate({'x': float('nan')}); s.play()",
            "repaired",
            "repaired: 1 x not_finite: a NaN or an infinity was left out",
        ),
    ],
)
def test_what_a_test_leaves_behind_fails_it_unless_it_is_allowed(
    pytester: pytest.Pytester, act: str, kind: str, said: str
) -> None:
    result = run(
        pytester,
        f"""
        import pytest
        from video_tracker.transports import Refused, TryLater

        def test_plain(tracker, memory_transport):
            {act}

        @pytest.mark.video_tracker(allow=[{kind!r}])
        def test_allowed(tracker, memory_transport):
            {act}

        @pytest.mark.video_tracker(allow=["fault", "looped"])
        def test_other(tracker, memory_transport):
            {act}
        """,
    )

    result.assert_outcomes(passed=3, errors=2)
    shown = lines(result)
    assert sum("ERROR at teardown of test_plain" in line for line in shown) == 1
    assert sum("ERROR at teardown of test_other" in line for line in shown) == 1
    assert sum(line == said for line in shown) == 2
    assert (
        sum(line.endswith(f"@pytest.mark.video_tracker(allow=['{kind}'])") for line in shown) == 2
    )


def test_one_reason_may_be_allowed_by_itself(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
        import pytest
        pytestmark = pytest.mark.video_tracker(allow=["ad_break_start_lost"])

        def test_one(tracker):
            s = tracker.session('s1'); s.play(); s.playing(0.0); s.ad_start('ad')

        def test_two(tracker):
            s = tracker.session('s1'); s.play(); s.playing(0.0); s.ad_start('ad'); s.ad_start('b')

        @pytest.mark.video_tracker(allow=["ad_end_lost"])
        def test_both(tracker):
            s = tracker.session('s1'); s.play(); s.playing(0.0); s.ad_start('ad'); s.ad_start('b')
        """,
    )

    result.assert_outcomes(passed=3, errors=1)
    assert [line for line in lines(result) if line.startswith("repaired:")] == [
        "repaired: 1 x ad_end_lost: The ad was left open; it was closed (S62)."
    ]


def test_the_marker_takes_options_of_the_tracker(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
        import pytest

        seen, told = [], []

        @pytest.mark.video_tracker(mode="thread")
        def test_threads(tracker):
            tracker.session("s1").play()  # sent by a thread, for which the end of the test waits

        @pytest.mark.video_tracker(
            profile="rudderstack", allow=["rejected"], on_diagnostic=told.append,
            before=lambda event: seen.append(event) or None,
        )
        def test_it(tracker, memory_transport):
            session = tracker.session("s1")
            session.play()
            session.play(at=float('nan'))
            tracker.flush()
            assert [event.name for event in seen] == ["Video Playback Started"]
            assert [diagnostic.reason for diagnostic in told] == ["invalid_time"]
            assert memory_transport.events == []
        """,
    )

    result.assert_outcomes(passed=2)


@pytest.mark.parametrize(
    ("marker", "said"),
    [
        ("allow=['repaird']", "'repaird' is no fault to allow; did you mean 'repaired'?"),
        ("profil='segment'", "'profil' is no option of a tracker; did you mean 'profile'?"),
        ("allow='repaired'", "write @pytest.mark.video_tracker(allow=['repaired'], **options)"),
        ("'repaired'", "write @pytest.mark.video_tracker(allow=['repaired'], **options)"),
    ],
)
def test_a_marker_that_is_wrong_is_refused(
    pytester: pytest.Pytester, marker: str, said: str
) -> None:
    result = run(
        pytester,
        f"""
        import pytest

        @pytest.mark.video_tracker({marker})
        def test_it(tracker):
            pass
        """,
    )

    result.assert_outcomes(errors=1)
    assert f"the marker video_tracker: {said}" in lines(result)


VIEWING = """
    from video_tracker.testing import assert_transcript

    def test_viewing(scenario, play_scenario):
        story = scenario.ads("pre", [15]).play().watch(12).pause(5).seek(to=300).watch(10)
        events = play_scenario(story.ads("mid", [15, 30], skip=1).watch_to_end()).events
        assert_transcript(events, '''
            0 Playback Started
            ...
            Playback Paused film/content-1 {position}
            ...
            Playback Completed''', heartbeats=False)
    """


def test_a_scenario_is_played_through_the_tracker(pytester: pytest.Pytester) -> None:
    """Pre-roll of 15 s and 12 s of content: the pause is at second 27 of the playback (S1)."""
    run(pytester, VIEWING.format(position=27)).assert_outcomes(passed=1)


def test_a_failure_shows_both_transcripts_and_the_timeline_of_each_session(
    pytester: pytest.Pytester,
) -> None:
    result = run(pytester, VIEWING.format(position=12))

    result.assert_outcomes(failed=1)
    shown = lines(result)
    [marked] = [line for line in shown if " | " in line]
    assert marked.startswith("E Playback Paused film/content-1 12/* | 28.")
    assert marked.endswith("27/660 <- position")
    start = next(n for n, line in enumerate(shown) if "video tracker: session viewing-1" in line)
    assert shown[start + 1].startswith("0 Playback Started - 0/660")
    assert any("Content Playing film/content-1 10/600" in line for line in shown[start:])
    assert not any("expect.py" in line for line in shown)  # our own frames are hidden


def test_the_timeline_says_what_was_repaired(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
        def test_it(tracker, virtual_clock):
            for name in ("a", "b"):
                tracker.session(name).play()
            one = tracker.find("a")
            one.playing(0.0)
            virtual_clock.advance(2)
            one.ad_start("ad")
            assert False
        """,
    )

    result.assert_outcomes(failed=1)  # and no error besides: the test did not come to its end
    shown = lines(result)
    titles = [n for n, line in enumerate(shown) if "video tracker: session" in line]
    assert ["session a" in shown[titles[0]], "session b" in shown[titles[1]]] == [True, True]
    assert (
        "2 repaired ad_start: ad_break_start_lost: An ad started outside an ad break; one was"
        in (" ".join(shown[titles[0] : titles[1]]))
    )
    assert len(titles) == 2


def test_viewings_one_after_the_other_are_alike(pytester: pytest.Pytester) -> None:
    """The clock of the second one stands elsewhere; what is told is the same."""
    result = run(
        pytester,
        """
        import pytest
        from video_tracker.testing import simulate
        from video_tracker.transcript import transcript

        @pytest.mark.parametrize("player", ["signals", "html5", "hlsjs", "ima", "media3"])
        def test_it(scenario, play_scenario, memory_transport, player):
            story = scenario.ads("pre", [15]).play().watch(12).pause(5).watch(30).exit()
            one, two = play_scenario(story, player), play_scenario(simulate(story, player))
            alone = simulate(story, player).run()
            assert transcript(one.events) == transcript(two.events) == transcript(alone.events)
            assert {e.session_id for e in one.events} == {"viewing-1"}
            assert {e.session_id for e in two.events} == {"viewing-2"}
            assert one.summary.counts == two.summary.counts == alone.summary.counts
            assert one.truth.counts["pauses"] == 1 == one.summary.counts["pauses"]
            assert len(memory_transport.messages) == len(one.events) + len(two.events)
        """,
    )

    result.assert_outcomes(passed=5)


def test_golden_files_are_written_with_the_flag(pytester: pytest.Pytester) -> None:
    code = """
        from video_tracker.testing import assert_golden

        def test_it(scenario, play_scenario):
            assert_golden(play_scenario(scenario.play().watch(3).exit()).events, "viewing.txt")
        """
    run(pytester, code).assert_outcomes(failed=1)
    run(pytester, code, "--update-golden").assert_outcomes(passed=1)
    result = run(pytester, code)  # the flag left nothing behind in the environment

    result.assert_outcomes(passed=1)
    assert len((pytester.path / "viewing.txt").read_text("utf-8").splitlines()) == 3
    (pytester.path / "viewing.txt").write_text("0  Playback Exited  -  0/1\n")
    run(pytester, code).assert_outcomes(failed=1)


def test_the_tests_of_the_documentation_pass(pytester: pytest.Pytester) -> None:
    page = (ROOT / "docs" / "how-to" / "test-your-playback.md").read_text("utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    first = blocks[0].partition("def test_")[2].splitlines()
    pytester.makepyfile("\n".join(blocks))

    for options in (["--update-golden"], ["--strict-markers", "-W", "error"]):
        pytester.runpytest("-p", "no:cacheprovider", *options).assert_outcomes(passed=4)
    assert len(first) <= 8


def test_a_project_that_does_not_use_it_loads_nothing(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import sys

        def test_it():
            ours = sorted(name for name in sys.modules if name.startswith("video_tracker"))
            assert ours == [
                "video_tracker", "video_tracker.testing", "video_tracker.testing.pytest_plugin",
                "video_tracker.version",
            ]
            assert not {"attrs", "httpx", "sqlite3", "transitions"} & set(sys.modules)
        """
    )
    result = pytester.runpytest_subprocess(
        "-p", "no:cacheprovider", "-p", "no:hypothesispytest", "-W", "error"
    )

    result.assert_outcomes(passed=1)


def test_pytest_may_be_started_by_who_has_imported_the_package(
    pytester: pytest.Pytester,
) -> None:
    """Asserts of a package with a plugin are rewritten; it is warned where that comes too late."""
    pytester.makepyfile("def test_it(tracker): pass")
    options = ["-p", "no:cacheprovider", "-W", "error"]
    code = f"import pytest, video_tracker; raise SystemExit(pytest.main({options!r}))"
    done = pytester.run(sys.executable, "-W", "error", "-c", code)

    done.assert_outcomes(passed=1)


def test_it_can_be_switched_off(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import sys

        def test_it(request):
            assert not request.config.pluginmanager.hasplugin("video_tracker")
            assert "video_tracker" not in sys.modules

        def test_fixture(tracker):
            pass
        """
    )
    result = pytester.runpytest_subprocess("-p", "no:video_tracker")

    result.assert_outcomes(passed=1, errors=1)
    assert "E fixture 'tracker' not found" in lines(result)


def test_fixtures_and_a_flag_of_a_projects_own_stand_before_ours(
    pytester: pytest.Pytester,
) -> None:
    pytester.makeconftest(
        """
        import pytest
        from video_tracker.testing.clock import ManualClock

        @pytest.fixture
        def scenario():
            return "mine"

        @pytest.fixture
        def virtual_clock():
            return ManualClock(5.0)
        """
    )
    result = run(
        pytester,
        """
        def test_it(scenario, tracker):
            assert scenario == "mine"
            [event] = tracker.session("s1").play()
            assert event.at == 5.0
        """,
    )

    result.assert_outcomes(passed=1)


def test_the_fixtures_and_the_marker_are_listed(pytester: pytest.Pytester) -> None:
    fixtures = pytester.runpytest("--fixtures", "-p", "no:cacheprovider").stdout.str()

    assert [name for name in FIXTURES if f"\n{name} -- " not in fixtures] == []
    assert "_video_tracker_stage" not in fixtures
    markers = pytester.runpytest("--markers", "-p", "no:cacheprovider").stdout.str()
    assert "@pytest.mark.video_tracker(allow=[...], **options): " in markers


def test_the_plugin_costs_a_run_next_to_nothing() -> None:
    """It loads no module but the package's face, its own and ``importlib``."""
    code = (
        "import pytest, sys; before = set(sys.modules)\n"
        "import video_tracker.testing.pytest_plugin\n"
        "print(*sorted(set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)

    assert done.stdout.split() == [
        "video_tracker",
        "video_tracker.testing",
        "video_tracker.testing.pytest_plugin",
        "video_tracker.version",
    ]
