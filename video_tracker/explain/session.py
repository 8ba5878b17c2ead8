"""A session that can say why: the same, and beside it a record of how everything came about."""

import functools
from collections.abc import Callable
from typing import Any, Final

import attrs

from video_tracker.events import Event
from video_tracker.explain.explanation import Explanation, explanation_of
from video_tracker.explain.record import Cause, Source
from video_tracker.explain.recorder import RecordedState, Recorder
from video_tracker.session import Session
from video_tracker.signals import SIGNALS, Signal

__all__ = ["RecordedSession"]

_NAMES: Final = {kind: name for name, kind in SIGNALS.items()}


class RecordedSession(Session):
    """A :class:`~video_tracker.Session` that is recorded: :meth:`explain` says why.

    Takes the same inputs and gives the same events and figures, several times slower; a session
    that is not recorded pays nothing. Its replays (S24) are recorded as well.

    Args:
        *args, **kwargs: Those of :class:`~video_tracker.Session`.
        source: Says where in a log the input of a name and time, which comes now, was found.
    """

    __slots__ = ("_recorder", "_source")

    def __init__(
        self,
        *args: Any,
        source: Callable[[str, Any], Source | None] = lambda _name, _at: None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._recorder, self._source = Recorder(), source
        self._state = RecordedState.of(self._state, self._recorder)

    def explain(self) -> Explanation:
        """Why each event came so far, and what each position and figure is made of."""
        return explanation_of(self._state, self._recorder.record, self.summary())

    def receive(self, signal: Signal) -> tuple[Event, ...]:
        """Take a signal as the input of its name."""
        name = _NAMES.get(type(signal))
        if name is None:
            return super().receive(signal)
        events: tuple[Event, ...] = getattr(self, name)(**vars(signal))
        return events

    def step(self, at: float, position: float, duration: float | None = None) -> bool:  # noqa: ARG002
        """False: no step is so short that it is not recorded."""
        return False

    def restart(self, session_id: str | None = None) -> Session:
        """The session of a replay, recorded too."""
        again = super().restart(session_id)
        if isinstance(again, RecordedSession):
            again._source = self._source
        return again

    def _taken(
        self, name: str, at: Any, args: tuple[Any, ...], named: dict[str, Any]
    ) -> tuple[Event, ...]:
        usual = _USUAL[name]
        given = {**dict(zip(usual, args, strict=False)), **named}
        said = {key: value for key, value in given.items() if value is not usual.get(key)}
        number = len(self._recorder.record.inputs) + 1
        cause = Cause(number, name, at, said, self._source(name, at))
        plain: Callable[..., tuple[Event, ...]] = getattr(Session, name)
        strict = self._state.strict
        events = self._recorder.take(cause, lambda: plain(self, at, *args, **named), strict=strict)
        self._recorder.stood(self._state)
        return events


_USUAL: Final = {
    name: {field.name: field.default for field in attrs.fields(kind) if field.name != "at"}
    for name, kind in SIGNALS.items()
}
"""What each argument of an input is when nobody gives it, in the order of the arguments."""


def _recorded(name: str) -> Callable[..., tuple[Event, ...]]:
    """The input of that name, recorded."""

    @functools.wraps(vars(Session)[name])
    def take(self: RecordedSession, at: Any, *args: Any, **named: Any) -> tuple[Event, ...]:
        return self._taken(name, at, args, named)

    return take


for _name in SIGNALS:
    setattr(RecordedSession, _name, _recorded(_name))
