"""The ad breaks of a player: the one machine for whatever says what of them.

An adapter reads its player's words and calls the verbs of :class:`AdBreaks`, which turns them into
ad signals and makes the content give way (:class:`Content`: what a media element tells, or a player
that speaks in states). An ad starts with the player's word (:meth:`AdBreaks.start`), or is
announced (:meth:`AdBreaks.announce`) and starts with its first moving frame (S71), which its
element or its clock shows. What is only known of ads in media elements is
:class:`~video_tracker.players.element_breaks.ElementBreaks`'s.

* A break inside the content is told with its first ad, dated when it began: a break in which
  nothing moves never was one, and parts no content (S21, S71). Where no content shows, it is told
  at once; so is every break of a framework that only says so when it plays (``at_once``).
* An ad that is started twice is one ad; what became of one whose end was lost nobody says, and
  the session judges (S62, S72).
* Positions are those of the ad's own clock where anything tells it. Where nothing does, quartiles
  tell how far it came, and a pause, a stall or the end has no position: an estimate is no
  measurement (S33, S84).
"""

from collections.abc import Callable
from typing import Final, Protocol

import attrs

from video_tracker.players.ad_element import PACE, SLACK, Announced, OpenAd
from video_tracker.players.base import Callback
from video_tracker.players.break_watch import Resumed
from video_tracker.signals import (
    AdBreakEnd,
    AdBreakStart,
    AdClick,
    AdError,
    Signal,
)

__all__ = ["AT_END", "QUARTILES", "AdBreaks", "Content", "Pod"]

_SAME: Final = 1.0
"""Seconds within which an ad without name and place, started again, is the same one."""
_FIRST: Final = 0.01
"""Seconds that an ad's clock must show before it is believed to be its own."""
AT_END: Final = 1.0
"""Seconds from the content's end within which a place is its end (S10, S75)."""

QUARTILES: Final = {"firstquartile": 0.25, "midpoint": 0.5, "thirdquartile": 0.75}
"""The part of an ad that has played at each quartile, by its usual name."""


@attrs.frozen
class Pod:
    """What a player says of an ad break.

    Args:
        pod_id: Its id, when it has one that means something.
        placement: ``pre``, ``mid`` or ``post`` as declared; None leaves it to the session (S10).
        offset: The content position in seconds for which it was scheduled.
        size: How many ads it has.
    """

    pod_id: str | None = None
    placement: str | None = None
    offset: float | None = None
    size: int | None = None

    def with_more(self, more: "Pod") -> "Pod":
        """This pod with what a later callback adds to it."""
        told = attrs.asdict(more)
        return attrs.evolve(self, **{key: value for key, value in told.items() if value})


class Content(Protocol):
    """The content that gives way to ads, as far as their breaks ask it."""

    begun: bool
    """Whether playback was ever wanted."""
    wanted: bool
    """Whether play is wanted, as far as the session was told."""
    ended: bool
    """Whether the content ran out and nothing was played since."""

    @property
    def shown(self) -> bool:
        """Whether it has shown a frame since it was started or came back."""

    @property
    def position(self) -> float | None:
        """Its last known position in seconds."""

    @property
    def duration(self) -> float | None:
        """Its last known length in seconds."""

    @property
    def rate(self) -> float:
        """Its last known playback rate above 0."""

    def want(self, at: float) -> list[Signal]:
        """Play is wanted."""

    def leave(self, at: float, stands: float | None = None) -> list[Signal]:
        """Ads take its place; it ``stands`` there, if playing can have led there."""

    def come_back(self, *, wanted: bool) -> None:
        """It takes its place again."""

    def go_on(self, moved: Callback, since: Resumed) -> list[Signal]:
        """It has ``moved`` on after a break that nobody ended (S62)."""

    def finish(self, at: float, position: float | None = None) -> list[Signal]:
        """It ran out (S75)."""

    def abandon(self, callback: Callback) -> list[Signal]:
        """The viewer leaves while ads play."""


class AdBreaks:
    """Turns the start and end of breaks and ads into signals.

    Args:
        content: What gives way to the ads.
        ignore: Counts a callback that became nothing, which is what it gives.
        at_once: Whether every break is told when it begins, not with its first ad.
        starts: Whether a break before anybody pressed play is the start: nobody asks for ads
            earlier. Else its framework may announce it when the page loads (S25).
        ad: Who follows the ad that is due or plays.
    """

    def __init__(
        self,
        content: Content,
        ignore: Callable[[Callback, str], list[Signal]],
        *,
        at_once: bool = False,
        starts: bool = True,
        ad: OpenAd | None = None,
    ) -> None:
        self.implied = False
        """Whether only its ads told of the open break; its own word may come yet (S61)."""
        self.in_break = False
        """Whether an ad break has the player."""
        self.gone = False
        """Whether the viewer left: what comes now are the last twitches of a page."""
        self.began = 0.0
        """When the open break began."""
        self.declared: float | None = 0.0
        """Seconds that the open break's ads have together; None when one's length is unknown."""
        self.ad = ad if ad is not None else OpenAd()
        self.watch = self.ad.watch
        self._at_once, self._starts = at_once, starts
        self._content = content
        self._ignore = ignore
        self._pod = Pod()
        self.told = False
        """Whether the session knows of the open break."""
        self._resumes = False
        """Whether play was told in the break while no ad was open."""
        self._joins = False
        """Whether the session begins with the break, perhaps in the middle of an ad."""
        self._expected = False
        """Whether the ad that is due was not announced by the player itself."""
        self._showed = False
        """Whether content showed when the open break began."""
        self.place = 0
        """The place in the pod of the ad that is due or plays, or that came last."""

    # -- breaks ------------------------------------------------------------------------------

    def begin(
        self,
        at: float,
        pod: Pod | None = None,
        *,
        wait: bool = False,
        stands: float | None = None,
        implied: bool = False,
    ) -> list[Signal]:
        """A break begins; said again, it may tell more of the open one.

        Args:
            at: When the content stopped for it.
            pod: What is known of it.
            wait: Whether it is told with its first ad in any case: more will be known of it then.
            stands: Where the content stands as the callback's snapshot says.
            implied: Whether only an ad tells of it, and its own word may come yet.
        """
        pod = pod if pod is not None else Pod()
        if self.gone:
            return []
        out: list[Signal] = []
        if self.in_break:
            if not self._is_other(pod, implied=implied):
                self._pod, self.implied = self._pod.with_more(pod), self.implied and implied
                return []  # late, or once more: of the break that is open (S61)
            out = self.end(at)
        content = self._content
        showing = content.shown and not content.ended
        self._joins, self._showed = not content.begun, showing
        if self._joins and self._starts:
            # Nobody asks for ads before play is wanted: a break before any `play` is the start.
            out += content.want(at)
        last = pod.placement == "post" or self._at_end(pod.offset)
        if last and (self._at_end(content.position) or self._at_end(stands)):
            out += content.finish(at, content.duration)  # once, and before its post-roll (S75)
        out += content.leave(at, stands)
        self.ad.wanted = self._wants_ads()
        self.in_break, self.implied = True, implied
        self.began, self._pod, self.told = at, pod, False
        if self.ad.announced is None:
            self.place = 0  # else it was announced before its break
        self.declared, self._resumes = 0.0, False
        self.watch.begin(at, content.position)
        return out if (showing or wait) and not self._at_once else out + self.tell()

    @property
    def pod_id(self) -> str | None:
        """The open break's id, when it has one."""
        return self._pod.pod_id if self.in_break else None

    @property
    def awaits_ad(self) -> bool:
        """Whether another ad is due: the first one, or one that the break's size promises."""
        started, size = self.place, self._pod.size
        return not self.ad.started and started < (size if size is not None else 1)

    def end(self, at: float) -> list[Signal]:
        """The break is over, whoever says so."""
        if not self.in_break:
            return []
        self.in_break = self.implied = False
        self.ad.forget()
        content = self._content
        # One that was never told has not begun: who had paused the content did not go on.
        wanted = self.ad.wanted and (self.told or content.wanted)
        content.come_back(wanted=wanted and not content.ended)
        self.ad.wanted = False
        return [AdBreakEnd(at)] if self.told else []

    def unmoved(self, at: float) -> list[Signal]:
        """An ad that was announced and never moved has failed, when what follows shows it (S71)."""
        return [] if self.ad.started or self._expected else self.ad.fail(at, "never started")

    def leave_page(self, callback: Callback) -> list[Signal]:
        """The viewer leaves during a break: the content stands where it was left."""
        out = self._content.abandon(callback)
        self.in_break = self.ad.wanted = False
        self.ad.forget()
        self.gone = True
        return out

    def _wants_ads(self) -> bool:
        """Whether play is wanted as a break begins."""
        return self._content.wanted or self._content.ended

    def _is_other(self, pod: Pod, *, implied: bool) -> bool:
        """Whether a second start means another break: it has another id or place.

        The very word that a break begins, said again when none of its ads is due, does, too (S62).
        """
        known = self._pod
        if None not in (pod.pod_id, known.pod_id):
            return pod.pod_id != known.pod_id
        if None not in (pod.offset, known.offset):
            return pod.offset != known.offset
        said_again = not (implied or self.implied)
        return said_again and self.ad.announced is None and self.place > 0

    def tell(self) -> list[Signal]:
        """The open break's start, told once."""
        if self.told or not self.in_break:
            return []
        self.told = True
        pod, content = self._pod, self._content
        at_end = pod.offset is None or self._at_end(pod.offset)
        if pod.placement == "mid" and content.ended and at_end:
            pod = attrs.evolve(pod, placement="post")  # whatever words declare it (S10)
        offset = pod.offset if pod.placement != "post" else None
        return [
            AdBreakStart(
                self.began,
                pod_id=pod.pod_id,
                placement=pod.placement,
                offset=offset,
                ads=pod.size,
            )
        ]

    def _at_end(self, position: float | None) -> bool:
        length = self._content.duration
        return None not in (position, length) and (position or 0.0) >= (length or 0.0) - AT_END

    # -- ads ---------------------------------------------------------------------------------

    def start(self, callback: Callback, ad: Announced, position: float = 0.0) -> list[Signal]:
        """An ad's first frame moves.

        Args:
            callback: Who says so.
            ad: What is known of it; one without a place in the pod is the next one.
            position: Where in the ad, in seconds: above 0 when the player was joined within it.
        """
        stands = callback.number("currentTime")
        out = [] if self.in_break else self.begin(callback.at, stands=stands)
        if self.gone:
            return out
        known = self.ad.announced
        same = known is not None and self._is_same(known, ad, callback.at)
        if same and self.ad.started:
            self._ignore(callback, "this ad was started already (S62)")
            return out
        # One that is open and whose end was lost the session ends, and judges (S62, S72).
        if self.declared is not None:
            self.declared = None if ad.duration is None else self.declared + ad.duration
        place = ad.pod_position if ad.pod_position is not None else self.place + 1
        # One that is found running has begun before.
        since = min(max(callback.at - position, self.watch.last_at), callback.at)
        out += self.announce(attrs.evolve(ad, pod_position=place), since, joined=self._joins)
        return out + self.tell() + self.ad.moves(callback.at, position)

    def announce(
        self,
        ad: Announced,
        at: float,
        *,
        joined: bool = False,
        expected: bool = False,
    ) -> list[Signal]:
        """An ad is due: it starts with its first moving frame (S71).

        Args:
            ad: What is known of it.
            at: Since when; its start is not dated back beyond.
            joined: Whether the session begins in the middle of it (S83).
            expected: Whether nobody said so, and it has not failed when it never comes.

        Returns:
            The break's start, where no content shows.
        """
        self.place = ad.pod_position if ad.pod_position is not None else self.place + 1
        joined, self._joins = joined or (self._joins and self._starts), False
        self.ad.announce(ad, at, joined=joined)
        self._expected = expected
        return [] if self._showed else self.tell()

    def name(self, ad: Announced) -> None:
        """Which ad it is that is due; what was said of its length stays."""
        self.place = ad.pod_position or self.place
        known = self.ad.announced or Announced()
        self.ad.announced = attrs.evolve(ad, duration=ad.duration or known.duration)

    def _heard(self, out: list[Signal]) -> list[Signal]:
        """What the ad says; its first frame tells of its break (S21, S71)."""
        return self.tell() + out if self.ad.started else out

    def clock(
        self, callback: Callback, place: float | None, position: float | None
    ) -> list[Signal]:
        """The player's one clock was told in a break: whose is it (S78)?

        Args:
            callback: Who says so.
            place: Seconds into the ad, if it is the ad's.
            position: Seconds of content, if it is the content's.
        """
        if place is not None and self.owns(callback.at, place):
            return self.moves(callback, place)
        if place is not None and self._is_unheard(callback.at, place):
            return self.start(callback, Announced(), place) + self.moves(callback, place)
        out = self.content_clock(attrs.evolve(callback, event="timeupdate"), position)
        return out or self._ignore(callback, "neither the ad's clock nor the content's going on")

    def content_clock(self, callback: Callback, position: float | None) -> list[Signal]:
        """The content's own clock was told in a break: has it gone on (S62)?

        Args:
            callback: Who says so.
            position: Seconds of content.
        """
        resumed = self.watch.content(callback.at, position, self._content.rate)
        if resumed is None:
            return []
        return self.lose(resumed, attrs.evolve(callback, state={"currentTime": position}))

    def lose(self, resumed: Resumed, moved: Callback) -> list[Signal]:
        """Content has gone on although nobody ended the break.

        What became of an ad that is open nobody said: the session judges it by the content's clock
        (S62, S72).

        Args:
            resumed: Since when and from where.
            moved: The content's element as it shows that.
        """
        unsaid = self.ad.started
        out = self.end(resumed.at)
        return ([] if unsaid else out) + self._content.go_on(moved, resumed)

    def overlay(self, callback: Callback) -> list[Signal]:
        """An ad over the running content is no break of it, whatever was said before."""
        self._ignore(callback, "an overlay: the content goes on under it")
        if not self.in_break or self.told or self.ad.announced is not None:
            return []
        return self.lose(Resumed(callback.at, self._content.position or 0.0), callback)

    def owns(self, at: float, position: float) -> bool:
        """Whether a position may be the open ad's: it goes on from its last one (S84)."""
        return self.ad.owns(at, position)

    def _is_unheard(self, at: float, position: float) -> bool:
        """Whether a position is that of an ad whose start was lost (S83): no other has run."""
        left = self._content.position or 0.0
        if self.ad.started or not _FIRST < position <= at - self.watch.last_at + PACE:
            return False
        if abs(position - left) > SLACK + at - self.began:
            return True
        # Before the content both clocks begin alike: it would have been told to play.
        return self.awaits_ad and not self._content.shown and not self._resumes

    def may_start(self, place: int | None, position: float, length: float | None) -> bool:
        """Whether a position without an open ad is that of one whose start was lost."""
        over = length is not None and position > length - _SAME
        return not over and (place is None or place != self.place or position < _SAME)

    def moves(self, callback: Callback, position: float) -> list[Signal]:
        """The ad's clock moved to ``position`` seconds."""
        ad, at = self.ad, callback.at
        if ad.announced is None or (not ad.measured and position < _FIRST):
            return []  # a clock that stands at 0 is not the ad's
        ad.measured = True
        return self._heard(ad.progress(at, position))

    def quartile(self, callback: Callback, part: float) -> list[Signal]:
        """A quartile was crossed: it counts where nothing tells the ad's clock (S45, S72).

        Args:
            callback: Who says so.
            part: The part of the ad that has played, 0 to 1.
        """
        ad = self.ad.announced
        if ad is None or not self.ad.started:
            return self._ignore(callback, "no ad plays")
        if self.ad.measured or ad.duration is None:
            return self._ignore(callback, "quartiles come from the ad's own clock (S45, S72)")
        position = part * ad.duration
        if callback.at - self.ad.started_at < position / 2:
            return self._ignore(callback, "a quartile without the time to play it (S72)")
        return self.ad.progress(callback.at, position)

    def learn(self, duration: float | None, size: int | None = None) -> None:
        """The open ad's length, or its break's size, became known."""
        ad = self.ad.announced
        if ad is not None and ad.duration is None and duration is not None:
            self.ad.announced = attrs.evolve(ad, duration=duration)
        if size is not None:
            self._pod = attrs.evolve(self._pod, size=size)

    def media(self, callback: Callback, event: str, position: float | None = None) -> list[Signal]:
        """``play``, ``pause``, ``waiting`` or ``playing`` of the ad that is due or open."""
        if not self.in_break or (event == "playing" and self.ad.announced is None):
            return []
        ad, at = self.ad, callback.at
        self._resumes = self._resumes or (event == "play" and not ad.started)
        if event == "playing":
            return self._heard(ad.moves(at, position))
        if event == "play":
            return ad.play(at)
        return ad.pause(at, position) if event == "pause" else ad.stall(at, position)

    def finish(
        self, callback: Callback, asset_id: str | None = None, position: float | None = None
    ) -> list[Signal]:
        """The open ad ended.

        Args:
            callback: Who says so.
            asset_id: Of which ad, when it says so.
            position: Where in the ad, in seconds.
        """
        if not self.ad.started:
            return self._ignore(callback, "no ad plays")
        if self.ad.is_of_another(callback.at, position, asset_id):
            return self._ignore(callback, "of another ad than the one that plays")
        return self.ad.end(callback.at, position)

    def skip(self, callback: Callback, position: float | None = None) -> list[Signal]:
        """The viewer skipped the open ad (S13)."""
        if not self.ad.started:
            return self._ignore(callback, "no ad plays")
        return self.ad.skip(callback.at, position)

    def click(self, callback: Callback) -> list[Signal]:
        """The viewer clicked the open ad."""
        return [AdClick(callback.at)] if self.ad.started else self._ignore(callback, "no ad plays")

    def fail(self, callback: Callback, reason: str, asset_id: str | None = None) -> list[Signal]:
        """An ad failed: the open one, or one of the open break that never moved (S13, S71)."""
        known = self.ad.announced
        if known is not None:
            if None in (asset_id, known.asset_id) or asset_id == known.asset_id:
                return self.ad.fail(callback.at, reason, asset_id)
        elif self.in_break:
            self.place += 1
        else:
            return self._ignore(callback, "a request for ads that brought none")
        return [AdError(callback.at, reason, asset_id)]

    def is_due(self, ad: Announced) -> bool:
        """Whether an ad is the one that is due or plays, by its name and its place (S61)."""
        known = self.ad.announced
        key = (ad.asset_id, ad.pod_position)
        return known is not None and key == (known.asset_id, known.pod_position)

    def _is_same(self, known: Announced, ad: Announced, at: float) -> bool:
        """Whether ``ad`` is the one that plays already."""
        if None not in (ad.asset_id, known.asset_id) and ad.asset_id != known.asset_id:
            return False
        if ad.pod_position is not None:
            return ad.pod_position == known.pod_position
        if ad.asset_id is None:
            return at - self.ad.started_at < _SAME
        length = known.duration
        return length is None or at - self.ad.started_at < length - _SAME
