"""The way in: every input goes through the same steps.

values -> due -> playhead -> evidence -> chart -> settle -> the input's own meaning -> beats.
"""

from typing import Any, Final

from video_tracker.session.data.input import AD, BEGINS, CONTENT, Input
from video_tracker.session.data.state import NOTHING_HELD, State
from video_tracker.session.rules import (
    doors,
    evidence,
    leaps,
    on_ads,
    on_attributes,
    on_content,
    on_motion,
    on_time,
    values,
)

LOAD: Final = Input("load", on_content.on_load, decides=False)
PLAY: Final = Input("play", on_motion.on_play, 0, opens=True)
PLAYING: Final = Input("playing", on_motion.on_playing, 0, opens=True, leads=True)
PROGRESS: Final = Input("progress", evidence.on_progress, 0, CONTENT, reports=True, leads=True)
PAUSE: Final = Input("pause", on_motion.on_pause, 0, closes=True, asks=True)
SEEK_START: Final = Input("seek_start", on_motion.on_seek_start, 0, closes=True)
SEEK_END: Final = Input("seek_end", on_motion.on_seek_end, 0, leads=True)
BUFFER_START: Final = Input("buffer_start", on_motion.on_buffer_start, 0, closes=True, asks=True)
BUFFER_END: Final = Input("buffer_end", on_motion.on_buffer_end, 0, opens=True, asks=True)
CONTENT_START: Final = Input("content_start", on_content.on_content_start, 1, BEGINS, leads=True)
CONTENT_END: Final = Input(
    "content_end", on_content.on_content_end, 0, CONTENT, closes=True, ends=True, asks=True
)
AD_BREAK_START: Final = Input("ad_break_start", on_ads.on_ad_break_start)
AD_BREAK_END: Final = Input("ad_break_end", on_ads.on_ad_break_end)
AD_START: Final = Input("ad_start", on_ads.on_ad_start)
AD_PROGRESS: Final = Input("ad_progress", on_ads.on_ad_progress, 0, AD, reports=True)
AD_END: Final = Input("ad_end", on_ads.on_ad_end, 0, AD, closes=True, ends=True)
AD_SKIP: Final = Input("ad_skip", on_ads.on_ad_skip, 0, AD, asks=True)
AD_CLICK: Final = Input("ad_click", on_ads.on_ad_click, decides=False, asks=True)
AD_ERROR: Final = Input("ad_error", on_ads.on_ad_error)
QUALITY: Final = Input("quality", on_attributes.on_quality, decides=False, asks=True)
UPDATE: Final = Input("update", on_attributes.on_update, decides=False, asks=True)
EMIT: Final = Input("emit", on_attributes.on_emit, decides=False, asks=True)
INTERRUPT: Final = Input("interrupt", on_motion.on_interrupt)
ERROR: Final = Input("error", on_motion.on_error)
EXIT: Final = Input("exit", on_content.on_exit, 0, closes=True, asks=True)
END: Final = Input("end", on_content.on_end, 0, closes=True, ends=True, asks=True)


def take(s: State, row: Input, at: float, *args: Any) -> None:
    """Take one input: its events are added to ``s.out``, and a fault of our own only drops it."""
    name = row.name
    at, args = values.floats(row, at, args)
    if row.reports and s.rare is not None and "behind" in s.rare:
        values.suspect_clock(s, at, args[0])
    moment = values.moment_of(s, at, name)
    if moment is None:
        return
    mark = values.mark_of(name, at, args)
    if values.is_repeated(s, name, mark, moment):
        return
    if s.rare is not None or at != moment:
        s.told_at = None if at == moment else at
    s.clock = moment
    try:
        act(s, row, moment, args)
    except Exception as error:  # noqa: BLE001 - a fault of our own
        s.fault(error, moment, name)
    s.hear(s.heard if s.where == "over" else moment, mark)


def act(s: State, row: Input, at: float, args: tuple[Any, ...]) -> None:
    on_time.fall_due_before(s, at, row.name)
    if s.held is not NOTHING_HELD:
        doors.settle_end(s, row, at, args)
        leaps.settle(s, row, at, row.content_place(args))
    playing = s.where not in ("idle", "over")
    if playing and s.rare is not None and "announced" in s.rare:
        on_content.settle_announced(s, row, at, args)
    place = row.place
    told = None if place is None or row.of == BEGINS else args[place]
    whose, position = (None, None) if told is None else values.whose_place(s, row, at, told)
    if s.rare is not None and s.place_unknown and whose == CONTENT and position is not None:
        evidence.learn_place(s, row, at, position)
    if playing and not row.reports:
        evidence.show(s, row, at, whose, position)
        if whose == CONTENT and s.ad is not None:
            position = None
    if place is not None and position is not told:
        args = (*args[:place], position, *args[place + 1 :])
    if not row.asks or s.may_enter(row.name, at):
        row.means(s, at, *args)
