"""What the entries of :mod:`video_tracker.explain.missing` look at, and what they say."""

from collections.abc import Callable, Iterator

import attrs

from video_tracker.diagnostics import REASONS
from video_tracker.events import Event
from video_tracker.explain.record import Cause, Made, Note, Record
from video_tracker.session.data.state import State
from video_tracker.summary import Summary

__all__ = ["Entry", "Miss", "View", "never", "refused"]


@attrs.frozen
class Miss:
    """Why something did not come.

    Args:
        sentence: What was nearest, and what is needed.
        cause: The input that came nearest, or that ended the waiting.
    """

    sentence: str
    cause: Cause | None = attrs.field(default=None, hash=False)


@attrs.frozen
class View:
    """What the entries look at: a session as it stands, and what was recorded of it."""

    s: State
    record: Record
    summary: Summary

    def made(self, kind: type[Event]) -> list[Made]:
        """The events of a kind that came."""
        return [each for each in self.record.made if isinstance(each.event, kind)]

    def notes(self, *names: str) -> list[Note]:
        """What was repaired, ignored or rejected of these inputs."""
        return [each for each in self.record.notes if each.diagnostic.input in names]

    def inputs(self, *names: str) -> list[Cause]:
        """The inputs of these names."""
        return [each for each in self.record.inputs if each.name in names]

    @property
    def last(self) -> Cause | None:
        """The last thing that was said."""
        said = [each for each in self.record.inputs if each.name != "tick"]
        return said[-1] if said else None

    @property
    def end(self) -> str:
        """How the session stands."""
        return "the viewer left" if self.s.ended == "exited" else "the log ended"


Entry = Callable[[View], Iterator[Miss]]


def refused(v: View, *names: str) -> Iterator[Miss]:
    """Inputs that would have made it, and why they did not."""
    for note in v.notes(*names):
        if note.diagnostic.kind != "repair":
            reason = REASONS[note.diagnostic.reason]
            yield Miss(f"{note.diagnostic.input} was said, but: {reason}", note.cause)


def never(v: View, said: str, *names: str) -> Iterator[Miss]:
    """Nobody said it, or it was said and refused."""
    given = list(refused(v, *names))
    yield from given
    if not given and not v.inputs(*names):
        yield Miss(f"Nobody said {said}.")
