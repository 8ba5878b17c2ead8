"""The ad breaks of a player: the one machine for whatever says what of them.

An adapter reads its player's words and calls the verbs of :class:`AdBreaks`, which turns them into
ad signals and makes the content give way. An ad starts with the player's word
(:meth:`AdBreaks.start`), or is announced (:meth:`AdBreaks.announce`) and starts with its first
moving frame (S71), which its element or its clock shows. Where elements are heard, it reads their
events: of one in which ads play, perhaps the content's (:meth:`AdBreaks.element`), and of the
content's while ads play in another (:meth:`AdBreaks.content`).

* A break inside the content is told with its first ad, dated when it began: a break in which
  nothing moves never was one, and parts no content (S21, S71). Where no content shows, it is told
  at once; so is every break of a framework that only says so when it plays (``at_once``).
* An ad that is started twice is one ad; what became of one whose end was lost nobody says, and
  the session judges (S62, S72).
* Positions are those of the ad's own clock where anything tells it. Where nothing does, quartiles
  tell how far it came, and a pause, a stall or the end has no position: an estimate is no
  measurement (S33, S84).
"""

from collections.abc import Sequence
from typing import ClassVar, Final

import attrs

from video_tracker.payload import positive
from video_tracker.players.ad_element import FIRST, SLACK, AdElement, Announced, is_still
from video_tracker.players.base import Callback
from video_tracker.players.break_watch import Resumed
from video_tracker.players.media_element import MediaElement
from video_tracker.players.words import OVERLAY
from video_tracker.signals import AdBreakEnd, AdBreakStart, AdClick, AdError, Play, Signal
from video_tracker.tally import Tally

__all__ = ["AT_END", "QUARTILES", "AdBreaks", "Pod", "placement_of"]

_SAME: Final = 1.0  # Seconds within which a nameless ad, started again, is the same one.
AT_END: Final = 1.0  # Seconds from the content's end within which a place is its end (S10, S75).

QUARTILES: Final = {"firstquartile": 0.25, "midpoint": 0.5, "thirdquartile": 0.75}
"""The part of an ad that has played at each quartile, by its usual name."""


def placement_of(offset: float | None) -> str | None:
    """Where a break lies by its place as ad servers tell it: 0 is the start, below 0 the end."""
    if offset is None:
        return None
    return "mid" if offset > 0 else "pre" if offset == 0 else "post"


@attrs.frozen
class Pod:
    """What a player says of an ad break: its id, when that means something, and its number of ads.

    Its placement is ``pre``, ``mid`` or ``post`` as declared; None leaves it to the session (S10).
    The offset is the content position in seconds for which it was scheduled.
    """

    pod_id: str | None = None
    placement: str | None = None
    offset: float | None = None
    size: int | None = None

    def with_more(self, more: "Pod") -> "Pod":
        """This pod with what a later callback adds to it."""
        told = attrs.asdict(more)
        return attrs.evolve(self, **{key: value for key, value in told.items() if value})


@attrs.define(eq=False, weakref_slot=False, getstate_setstate=False)
class AdBreaks:
    """Turns the start and end of breaks and ads into signals, and makes the content give way.

    The ``tally`` counts callbacks that become nothing; a method is given the callback for which it
    is called. With ``at_once`` every break is told when it begins, not with its first ad. A break
    before anybody pressed play ``starts`` the session, since nobody asks for ads earlier; else its
    framework may announce it when the page loads (S25).
    """

    _content: MediaElement
    _tally: Tally
    _at_once: bool = attrs.field(default=False, kw_only=True)
    _starts: bool = attrs.field(default=True, kw_only=True)
    shares: bool = attrs.field(default=False, kw_only=True)
    """Whether ads play in the content's own element."""
    implied: bool = False
    """Whether only its ads told of the open break; its own word may come yet (S61)."""
    in_break: bool = False
    """Whether an ad break has the player."""
    gone: bool = False
    """Whether the viewer left: what comes now are the last twitches of a page."""
    began: float = 0.0
    """When the open break began."""
    _ad: AdElement | None = attrs.field(default=None, init=False)
    _pod: Pod = attrs.field(default=Pod(), init=False)
    told: bool = False
    """Whether the session knows of the open break."""
    _resumes: bool = False  # Whether play was told in the break while no ad was open.
    _joins: bool = False
    """Whether the session begins with the break, perhaps in the middle of an ad."""
    _expected: bool = False  # Whether the ad that is due was not announced by the player itself.
    _showed: bool = False  # Whether content showed when the open break began.
    place: int = 0
    """The place in the pod of the ad that is due or plays, or that came last."""
    made_when_needed: ClassVar[Sequence[str]] = ("ad",)

    @property
    def ad(self) -> AdElement:
        """The ad that is due or plays."""
        if self._ad is None:
            self._ad = AdElement(self._content.attributes)
        return self._ad

    def _ignore(self, callback: Callback, reason: str) -> list[Signal]:
        return self._tally.ignore(callback.event, reason)

    def begin(
        self,
        at: float,
        pod: Pod | None = None,
        *,
        wait: bool = False,
        stands: float | None = None,
        implied: bool = False,
    ) -> list[Signal]:
        """A break begins for which content stopped ``at``; said again, it may tell more of it.

        With ``wait`` it is told with its first ad in any case: more will be known of it then. The
        callback's snapshot says where content ``stands``. One is ``implied`` of which only an ad
        tells: its own word may come yet.
        """
        pod = pod if pod is not None else Pod()
        if self.gone:
            return []
        out: list[Signal] = []
        if self.in_break:
            if not self.is_other(pod, implied=implied):
                self._pod, self.implied = self._pod.with_more(pod), self.implied and implied
                return []  # late, or once more: of the break that is open (S61)
            out = self.end_unsaid(at, stands)
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
        # Frameworks pause an element for their ads, and press play for those themselves (S31).
        self.ad.wanted = content.begun
        self.in_break, self.implied = True, implied
        self.began, self._pod, self.told = at, pod, False
        if self.ad.announced is None:
            self.place = 0  # else it was announced before its break
        self._resumes = False
        self.ad.watch.begin(at, content.position)
        return out if (showing or wait) and not self._at_once else out + self.tell()

    @property
    def pod_id(self) -> str | None:
        """The open break's id, when it has one."""
        return self._pod.pod_id if self.in_break else None

    @property
    def owes_ad(self) -> bool:
        """Whether another ad is to come: the first one, or one that the break's size promises."""
        return self.place < (1 if self._pod.size is None else self._pod.size)

    def end(self, at: float) -> list[Signal]:
        """The break is over, whoever says so."""
        if not self.in_break:
            return []
        self.in_break = self.implied = False
        self.ad.forget()
        content = self._content
        # One that was never told has not begun: who had paused the content did not go on.
        wanted = self.ad.wanted and (self.told or content.wanted)
        content.come_back(at, wanted=wanted and not content.ended)
        self.ad.wanted = False
        return [AdBreakEnd(at, None if self.told else at - self.began)]

    def end_unsaid(self, at: float, stands: float | None) -> list[Signal]:
        """Another break begins: one that nobody ended was over when the content went on (S62)."""
        moved = Callback(at, "html5", "timeupdate")
        return self.content_clock(moved, stands) or self.end(at)

    def unmoved(self, at: float) -> list[Signal]:
        """An ad that was announced and never moved has failed, when what follows shows it (S71)."""
        return [] if self.ad.started or self._expected else self.ad.fail(at, "never started")

    def leave_page(self, callback: Callback) -> list[Signal]:
        """The viewer leaves during a break: the content stands where it was left."""
        out = self.ad.left(callback) if self.shares else []
        out += self._content.abandon(callback)
        self.in_break = self.ad.wanted = False
        self.ad.forget()
        self.gone = True
        return out

    def is_other(self, pod: Pod, *, implied: bool) -> bool:
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
                self.began, pod_id=pod.pod_id, placement=pod.placement, offset=offset, ads=pod.size
            )
        ]

    def _at_end(self, position: float | None) -> bool:
        length = self._content.duration
        return None not in (position, length) and (position or 0.0) >= (length or 0.0) - AT_END

    def element(self, callback: Callback, *, sure: bool = False) -> list[Signal]:
        """An event of the element in which the ads play: one of their own, or the content's.

        Where the player is ``sure`` whose it is, nothing is concluded from its clock.
        """
        ad, content = self.ad, self._content
        if not self.in_break and (content.begun or callback.event != "play"):
            return self._join(callback)
        if self.shares and not sure and ad.has_left(callback, content):
            return self._went_on(callback) or []
        out: list[Signal] = []
        if self._shows_unheard(callback):
            due = Announced(duration=positive(callback.state.get("duration")))
            out += self.announce(due, self.ad.watch.free_since, expected=True)
        out += self._heard(ad.receive(callback))
        if ad.started and self.shares:
            content.disown(callback)
        return out

    def _shows_unheard(self, callback: Callback) -> bool:
        """Whether the element plays an ad whose start was lost: no other can be there (S84)."""
        position = callback.number("currentTime")
        if self.ad.announced is not None or position is None or is_still(callback):
            return False
        return callback.event == "timeupdate" and self.ad.is_unheard(callback.at, position)

    def joins(self, callback: Callback) -> bool:
        """Whether an ad runs before any content: the session begins in its middle (S83)."""
        runs = callback.event == "timeupdate" and not is_still(callback)
        return runs and not self._content.played and bool(callback.number("currentTime"))

    def _join(self, callback: Callback) -> list[Signal]:
        if not self.joins(callback):
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
        resumed = self.ad.watch.element(callback, self._content.rate)
        return None if resumed is None else self.lose(resumed, callback)

    def start(self, callback: Callback, ad: Announced, position: float = 0.0) -> list[Signal]:
        """An ad's first frame moves, above 0 seconds of it when the player was joined within it.

        One without a place in the pod is the next one.
        """
        stands = callback.number("currentTime")
        out = [] if self.in_break else self.begin(callback.at, stands=stands)
        if self.repeats(ad, callback.at):
            self._ignore(callback, "this ad was started already (S62)")
            return out
        # One that is open and whose end was lost the session ends, and judges (S62, S72).
        place = ad.pod_position if ad.pod_position is not None else self.place + 1
        # One that is found running has begun before.
        since = min(max(callback.at - position, self.ad.watch.last_at), callback.at)
        out += self.announce(attrs.evolve(ad, pod_position=place), since, joined=self._joins)
        return out + self.tell() + self.ad.moves(callback.at, position)

    def announce(
        self, ad: Announced, at: float, *, joined: bool = False, expected: bool = False
    ) -> list[Signal]:
        """An ad is due: it starts with its first moving frame, and not before ``at`` (S71).

        A session may have ``joined`` in the middle of it (S83). One that is only ``expected`` has
        not failed when it never comes. Where no content shows, this tells the break's start.
        """
        if self.gone:
            return []
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
        """What the ad says; its first frame tells of its break (S21, S71).

        Play that was never wanted before is wanted of the content, where that will start (S52).
        """
        content = self._content
        if not content.begun and self.ad.wanted:
            want = content.want
            out = [said for s in out for said in (want(s.at) if isinstance(s, Play) else [s])]
            content.wanted = False  # what moves is the ad, until the content comes back
        return self.tell() + out if self.ad.started else out

    def clock(
        self, callback: Callback, place: float | None, position: float | None
    ) -> list[Signal]:
        """The player's one clock was told in a break: whose is it (S78)?

        It is at ``place`` seconds if it is the ad's, at ``position`` if it is the content's.
        """
        if place is not None and self.ad.owns(callback.at, place):
            return self.moves(callback, place)
        if place is not None and self._is_unheard(callback.at, place):
            return self.start(callback, Announced(), place) + self.moves(callback, place)
        out = self.content_clock(attrs.evolve(callback, event="timeupdate"), position)
        return out or self._ignore(callback, "neither the ad's clock nor the content's going on")

    def content_clock(self, callback: Callback, position: float | None) -> list[Signal]:
        """The content's own clock was told in a break: has it gone on (S62)?"""
        resumed = self.ad.watch.content(callback.at, position, self._content.rate)
        if resumed is None:
            return []
        return self.lose(resumed, attrs.evolve(callback, state={"currentTime": position}))

    def lose(self, resumed: Resumed, moved: Callback) -> list[Signal]:
        """Content has gone on although nobody ended the break, as its element ``moved`` shows.

        What became of an ad that is open nobody said: the session judges it by the content's clock
        (S62, S72).
        """
        unsaid = self.ad.started
        out = self.end(resumed.at)
        return ([] if unsaid else out) + self._content.go_on(moved, resumed)

    def overlay(self, callback: Callback) -> list[Signal]:
        """An ad over the content is no break of it: one that had no other is over."""
        self._ignore(callback, OVERLAY)
        if not self.in_break or self.place or self.ad.announced is not None:
            return []
        if not self._showed:
            return self.end(callback.at)
        return self.lose(Resumed(callback.at, self._content.position or 0.0), callback)

    def _is_unheard(self, at: float, position: float) -> bool:
        """Whether the player's one clock is that of an ad whose start was lost (S83)."""
        if not self.ad.is_unheard(at, position):
            return False
        if abs(position - (self._content.position or 0.0)) > SLACK + at - self.began:
            return True
        # Before the content both clocks begin alike: it would have been told to play.
        return self.owes_ad and not self._content.shown and not self._resumes

    def misses(self, ad: Announced, position: float) -> bool:
        """Whether a clock shows an ad whose start was lost, or that is joined (S83)."""
        if not self.in_break:
            return not self._content.begun
        return self.ad.announced is None and self.may_start(ad.pod_position, position, ad.duration)

    def may_start(self, place: int | None, position: float, length: float | None) -> bool:
        """Whether a position without an open ad is that of one whose start was lost."""
        over = length is not None and position > length - _SAME
        return not over and (place is None or place != self.place or position < _SAME)

    def moves(self, callback: Callback, position: float) -> list[Signal]:
        """The ad's clock moved to ``position`` seconds."""
        ad, at = self.ad, callback.at
        if ad.announced is None or (not ad.measured and position < FIRST):
            return []  # a clock that stands at 0 is not the ad's
        ad.measured = True
        return self._heard(ad.progress(at, position))

    def quartile(self, callback: Callback, part: float) -> list[Signal]:
        """A quartile, 0 to 1, was crossed: it counts where nothing tells the ad's clock (S45)."""
        ad = self.ad.announced
        if ad is None or not self.ad.started:
            return self._ignore(callback, "no ad plays")
        if self.ad.measured or ad.duration is None:
            return self._ignore(callback, "quartiles come from the ad's own clock (S45, S72)")
        position = part * ad.duration
        if position <= self.ad.position:
            return self._ignore(callback, "this quartile was told already (S45)")
        if callback.at - self.ad.started_at < position / 2:
            return self._ignore(callback, "a quartile without the time to play it (S72)")
        return self.ad.progress(callback.at, position)

    def learn(self, duration: float | None) -> None:
        """The open ad's length became known."""
        ad = self.ad.announced
        if ad is not None and ad.duration is None and duration is not None:
            self.ad.announced = attrs.evolve(ad, duration=duration)

    def media(self, callback: Callback, event: str, position: float | None = None) -> list[Signal]:
        """``play``, ``pause``, ``waiting`` or ``playing`` of the ad that is due or open."""
        if not self.in_break or (event == "playing" and self.ad.announced is None):
            return []
        ad, at = self.ad, callback.at
        self._resumes = self._resumes or (event == "play" and not ad.started)
        if event in ("play", "playing"):
            return self._heard(ad.play(at) if event == "play" else ad.moves(at, position))
        return ad.pause(at, position) if event == "pause" else ad.stall(at, position)

    def finish(
        self,
        callback: Callback,
        asset_id: str | None = None,
        position: float | None = None,
        *,
        own: bool = False,
        skipped: bool = False,
    ) -> list[Signal]:
        """The open ad ended, or the viewer ``skipped`` it (S13), at ``position`` seconds of it.

        The snapshot may be of its ``own`` element, and tell where.
        """
        if own:
            read = self.ad.read(callback)
            position = self.ad.position if read is None or self.ad.fell(read) else read
        if not self.ad.started:
            return self._ignore(callback, "no ad plays")
        if self.ad.is_of_another(callback.at, position, asset_id):
            return self._ignore(callback, "of another ad than the one that plays")
        return (self.ad.skip if skipped else self.ad.end)(callback.at, position)

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

    def repeats(self, ad: Announced, at: float) -> bool:
        """Whether ``ad`` is the one that plays already."""
        known = self.ad.announced
        if known is None or not self.ad.started:
            return False
        if None not in (ad.asset_id, known.asset_id) and ad.asset_id != known.asset_id:
            return False
        if ad.pod_position is not None:
            return ad.pod_position == known.pod_position
        if ad.asset_id is None:
            return at - self.ad.started_at < _SAME
        length = known.duration
        return length is None or at - self.ad.started_at < length - _SAME
