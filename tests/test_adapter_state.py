"""An adapter that is written down and read again goes on as if nothing had happened.

Every player, in recordings, in viewings of the matrix and in callbacks of any kind, is cut at some
places. ``ADAPTER_CUTS`` says how many times as many places are tried; more of them find more.
"""

import ast
import copy
import enum
import functools
import json
import os
import random
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, ClassVar, Final

import attrs
import pytest

from tests.players.matrix.cells import CELLS, seen_by
from tests.players.matrix.viewing import heard
from tests.recordings.replaying import LOGS, adapter_of, recorded
from tests.recordings.test_cmcd import SEGMENTS
from video_tracker.adapter_state import adapter_snapshot, kinds, restore_adapter
from video_tracker.adapter_state.parts import children, made_when_needed
from video_tracker.adapter_state.shape import Part, Slot, shape_of
from video_tracker.errors import SnapshotError
from video_tracker.players.base import Adapter, Callback, on
from video_tracker.players.cmcd import CmcdAdapter
from video_tracker.players.html5 import Html5Adapter
from video_tracker.players.media_element import MediaElement
from video_tracker.players.registry import find_adapter, player_names
from video_tracker.players.remote import as_element
from video_tracker.players.vimeo import VimeoAdapter
from video_tracker.signals import Play, Signal
from video_tracker.testing.callbacks import Courses

CUTS = int(os.environ.get("ADAPTER_CUTS", "1"))
EVERY: Final = max(1, 10 // CUTS)
"""Callbacks of a recording between two places at which its adapter is looked at."""
START: Final = 1_795_432_210.25
PLAYERS: Final = player_names()

Log = Sequence[Callback]
Player = Callable[[], Adapter]

TOLD_AT: Final = [slot.path for slot in shape_of(Html5Adapter).slots].index("_told_at")
"""The number of an attribute of :class:`Html5Adapter`."""
TOO_WIDE: Final = ("CmcdAdapter._grade", "ContentClock.rate")
"""Attributes that declare more than the adapter can go on with: any word, a rate of 0."""


def viewings(player: str, most: int, seed: int = 0) -> Iterator[Log]:
    """Viewings of the matrix as a player tells them, others for another seed."""
    own = [cell for cell in CELLS if cell[0].player == player]
    chance = random.Random(f"{player} {seed}")
    for dialect, situation in chance.sample(own, min(most, len(own))):
        moments = heard(seen_by(dialect, situation), situation.hearing, dialect.every)
        yield [word for word in dialect.speak(moments) if isinstance(word, Callback)]


def answers(adapter: Adapter, log: Iterable[Callback]) -> list[str]:
    """What an adapter makes of callbacks, and when it wants to be woken."""
    return [f"{adapter.translate(said)} {adapter.wake_at()}" for said in log]


def counts(*adapters: Adapter) -> Counter[str]:
    """What they counted together; of the grade of CMCD's positions each says the best it had."""
    out: Counter[str] = Counter()
    for adapter in adapters:
        notes = {text: n for text, n in adapter.notes.items() if not text.startswith("positions: ")}
        for told in (adapter.ignored, notes, adapter.astray, {"": adapter.understood}):
            out.update(told)
    return out


def written(adapter: Adapter, player: Player | None = None) -> Any:
    """A snapshot that has gone through JSON."""
    return json.loads(json.dumps(adapter_snapshot(adapter, player), allow_nan=False))


def check_cuts(player: Player, log: Log, places: Iterable[int], again: Player | None) -> None:
    """Stop before some of the callbacks and go on with another adapter: nothing changes."""
    whole = player()
    told = [*answers(whole, log), str(whole.flush(log[-1].at))]
    for place in places:
        first = player()
        before = answers(first, log[:place])
        if not is_of_json(log[:place]):
            continue
        value = written(first, again)
        second = restore_adapter(value, again)
        assert written(second, again) == value
        after = [*answers(second, log[place:]), str(second.flush(log[-1].at))]
        assert before + after == told, place
        assert counts(first, second) == counts(whole)


def is_of_json(log: Log) -> bool:
    """Whether all that the callbacks carry can be written as JSON."""
    try:
        json.dumps([attrs.astuple(said) for said in log])
    except TypeError:
        return False
    return True


def places(log: Log, most: int, seed: object = 0) -> list[int]:
    chance = random.Random(f"{len(log)} {seed}")
    return sorted(chance.sample(range(1, len(log)), min(most, len(log) - 1)))


# -- nothing changes -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", LOGS)
def test_a_recording_that_another_adapter_goes_on_with_gives_the_same(name: str) -> None:
    """S50: the same signals and wake times; what both have counted adds up."""
    log = recorded(name)

    check_cuts(type(adapter_of(name)), log, places(log, CUTS), None)


@pytest.mark.parametrize("player", PLAYERS)
def test_a_viewing_that_another_adapter_goes_on_with_gives_the_same(player: str) -> None:
    """S50: in ads, pauses, seeks and stalls, whatever was lost or late."""
    for log in viewings(player, 6 * CUTS):
        check_cuts(find_adapter(player), log, places(log, 2), None)


@pytest.mark.parametrize("player", PLAYERS)
def test_callbacks_of_any_kind_that_another_adapter_goes_on_with_give_the_same(player: str) -> None:
    adapter = find_adapter(player)
    courses = Courses(adapter, 0)
    for log in (*courses.likely(4 * CUTS), *courses.strange(2 * CUTS)):
        check_cuts(adapter, log, places(log, 2), None)


# -- the quick ways are the long ones --------------------------------------------------------------


def moments(player: Player, log: Log, every: int) -> Iterator[Adapter]:
    """An adapter after each so many callbacks."""
    adapter = player()
    for at, said in enumerate(log):
        adapter.translate(said)
        if at % every == 0 and is_of_json(log[:at]):
            yield adapter


def check_ways(kind: type[Adapter], adapter: Adapter) -> None:
    """What is remembered of a class leads to what two new adapters lead to, asked each time."""
    value = adapter_snapshot(adapter)
    again = restore_adapter(json.loads(json.dumps(value)))

    assert repr(value) == repr(adapter_snapshot(adapter, functools.partial(kind)))
    assert remembered(again) == remembered(adapter)
    for part, own in parts_of(shape_of(kind).root, adapter):
        quick, long = part._quick(own), tuple((children(own) or {}).values())
        assert quick is not None, part.path
        assert list(map(id, quick)) == list(map(id, long)), part.path


def parts_of(part: Part, own: object) -> Iterator[tuple[Part, object]]:
    """The parts of an adapter that are made of attributes, each beside that of its class."""
    if not isinstance(own, tuple):
        yield part, own
    for index, inner in part.inner:
        held = (children(own) or {})[part.names[index]]
        if held is not None:
            yield from parts_of(inner, held)


def remembered(adapter: Adapter) -> list[str]:
    """All that an adapter holds, as text, and where a part is met again.

    A part that was not needed yet is as a new one.
    """
    met: dict[int, str] = {}
    lines, kept = list[str](), list[object]()
    left: list[tuple[str, object]] = [("", adapter)]
    while left:
        path, value = left.pop()
        held = children(value)
        if held is None:
            shown = sorted(value, key=repr) if isinstance(value, set | frozenset) else value
            lines.append(f"{path}: {shown!r}")
        elif id(value) in met:
            lines.append(f"{path}: {met[id(value)]}")
        else:
            met[id(value)] = path
            for name in made_when_needed(value):
                held[f"_{name}"] = getattr(copy.copy(value), name)
                kept.append(held[f"_{name}"])
            left += [(f"{path}.{name}", each) for name, each in held.items()]
    return sorted(lines)


@pytest.mark.parametrize("name", LOGS)
def test_at_all_places_of_a_recording_the_quick_ways_are_the_long_ones(name: str) -> None:
    kind = type(adapter_of(name))
    for adapter in moments(kind, recorded(name), EVERY):
        check_ways(kind, adapter)


@pytest.mark.parametrize("player", PLAYERS)
def test_in_any_viewing_the_quick_ways_are_the_long_ones(player: str) -> None:
    kind = find_adapter(player)
    courses = Courses(kind, 1)
    for log in (*viewings(player, 2 * CUTS, 1), *courses.likely(CUTS), *courses.strange(CUTS)):
        for adapter in moments(kind, log, 10 * EVERY):
            check_ways(kind, adapter)


@pytest.mark.parametrize("name", LOGS)
def test_a_recording_through_which_adapters_take_turns_gives_the_same(name: str) -> None:
    """S50: each goes on with what the one before it has written down."""
    kind, log = type(adapter_of(name)), recorded(name)
    adapter, told = kind(), list[str]()
    for at in range(0, len(log), EVERY):
        told += answers(adapter, log[at : at + EVERY])
        adapter = restore_adapter(written(adapter))

    assert [*told, str(adapter.flush(log[-1].at))] == whole_of(kind, log)


def whole_of(player: Player, log: Log) -> list[str]:
    """What one adapter makes of a log."""
    adapter = player()
    return [*answers(adapter, log), str(adapter.flush(log[-1].at))]


def test_a_class_is_looked_at_once_and_a_function_each_time() -> None:
    assert shape_of(Html5Adapter) is shape_of(Html5Adapter)
    player = functools.partial(CmcdAdapter, position_key="place")
    assert shape_of(player) is not shape_of(player)
    assert shape_of(player).version == shape_of(player).version


# -- what is written -------------------------------------------------------------------------------


def test_nothing_is_written_of_a_new_adapter_but_whose_it_is() -> None:
    for player in PLAYERS:
        value = adapter_snapshot(find_adapter(player)())
        assert value == {"player": player, "version": value["version"], "state": [[]]}


def test_who_is_told_of_callbacks_that_go_astray_is_not_written() -> None:
    told: list[str] = []
    adapter = Html5Adapter()
    adapter.on_astray = told.append
    adapter.translate(Callback(START, "html5", "plya"))

    again = restore_adapter(written(adapter))

    assert told == ["plya: not in the vocabulary"]
    assert again.on_astray is None
    assert again.astray == {}


def test_what_a_snapshot_says_is_not_changed_by_what_comes_later() -> None:
    adapter = Html5Adapter()
    log = recorded("08-ads-html5vast")
    answers(adapter, log[: len(log) // 2])
    value = adapter_snapshot(adapter)
    kept, one, other = json.dumps(value), restore_adapter(value), restore_adapter(value)
    rest = log[len(log) // 2 :]

    assert answers(adapter, rest) == answers(one, rest) == answers(other, rest)
    assert json.dumps(value) == kept


@pytest.mark.parametrize(
    ("name", "in_ad", "most"), [("01-simple-html5", False, 420), ("08-ads-html5vast", True, 750)]
)
def test_a_snapshot_is_a_few_hundred_bytes(name: str, in_ad: bool, most: int) -> None:
    """Of content that plays, and in an ad inside it."""
    adapter: Any = adapter_of(name)
    log = recorded(name)
    answers(adapter, log[: len(log) // 2])

    assert adapter._breaks.in_break is in_ad
    assert len(json.dumps(adapter_snapshot(adapter), separators=(",", ":"))) < most


def test_a_part_that_was_not_needed_yet_is_neither_written_nor_made() -> None:
    """An ad's part takes as much as a session: a snapshot of all viewers must not make them."""
    adapter: Any = Html5Adapter()
    answers(adapter, recorded("01-simple-html5")[:40])
    assert adapter._breaks._ad is None

    again: Any = restore_adapter(written(adapter))

    assert adapter._breaks._ad is None
    assert again._breaks._ad is None


def test_a_part_that_was_needed_is_one_with_what_shares_it_again() -> None:
    """The volume that was told of the content is not told again of the ad."""
    adapter: Any = Html5Adapter()
    log = recorded("08-ads-html5vast")
    answers(adapter, log[: len(log) // 2])
    assert adapter._breaks.ad.position > 0

    again: Any = restore_adapter(written(adapter))

    assert again._breaks._ad.position == adapter._breaks.ad.position
    assert again._breaks._ad.attributes is again._media.attributes


# -- adapters that take arguments ------------------------------------------------------------------


def reports(name: str) -> list[Callback]:
    """CMCD reports with a key of the page's own for the playhead."""
    return [
        Callback(
            START + second,
            "cmcd",
            "ps" if second == 0 else "t",
            detail={"sid": "s", "sn": second, "sta": "p", name: 1000 * second, "cid": "film"},
        )
        for second in range(20)
    ]


def test_arguments_are_given_again_by_what_makes_the_adapter() -> None:
    player = functools.partial(CmcdAdapter, position_key="place", segments=SEGMENTS)
    log = reports("place")

    check_cuts(player, log, (3, 8), player)
    adapter = player()
    answers(adapter, log)
    assert "place" not in json.dumps(adapter_snapshot(adapter, player))


def test_arguments_that_are_not_given_again_are_written_down() -> None:
    player = functools.partial(CmcdAdapter, position_key="place", segments={"v1.m4s": (2.0, 4.0)})

    check_cuts(player, reports("place"), (3, 8), None)


def test_another_adapter_than_the_one_that_is_written_down_is_none_like_it() -> None:
    with pytest.raises(SnapshotError, match="a VimeoAdapter was made for a Html5Adapter"):
        adapter_snapshot(Html5Adapter(), VimeoAdapter)


# -- adapters of other packages --------------------------------------------------------------------


class Mood(enum.Enum):
    """What a gadget does."""

    IDLE = 1
    BUSY = 2


@attrs.define
class Mark:
    """A place that a gadget remembers."""

    place: float
    names: list[str] = attrs.field(factory=list)


class Words:
    """A part that remembers nothing."""


class Shared:
    """What all gadgets have in common at first."""

    def __init__(self) -> None:
        self.count = 0


SHARED: Final = Shared()


class Gadget(Adapter):
    """A player of another package; nothing in it knows of snapshots."""

    name = "gadget"
    silent: ClassVar = {"gadget": {"says nothing": "hum"}}

    def __init__(self, title: str = "") -> None:
        super().__init__()
        self._media = MediaElement()
        self.holding = [self._media]
        self._title = title
        self._words = Words()
        self._spare: MediaElement | None = MediaElement()
        self._mood = Mood.IDLE
        self._marks: dict[int, Mark] = {}
        self._last: Mark | None = None
        self._parts = {"main": MediaElement(), "ad": MediaElement()}
        self._heard: deque[str] = deque(maxlen=2)
        self._seen: set[str] = set()
        self._place = 0
        self._anything: Any = None
        self._shared = SHARED
        self._tell = self._media.receive

    @on("gadget", "play pause", "play pause")
    def _on_button(self, callback: Callback) -> list[Signal]:
        self._mood = Mood.BUSY if callback.event == "play" else Mood.IDLE
        self._heard.append(callback.event)
        self._seen.add(callback.event)
        self._place = len(self._heard)
        self._last = self._marks[self._place] = Mark(float(self._place), [callback.event])
        paused = callback.event == "pause"
        self._parts["main"].receive(as_element(callback.event, callback.at, 1.0, paused=paused))
        return self._media.receive(as_element(callback.event, callback.at, 1.0, paused=paused))


def nested(levels: int) -> list[Any]:
    """A list in a list in a list."""
    inner: list[Any] = []
    for _ in range(levels):
        inner = [inner]
    return inner


def gadget(*events: str) -> Gadget:
    adapter = Gadget()
    answers(adapter, [Callback(START + at, "gadget", event) for at, event in enumerate(events)])
    return adapter


def test_an_adapter_of_another_package_is_written_down_with_its_own_values() -> None:
    adapter = gadget("play", "pause", "play")

    again = restore_adapter(written(adapter, Gadget), Gadget)

    assert isinstance(again, Gadget)
    assert again._mood is Mood.BUSY
    assert again._marks == {1: Mark(1.0, ["play"]), 2: Mark(2.0, ["play"])}
    assert again._heard == deque(["pause", "play"])
    assert again._heard.maxlen == 2
    assert again._seen == {"pause", "play"}
    assert again._parts["main"].wanted is True
    assert again._parts["ad"].wanted is False


def test_what_stands_in_two_places_is_one_object_again() -> None:
    again = restore_adapter(written(gadget("play"), Gadget), Gadget)

    assert isinstance(again, Gadget)
    assert again._last is again._marks[1]
    assert again.holding == [again._media]


def test_what_is_as_in_a_new_adapter_and_stands_in_two_places_is_one_object_again() -> None:
    """It is the restored adapter's own, and nobody else's."""
    adapter = gadget()
    adapter._anything = adapter._seen
    value = written(adapter, Gadget)

    one, other = restore_adapter(value, Gadget), restore_adapter(value, Gadget)

    assert isinstance(one, Gadget)
    assert isinstance(other, Gadget)
    assert one._anything is one._seen
    one._seen.add("play")
    assert other._anything == set()
    assert adapter_snapshot(Gadget(), Gadget)["state"] == [[]]


def test_what_all_new_adapters_share_is_no_part_of_one() -> None:
    """Else a snapshot of one would change the others."""
    adapter = gadget()
    adapter._shared = Shared()
    adapter._shared.count = 5

    with pytest.raises(SnapshotError, match="_shared holds what cannot be written"):
        adapter_snapshot(adapter)
    assert SHARED.count == 0


def test_a_part_in_a_mapping_is_not_exchanged() -> None:
    adapter = gadget()
    adapter._parts["ad"] = None  # type: ignore[assignment]

    with pytest.raises(SnapshotError, match=r"_parts\.ad cannot be written as .*: None"):
        adapter_snapshot(adapter)


def test_a_part_that_is_given_up_is_given_up_again() -> None:
    adapter = gadget()
    adapter._spare = None

    again = restore_adapter(written(adapter, Gadget), Gadget)

    assert isinstance(again, Gadget)
    assert again._spare is None


@pytest.mark.parametrize(
    ("held", "told"),
    [
        (Counter("a"), "_anything holds what cannot be written: a value of Counter"),
        ({"a": [b"x"]}, r"_anything\['a'\]\[0\] holds what cannot be written: a value of bytes"),
        (lambda: None, "_anything holds what cannot be written: a value of function"),
        (MediaElement(), "_anything holds what cannot be written: a value of MediaElement"),
        (Mark(1.0), "_anything holds what cannot be written: a value of Mark"),
        ("x" * 300_000, "at most 250000 values and characters"),
        (nested(2_000), "nested too deeply"),
    ],
)
def test_what_cannot_be_written_is_named(held: object, told: str) -> None:
    adapter = gadget()
    adapter._anything = held

    with pytest.raises(SnapshotError, match=told):
        adapter_snapshot(adapter)


def test_an_attribute_of_another_type_than_its_own_is_named() -> None:
    adapter = gadget()
    adapter._last = "here"  # type: ignore[assignment]

    with pytest.raises(SnapshotError, match=r"_last cannot be written as .*Mark.* 'here'"):
        adapter_snapshot(adapter)


def test_an_attribute_that_a_new_adapter_does_not_have_is_named() -> None:
    adapter = gadget()
    adapter.later = 1  # type: ignore[attr-defined]

    with pytest.raises(SnapshotError, match="the adapter and a new one differ in later"):
        adapter_snapshot(adapter)


def test_an_attribute_that_an_adapter_has_no_more_is_named() -> None:
    adapter = gadget()
    del adapter._mood, adapter._media._own

    with pytest.raises(SnapshotError, match="the adapter and a new one differ in _mood"):
        adapter_snapshot(adapter)
    adapter._mood = Mood.IDLE
    with pytest.raises(SnapshotError, match="_media and a new one differ in _own"):
        adapter_snapshot(adapter)


def test_counts_that_are_none_any_more_are_named() -> None:
    adapter = gadget()
    adapter._tally = None  # type: ignore[assignment]

    with pytest.raises(SnapshotError, match="the adapter and a new one differ in _tally"):
        adapter_snapshot(adapter)


def test_an_adapter_that_needs_arguments_asks_for_them() -> None:
    class Needy(Gadget):
        def __init__(self, title: str) -> None:
            super().__init__(title)

    with pytest.raises(SnapshotError, match="give player="):
        adapter_snapshot(Needy("a"))
    assert written(Needy("a"), lambda: Needy("a"))["state"] == [[]]


# -- what is refused -------------------------------------------------------------------------------


@functools.cache
def sample() -> str:
    adapter = Html5Adapter()
    log = recorded("08-ads-html5vast")
    answers(adapter, log[: len(log) // 2])
    return json.dumps(adapter_snapshot(adapter))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"version": 1}, "unknown snapshot version 1; known: "),
        ({"version": True}, "version cannot be True"),
        ({"version": None}, "version cannot be None"),
        ({"player": "nobody"}, "unknown player: no player 'nobody'"),
        ({"player": "vimeo"}, "unknown snapshot version"),
        ({"player": ["html5"]}, "player cannot be a value of list"),
        ({"state": None}, "state cannot be None"),
        ({"state": []}, "state cannot be a value of list"),
        ({"state": [[], 1]}, "state cannot be a value of list"),
        ({"state": [[], TOLD_AT, 2.0, TOLD_AT, 2.0]}, "state cannot be a value of list"),
        ({"state": [[], 10_000, 2.0]}, "state cannot be a value of list"),
        ({"state": [[], "1", 2.0]}, "state cannot be a value of list"),
        ({"state": [[TOLD_AT]]}, "state cannot be a value of list"),
        ({"state": [[], TOLD_AT, "x" * 300_000]}, "at most 250000"),
        ({"state": [[], TOLD_AT, [None] * 300_000]}, "at most 250000"),
        ({"state": [[], TOLD_AT, "soon"]}, "_told_at cannot be 'soon'"),
        ({"state": [[], TOLD_AT, True]}, "_told_at cannot be True"),
        ({"state": [[], TOLD_AT, None]}, "_told_at cannot be None"),
        ({"state": [[], TOLD_AT, {"$float": "nan"}]}, "_told_at cannot be nan"),
        ({"state": [[], TOLD_AT, {"$float": "1"}]}, "cannot be '1'"),
        ({"state": [[], TOLD_AT, {"$system": {}}]}, "damaged"),
        ({"state": [[], TOLD_AT, {"$same": "nowhere"}]}, "damaged"),
        ({"state": [[], TOLD_AT, {"$method": "flush"}]}, "_told_at cannot be a value of method"),
        ({"state": [[], TOLD_AT, {"$method": "name"}]}, "damaged"),
    ],
)
def test_a_damaged_snapshot_is_refused_with_a_reason(change: dict[str, Any], told: str) -> None:
    with pytest.raises(SnapshotError, match=told):
        restore_adapter({**json.loads(sample()), **change})


@pytest.mark.parametrize("value", [None, [], "x", 5, {}])
def test_what_is_no_snapshot_at_all_is_refused(value: Any) -> None:
    with pytest.raises(SnapshotError):
        restore_adapter(value)


def test_a_snapshot_of_another_player_than_the_one_that_is_given_is_refused() -> None:
    with pytest.raises(SnapshotError, match="of the player 'html5', not 'vimeo'"):
        restore_adapter(json.loads(sample()), VimeoAdapter)


def test_a_snapshot_that_is_nested_without_end_is_refused() -> None:
    for state in (nested(2_000), [nested(2_000)], [[], 1, nested(2_000)]):
        with pytest.raises(SnapshotError):
            restore_adapter({**json.loads(sample()), "state": state})


STRANGE: Final[tuple[Any, ...]] = (
    *(None, True, False, 0, 1, -1, 1 << 62, 10**400, 0.5, -1e308, 1e308, 1e-300),
    *("", "x", "inf", "x" * 1000, [], {}, [[]], {"a": 1}, [None] * 50),
    *([1.0, 2.0], ["a"], {"$list": []}, {"$list": [1.0]}, {"$set": [1]}, {"$set": [{}]}),
    *({"$deque": [[], 0]}, {"$deque": [[1.0], 3]}, {"$deque": 1}, {"$dict": [[1, 2]]}),
    *({"$float": "inf"}, {"$float": "-inf"}, {"$float": "nan"}, {"$float": 1}),
    *({"$same": ""}, {"$same": "4"}, {"$same": []}, {"$method": "_release"}, {"$os": {}}),
    *({"$Callback": {}}, {"$Callback": {"at": 1.0, "player": "html5", "event": "play"}}),
    *({"$Play": {"at": 2.0}}, {"$Seek": {"origin": 1.0, "target": 2.0, "began": 3.0}}),
    *({"$Content": {"asset_id": "x"}}, {"$Content": {"asset_id": 1}}, {"$SessionPlan": {}}),
)


def paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to everything in a JSON value."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, each in pairs:
        yield (*path, key)
        if isinstance(each, dict | list):
            yield from paths(each, (*path, key))


def spoilt(state: list[Any], chance: random.Random) -> list[Any]:
    """A state with something else in one to three of its places."""
    if chance.random() < 0.3:  # with a number that it does not have
        pairs = dict(zip(state[1::2], state[2::2], strict=True))
        pairs[chance.randrange(150)] = chance.choice(STRANGE)
        return [state[0], *(each for pair in sorted(pairs.items()) for each in pair)]
    state = copy.deepcopy(state)
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        *way, last = chance.choice(list(paths(state)))
        owner: Any = functools.reduce(lambda inside, key: inside[key], way, state)
        how = chance.random() if isinstance(owner, dict) else 1.0
        if how < 0.1:
            del owner[last]
        elif how < 0.2:
            owner[chance.choice(("$list", "$Pod", "at", "x"))] = owner.pop(last)
        else:
            owner[last] = copy.deepcopy(chance.choice(STRANGE))
    return state


@pytest.mark.parametrize("player", PLAYERS)
def test_a_spoilt_snapshot_is_refused_or_makes_an_adapter_that_works(player: str) -> None:
    """S60: nothing that an adapter is given makes it raise."""
    kind = find_adapter(player)
    slots = shape_of(kind).slots
    wide = {number for number, slot in enumerate(slots) if names_of(slot) & {*TOO_WIDE}}
    chance, refused = random.Random(player), 0
    for log in viewings(player, 4 * CUTS):
        adapter = kind()
        (place,) = places(log, 1)
        answers(adapter, log[:place])
        value = written(adapter)
        for _ in range(40):
            state = spoilt(value["state"], chance)
            if any(number in wide for number in state[1::2] if type(number) is int):
                continue
            try:
                again = restore_adapter({**value, "state": state})
            except SnapshotError:
                refused += 1
                continue
            answers(again, log[place : place + 40])
            again.settle(log[-1].at + 10)
            again.flush(log[-1].at + 10)
    assert refused


# -- what is declared ------------------------------------------------------------------------------


def names_of(slot: Slot) -> set[str]:
    """An attribute's name with each of the classes that it may be of."""
    return {f"{kind.__name__}.{slot.name}" for kind in type(slot.owner.value).__mro__}


def test_adapters_declare_what_their_attributes_hold_that_are_none_at_first() -> None:
    """So that a snapshot with something else in them is refused."""
    silent = {
        f"{type(slot.owner.value).__name__}.{slot.name}"
        for player in PLAYERS
        for slot in shape_of(find_adapter(player)).slots
        if slot.value is None and slot.kind is Any
    }
    assert silent == set()


def test_a_signal_is_one_that_is_held_back() -> None:
    """A value of the library's own is read with its types looked at."""
    adapter = restore_adapter(json.loads(sample()))
    slots = shape_of(Html5Adapter).slots
    number = next(n for n, slot in enumerate(slots) if slot.path == "_flash._held")
    value = adapter_snapshot(adapter)
    state = [[], number, {"$list": [{"$Play": {"at": 2.0}}]}]

    again: Any = restore_adapter({**value, "state": state})
    assert again._flash._held == [Play(2.0)]
    state[2] = {"$list": [{"$Play": {"at": "now"}}]}
    with pytest.raises(SnapshotError, match=r"Play\.at cannot be 'now'"):
        restore_adapter({**value, "state": state})


def test_a_source_that_another_thread_disturbed_is_read_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Until Python 3.12 the depth of a tree is counted for all threads together."""
    read: Any = kinds._declared_in.__wrapped__
    expected, parse, times = read(Html5Adapter.__module__), ast.parse, iter(range(9))

    def disturbed(source: str) -> ast.Module:
        if next(times) < 3:
            raise SystemError("AST constructor recursion depth mismatch (before=81, after=74)")
        return parse(source)

    monkeypatch.setattr(ast, "parse", disturbed)

    assert read(Html5Adapter.__module__) == expected
    assert next(times) == 4
