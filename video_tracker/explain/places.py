"""What the position of an event is made of (S1, S2, S8)."""

import attrs

from video_tracker.events import AdEvent, ContentCompleted, ContentEvent, Event, QualityUpdated
from video_tracker.explain.record import Made
from video_tracker.session.effects.positions import whole

__all__ = ["PlacePart", "PositionAccount", "position_of"]

_UNKNOWN = "Nobody has told whither the seek went (S33)."


@attrs.frozen
class PlacePart:
    """A part of a position.

    Args:
        kind: ``content``; ``ad``; ``into ad``, of the ad's own events; ``left behind``, a content
            earlier in the playlist; ``correction``, where the event says another place than that at
            which the session then was.
        name: The id of the ad or of the content left behind, the reason of the correction.
        seconds: What it counts.
    """

    kind: str
    name: str
    seconds: float

    @property
    def words(self) -> str:
        """What it is called in a sum."""
        if self.kind == "into ad":
            return f"into {self.name}"
        return f"{self.name} left behind" if self.kind == "left behind" else self.name


@attrs.frozen
class PositionAccount:
    """What a position is made of.

    Args:
        position: The ``position`` of the event; None when it has none.
        parts: They add up to it; what the sum has beyond whole seconds is rounded down (S3).
        sentence: Why there is no position, else empty.
        reckoned: Whether the place of what plays was reckoned from the time, since nobody had told
            it (S63).
    """

    position: int | None
    parts: tuple[PlacePart, ...]
    sentence: str = ""
    reckoned: bool = False

    @property
    def total(self) -> float:
        """The sum of the parts, in seconds."""
        return sum(part.seconds for part in self.parts)


def position_of(made: Made) -> PositionAccount:
    """What the position of an event is made of."""
    event = made.event
    if event.position is None:
        return PositionAccount(None, (), _UNKNOWN)
    parts = _parts(made)
    total = sum(part.seconds for part in parts)
    if event.position not in (whole(total), total):  # an offset from the live edge is negative
        parts = (*parts, PlacePart("correction", _correction(event, total), event.position - total))
    return PositionAccount(event.position, parts, reckoned=made.reckoned)


def _parts(made: Made) -> tuple[PlacePart, ...]:
    event, said = made.event, made.position
    if isinstance(event, AdEvent):
        return (PlacePart("into ad", event.asset_id, made.place or 0.0),)
    if isinstance(event, ContentEvent):
        live = event.player.livestream
        return (PlacePart("content", "content", said.content if live else made.place or 0.0),)
    left = [PlacePart("left behind", part.asset_id, part.seconds) for part in said.left_behind]
    ads = [PlacePart("ad", part.asset_id, part.seconds) for part in said.ads]
    return (*left, PlacePart("content", "content", said.content), *ads)


def _correction(event: Event, total: float) -> str:
    """Why an event says another position than the one where the session then was."""
    known = event.position == event.total_length
    if known and event.position is not None and event.position > total:
        return "to the known length, S3"
    if known:
        return "no further than the known length, S1"
    if isinstance(event, QualityUpdated):
        return "to where it was when the quality was told, S86"
    if isinstance(event, ContentCompleted):
        return "to where the seek left the content, S21"
    return "to where it was at the event's own time, S8, S86"
