"""The way in: every input goes through the same steps.

An input is a row of :data:`INPUTS`: its name, and the function that knows what it means.
"""

from collections.abc import Callable
from typing import Any, Final

import attrs

from video_tracker.errors import StrictError
from video_tracker.session.data.reasons import REJECT
from video_tracker.session.data.state import State
from video_tracker.session.rules import (
    on_ads,
    on_attributes,
    on_content,
    on_motion,
    on_progress,
    on_time,
    times,
)

Meaning = Callable[..., None]
"""What an input means: a function of the state, the events so far, the time and its arguments."""


@attrs.frozen
class Input:
    """One input of a session.

    Args:
        name: Its name: the session's method, the signal and the row of the charts.
        means: What it does.
    """

    name: str
    means: Meaning


LOAD: Final = Input("load", on_content.on_load)
PLAY: Final = Input("play", on_motion.on_play)
PLAYING: Final = Input("playing", on_motion.on_playing)
PROGRESS: Final = Input("progress", on_progress.on_progress)
PAUSE: Final = Input("pause", on_motion.on_pause)
SEEK_START: Final = Input("seek_start", on_motion.on_seek_start)
SEEK_END: Final = Input("seek_end", on_motion.on_seek_end)
BUFFER_START: Final = Input("buffer_start", on_motion.on_buffer_start)
BUFFER_END: Final = Input("buffer_end", on_motion.on_buffer_end)
CONTENT_START: Final = Input("content_start", on_content.on_content_start)
CONTENT_END: Final = Input("content_end", on_content.on_content_end)
AD_BREAK_START: Final = Input("ad_break_start", on_ads.on_ad_break_start)
AD_BREAK_END: Final = Input("ad_break_end", on_ads.on_ad_break_end)
AD_START: Final = Input("ad_start", on_ads.on_ad_start)
AD_PROGRESS: Final = Input("ad_progress", on_ads.on_ad_progress)
AD_END: Final = Input("ad_end", on_ads.on_ad_end)
AD_SKIP: Final = Input("ad_skip", on_ads.on_ad_skip)
AD_CLICK: Final = Input("ad_click", on_ads.on_ad_click)
AD_ERROR: Final = Input("ad_error", on_ads.on_ad_error)
QUALITY: Final = Input("quality", on_attributes.on_quality)
UPDATE: Final = Input("update", on_attributes.on_update)
INTERRUPT: Final = Input("interrupt", on_motion.on_interrupt)
ERROR: Final = Input("error", on_motion.on_error)
EXIT: Final = Input("exit", on_content.on_exit)
END: Final = Input("end", on_content.on_end)


def take(s: State, row: Input, at: float, *args: Any) -> None:
    """Take one input: check its time, let fall due what is due, then let it act.

    The events it causes are added to ``s.out``. In the default mode nothing is raised: should the
    session meet a fault of its own, the input is dropped and counted as ``internal_fault``.
    """
    name = row.name
    if s.rare is not None and "behind" in s.rare and name in ("progress", "ad_progress"):
        times.suspect_clock(s, at, args[0])
    moment = times.moment_of(s, at, name)
    if moment is None or times.is_repeated(s, name, at, args, moment):
        return
    s.said_at = float(at)
    clock = s.clock
    s.clock = max(s.clock, moment)
    try:
        if s.where not in ("idle", "over"):
            on_time.pass_time(s, moment, name)
        row.means(s, moment, *args)
        if moment >= s.beat_due and on_time.beat_believed(s, moment):
            on_time.beat_unheard(s, moment)
    except StrictError:
        s.clock = clock
        raise
    except Exception:
        if s.strict:
            raise
        s.note(moment, name, REJECT, "internal_fault")
    close_input(s, moment)


def close_input(s: State, moment: float) -> None:
    """After an input: when it was heard; what was told for it alone is over."""
    if s.where != "over":
        s.heard = moment
    if s.rare is not None and "annotation" in s.rare:
        s.annotation = None
        s.tune()
