"""Made-up viewers as a log of beacons, and an oracle that says what must come of any such log.

Whatever moves viewers from snapshot to snapshot - a store, a stream engine, a service of your own -
must send what one process sends that keeps them all in memory, whoever is killed on the way::

    came = made_up(200, 50)
    expected = oracle(came, opening)
    ...  # let it take the same bodies, and collect what it sends
    assert differences(expected, sent) == []

The same arguments give the same log on every machine.
"""

import functools
import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import attrs

from video_tracker.ingest import Said, decode_beacons
from video_tracker.keyed import Arrival, Opening, Openings, Viewer, encoded, viewer_of
from video_tracker.plan import Ad, AdBreak, Content, SessionPlan
from video_tracker.players.base import Callback
from video_tracker.players.registry import find_adapter
from video_tracker.record import Record
from video_tracker.signal_log import signal_to_json
from video_tracker.testing.simulator import Simulation, random_scenario, simulate
from video_tracker.testing.timed import is_poll
from video_tracker.wire import Encoder

__all__ = ["Came", "differences", "made_up", "opening", "oracle", "steady"]

_TEMPLATES: Final = 12
"""Different viewings in each dialect; a viewer is one of them at another time."""
_MOST_BEACONS: Final = 300
_SPAN: Final = 3.0
"""Seconds that a body spans at most: with its way it comes before anybody may go on without it."""
_STEADY_FROM: Final = 1_795_432_200.0
_FILM: Final = SessionPlan(
    contents=[Content(asset_id="film-8821", title="The Long Way Home", duration=3600.0)],
    ad_breaks=[AdBreak(at=1800.0, ads=[Ad(duration=15.0), Ad(duration=15.0)])],
)
_LATE, _TWICE, _LOST = 0.05, 0.03, 0.01
"""Shares of the bodies: come after later ones, come twice, never come."""


@attrs.frozen
class Came:
    """A body of beacons as it came.

    Args:
        key: Whose it is: the id of his session.
        received_at: When it came, in Unix seconds, in whole milliseconds; each of a viewer's at
            another time.
        body: The body, as :func:`~video_tracker.ingest.decode_beacons` reads it.
    """

    key: str
    received_at: float
    body: bytes


def made_up(
    sessions: int = 200,
    beacons: int = 50,
    *,
    seed: int = 0,
    dialects: Sequence[str] = ("signals", "html5", "hlsjs"),
    left: float = 0.3,
    together: int = 3,
    apart: float = 0.2,
) -> list[Came]:
    """A log of beacons of viewers that nobody was.

    Bodies come a little after they were sent, some after later ones, some twice, a few never.

    Args:
        sessions: How many viewers.
        beacons: How many beacons each sends at most, up to 300.
        seed: Another seed is another log.
        dialects: How they speak, one after the other: those of
            :func:`~video_tracker.testing.simulate`.
        left: The least share of those that stop in the middle, with no word of farewell.
        together: Beacons in one body at most.
        apart: Seconds from one viewer's beginning to the next one's.

    Returns:
        The bodies of all of them, in the order in which they came.

    Raises:
        ValueError: A number is impossible.
    """
    if not (0 < beacons <= _MOST_BEACONS and sessions >= 0 and together > 0 and 0 <= left <= 1):
        raise ValueError(f"impossible: {sessions=}, {beacons=}, {together=}, {left=}")
    chance = random.Random(seed)  # noqa: S311 - it must be repeatable, not secret
    came: list[Came] = []
    for number in range(sessions):
        dialect = dialects[number % len(dialects)]
        template = number // len(dialects) % _TEMPLATES
        said = _thinned(_viewing(dialect, template, beacons).items, beacons)
        if chance.random() < left:
            said = said[: chance.randint(min(2, len(said)), max(2, len(said) - 1))]
        key = f"{dialect}-{template}-{beacons}-{number:06}"
        came += _sent(key, said, number * apart, together, chance)
    return sorted(came, key=lambda each: (each.received_at, each.key))


def steady(
    sessions: int = 200,
    beacons: int = 50,
    *,
    together: int = 1,
    apart: float = 0.001,
    pace: float = 2.5,
) -> list[Came]:
    """A log of viewers of one film that just plays: what most of a day is.

    Every second one leaves with a word, the others without.

    Args:
        sessions: How many viewers.
        beacons: How many beacons each sends, three or more.
        together: Beacons in a body.
        apart: Seconds from one viewer's beginning to the next one's.
        pace: Seconds from one word of the film's clock to the next.

    Returns:
        The bodies of all of them, in the order in which they came, a tenth of a second late each.

    Raises:
        ValueError: There are too few beacons.
    """
    if beacons < 3:
        raise ValueError(f"a viewer of a film says three things or more, not {beacons!r}")
    came = []
    for number in range(sessions):
        key, begun = f"steady-0-{beacons}-{number:06}", _STEADY_FROM + number * apart
        told = [("play", 0.0, 0.0), ("playing", 0.5, 0.0)]
        told += [("progress", 0.5 + n * pace, n * pace) for n in range(1, beacons - 1)]
        if number % 2:
            told[-1] = ("exit", *told[-1][1:])
        said = [
            {"seq": place, "signal": signal, "at": round(begun + seconds, 3), "position": position}
            for place, (signal, seconds, position) in enumerate(told)
        ]
        for first in range(0, len(said), together):
            some = said[first : first + together]
            at: Any = some[-1]["at"]
            body = json.dumps({"session_id": key, "sent_at": at * 1000, "beacons": some})
            came.append(Came(key, round(at + 0.1, 3), body.encode()))
    return sorted(came, key=lambda each: (each.received_at, each.key))


def opening(key: str) -> Opening:
    """How a viewer of these logs begins: his player, and the plan of what he watches."""
    dialect, template, beacons, _ = key.rsplit("-", 3)
    return _opening(dialect, int(template), int(beacons))


@functools.cache
def _opening(dialect: str, template: int, beacons: int) -> Opening:
    if dialect == "steady":
        return Opening(plan=_FILM)
    viewing = _viewing(dialect, template, beacons)
    player = None if dialect == "signals" else find_adapter(dialect)
    return Opening(player=player, plan=viewing.plan, settings=viewing.plan.settings)


@functools.cache
def _viewing(dialect: str, template: int, beacons: int) -> Simulation:
    """One in which enough is said."""
    for seed in range(template, 1_000_000, _TEMPLATES):
        viewing = simulate(random_scenario(seed, most=4), dialect)
        if len(viewing.items) >= beacons:
            return viewing
    raise AssertionError("every dialect says that much now and then")


def _thinned(said: Sequence[Said], most: int) -> Sequence[Said]:
    """The first so many words, after words of the clock went from all over the viewing."""
    polls = [place for place, each in enumerate(said) if is_poll(each)]
    surplus = min(len(said) - most, len(polls))
    gone = {polls[place * len(polls) // surplus] for place in range(surplus)}
    return [each for place, each in enumerate(said) if place not in gone][:most]


def _sent(
    key: str, said: Sequence[Said], later: float, together: int, chance: random.Random
) -> Iterator[Came]:
    """What he said, in bodies that come one by one."""
    taken: set[float] = set()
    place = 0
    while place < len(said):
        many = chance.randint(1, together)
        near = [each for each in said[place : place + many] if each.at <= said[place].at + _SPAN]
        told = [_beacon(place + n, each, later) for n, each in enumerate(near)]
        place += len(told)
        sent_at = said[place - 1].at + later
        body = {"session_id": key, "sent_at": round(sent_at * 1000, 3), "beacons": told}
        times = 0 if chance.random() < _LOST else 2 if chance.random() < _TWICE else 1
        for _ in range(times):
            slow = 4.0 if chance.random() < _LATE else 0.4
            at = round(sent_at + chance.uniform(0.05, slow), 3)
            while at in taken:
                at = round(at + 0.001, 3)
            taken.add(at)
            yield Came(key, at, json.dumps(body).encode())


def _beacon(number: int, said: Said, later: float) -> dict[str, Any]:
    if not isinstance(said, Callback):
        line = signal_to_json(said)
        return {"seq": number, **line, "at": said.at + later}
    told = {
        "state": dict(said.state),
        "detail": dict(said.detail),
        "player": said.player,
        "el": said.element,
    }
    line = {"event": said.event, "t": round((said.at + later) * 1000, 3)}
    return {"seq": number, **line, **{name: value for name, value in told.items() if value}}


def oracle(
    came: Iterable[Came], openings: Openings = opening, *, profile: str = "customerio"
) -> dict[str, list[Record]]:
    """What one process sends that keeps every viewer in memory.

    Each viewer takes his bodies in the order in which they came. Then time passes, from deadline
    to deadline, until nothing need be remembered of him.

    Args:
        came: The log.
        openings: How its viewers begin.
        profile: The vendor's flavour.

    Returns:
        For each key its messages, in order.
    """
    viewers: dict[str, Viewer] = {}
    made: defaultdict[str, list[Record]] = defaultdict(list)
    encoder = Encoder(profile)
    for each in sorted(came, key=lambda each: each.received_at):
        key = each.key
        viewer = viewers.get(key)
        if viewer is None:
            viewer = viewers[key] = viewer_of(None, key, openings)
        arrival = Arrival.of(decode_beacons(each.body, session_id=key), each.received_at)
        made[key] += encoded(viewer.take((arrival,)), encoder)
    for key, viewer in viewers.items():
        while not viewer.is_forgotten(due := viewer.deadline()):
            made[key] += encoded(viewer.advance(due), encoder)
    return dict(made)


def differences(
    expected: Mapping[str, Sequence[Record]], found: Iterable[tuple[str, bytes]], most: int = 20
) -> list[str]:
    """How what was sent differs from what must be: each message once, byte for byte.

    Args:
        expected: What :func:`oracle` says.
        found: The id and the body of each message that was sent, in any order.
        most: How many are told.

    Returns:
        A sentence for each message that is missing, came again, has other bytes or was not to be.
    """
    wanted = {each.message_id: each.body for records in expected.values() for each in records}
    bodies = list(found)
    counted = Counter(number for number, _ in bodies)
    told = [f"{number} is missing" for number in wanted if number not in counted]
    told += [f"{number} came {times} times" for number, times in counted.items() if times > 1]
    told += [f"{number} was not to be" for number in counted if number not in wanted]
    told += [
        f"{number} is {body!r}, not {wanted[number]!r}"
        for number, body in bodies
        if wanted.get(number, body) != body
    ]
    return told[:most]
