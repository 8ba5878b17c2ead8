"""Every rule finds its mistake, and keeps quiet on the nearest stream without it."""

import ast
import importlib
import inspect
from typing import Any

import pytest

from tests.lint.scripts import Case, cases, stream
from video_tracker.linting import DESTINATIONS, RULES, Report, lint
from video_tracker.linting.rule import SEVERITIES

GENERAL = tuple(cases("rules.txt"))
OF_DESTINATIONS = tuple(cases("destinations.txt"))
BY_OTHER_TESTS = {
    *("VT001", "VT002", "VT003", "VT004", "VT412", "VT413"),  # test_reading.py
    *("VT701", "VT702", "VT703", "VT704", "VT705", "VT706"),  # test_logs.py
    *("VT721", "VT722", "VT723", "VT724", "VT725", "VT726"),
}
PROFILES = {"VT215": "rudderstack"}
"""Rules that only one vendor's flavour has."""


def run(case: Case, script: str) -> Report:
    rule = RULES[case.rule]
    others = [number for number in RULES if number.startswith("VT8") and number != case.rule]
    options: dict[str, Any] = {"profile": PROFILES.get(case.rule)}
    if rule.effects:
        options |= {"destinations": list(rule.effects), "ignore": others}
    return lint(stream(script), **options)


def told(report: Report) -> list[str]:
    return [f"{each.rule} line {each.line}: {each.message}" for each in report.findings]


@pytest.mark.parametrize("case", [*GENERAL, *OF_DESTINATIONS], ids=lambda case: case.rule)
def test_a_rule_finds_its_mistake_and_nothing_that_is_not_there(case: Case) -> None:
    report = run(case, case.finds)

    assert set(report.counts) == {case.rule, *case.also}, told(report)


@pytest.mark.parametrize("case", [*GENERAL, *OF_DESTINATIONS], ids=lambda case: case.rule)
def test_all_rules_keep_quiet_on_the_nearest_stream_without_it(case: Case) -> None:
    assert told(run(case, case.quiet)) == []


def test_no_rule_is_without_both() -> None:
    tested = [case.rule for case in (*GENERAL, *OF_DESTINATIONS)]

    assert sorted([*tested, *BY_OTHER_TESTS]) == sorted(RULES)


def test_the_cases_of_destinations_are_those_of_the_table() -> None:
    assert [case.rule for case in OF_DESTINATIONS] == [
        number for number, rule in RULES.items() if rule.effects
    ]


def test_ids_rise_within_the_table_and_every_row_is_whole() -> None:
    for number, rule in RULES.items():
        assert rule.id == number
        assert rule.severity in SEVERITIES
        assert rule.finds.endswith("."), number
        assert rule.do.endswith("."), number
        assert rule.why, number
        assert set(rule.effects) <= set(DESTINATIONS)


def test_a_destination_speaks_only_when_it_is_asked_for() -> None:
    script = "0 Playback Started 0\n0 Ad Started 0 type=pre-roll content=null asset_id=a"
    effects = {name: set(lint(stream(script), destinations=name).counts) for name in DESTINATIONS}

    assert not {number for number in lint(stream(script)).counts if number.startswith("VT8")}
    assert "VT813" in effects["nielsen-dcr"]
    assert "VT813" not in effects["adobe"]
    assert set.union(*effects.values()) == set(lint(stream(script), destinations="all").counts)


def test_why_tells_of_the_destinations_that_were_asked_for() -> None:
    script = "0 Playback Started 0.5"
    report = lint(stream(script), destinations=["adobe"], ignore=["VT809", "VT205"])

    assert [each.why for each in report.findings] == [
        "adobe: its getter of whole numbers may give 0"
    ]


def test_every_destination_has_a_rule() -> None:
    assert {name for rule in RULES.values() for name in rule.effects} == set(DESTINATIONS)


def test_a_rule_that_is_switched_off_is_silent() -> None:
    script = "0 Content Started 0"

    assert set(lint(stream(script)).counts) == {"VT101"}
    assert lint(stream(script), ignore="VT101").clean


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"ignore": "VT11"}, "there is no rule 'VT11'; did you mean 'VT"),
        ({"destinations": "nielsen"}, "there is no destination 'nielsen'; did you mean 'nielsen-d"),
        ({"destinations": "xyz"}, "there is no destination 'xyz'; there are: adobe, comscore"),
        ({"kind": "log"}, "there is no kind 'log'; there are: messages, trace, signals, plan"),
        ({"heartbeat": 0.0}, "heartbeat must be seconds, more than zero, not 0.0"),
        ({"heartbeat": float("nan")}, "heartbeat must be seconds, more than zero, not nan"),
    ],
)
def test_an_unknown_word_is_refused_with_the_nearest_known_one(
    options: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        lint(stream("0 Playback Started 0"), **options)


def test_an_unknown_profile_is_refused() -> None:
    with pytest.raises(LookupError, match="no profile is named 'sgement'"):
        lint(stream("0 Playback Started 0"), profile="sgement")


# -- one decision, one owner -----------------------------------------------------------------------


def test_every_fault_of_order_and_every_violation_of_the_schema_is_told_by_one_rule() -> None:
    """A new fault in ``testing/order.py`` or ``wire/schema.py`` needs a row of the table."""
    owned = [code for rule in RULES.values() for code in rule.codes]
    order = codes_of("video_tracker.testing.order", "Fault")
    schema = codes_of("video_tracker.wire.schema", "Violation") | {"airdate", "fraction", "kind"}
    order.remove("other_session")  # messages are put in sessions by that very id

    assert sorted(owned) == sorted(order | schema)


def codes_of(module: str, kind: str) -> set[str]:
    """The codes that a module's source makes values of."""
    tree = ast.parse(inspect.getsource(importlib.import_module(module)))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return {
        str(call.args[0].value)
        for call in calls
        if isinstance(call.func, ast.Name)
        and call.func.id == kind
        and isinstance(call.args[0], ast.Constant)
    }


# -- what the tables of cases cannot say -----------------------------------------------------------

ENVELOPE = "0 Playback Started 0"


def test_the_interval_that_is_right_is_an_argument() -> None:
    """VT502 with heartbeat=30: a beat after 40 s is no gap."""
    script = """
        0 Playback Started 0
        0 Content Started 0 total_length=90
        10 Content Playing 10 total_length=90
        50 Content Playing 50 total_length=90
    """

    assert set(lint(stream(script)).counts) == {"VT502"}
    assert lint(stream(script), heartbeat=30).clean


def test_a_date_in_the_future_is_seen_against_the_time_of_the_run() -> None:
    """VT607; the core reads no clock (S46), so that without ``now`` nothing is said."""
    messages = stream(ENVELOPE)

    assert set(lint(messages, now=1_767_225_000.0).counts) == {"VT607"}
    assert lint(messages, now=1_767_225_590.0).clean
    assert lint(messages).clean


def test_a_playback_position_that_falls_with_no_seek_is_told_where_no_ad_was_seen() -> None:
    """VT303: the viewer went back and paused, and only the pause was reported."""
    script = "0 Playback Started 0\n0 Content Started 0\n10 Content Playing 10\n"
    ad = "0 Playback Started 0\n0 Ad Started 0 type=pre-roll\n0 Ad Completed 0 type=pre-roll\n"

    assert told(lint(stream(f"{script}15 Playback Paused 4"))) == [
        "VT303 line 4: position falls by 6 s with no seek between"
    ]
    assert lint(stream(f"{script}10 Playback Paused 9")).clean
    assert lint(stream(f"{ad}{script.partition(chr(10))[2]}15 Playback Paused 8")).clean


def test_a_sleep_is_none_in_a_stream_of_ours() -> None:
    """VT508: this library counts playing time (S63), so it knows that the time was not played."""
    script = """
        0 Playback Started 0
        0 Content Started 0 total_length=90
        10 Content Playing 10 total_length=90
        50 Content Playing 20 total_length=90 @context={"library":{"name":"NAME"}}
    """

    assert lint(stream(script.replace("NAME", "video-tracker"))).clean
    assert lint(stream(script.replace("NAME", "analytics.js"))).counts == {"VT508": 1}


def test_sessions_are_judged_apart() -> None:
    both = stream("0 Playback Started 0\n1 Playback Started 0 session_id=s2\n2 Content Started 0")

    assert lint(both).clean
    assert lint(both).sessions == 2


def test_messages_without_a_session_are_one_viewer_at_a_time() -> None:
    """A new Playback Started after the end is the next viewing, not a fault of the first."""
    script = """
        0 Playback Started 0 session_id=-
        0 Content Started 0 session_id=-
        5 Playback Exited 5 session_id=-
        6 Playback Started 0 session_id=-
        6 Playback Started 0 session_id=- @userId=u2
    """
    report = lint(stream(script))

    assert set(report.counts) == {"VT401"}
    assert report.sessions == 3


def test_what_is_spelt_wrongly_is_judged_as_it_was_meant() -> None:
    """One mistake is one finding: a camelCase length is still a length."""
    script = """
        0 Playback Started 0
        0 Content Started 0 total_length=- totalLength=20
        10 Content Playing 25 total_length=- totalLength=20
    """

    meant = "the spec's name is 'total_length'"
    assert told(lint(stream(script), ignore=["VT506"])) == [
        f"VT201 line 2: 'totalLength' is no property of Video Content Started; {meant}",
        f"VT201 line 3: 'totalLength' is no property of Video Content Playing; {meant}",
        "VT301 line 3: position 25 lies after total_length 20",
    ]


@pytest.mark.parametrize(
    ("event", "given", "meant"),
    [
        ("Content Started", "totalLength", "total_length"),
        ("Content Started", "assetId", "asset_id"),
        ("Content Started", "posision", "position"),
        ("Content Started", "duration", "total_length"),
        ("Content Started", "content_pod_id", "pod_id"),
        ("Playback Paused", "asset_id", "content_asset_id"),
        ("Playback Paused", "fullscreen", "full_screen"),
        ("Playback Paused", "volume", "sound"),
        ("Ad Started", "ad_type", "type"),
        ("Ad Started", "adPodId", "pod_id"),
        ("Quality Updated", "startup_time", "startupTime"),
        ("Quality Updated", "dropped_frames", "droppedFrames"),
    ],
)
def test_the_name_that_was_meant_is_found(event: str, given: str, meant: str) -> None:
    script = f"0 {event} {meant}=- {given}=1"
    found = [each for each in lint(stream(script)).findings if each.rule == "VT201"]

    assert [each.message for each in found] == [
        f"{given!r} is no property of Video {event}; the spec's name is {meant!r}"
    ]


@pytest.mark.parametrize("given", ["rating", "user_rating", "device", "app_version", "abc"])
def test_a_custom_property_is_no_mistake(given: str) -> None:
    assert lint(stream(f"0 Playback Started 0 {given}=1")).clean


def test_a_message_that_was_sent_twice_is_told_once() -> None:
    """VT403: what the first one did to the session, the second does not do again."""
    messages = stream("0 Playback Started 0\n0 Content Started 0\n5 Playback Paused 5")

    assert told(lint([*messages, messages[-1]])) == [
        "VT403 line 4: messageId 'm3' was used on line 3"
    ]


def test_rules_without_a_message_that_follows_speak_at_the_end() -> None:
    """VT817 needs to know that nothing follows."""
    script = "0 Playback Started 0\n0 Content Started 0\n5 Playback Interrupted 5"
    more = f"{script}\n9 Playback Resumed 5\n9 Content Playing 5"

    assert lint(stream(script), destinations="youbora").counts == {"VT817": 1}
    assert lint(stream(more), destinations="youbora").clean
