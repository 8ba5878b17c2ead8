"""The ad groups of Media3: which ad has the player, by the player's own indices.

Discontinuities and snapshots say where the player is; the ad playback state, which comes with the
timeline, says what the groups are.
"""

from typing import Final

from video_tracker.players.ad_breaks import AT_END
from video_tracker.players.ad_element import Announced
from video_tracker.players.ad_states import AdStates
from video_tracker.players.content_states import ContentStates
from video_tracker.players.media3_values import AdGroup, Place
from video_tracker.signals import AdError, Load, Signal

__all__ = ["Media3Ads"]

_FAILED: Final = "ad could not be loaded"


class Media3Ads(AdStates):
    """The breaks of a Media3 player.

    Args:
        content: What the ads interrupt.
    """

    def __init__(self, content: ContentStates) -> None:
        super().__init__(content)
        self.now: tuple[int, int] | None = None
        """The ad that has the player: its group and its place in it."""
        self.left: float | None = None
        """Where in the ad the player was when it left it, when it says so."""
        self._interrupted = content
        self._groups: tuple[AdGroup, ...] = ()
        self._pending: Place | None = None

    def pending(self) -> Place | None:
        """The ad that had the player before anybody wanted to play; asked for once."""
        place, self._pending = self._pending, None
        return place

    def go_to(self, at: float, place: Place, *, wanted: bool, skipped: bool) -> list[Signal]:
        """The player is somewhere else: in an ad, in another one, or back in the content.

        Args:
            at: When.
            place: Where it is now.
            wanted: Whether somebody wants to play; until then an ad only waits (S71).
            skipped: Whether the ad that it left was skipped.
        """
        key = place.key
        if key is None:
            self._pending = None
        if key == self.now:
            return []
        told_at = at
        # Without the discontinuity out of it, the content's clock tells when that went on (S62).
        resumed = self.watch.content(at, place.content) if key is None else None
        at = at if resumed is None else resumed.at
        out = self._leave_ad(at, skipped=skipped)
        if key is None:
            self.now = None
            out += self.close(at)
            if resumed is not None:
                out += self._interrupted.moves(resumed.at, resumed.position)
            self._interrupted.put(told_at, place.content)
            return out
        if self.now is not None and self.now[0] != key[0]:
            out += self.close(at)
        if not wanted:
            self._pending = place
            return out
        self._pending, self.now = None, key
        # Without the discontinuity into it, the ad's own clock tells when it began (S83).
        began = self._interrupted.reached_at(at - (place.position or 0.0), at)
        return [*out, *self._enter(at if self.in_break else began, key, place)]

    def _leave_ad(self, at: float, *, skipped: bool) -> list[Signal]:
        if self.now is None:
            return []
        return self.skip(at) if skipped else self.end(at, self.left)

    def _enter(self, at: float, key: tuple[int, int], place: Place) -> list[Signal]:
        number, index = key
        group = self._groups[number] if number < len(self._groups) else AdGroup(None)
        out = [] if self.in_break else self._open(at, group, place)
        self.announce(
            Announced(
                group.ids[index] if index < len(group.ids) else None,
                index + 1,
                (group.lengths[index] if index < len(group.lengths) else None) or place.length,
            )
        )
        return out

    def _open(self, at: float, group: AdGroup, place: Place) -> list[Signal]:
        content, out = self._interrupted, list[Signal]()
        if content.shown:
            content.put(at, place.content)
            if self._is_at_end() or group.placement == "post":
                out += content.end(at, content.duration)
        start = self.open(at, placement=group.placement, offset=group.offset, ads=group.count)
        return [*out, *start]

    def _is_at_end(self) -> bool:
        position, length = self._interrupted.position, self._interrupted.duration
        return position is not None and length is not None and position >= length - AT_END

    def forget(self) -> None:
        """Another item: its ad groups are not known yet."""
        self._groups = ()

    def learn(self, at: float, groups: tuple[AdGroup, ...]) -> list[Signal]:
        """The ad playback state: what the groups are, and which ads could not be loaded (S71).

        Args:
            at: When it was told.
            groups: All of them.
        """
        before, self._groups = self._groups, groups
        # Its content positions are without the ads, also where a server put them in (S78).
        news = bool(groups) and not before
        out: list[Signal] = [Load(at, positions="content")] if news else []
        for number, group in enumerate(groups):
            known = before[number].failed if number < len(before) else frozenset()
            for index in sorted(group.failed - known):
                name = group.ids[index] if index < len(group.ids) else None
                if (number, index) == self.now:
                    out += self.fail(at, _FAILED, name)
                elif self._interrupted.begun:
                    out.append(AdError(at, _FAILED, name))
        return out
