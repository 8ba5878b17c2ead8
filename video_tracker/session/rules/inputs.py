"""The way in: every input goes through the same steps.

values -> due -> playhead -> evidence -> chart -> settle -> the input's own meaning -> beats. An
input is a row below: what it means, and what its position is evidence of.
"""

from typing import Any, Final

from video_tracker.errors import StrictError
from video_tracker.session.data.input import AD, CONTENT, Input
from video_tracker.session.data.reasons import REJECT
from video_tracker.session.data.state import NOTHING_HELD, State
from video_tracker.session.rules import (
    announced,
    doubts,
    ends,
    evidence,
    leaps,
    on_ads,
    on_attributes,
    on_content,
    on_motion,
    on_time,
    playhead,
    times,
    values,
)

LOAD: Final = Input(name="load", means=on_content.on_load, decides=False)
PLAY: Final = Input(name="play", means=on_motion.on_play, place=0, opens=True)
PLAYING: Final = Input(name="playing", means=on_motion.on_playing, place=0, opens=True, leads=True)
PROGRESS: Final = Input(
    name="progress", means=evidence.on_progress, place=0, of=CONTENT, reports=True, leads=True
)
PAUSE: Final = Input(name="pause", means=on_motion.on_pause, place=0, closes=True)
SEEK_START: Final = Input(name="seek_start", means=on_motion.on_seek_start, place=0, closes=True)
SEEK_END: Final = Input(name="seek_end", means=on_motion.on_seek_end, place=0, leads=True)
BUFFER_START: Final = Input(
    name="buffer_start", means=on_motion.on_buffer_start, place=0, closes=True
)
BUFFER_END: Final = Input(name="buffer_end", means=on_motion.on_buffer_end, place=0, opens=True)
CONTENT_START: Final = Input(
    name="content_start", means=on_content.on_content_start, place=1, of=CONTENT, leads=True
)
CONTENT_END: Final = Input(
    name="content_end", means=on_content.on_content_end, place=0, of=CONTENT, closes=True, ends=True
)
AD_BREAK_START: Final = Input(name="ad_break_start", means=on_ads.on_ad_break_start)
AD_BREAK_END: Final = Input(name="ad_break_end", means=on_ads.on_ad_break_end)
AD_START: Final = Input(name="ad_start", means=on_ads.on_ad_start)
AD_PROGRESS: Final = Input(
    name="ad_progress", means=on_ads.on_ad_progress, place=0, of=AD, reports=True
)
AD_END: Final = Input(name="ad_end", means=on_ads.on_ad_end, place=0, of=AD, closes=True, ends=True)
AD_SKIP: Final = Input(name="ad_skip", means=on_ads.on_ad_skip, place=0, of=AD)
AD_CLICK: Final = Input(name="ad_click", means=on_ads.on_ad_click, decides=False)
AD_ERROR: Final = Input(name="ad_error", means=on_ads.on_ad_error)
QUALITY: Final = Input(name="quality", means=on_attributes.on_quality, decides=False)
UPDATE: Final = Input(name="update", means=on_attributes.on_update, decides=False)
INTERRUPT: Final = Input(name="interrupt", means=on_motion.on_interrupt)
ERROR: Final = Input(name="error", means=on_motion.on_error)
EXIT: Final = Input(name="exit", means=on_content.on_exit, place=0, closes=True)
END: Final = Input(name="end", means=on_content.on_end, place=0, closes=True, ends=True)


def take(s: State, row: Input, at: float, *args: Any) -> None:
    """Take one input; the events it causes are added to ``s.out``.

    In the default mode nothing is raised: should the session meet a fault of its own, the input is
    dropped and counted as ``internal_fault``.
    """
    name = row.name
    if type(at) is not float or row.place is not None:
        at, args = values.floats(row, at, args)
    if row.reports and s.rare is not None and "behind" in s.rare:
        times.suspect_clock(s, at, args[0])
    moment = times.moment_of(s, at, name)
    if moment is None:
        return
    mark = times.mark_of(name, at, args)
    if times.is_repeated(s, name, mark, moment):
        return
    if s.rare is not None or at != moment:
        s.told_at = None if at == moment else at
    clock = s.clock
    s.clock = max(s.clock, moment)
    try:
        act(s, row, moment, args)
    except StrictError:
        s.clock = clock
        raise
    except Exception:
        if s.strict:
            raise
        s.note(moment, name, REJECT, "internal_fault")
    if s.rare is not None:
        doubts.release(s)
    s.hear(s.heard if s.where == "over" else moment, mark)


def act(s: State, row: Input, at: float, args: tuple[Any, ...]) -> None:
    """Settle what fell due, find what must have happened, and let the input act."""
    on_time.fall_due_before(s, at, row.name)
    if s.held is not NOTHING_HELD:
        ends.settle_end(s, row, at, args)
        leaps.settle(s, row, at, None if row.place is None else args[row.place])
    playing = s.where not in ("idle", "over")
    if playing and s.rare is not None and "announced" in s.rare:
        announced.settle(s, row, at, args)
    place = row.place
    if place is not None:
        whose, position = playhead.whose_place(s, row, at, args[place])
        if playing and not row.reports:
            evidence.show(s, row, at, whose, position)
            if whose == CONTENT and s.ad is not None:
                position = None
        if position is not args[place]:
            args = (*args[:place], position, *args[place + 1 :])
    elif playing:
        evidence.show(s, row, at, None, None)
    row.means(s, at, *args)
