"""Every number of the rules, once, each with its rule."""

import math
from typing import Final

AT_REST: Final = 2.0
"""A playhead that rests this long within a second of the end has reached it (S75)."""
BACK_AT_START: Final = 1.0
"""An ad whose position falls below this after it had progressed has started again (S62)."""
CERTAIN: Final = 0.5
"""Content that moved this many seconds where a pre-roll was due is content indeed (S73)."""
CLOCK_PROOF: Final = 0.5
"""Media seconds beyond what the clock allows that prove that it has stepped back (S64)."""
DOUBT: Final = 0.5
"""A pause in doubt (S31) is a real one when nothing has explained it for this many seconds."""
DUST: Final = 1e-6
"""What floating point may take off a whole second."""
FAR_BEYOND: Final = 60.0
""""""
FASTEST: Final = 100.0
""""""
FIRST_STEP: Final = 2.0
"""Seconds at most between the last callback before a clock stepped back and the first behind it."""
JOINT: Final = 0.1
"""Content between two breaks that is shorter than this is none."""
LAST_QUARTILE: Final = 3
""""""
LATEST_TIME: Final = 253_402_300_000.0
"""The end of the year 9999: beyond it lies no ISO 8601 time, but do milliseconds by mistake."""
LATE_BREAK: Final = 2.0
"""A player plays a mid-roll at most this long before its place; behind it, at any time."""
LATE_TICK: Final = 1.0
"""A tick may come this much later than it was asked for and still bring its heartbeat."""
LEAP: Final = 2.0
"""A position that lies this far from where playing would bring it has jumped (S61)."""
LONGEST: Final = 1e9
"""No position lies beyond this many seconds."""
LONGEST_TEXT: Final = 1_000
""""""
LOUDEST: Final = 100
""""""
MANY_RANGES: Final = 64
"""More watched ranges than these are merged, so that a hostile log cannot grow a session."""
MOST_ADS: Final = 1_000
"""A pod position beyond this is a mistake."""
MOST_AT_ONCE: Final = 4
"""What falls due in one tick may make something else due; never more than this in a row."""
MOST_BORDERS: Final = 10_000
""""""
MOST_RANGES: Final = 1_000
"""More ranges at once than these are a mistake; so are more ads in one."""
MOVED_ON: Final = 2.0
"""Content that advances this many seconds while an ad is open ends the ad (S62)."""
NEAR: Final = 1.0
"""Within this many seconds of a known end, the end is meant (S3, S31, S44, S75)."""
NEVER: Final = math.inf
""""""
NUDGE: Final = 0.5
"""A position change smaller than this is the player's own (S70)."""
ON_TIME: Final = 1e-3
""""""
PADDING: Final = 0.02
"""How far a stitched stream may be from the sum of its parts: seconds, or a part of its ads."""
PAUSED_TIMEOUT: Final = 1_800.0
""""""
PLAYING_TIMEOUT: Final = 300.0
""""""
REPLAYED: Final = 2.0
"""Frames that lie this many seconds before the content's end are no rest of it."""
SAME_END: Final = 1.0
"""A pod whose ads end this close to its declared end ends with them: lengths are rounded (S72)."""
SAME_LENGTH: Final = 0.5
"""A player's length this close to the known one is the same: files are padded (S72)."""
SAME_PLACE: Final = 1.0
"""Two breaks announced within this many seconds of content are one break."""
SAME_SPOT: Final = 0.5
"""A break lies "at" a position at most this much before it: players resume a little early."""
SAME_STREAM: Final = 1.0
""""""
SHORTEST_ADS: Final = 2.0
"""Planned ads shorter than this in all do not show in a length."""
SLACK: Final = 2.0
"""Seconds of silence without media progress before time counts as suspended (S63)."""
STILL: Final = 1.0
"""Seconds for which a position may stand still before it counts as buffering (S65)."""
STOPPED: Final = 1.0
"""Playback that has not moved for this many seconds after a fatal error has stopped (S76)."""
TAKEN_BACK: Final = 2.0
"""Seconds before an ad break at which a player takes the content up again at most (S21)."""
MOVED: Final = 0.5
"""A position moved on by this much proves playing, where a word closes the stretch (S79)."""
MOST_BEATS: Final = 400
"""More beats than these in one stretch that nobody told positions of are not said (S42)."""
SEEK_IN_PAUSE: Final = 2.0
"""A seek in a pause whose end nobody tells lasts no longer (S81)."""
FALSE_END: Final = 0.25
"""Content that moves on by this much after its end was said had not ended (S82)."""
END_WAIT: Final = 2.0
"""How long an end in doubt waits for what unmakes it (S82)."""
EARLY_END: Final = 0.02
"""An end this part of the length before the known end, and more than a second, is in doubt (S82)."""
INTERVAL: Final = 0.5
"""One interval of a player whose interval nobody knows."""
MOST_RATE: Final = 100.0
"""No rate is higher."""
PASSED_BY: Final = 5.0
"""Content that played on by this much past a break has passed it (S12, S81)."""
UNHEARD: Final = 10.0
"""What silence without positions counts at most when no heartbeat says how much (S63)."""
SILENCE: Final = 5.0
"""No jump over a silence is longer (S70)."""
