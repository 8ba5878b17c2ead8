"""What a session's position is made of, as a value (S1)."""

import attrs

__all__ = ["PositionPart", "SessionPosition"]


@attrs.frozen
class PositionPart:
    """What one ad, or one content that was left behind, counts in the session position.

    Args:
        asset_id: The ad or the content.
        seconds: What of it counts.
        pod_id: The ad's break; None for a content.
    """

    asset_id: str
    seconds: float
    pod_id: str | None = None


@attrs.frozen
class SessionPosition:
    """Where a session is on its stitched timeline, part by part (S1, S8).

    Args:
        position: The ``position`` that the next playback event would bear: ``total`` rounded down,
            and never beyond a known ``total_length``; None while nobody knows where a seek went.
        content: Seconds into the current content. Of a livestream what the setting
            ``live_position`` says of it: the seconds played of it since it was joined; or the
            playhead, the offset or the Unix time, which have no other parts.
        ads: Each ad that counts, the one that plays now included: those of breaks at or before
            this place.
        left_behind: The contents of the playlist that were begun and left.
    """

    position: int | None
    content: float
    ads: tuple[PositionPart, ...] = ()
    left_behind: tuple[PositionPart, ...] = ()

    @property
    def total(self) -> float:
        """The sum of the parts, in seconds."""
        return self.content + sum(part.seconds for part in (*self.left_behind, *self.ads))
