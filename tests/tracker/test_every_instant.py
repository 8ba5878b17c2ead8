"""A job's time-out at every instant of an input: it comes out, and each event goes out once.

Python lets a signal's handler raise between any two of its instructions; here one raises at each in
turn. What is told again afterwards, at the time that it had, changes nothing where it was taken.
"""

import dis
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any, Final

import pytest

import video_tracker
from tests.tracker.interrupting import JobTimeoutError
from video_tracker import Ad, AdBreak, Content, SessionPlan, Tracker
from video_tracker.testing.clock import NOON
from video_tracker.tracker import Stats, TrackedPlayer
from video_tracker.transports import MemoryTransport

_PACKAGE = str(Path(video_tracker.__file__).parent)
_LOOKS = frozenset(("RESUME", "CALL", "CALL_KW", "CALL_FUNCTION_EX", "JUMP_BACKWARD", "SEND"))
"""The instructions after which Python looks whether a signal came."""
_PLAN = SessionPlan(
    user_id="u1",
    contents=[Content(asset_id="film", duration=60)],
    ad_breaks=[AdBreak(at=28, ads=[Ad(asset_id="boots", duration=10)])],
)

Told = tuple[str, float, float | None]
"""A name, seconds since the start, and a place in content or ad, where it has one."""
_EACH: Final = 7
"""Every so many instants one is tried."""


class Instants:
    """Raises in an instruction of the package, the one of that number; without one it counts."""

    def __init__(self, number: int = 0) -> None:
        self._number = number
        self._last: dict[FrameType, int] = {}
        self.seen, self._returned = 0, False
        self.where = ""

    def during(self, work: Callable[[], object]) -> bool:
        """Whether it raised, out of the work."""
        before = signal.signal(signal.SIGUSR1, self._ring)
        sys.settrace(self._enter)
        try:
            work()
        except JobTimeoutError:
            return True
        finally:
            sys.settrace(None)
            signal.signal(signal.SIGUSR1, before)
        return False

    def _enter(self, frame: FrameType, _event: str, _what: object) -> Any:
        if not frame.f_code.co_filename.startswith(_PACKAGE):
            return None
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        return self._step

    def _step(self, frame: FrameType, event: str, _what: object) -> Any:
        returned, self._returned = self._returned, event == "return"
        if event == "return":
            self._last.pop(frame, None)
        if event == "opcode":
            last, self._last[frame] = self._last.get(frame), frame.f_lasti
            name = "" if last is None else dis.opname[frame.f_code.co_code[last]]
            if name not in _LOOKS or (returned and name == "CALL"):
                return self._step  # it does not look where a function in Python returns
            self.seen += 1
            if self.seen == self._number:
                self.where = f"{frame.f_code.co_qualname}:{frame.f_lineno}:{frame.f_lasti}"
                signal.raise_signal(signal.SIGUSR1)
        return self._step

    @staticmethod
    def _ring(_number: int, _frame: FrameType | None) -> None:
        raise JobTimeoutError


_BEGIN: Final[list[Told]] = [("play", 0, 0.0), ("playing", 0, 0.0)]
_WATCH: Final[list[Told]] = [*_BEGIN, ("progress", 1, 1.0), ("progress", 2, 2.0)]
_PLAYER: Final[list[Told]] = [*_BEGIN, *[("timeupdate", n, float(n)) for n in range(1, 10)]]
_AD: Final[list[Told]] = [
    *_BEGIN,
    *[("progress", n, float(n)) for n in range(1, 29)],
    ("ad_break_start", 28, None),
    ("ad_start", 28, None),
    *[("ad_progress", 28.0 + n, float(n)) for n in (2, 4, 6, 8)],
]

CASES: Final[dict[str, tuple[str | None, list[Told], Told]]] = {
    "a pause": (None, _WATCH, ("pause", 3, 3.0)),
    "the viewer leaves": (None, _WATCH, ("exit", 3, 3.0)),
    "the viewer leaves, long after": (None, _WATCH, ("exit", 4000, 3.0)),
    "a player pauses": ("html5", _PLAYER[:4], ("pause", 3, 3.0)),
    "a heartbeat": ("html5", _PLAYER, ("timeupdate", 10, 10.0)),
    "a replay": (None, [*_WATCH, ("end", 3, 60.0)], ("playing", 9, 0.0)),
    "a pause after an ad that nobody ended": (None, _AD, ("pause", 41.5, 31.0)),
}


def tell(session: Any, said: Told) -> None:
    name, after, position = said
    if isinstance(session, TrackedPlayer):
        state = {"currentTime": position, "duration": 60.0, "paused": name == "pause"}
        session.callback(name, state, at=NOON + after)
    else:
        place = {} if position is None else {"position": position}
        session.receive(name, **place, at=NOON + after)


def viewing(case: str, number: int = 0) -> tuple[Instants, bool, list[tuple[str, bytes]], Stats]:
    """A viewing whose last input is interrupted in an instant, and told again."""
    player, first, last = CASES[case]
    sent, instants = MemoryTransport(), Instants(number)
    tracker = Tracker(sent, mode="manual", plan=_PLAN)
    session: Any = tracker.open("s1", player=player) if player else tracker.open("s1")
    for said in first:
        tell(session, said)
    raised = instants.during(lambda: tell(session, last))
    tell(session, last)
    stats = tracker.close()
    return instants, raised, [(each.message_id, each.body) for each in sent.records], stats


@pytest.mark.parametrize("case", CASES)
def test_a_time_out_comes_out_of_an_input_and_each_event_goes_out_once(case: str) -> None:
    """S60, S88: an event is neither lost nor said twice, and none is booked as gone.

    What a session noticed in a step that was made again may be counted twice: it is told at once.
    """
    instants, _, wanted, calm = viewing(case)
    assert instants.seen > 20
    for number in range(1, instants.seen + 1, _EACH):
        at, raised, got, stats = viewing(case, number)
        assert raised or not at.where, at.where  # what was met before may take fewer of them
        assert got == wanted, at.where
        assert (stats.undeliverable, stats.faults, stats.pending) == ({}, 0, 0), at.where
        assert stats.balanced
        noticed = {*stats.diagnostics, "repeated"}
        assert noticed == {*calm.diagnostics, "repeated"}, at.where
