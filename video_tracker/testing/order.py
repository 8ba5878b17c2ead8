"""The rules of order within one session (S13, S14, S20 to S26, S30 to S34, S40 to S45).

:class:`Order` takes one step after the other and says what is wrong with each one's place. It keeps
only what a reader of the stream can know; the session machine is not consulted.
"""

from collections.abc import Callable, Mapping
from typing import Final

import attrs

from video_tracker.testing.steps import Fault, Step

__all__ = ["Order"]

_GLIMPSE: Final = 1.0
"""Content between two ads of a pod for less than this many seconds never played."""


@attrs.define
class _Open:
    """A content pod or an ad that has started, with what was seen of it since."""

    start: Step
    quartile: int = 0
    beat_at: float | None = None
    quartile_told: bool = False
    answers: bool = False
    """What a beat follows at once came since its last one (S33, S43)."""


@attrs.define
class Order:
    """What is open at one place of a stream, and the rules for what may come next.

    Args:
        session_id: Taken from the first step.
        started: Whether Playback Started came.
        first_at: The time of the first event, in Unix seconds.
        over: The name of the terminal event once it came.
        paused, interrupted: What a Resumed would undo.
        maybe_paused: A Resumed undid a timeout that fell into a pause: the pause may still be
            open or not (S26), and the stream alone cannot tell.
        seek, buffer: The open Seek Started or Buffer Started.
        content, ad: What is open of them. An ad that is skipped, cut or failed closes without an
            event (S13), so an open ad only says that none has completed it.
        moved: Whether a first frame was seen, of content or an ad.
        any_content: Whether any content pod has started.
        landed: The step before was a Seek Completed.
        herald: A Resumed with the ids of what starts next: a first frame ends a pause (S30).
        nameless: A playback event without ids came while ``content`` was open.
        last_ad: The ad that started last, whether open or not.
        content_since_ad: When content started since then.
        sought_since_ad: Whether the viewer sought since then.
    """

    session_id: str | None = None
    started: bool = False
    first_at: float | None = None
    over: str | None = None
    paused: Step | None = None
    interrupted: Step | None = None
    maybe_paused: bool = False
    seek: Step | None = None
    buffer: Step | None = None
    content: _Open | None = None
    ad: _Open | None = None
    moved: bool = False
    any_content: bool = False
    landed: bool = False
    herald: Step | None = None
    nameless: bool = False
    last_ad: Step | None = None
    content_since_ad: float | None = None
    sought_since_ad: bool = False

    def accept(self, step: Step) -> list[Fault]:
        """Take the next step and return what is wrong with its coming here."""
        faults = self._check_place(step) + self._check_herald(step) + self._check_ids(step)
        rule = _RULES.get(step.name)
        if rule is not None:
            faults += rule(self, step)
        self.landed = step.name == "Video Playback Seek Completed"
        return faults

    def adopt(self, step: Step) -> None:
        """Take a beat of what nobody started for its start, so that one omission is told once."""
        if step.name == "Video Content Playing":
            self.content, self.ad, self.any_content = _Open(step), None, True
        elif step.name == "Video Ad Playing":
            self.content, self.ad, self.last_ad = None, _Open(step), step
        self.moved = True

    def _check_place(self, step: Step) -> list[Fault]:
        faults: list[Fault] = []
        if self.session_id is None:
            self.session_id = step.session_id
            if step.name != "Video Playback Started":
                faults.append(
                    Fault(
                        "not_started_first", "the first event must be Video Playback Started (S20)"
                    )
                )
        elif step.session_id != self.session_id:
            text = f"it belongs to session {step.session_id}, not {self.session_id} (S20)"
            faults.append(Fault("other_session", text))
        if self.over is not None:
            faults.append(Fault("after_the_end", f"nothing may follow {self.over} (S20)"))
        if self.first_at is None:
            self.first_at = step.at
        elif step.at < self.first_at:
            faults.append(
                Fault("before_the_first", "it is dated before the session's first event (S20)")
            )
        return faults

    def _check_herald(self, step: Step) -> list[Fault]:
        """S30: a Resumed that names what does not play yet comes right before its start."""
        herald, self.herald = self.herald, None
        if herald is None:
            return []
        starts = step.name in ("Video Ad Started", "Video Content Started")
        same = step.same_ad_ids(herald) if herald.ad_asset_id else step.same_content_ids(herald)
        if starts and same and step.at == herald.at:
            return []
        text = "the Resumed before it bears the ids of what neither plays nor starts (S30, S34)"
        return [Fault("resumed_what_plays_not", text)]

    def _check_ids(self, step: Step) -> list[Fault]:
        """S34: a playback event bears the ids of what plays, and of nothing else."""
        if not step.is_playback or step.name == "Video Playback Started":
            return []
        faults: list[Fault] = []
        if step.name == "Video Playback Completed":
            # Nothing plays any more; it may name what played last.
            if step.ad_asset_id is not None and not self._was_last_ad(step):
                faults.append(
                    Fault("other_ad_ids", "its ad ids are not those of the last ad (S34)")
                )
        elif step.name == "Video Playback Resumed" and self._names_another(step):
            self.herald = step
        elif step.ad_asset_id is not None:
            if self.ad is None:
                faults.append(Fault("no_ad_plays", "it bears an ad's ids while no ad plays (S34)"))
            elif not self.ad.start.same_ad_ids(step):
                text = "its ad ids are not those of the ad that plays (S34)"
                faults.append(Fault("other_ad_ids", text))
        elif self.content is not None and step.name != "Video Playback Seek Completed":
            # A Seek Completed says where playback goes on, which may be the next pod (S22).
            faults += self._check_content_ids(step, self.content)
        return faults

    def _check_content_ids(self, step: Step, pod: _Open) -> list[Fault]:
        if step.content_asset_id is None:
            # Right when the next item has replaced this pod; what comes next shows it (S24).
            self.nameless = True
        elif not pod.start.same_content_ids(step):
            text = "its content ids are not those of the pod that plays (S34)"
            return [Fault("other_content_ids", text)]
        return []

    def _names_another(self, step: Step) -> bool:
        """Whether a playback event names something that does not play."""
        if step.ad_asset_id is not None:
            return self.ad is None or not self.ad.start.same_ad_ids(step)
        if step.content_asset_id is None:
            return False
        return self.content is None or not self.content.start.same_content_ids(step)

    def _was_last_ad(self, step: Step) -> bool:
        return self.last_ad is not None and self.last_ad.same_ad_ids(step)

    # -- playback ---------------------------------------------------------------------------

    def _playback_started(self, _step: Step) -> list[Fault]:
        text = "Video Playback Started may come only once (S20)"
        faults = [Fault("started_twice", text)] if self.started else []
        self.started = True
        return faults

    def _paused(self, step: Step) -> list[Fault]:
        faults = [Fault("paused_twice", "paused already (S20, S61)")] if self.paused else []
        if self.interrupted is not None:
            text = "an interruption is undone before anything pauses (S20, S26)"
            faults.append(Fault("paused_in_interruption", text))
        if self.buffer is not None:
            faults.append(Fault("buffer_left_open", "a pause closes an open buffer first (S32)"))
        self.paused, self.maybe_paused = step, False
        return faults

    def _interrupted(self, step: Step) -> list[Fault]:
        text = "interrupted already (S20, S26)"
        faults = [Fault("interrupted_twice", text)] if self.interrupted else []
        self.interrupted = step
        return faults

    def _resumed(self, step: Step) -> list[Fault]:
        faults: list[Fault] = []
        if not (self.paused or self.interrupted or self.maybe_paused):
            text = "there is no pause and no interruption to resume from (S30)"
            faults.append(Fault("resumed_from_nothing", text))
        if self.buffer is not None:
            text = "Buffer Completed must come before Resumed (S32)"
            faults.append(Fault("buffer_left_open", text))
        faults += _check_dates(self.interrupted or self.paused, step)
        self.maybe_paused = bool(self.paused and self.interrupted)
        self.paused = self.interrupted = None
        self._await_beat()
        return faults

    def _await_beat(self) -> None:
        """S33, S43: a beat may follow at once, whenever the last one was."""
        for playing in (self.content, self.ad):
            if playing is not None:
                playing.answers = True

    def _seek_started(self, step: Step) -> list[Fault]:
        faults = [Fault("seek_twice", "a seek is open already (S33)")] if self.seek else []
        if self.buffer is not None:
            text = "a seek begun in a stall closes the stall first (S66)"
            faults.append(Fault("buffer_left_open", text))
        self.seek = step
        self.sought_since_ad = True
        return faults

    def _seek_completed(self, step: Step) -> list[Fault]:
        faults = [Fault("seek_not_open", "there is no open seek (S20)")]
        if self.seek is not None:
            faults = _check_dates(self.seek, step)
        self.seek = None
        self._await_beat()
        return faults

    def _buffer_started(self, step: Step) -> list[Fault]:
        faults = [Fault("buffer_twice", "a buffer is open already (S20)")] if self.buffer else []
        if not self.moved:
            text = "waiting before the first frame is startup, not buffering (S25)"
            faults.append(Fault("buffer_at_startup", text))
        self.buffer = step
        return faults

    def _buffer_completed(self, step: Step) -> list[Fault]:
        faults = [Fault("buffer_not_open", "no buffer is open (S20)")]
        if self.buffer is not None:
            faults = _check_dates(self.buffer, step)
        self.buffer = None
        self._await_beat()
        return faults

    def _completed(self, step: Step) -> list[Fault]:
        faults: list[Fault] = []
        if self.content is not None:
            text = "content must be completed before playback (S23)"
            faults.append(Fault("completed_in_content", text))
        if not self.any_content:
            text = "playback cannot complete without any content (S20)"
            faults.append(Fault("completed_without_content", text))
        if self.seek is not None:
            faults.append(Fault("seek_left_open", "a seek is still open (S20)"))
        if self.buffer is not None:
            faults.append(Fault("buffer_left_open", "a buffer is still open (S20)"))
        self.over = step.name
        return faults

    def _exited(self, step: Step) -> list[Fault]:
        self.over = step.name
        return []

    # -- content ----------------------------------------------------------------------------

    def _content_started(self, step: Step) -> list[Fault]:
        # A seek while paused or interrupted lands in its pod without playing it (S22).
        halted = None if self.landed else self.interrupted
        faults = self._check_moving("a content pod starts", halted)
        if self.content is not None and self.content.start.same_pod(step):
            faults.append(Fault("pod_twice", "this content pod is open already (S61)"))
        self.content, self.ad, self.nameless = _Open(step), None, False
        self.moved = self.any_content = True
        self.content_since_ad = step.at
        return faults

    def _content_playing(self, step: Step) -> list[Fault]:
        return self._check_named() + self._check_beat(step, self.content, "content pod")

    def _content_completed(self, step: Step) -> list[Fault]:
        faults = self._check_named() + _check_same(self.content, step, "content pod", "S20")
        self.content = None
        return faults

    def _check_named(self) -> list[Fault]:
        nameless, self.nameless = self.nameless, False
        if not nameless:
            return []
        text = "a playback event before it lacks the ids of this pod, which played on (S34)"
        return [Fault("nameless", text)]

    # -- ads --------------------------------------------------------------------------------

    def _ad_started(self, step: Step) -> list[Fault]:
        faults = self._check_moving("an ad starts", self.interrupted)
        if self.paused is not None:
            faults.append(Fault("ad_in_pause", "an ad starts while paused (S30)"))
        if self.content is not None and step.about in (None, self.content.start.asset_id):
            text = "the content pod must be completed before an ad starts (S21)"
            faults.append(Fault("ad_in_content", text))
        if self.ad is not None and self.ad.start.same_ad(step) and self.ad.start.at == step.at:
            faults.append(Fault("ad_twice", "this ad is open already (S62)"))
        faults += self._check_break(step)
        self.content, self.ad, self.last_ad = None, _Open(step), step
        self.content_since_ad, self.sought_since_ad = None, False
        self.moved, self.nameless = True, False
        return faults

    def _check_break(self, step: Step) -> list[Fault]:
        """S14, as far as a stream shows it: the next ad of a pod after a moment of content.

        Content that really played shows a break that was left and is played again (S12).
        """
        last = self.last_ad
        went_on = (
            last is not None
            and last.pod_id == step.pod_id
            and last.pod_position is not None
            and step.pod_position == last.pod_position + 1
        )
        content = self.content_since_ad
        glimpse = content is not None and step.at - content < _GLIMPSE
        if went_on and glimpse and not self.sought_since_ad:
            return [Fault("content_between_ads", "content came between two ads of one pod (S14)")]
        return []

    def _ad_playing(self, step: Step) -> list[Fault]:
        faults = self._check_beat(step, self.ad, "ad")
        if self.ad is not None and isinstance(step.quartile, int):
            if step.quartile <= self.ad.quartile:
                text = "quartiles come once each and in order (S45)"
                faults.append(Fault("quartile_order", text))
            self.ad.quartile = step.quartile
        return faults

    def _ad_completed(self, step: Step) -> list[Fault]:
        faults = _check_same(self.ad, step, "ad", "S13")
        self.ad = None
        return faults

    def _ad_clicked(self, step: Step) -> list[Fault]:
        return _check_same(self.ad, step, "ad", "S13")

    def _ad_error(self, step: Step) -> list[Fault]:
        """An ad may fail before its first frame (S71); an open one ends by it."""
        if self.ad is not None and self.ad.start.same_ad(step):
            self.ad = None
        return []

    # -- what several share -----------------------------------------------------------------

    def _check_moving(self, what: str, interrupted: Step | None) -> list[Fault]:
        """The first frame of anything shows that no seek, stall or interruption is open."""
        return [
            Fault("started_in_halt", f"{what} while {state} (S20)")
            for state, open_ in (
                ("seeking", self.seek),
                ("buffering", self.buffer),
                ("interrupted", interrupted),
            )
            if open_ is not None
        ]

    def _check_beat(self, step: Step, playing: _Open | None, what: str) -> list[Fault]:
        faults = [
            Fault("beat_in_halt", f"a heartbeat while {state} (S40)")
            for state, open_ in (
                ("paused", self.paused),
                ("seeking", self.seek),
                ("buffering", self.buffer),
                ("interrupted", self.interrupted),
            )
            if open_ is not None
        ]
        self.maybe_paused = False
        faults += _check_same(playing, step, what, "S20")
        if playing is not None:
            faults += _check_grid(playing, step, what)
            playing.beat_at, playing.answers = step.at, False
            playing.quartile_told = step.quartile is not None
        return faults


def _check_dates(start: Step | None, end: Step) -> list[Fault]:
    if start is not None and end.at < start.at:
        text = f"it is dated before the {start.name} that it ends (S31)"
        return [Fault("end_before_start", text)]
    return []


def _check_same(playing: _Open | None, step: Step, what: str, rule: str) -> list[Fault]:
    if playing is None:
        return [Fault("not_open", f"no {what} is open ({rule})")]
    if not playing.start.same_ad(step) if what == "ad" else not playing.start.same_pod(step):
        text = f"it speaks of another {what} than the open one ({rule})"
        return [Fault("another_open", text)]
    return _check_dates(playing.start, step)


def _check_grid(playing: _Open, step: Step, what: str) -> list[Fault]:
    """S40, S44; a quartile (S45) and the beat that ends a halt (S33, S43) come when due."""
    faults: list[Fault] = []
    if step.at == playing.start.at and not playing.answers and step.quartile is None:
        faults.append(Fault("beat_at_start", f"a heartbeat at the very start of its {what} (S40)"))
    both_quartiles = playing.quartile_told and step.quartile is not None
    if step.at == playing.beat_at and not playing.answers and not both_quartiles:
        faults.append(Fault("beats_at_once", "two heartbeats at one moment (S40, S45)"))
    if step.quartile is None and _is_at_end(step):
        text = f"a heartbeat at the end of its {what}, where Completed says it (S44)"
        faults.append(Fault("beat_at_end", text))
    return faults


def _is_at_end(step: Step) -> bool:
    """Of what lasts less than a second, whole seconds do not tell."""
    position, length = step.position, step.total_length
    return isinstance(position, int) and isinstance(length, int) and 0 < length <= position


_RULES: Final[Mapping[str, Callable[[Order, Step], list[Fault]]]] = {
    "Video Playback Started": Order._playback_started,
    "Video Playback Paused": Order._paused,
    "Video Playback Interrupted": Order._interrupted,
    "Video Playback Resumed": Order._resumed,
    "Video Playback Seek Started": Order._seek_started,
    "Video Playback Seek Completed": Order._seek_completed,
    "Video Playback Buffer Started": Order._buffer_started,
    "Video Playback Buffer Completed": Order._buffer_completed,
    "Video Playback Completed": Order._completed,
    "Video Playback Exited": Order._exited,
    "Video Content Started": Order._content_started,
    "Video Content Playing": Order._content_playing,
    "Video Content Completed": Order._content_completed,
    "Video Ad Started": Order._ad_started,
    "Video Ad Playing": Order._ad_playing,
    "Video Ad Completed": Order._ad_completed,
    "Video Ad Skipped": Order._ad_completed,
    "Video Ad Clicked": Order._ad_clicked,
    "Video Ad Error": Order._ad_error,
}
"""The rule for each event; Video Quality Updated may come anywhere in a session."""
