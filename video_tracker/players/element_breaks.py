"""The ad breaks of a player whose content, and perhaps whose ads, play in media elements.

:class:`ElementBreaks` is the machine of :mod:`video_tracker.players.ad_breaks`, which here reads
the elements' own events: those of an element that ads may share with the content, and those of the
content's while ads play in another.
"""

from collections.abc import Callable

from video_tracker.players.ad_breaks import AdBreaks
from video_tracker.players.ad_element import AdElement, Announced
from video_tracker.players.base import Callback, positive
from video_tracker.players.media_element import MediaElement
from video_tracker.signals import AdProgress, Signal

__all__ = ["ElementBreaks"]


class ElementBreaks(AdBreaks):
    """Turns the start and end of breaks and ads into signals, and the events of their elements.

    Args:
        content: The content's element, which gives way to the ads.
        ignore, at_once, starts: As of :class:`~video_tracker.players.ad_breaks.AdBreaks`.
        shares: Whether ads play in the content's own element.
    """

    ad: AdElement
    _content: MediaElement

    def __init__(
        self,
        content: MediaElement,
        ignore: Callable[[Callback, str], list[Signal]],
        *,
        at_once: bool = False,
        starts: bool = True,
        shares: bool = False,
    ) -> None:
        ad = AdElement(content.attributes)
        super().__init__(content, ignore, at_once=at_once, starts=starts, ad=ad)
        self.shares = shares
        """Whether ads play in the content's own element."""

    def _wants_ads(self) -> bool:
        # Frameworks pause the content for their ads, and press play for those themselves (S31).
        return self._content.begun

    def leave_page(self, callback: Callback) -> list[Signal]:
        """The viewer leaves during a break: the content stands where it was left."""
        last: list[Signal] = []
        if self.shares and self.ad.started:
            last.append(AdProgress(callback.at, self.ad.clock(callback)))
        return last + super().leave_page(callback)

    def announce(
        self,
        ad: Announced,
        at: float,
        offset: float | None = None,
        *,
        joined: bool = False,
        expected: bool = False,
    ) -> list[Signal]:
        """An ad is due, at ``offset`` on the element's clock if it is a part of its stream."""
        out = super().announce(ad, at, joined=joined, expected=expected)
        self.ad.offset = offset
        return out

    def element(self, callback: Callback, *, sure: bool = False) -> list[Signal]:
        """An event of the element in which the ads play: one of their own, or the content's.

        Args:
            callback: What it said.
            sure: Whether the player names whose it is: then nothing is concluded from its clock.
        """
        ad, content = self.ad, self._content
        if not self.in_break and (content.begun or callback.event != "play"):
            return self._join(callback, content)
        if self.shares and not sure and not ad.in_stream and ad.has_left(callback, content):
            return self._went_on(callback) or []
        out: list[Signal] = []
        if ad.is_unheard(callback):
            length = positive(callback.state.get("duration"))
            due = Announced(None, None, length)
            out += self.announce(due, self.watch.free_since, expected=True)
        out += self._heard(ad.receive(callback))
        if ad.started and self.shares:
            content.disown(callback)
        content.begun = content.begun or ad.wanted
        return out

    def _join(self, callback: Callback, content: MediaElement) -> list[Signal]:
        """An ad runs before any content: the session begins in its middle (S83)."""
        still = callback.flag("paused") or callback.flag("ended") or callback.flag("seeking")
        if still or content.played or callback.event != "timeupdate":
            return []
        if not callback.number("currentTime"):
            return []
        out = self.begin(callback.at, implied=True)
        if self.gone:
            return out
        ad = Announced(duration=positive(callback.state.get("duration")))
        return [*out, *self.announce(ad, callback.at, joined=True), *self.element(callback)]

    def content(self, callback: Callback) -> list[Signal]:
        """The content's own element spoke in a break: has it gone on (S62)?"""
        event, content = callback.event, self._content
        if event == "play" and not content.begun:
            return self.element(callback)  # the break was announced before anybody pressed it
        if self.implied and self.ad.announced is None and event in ("play", "playing"):
            return self.end(callback.at) + content.receive(callback)
        out = self._went_on(callback)
        if out is None:
            return self._ignore(callback, "the content stands while ads play (S31)")
        return out

    def _went_on(self, callback: Callback) -> list[Signal] | None:
        """The signals of content that has gone on; None while it stands."""
        resumed = self.watch.element(callback, self._content.rate)
        return None if resumed is None else self.lose(resumed, callback)

    def finish(
        self,
        callback: Callback,
        asset_id: str | None = None,
        position: float | None = None,
        *,
        own: bool = False,
    ) -> list[Signal]:
        """The open ad ended; its snapshot may be of the ``own`` element, which plays the ad."""
        if own:
            position = self.ad.read(callback)
            position = self.ad.position if position is None else position
        return super().finish(callback, asset_id, position)
