"""Stitched ads as arithmetic: ad breaks in the stream, and positions on three timelines (S9).

* the **content** timeline: the content alone;
* the **stream** timeline: what a server made of content and ads, and what the player's clock says;
* the **session** timeline: what a viewer sees who watches all of it: content and ads (S1).

A break stands at a content position and holds ads. Its *resume offset* says how much content it
stands for: 0 inserts the ads, the length of the ads replaces as much content, and anything else
does some of both. Seconds or any other unit will do.
"""

from collections.abc import Iterator

import attrs

__all__ = ["StitchedAds", "StitchedBreak"]


@attrs.frozen
class StitchedBreak:
    """An ad break of a stitched stream.

    Args:
        at: Its place on the content timeline.
        ads: The lengths of its ads, in order.
        resume_offset: How far behind ``at`` the content goes on.
    """

    at: float
    ads: tuple[float, ...] = ()
    resume_offset: float = 0.0

    @property
    def length(self) -> float:
        """The length of all its ads."""
        return sum(self.ads)

    @property
    def added(self) -> float:
        """How much longer it makes the stream; negative when it replaces more than it plays."""
        return self.length - self.resume_offset

    @property
    def resumes_at(self) -> float:
        """Where the content goes on, on the content timeline."""
        return self.at + self.resume_offset


@attrs.frozen
class StitchedAds:
    """The ad breaks of a stream, in order; positions of one timeline on the others.

    Args:
        breaks: All breaks that ever were, so that an index means the same for ever.
        removed: How many at the front are gone and count nothing any more.
    """

    breaks: tuple[StitchedBreak, ...] = ()
    removed: int = 0

    def with_break(self, part: StitchedBreak) -> "StitchedAds":
        """The same with one more break at the end: a stream that grows."""
        return attrs.evolve(self, breaks=(*self.breaks, part))

    def without_first(self, count: int) -> "StitchedAds":
        """The same with the breaks before index ``count`` removed: a window that slides."""
        return attrs.evolve(self, removed=max(self.removed, min(count, len(self.breaks))))

    # -- ads -----------------------------------------------------------------------------------

    def ad_to_stream(self, position: float, index: int, ad: int) -> float:
        """The stream position of a position in ad ``ad`` of break ``index``.

        Args:
            position: Seconds into the ad; it may lie outside of it.
            index: The break, counted from the first one that ever was.
            ad: The ad, from 0.
        """
        return self._ad_start(index, ad) + position

    def stream_to_ad(self, position: float, index: int, ad: int) -> float:
        """The position in that ad of a stream position; outside of it, it is negative or too long.

        See :meth:`ad_to_stream` for the arguments.
        """
        return position - self._ad_start(index, ad)

    def _ad_start(self, index: int, ad: int) -> float:
        part = self.breaks[index]
        before = sum(earlier.added for earlier in self.breaks[self.removed : index])
        return part.at + before + sum(part.ads[:ad])

    # -- content -------------------------------------------------------------------------------

    def content_to_stream(self, position: float, following: int | None = None) -> float:
        """The stream position of a content position.

        At the place of a break it is behind the break. Content that a break replaces is not in
        the stream; its place is the nearest one that is not before the break.

        Args:
            position: The content position.
            following: The index of the next break: it and those behind it are left out.
        """
        added = 0.0
        for part in self._before(following):
            if part.at > position:
                break
            start = part.at + added
            added += part.added
            if part.resumes_at > position:
                return max(start, position + added)
        return position + added

    def stream_to_content(self, position: float, following: int | None = None) -> float:
        """The content position of a stream position; in a break it stands still at its place.

        See :meth:`content_to_stream` for the arguments.
        """
        added = 0.0
        for part in self._before(following):
            if part.at > position - added:
                break
            added += part.added
            if part.resumes_at > position - added:
                return max(part.at, position - added)
        return position - added

    # -- the session ---------------------------------------------------------------------------

    def stream_to_session(self, position: float) -> float:
        """The session position of a stream position, for a viewer who watches every break (S1)."""
        moved = 0.0
        for start, part in self._starts():
            if start + part.length > position:
                break
            moved += part.resume_offset
        return position + moved

    def session_to_stream(self, position: float) -> float:
        """The stream position of a session position; content that was replaced is nowhere."""
        moved = 0.0
        for start, part in self._starts():
            if start + part.length + moved > position:
                break
            moved = min(moved + part.resume_offset, position - start - part.length)
        return position - moved

    def content_to_session(self, position: float) -> float:
        """The session position of a content position, for a viewer who watches every break."""
        return self.stream_to_session(self.content_to_stream(position))

    def session_to_content(self, position: float) -> float:
        """The content position of a session position."""
        return self.stream_to_content(self.session_to_stream(position))

    # -- small things --------------------------------------------------------------------------

    def _before(self, following: int | None) -> tuple[StitchedBreak, ...]:
        return self.breaks[self.removed : following]

    def _starts(self) -> Iterator[tuple[float, StitchedBreak]]:
        """The breaks with their starts on the stream timeline."""
        added = 0.0
        for part in self.breaks[self.removed :]:
            yield part.at + added, part
            added += part.added
