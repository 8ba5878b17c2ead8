"""Each wrong use of the Python API is refused where it is made, with what is wrong and what to do.

What a player says is never refused by raising (S60): it is told by a count and a log line.
"""

import datetime
import logging
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, cast

import pytest

import video_tracker
from video_tracker import (
    Ad,
    AdBreak,
    AsyncHttpTransport,
    Content,
    DeliveryPolicy,
    Encoder,
    HttpTransport,
    JsonLinesTransport,
    MemoryTransport,
    Session,
    SessionPlan,
    Settings,
    Tracker,
)
from video_tracker.diagnostics import REASONS
from video_tracker.errors import (
    PlanError,
    PolicyError,
    SignalFormatError,
    SnapshotError,
    StrictError,
    TraceError,
    TransportError,
    UnknownPlayerError,
)
from video_tracker.linting import lint
from video_tracker.plan_json import plan_from_json
from video_tracker.signal_log import signal_from_json
from video_tracker.trace import read_trace
from video_tracker.wire import json_schema

wrong: Final = cast("Callable[[object], Any]", lambda value: value)
"""A value of a type that a type checker would refuse, too."""

PLAN: Final = SessionPlan(user_id="u")


def tracker(**options: Any) -> Tracker:
    return Tracker(MemoryTransport(), mode="manual", **options)


def strict() -> Session:
    return Session("s", PLAN, strict=True)


def playing() -> Session:
    session = strict()
    session.play(1_795_432_200.0)
    return session


TIME: Final = f"play while idle/playing: {REASONS['invalid_time']}"
KEY: Final = "key must be a non-empty string of plain characters without ':'"

USES: Final[Mapping[str, tuple[Callable[[], object], type[Exception], str]]] = {
    "a transport's class": (
        lambda: Tracker(wrong(MemoryTransport)),
        TransportError,
        "MemoryTransport is a class: give a transport, such as MemoryTransport(...)",
    ),
    "a key in place of a transport": (
        lambda: Tracker(wrong("api-key")),
        TransportError,
        "a transport needs send(); str has none",
    ),
    "no transport": (
        lambda: Tracker(wrong(None)),
        TransportError,
        "a transport needs send(); NoneType has none",
    ),
    "an async transport in a tracker": (
        lambda: Tracker(wrong(AsyncHttpTransport("k"))),
        TransportError,
        "AsyncHttpTransport.send() cannot be called: give it to AsyncTracker",
    ),
    "a mode that there is not": (
        lambda: Tracker(MemoryTransport(), mode=wrong("threads")),
        PolicyError,
        "mode must be one of thread, sync, manual, not 'threads'",
    ),
    "a limit below one": (
        lambda: DeliveryPolicy(max_records=-1),
        PolicyError,
        "DeliveryPolicy.max_records must be an integer, 1 or more, not -1",
    ),
    "a misspelt profile": (
        lambda: tracker(profile="segmnt"),
        LookupError,
        "no profile is named 'segmnt'; there are customerio, segment, rudderstack",
    ),
    "a misspelt profile of an encoder": (
        lambda: Encoder(profile="segmnt"),
        LookupError,
        "no profile is named 'segmnt'; there are customerio, segment, rudderstack",
    ),
    "a misspelt player": (
        lambda: tracker().open("s", player="htlm5", user_id="u"),
        UnknownPlayerError,
        "no player 'htlm5'; did you mean 'html5'?",
    ),
    "nobody who watches": (
        lambda: tracker().open("s", player="html5"),
        PlanError,
        "a session needs a user_id or an anonymous_id (S50)",
    ),
    "a viewer who is a number": (
        lambda: tracker().session("s", user_id=wrong(42)),
        PlanError,
        "a session needs a user_id or an anonymous_id (S50): a non-empty string, not 42",
    ),
    "a session's id that is a number": (
        lambda: tracker().session(wrong(42), user_id="u"),
        PlanError,
        "a session needs an id, a non-empty string, not 42",
    ),
    "an empty session's id": (
        lambda: Session("", PLAN),
        PlanError,
        "a session needs an id, a non-empty string, not ''",
    ),
    "a plan that is a dictionary": (
        lambda: tracker().session("s", wrong({"user_id": "u"})),
        PlanError,
        "a plan must be a SessionPlan(...), not {'user_id': 'u'}",
    ),
    "a plan that is a file's name": (
        lambda: Session("s", wrong("plan.json")),
        PlanError,
        "a plan must be a SessionPlan(...), not 'plan.json'",
    ),
    "a viewer of a plan who is a number": (
        lambda: SessionPlan(user_id=wrong(42)),
        PlanError,
        "SessionPlan.user_id must be a non-empty string, not 42",
    ),
    "one content in place of a list": (
        lambda: SessionPlan(contents=wrong(5)),
        PlanError,
        "SessionPlan.contents must be a list of Content, not 5",
    ),
    "contents that are dictionaries": (
        lambda: SessionPlan(contents=wrong([{"asset_id": "film"}])),
        PlanError,
        "SessionPlan.contents must be a list of Content, not ({'asset_id': 'film'},)",
    ),
    "settings that are a dictionary": (
        lambda: SessionPlan(settings=wrong({"heartbeat": 5})),
        PlanError,
        "SessionPlan.settings must be Settings(...), not {'heartbeat': 5}",
    ),
    "a negative length": (
        lambda: Content(asset_id="film", duration=-5.0),
        PlanError,
        "Content.duration must be seconds, zero or more, not -5.0",
    ),
    "a length that is text": (
        lambda: Content(asset_id="film", duration=wrong("60")),
        PlanError,
        "Content.duration must be seconds, zero or more, not '60'",
    ),
    "an asset's id that is a number": (
        lambda: Content(asset_id=wrong(7)),
        PlanError,
        "Content.asset_id must be a non-empty string, not 7",
    ),
    "a negative length of an ad": (
        lambda: Ad(duration=-1.0),
        PlanError,
        "Ad.duration must be seconds, zero or more, not -1.0",
    ),
    "a break that begins nowhere": (
        lambda: AdBreak(at=wrong("begin"), ads=()),
        PlanError,
        'AdBreak.at must be "start", "end" or seconds, not \'begin\'',
    ),
    "a negative heartbeat": (
        lambda: Settings(heartbeat=-1),
        PlanError,
        "Settings.heartbeat must be seconds, more than zero, not -1",
    ),
    "a value that a setting has not": (
        lambda: Settings(ads=wrong("sticthed")),
        PlanError,
        "Settings.ads must be one of client, stitched, not 'sticthed'",
    ),
    "a misspelt key of a plan file": (
        lambda: plan_from_json({"contents": [{"durations": 5}]}),
        PlanError,
        "$.contents[0] has an unknown key 'durations' (did you mean 'duration'?)",
    ),
    "a plan file's name in place of its value": (
        lambda: plan_from_json("plan.json"),
        PlanError,
        "$ must be an object, not 'plan.json'",
    ),
    "no key": (lambda: HttpTransport(""), TransportError, KEY),
    "a key that is None": (lambda: HttpTransport(wrong(None)), TransportError, KEY),
    "an unknown region": (
        lambda: HttpTransport("k", region=wrong("uk")),
        TransportError,
        "region must be one of us, eu, not 'uk'",
    ),
    "a host without its scheme": (
        lambda: HttpTransport("k", base_url="localhost"),
        TransportError,
        "base_url must begin with http:// or https:// and name a host",
    ),
    "a timeout below zero": (
        lambda: HttpTransport("k", timeout=-1),
        TransportError,
        "timeout must be seconds, more than zero, not -1",
    ),
    "milliseconds for seconds, in strict mode": (
        lambda: strict().play(1_795_432_200_000),
        StrictError,
        TIME,
    ),
    "a time that is text, in strict mode": (lambda: strict().play(wrong("now")), StrictError, TIME),
    "a time without a zone, in strict mode": (
        lambda: strict().play(datetime.datetime(2026, 11, 23)),  # noqa: DTZ001 - the wrong use
        StrictError,
        TIME,
    ),
    "a position that is text, in strict mode": (
        lambda: playing().progress(1_795_432_201.0, wrong("1")),
        StrictError,
        f"progress while starting/playing: {REASONS['invalid_position']}",
    ),
    "a snapshot that is none": (
        lambda: video_tracker.restore({"x": 1}),
        SnapshotError,
        "unknown snapshot version None; known: 4",
    ),
    "a misspelt signal": (
        lambda: signal_from_json({"signal": "plai", "at": 1}),
        SignalFormatError,
        "there is no signal 'plai'; did you mean 'play'?",
    ),
    "a viewer of a log's line who is a number": (
        lambda: list(read_trace(['{"t": 1, "player": "a", "event": "b", "user_id": 42}'], "log")),
        TraceError,
        'log:1: field "user_id" must be a non-empty string, not 42',
    ),
    "a misspelt name of the package": (
        lambda: video_tracker.HttpTrasport,
        AttributeError,
        "module 'video_tracker' has no attribute 'HttpTrasport'; did you mean 'HttpTransport'?",
    ),
    "a kind that lint does not know": (
        lambda: lint([], kind="log"),
        ValueError,
        "there is no kind 'log'; there are: messages, trace, signals, plan",
    ),
    "a folder for a file": (
        lambda: JsonLinesTransport(tempfile.gettempdir()),
        TransportError,
        f"cannot append to {tempfile.gettempdir()!r}: Is a directory",
    ),
}


@pytest.mark.parametrize("what", USES)
def test_a_wrong_use_is_refused_with_what_is_wrong(what: str) -> None:
    use, error, message = USES[what]

    with pytest.raises(error) as told:
        use()

    assert str(told.value) == message


def test_there_are_enough_of_them() -> None:
    assert len(USES) >= 40


def test_an_event_that_there_is_not_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(LookupError, match=r"no event is named 'Video Foo'; there are Video Play"):
        json_schema("Video Foo")


# -- what is used wrongly at run time is told, and raises nothing ----------------------------------


@pytest.mark.parametrize(
    ("event", "told"),
    [
        ("timeUpdate", "timeUpdate: not in the vocabulary; did you mean 'timeupdate'?"),
        ({"event": "play"}, "{'event': 'play'}: not in the vocabulary"),
        (None, "None: not in the vocabulary"),
    ],
)
def test_a_callback_that_nobody_knows_is_counted_and_logged(
    event: Any, told: str, caplog: pytest.LogCaptureFixture
) -> None:
    """S60."""
    with tracker() as used, caplog.at_level(logging.WARNING, "video_tracker"):
        player = used.open("s", player="html5", user_id="u")

        assert player.callback(event, {}) == ()

        assert used.stats().astray == {told: 1}
    assert [record.exc_info for record in caplog.records] == [None]
    assert told in caplog.text


def test_an_input_after_the_tracker_is_closed_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    used = tracker()
    session = used.session("s", user_id="u")
    used.close()
    with caplog.at_level(logging.WARNING, "video_tracker"):
        session.play()

    assert "(the tracker is closed)" in caplog.text


def test_a_spool_that_is_a_file_is_logged_and_what_comes_is_kept(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    place = tmp_path / "spool"
    place.write_text("a file")
    transport = MemoryTransport()
    with caplog.at_level(logging.WARNING, "video_tracker"):
        used = Tracker(transport, mode="manual", spool_dir=place)
        used.session("s", user_id="u").play()
        assert used.close().delivered == 1

    assert f"the spool {place} cannot be written: File exists" in caplog.text
