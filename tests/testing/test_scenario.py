"""A scenario is a readable value, the same in Python, YAML and JSON; what is wrong is told."""

import subprocess
import sys
from pathlib import Path

import attrs
import pytest

from video_tracker.plan import Ad, AdBreak, Content, SessionPlan
from video_tracker.testing import Scenario, ScenarioError
from video_tracker.testing.scenario_file import (
    read_scenario,
    scenario_from_text,
    scenario_to_text,
    write_scenario,
)
from video_tracker.testing.scenario_steps import STEPS, Pause, Seek
from video_tracker.testing.simulator import random_scenario, sensible, simulate

EVERYTHING = (
    Scenario(90.0, name="film", start=3.0, startup=2.0, gaps=0.1)
    .ads("pre", [15, 30], skip=1, after=4.0)
    .ads("mid", [10], at=40.0, names=["spot"])
    .ads("post", [5.5], fail=1)
    .wait(1)
    .play()
    .watch(4)
    .pause(5)
    .pause(5, seek=20.0)
    .seek(30, takes=1.0)
    .stall(2)
    .into_ad(2)
    .skip()
    .rate(1.5)
    .volume(40)
    .mute()
    .mute(False)
    .full_screen()
    .background(3, throttle=2.0)
    .sleep(60)
    .error("decoder", fatal=False)
    .error()
    .play()
    .next(None, "live")
    .watch(3)
    .next()
    .watch_to_end()
)


def test_a_scenario_is_a_value_and_each_step_gives_a_new_one() -> None:
    base = Scenario().play()

    longer = base.watch(3)

    assert [type(step).__name__ for step in base.steps] == ["Play"]
    assert longer == Scenario().play().watch(3)
    assert hash(longer) == hash(Scenario().play().watch(3))


def test_every_step_has_a_method_and_a_name() -> None:
    assert [name for name in STEPS if not callable(getattr(Scenario, name, None))] == []


def test_a_scenario_reads_as_it_was_written() -> None:
    script = Scenario(60.0).play().watch(3).pause(5, seek=20.0)

    assert (
        str(script) == "Scenario(length=60.0).play().watch(seconds=3).pause(seconds=5, seek=20.0)"
    )
    assert eval(str(EVERYTHING), {"Scenario": Scenario}) == EVERYTHING


@pytest.mark.parametrize("suffix", [".yaml", ".json"])
def test_a_scenario_survives_its_file(tmp_path: Path, suffix: str) -> None:
    plan = SessionPlan(user_id="u", contents=(Content(asset_id="film", duration=90.0),))
    for scenario in (EVERYTHING, Scenario(None, window=60.0), attrs.evolve(EVERYTHING, plan=plan)):
        write_scenario(scenario, tmp_path / f"one{suffix}")
        assert read_scenario(tmp_path / f"one{suffix}") == scenario


@pytest.mark.parametrize("seed", range(20))
def test_any_scenario_survives_its_file(seed: int) -> None:
    scenario = random_scenario(seed)

    assert scenario_from_text(scenario_to_text(scenario, ".yaml"), "a.yaml") == scenario
    assert scenario_from_text(scenario_to_text(scenario)) == scenario


def test_a_file_is_short() -> None:
    text = "length: 60\nsteps:\n- play\n- watch: 12\n- seek: {to: 30, takes: 1}\n- exit\n"

    assert scenario_from_text(text, "a.yml") == (
        Scenario(60).play().watch(12).seek(30, takes=1).exit()
    )


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("steps:\n- plya", "a.yaml, line 2, step 1: unknown step 'plya'; did you mean 'play'?"),
        (
            "steps:\n- play\n\n- seek: {too: 3}",
            "a.yaml, line 4, step 2: seek: unknown key 'too'; did you mean 'to'?",
        ),
        ("lenght: 3", "a.yaml: unknown key 'lenght'; did you mean 'length'?"),
        ("steps:\n- watch", "a.yaml, line 2, step 1: watch needs seconds"),
        ("steps:\n- exit: 3", "a.yaml, line 2, step 1: exit takes nothing, not 3"),
        (
            "steps:\n- watch: -3",
            "a.yaml, line 2, step 1: watch: seconds must be seconds, zero or more, not -3",
        ),
        (
            "steps:\n- ads: {kind: mid, lengths: [15], skip: 2}",
            "a.yaml, line 2, step 1: ads: skip is ad 2, but the break has 1",
        ),
        ("steps: play", "a.yaml: steps must be a list, not 'play'"),
        ("- play", "a.yaml: a scenario is a mapping with steps, not ['play']"),
        ("length: x", "a.yaml: length must be seconds, zero or more, not 'x'"),
        ("ads: stiched", "a.yaml: ads_mode must be 'client' or 'stitched', not 'stiched'"),
        ("plan: {contens: []}", "a.yaml: plan"),
        ("a: [", "a.yaml: malformed YAML"),
    ],
)
def test_what_is_no_scenario_is_told_with_its_place(text: str, fault: str) -> None:
    with pytest.raises(ScenarioError) as told:
        scenario_from_text(text, "a.yaml")

    assert str(told.value).startswith(fault) or fault == "a.yaml: plan"


def test_malformed_json_and_a_wrong_step_in_it_are_told() -> None:
    with pytest.raises(ScenarioError, match=r"a\.json: malformed JSON"):
        scenario_from_text("{", "a.json")
    with pytest.raises(ScenarioError, match=r"a\.json, step 2: unknown step 'stal'.*'stall'"):
        scenario_from_text('{"steps": ["play", {"stal": 3}]}', "a.json")


def test_json_needs_no_yaml_and_yaml_without_it_says_what_to_install() -> None:
    script = """
import sys
sys.modules["yaml"] = None
from video_tracker.testing.scenario_file import scenario_from_text
print(scenario_from_text('{"steps": ["play"]}'))
try:
    scenario_from_text("steps: [play]", "a.yaml")
except ValueError as error:
    print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    )

    assert done.stdout.splitlines() == [
        "Scenario().play()",
        ("a.yaml: YAML needs PyYAML: pip install 'video-tracker[yaml]', or write it as JSON"),
    ]


@pytest.mark.parametrize(
    ("scenario", "fault"),
    [
        (Scenario().watch(3), "step 1, watch(seconds=3): nothing plays; play() comes first"),
        (Scenario().play().play(), "step 2, play(): it plays already"),
        (Scenario(9.0).play().seek(9), "step 2, seek(to=9): the content ends at 9 s"),
        (Scenario().play().watch(3).seek(3.2), "step 3, seek(to=3.2): it is at 3 s"),
        (Scenario().play().skip(), "step 2, skip(): no ad was entered"),
        (Scenario().play().into_ad(3), "step 2, into_ad(seconds=3): no break lies ahead"),
        (Scenario().play().exit().watch(1), "step 3, watch(seconds=1): the viewer has left"),
        (Scenario(9.0).play().watch_to_end().pause(1), "step 3, pause(seconds=1): the playback is"),
        (Scenario(None).play().watch_to_end(), "step 2, watch_to_end(): a live content does not"),
        (
            Scenario(None, window=30.0).play().watch(90).seek(20),
            "step 3, seek(to=20): the window is 73 to 103 s",
        ),
        (
            Scenario(ads="stitched").ads("pre", [9], skip=1).play(),
            "step 1, ads(kind='pre', lengths=[9], skip=1): an ad that lies in the stream",
        ),
        (
            Scenario().ads("pre", [9]).play().into_ad(3).error(),
            "step 4, error(): an ad plays; ads(fail=...) is for that",
        ),
    ],
)
def test_a_step_that_makes_no_sense_where_it_stands_is_refused(
    scenario: Scenario, fault: str
) -> None:
    with pytest.raises(ScenarioError) as told:
        simulate(scenario)

    assert str(told.value).startswith(fault)


def test_an_unknown_dialect_is_refused_with_the_nearest() -> None:
    with pytest.raises(ScenarioError, match=r"no dialect 'hls\.js'; did you mean 'hlsjs'\?"):
        simulate(Scenario().play(), "hls.js")


def test_a_generator_may_draw_anything_and_keep_what_makes_sense() -> None:
    drawn = Scenario(60.0).then(Pause(3), Seek(3)).play().seek(90).watch(3).exit().pause(3)

    assert sensible(drawn) == Scenario(60.0).play().watch(3).exit()


def test_a_plan_is_a_scenario_with_its_breaks_scheduled() -> None:
    plan = SessionPlan(
        user_id="u",
        contents=(Content(asset_id="film", duration=60.0),),
        ad_breaks=(
            AdBreak(at="start", ads=(Ad(asset_id="p", duration=5.0),)),
            AdBreak(at=30.0, ads=(Ad(asset_id="m", duration=15.0),)),
        ),
    )

    made = Scenario.of(plan, startup=0.0)

    assert made == (
        Scenario(60.0, startup=0.0, plan=plan)
        .ads("pre", [5.0], names=["p"])
        .ads("mid", [15.0], at=30.0, names=["m"])
    )
    assert simulate(made.play().watch_to_end()).plan == plan


@pytest.mark.parametrize(
    "plan",
    [
        SessionPlan(user_id="u"),
        SessionPlan(user_id="u", contents=(Content(),)),
        SessionPlan(user_id="u", contents=(Content(duration=3.0), Content(duration=3.0))),
        SessionPlan(
            user_id="u",
            contents=(Content(duration=3.0),),
            ad_breaks=(AdBreak(at="start", ads=(Ad(),)),),
        ),
    ],
)
def test_a_plan_that_does_not_say_enough_is_refused(plan: SessionPlan) -> None:
    with pytest.raises(ScenarioError):
        Scenario.of(plan)
