"""A library that is updated goes on with the snapshots that lie in the store."""

import pytest

from tests.keyed.forms import FOLDER, layout, layout_stored, stored
from tests.keyed.test_snapshots import KEY, T0, kinds
from video_tracker.keyed import Told, advance, encoded, expire, unpack
from video_tracker.keyed.snapshot import FORM
from video_tracker.players.base import Callback
from video_tracker.signals import Exit, Pause, Play, Playing, Progress
from video_tracker.wire import Encoder

FORMS = sorted(int(path.stem) for path in FOLDER.glob("*.json"))
CASES = [(form, name) for form in FORMS for name in sorted(stored(form))]


def what_follows(name: str) -> list[Told]:
    if name == "html5":
        state = {"currentTime": 52.0, "duration": 3600.0, "paused": False, "readyState": 4}
        return [
            Callback(T0 + 52.5, "html5", "timeupdate", state),
            Callback(T0 + 53.0, "html5", "pause", {**state, "currentTime": 52.5, "paused": True}),
        ]
    return [
        Play(T0 + 70),
        Playing(T0 + 70.5, 50.0),
        Progress(T0 + 71.5, 51.0),
        Pause(T0 + 72, 51.5),
        Exit(T0 + 75, 51.5),
    ]


def said_after(snapshot: bytes, name: str) -> list[bytes]:
    _, opening = kinds()[name]
    step = advance(snapshot, KEY, what_follows(name), opening)
    events = list(step.events)
    while step.snapshot is not None:
        assert step.deadline is not None
        step = expire(step.snapshot, KEY, step.deadline, opening)
        events += step.events
    return [record.body for record in encoded(events, Encoder())]


def test_there_are_snapshots_of_each_form() -> None:
    assert list(range(1, FORM + 1)) == FORMS


@pytest.mark.parametrize(("form", "name"), CASES)
def test_a_stored_snapshot_goes_on_as_one_of_today(form: int, name: str) -> None:
    assert said_after(stored(form)[name], name) == said_after(kinds()[name][0], name)


def test_a_form_is_counted_up_where_what_it_holds_changes() -> None:
    """Else: count ``FORM`` up, write what makes it of the one before, store its snapshots too."""
    assert layout_stored(FORM) == layout()
    assert unpack(stored(FORM)["content"], KEY, kinds()["content"][1]).key == KEY
