"""Every number of the rules, once, by subject, each with its rule.

Equal numbers stand under several names where they mean several things: each may change alone. A
number that a rule gives to the user is a setting (``plan.Settings``), and none of these.
"""

import math
from typing import Final

# -- positions -------------------------------------------------------------------------------------

NUDGE: Final = 0.5
"""Seconds: a position change smaller than this is the player's own, and is followed (S70)."""
CERTAIN: Final = 0.5
"""Content that moved by this many seconds where none was believed to play plays indeed (S73)."""
MOVED: Final = 0.5
"""Seconds by which a position moved on to prove playing where a word closes the stretch (S79)."""
MOVED_IN_DOUBT: Final = 0.2
"""A playhead that moved by more than this while a pause was in doubt was not paused (S31)."""
STIRS: Final = 0.05
"""Any move of the playhead by more than this many seconds undoes an interruption (S26)."""
MOVED_ON: Final = 2.0
"""Content that advances by this many seconds while an ad is open ends the ad (S62)."""
LEAP: Final = 2.0
"""A position that lies this many seconds from where playing would bring it has jumped (S61)."""
FASTEST_PLAY: Final = 4.0
"""Above this rate, and below 0, nothing is watched: it is trick play (S70, S89)."""
SAME_PACE: Final = 0.2
"""Two steps whose paces differ by no more than this part have one pace (S89)."""
LOOP_EARLY: Final = 1.0
"""Content that falls to its start this many seconds before its end or later has looped (S70)."""
LOOP_LATE: Final = 1.0
"""Seconds from where playing on would be in which content lies after a loop (S70)."""
SEEK_IN_PAUSE: Final = 2.0
"""Seconds: a seek in a pause whose end nobody tells lasts no longer (S81)."""

# -- ends and lengths ------------------------------------------------------------------------------

NEAR: Final = 1.0
"""Within this many seconds of a known end or place, that one is meant (S3, S31, S44, S75)."""
SHORTEST_SLACK: Final = 0.3
"""Seconds: no end tolerance is smaller where nobody says that something ended (S90)."""
AT_REST: Final = 2.0
"""A playhead that rests for this many seconds within a second of the end has reached it (S75)."""
EARLY_END: Final = 0.02
"""An end by this part of the length before the known end, and by over 1 s, is in doubt (S82)."""
END_WAIT: Final = 2.0
"""Seconds for which an end in doubt waits for what unmakes it (S82)."""
FALSE_END: Final = 0.25
"""Content that moves on by this many seconds after its end was said had not ended (S82)."""
REPLAYED: Final = 2.0
"""Frames that lie this many seconds before the content's end are no rest of it (S70)."""
SAME_LENGTH: Final = 0.5
"""Seconds by which a player's length may differ from the known one: files are padded (S61)."""
JUST_BEFORE: Final = 2.0
"""A length told no more than this many seconds before the item changes is the next item's (S80)."""

# -- playing and silence ---------------------------------------------------------------------------

SLACK: Final = 2.0
"""Seconds of silence without media progress before time counts as suspended (S63)."""
STILL: Final = 1.0
"""Seconds for which a position may stand still before it counts as buffering (S65)."""
STOPPED: Final = 1.0
"""Playback that has not moved for this many seconds after a fatal error has stopped (S76)."""
DOUBT: Final = 0.5
"""Seconds beyond the player's interval for which a pause in doubt may be explained (S31)."""
INTERVAL: Final = 0.5
"""Seconds: one interval of a player whose interval nobody knows (S31)."""
PLAYING_TIMEOUT: Final = 300.0
"""Seconds of silence that interrupt what plays, unless ``idle_timeout`` says others (S26)."""
PAUSED_TIMEOUT: Final = 1_800.0
"""Seconds of silence that interrupt a pause, unless ``idle_timeout`` says others (S26)."""

# -- ads -------------------------------------------------------------------------------------------

BACK_AT_START: Final = 1.0
"""An ad whose position falls below this many seconds after it had progressed starts again (S62)."""
LAST_QUARTILE: Final = 3
"""The last quartile that is told; the fourth is Ad Completed (S45)."""
SAME_SPOT: Final = 0.5
"""Seconds by which what lies "at" a break may lie before it: players resume early (S1)."""
LATE_BREAK: Final = 2.0
"""Seconds around its place in which a player plays a mid-roll without saying which (S12, S22)."""
PASSED_BY: Final = 5.0
"""Content that played on by this many seconds past a break has passed it (S12, S81)."""
TAKEN_BACK: Final = 2.0
"""Seconds before an ad break at which a player takes the content up again at most (S21)."""
SAME_PLACE: Final = 1.0
"""Two breaks announced within this many seconds of content are one break (S12)."""

# -- ads in the stream -----------------------------------------------------------------------------

JOINT: Final = 0.1
"""Seconds: content between two breaks of a stream that is shorter than this is none (S9)."""
SAME_END: Final = 1.0
"""A pod whose ads end this many seconds from its declared end ends with them (S9, S72)."""
SAME_STREAM: Final = 1.0
"""Seconds by which a stream may always differ from the sum of its contents and ads (S9)."""
PADDING: Final = 0.02
"""By this part of its ads, where that is more than a second, it may differ as well (S9)."""
SHORTEST_ADS: Final = 2.0
"""Seconds: planned ads that are shorter than this in all do not show in a length (S9)."""

# -- clocks ----------------------------------------------------------------------------------------

ON_TIME: Final = 1e-3
"""Seconds by which what falls due may come early: times are rounded to milliseconds (S46)."""
FIRST_STEP: Final = 2.0
"""Seconds at most between the last callback before a clock's step back and the next one (S64)."""
CLOCK_PROOF: Final = 0.5
"""Media seconds beyond what a clock allows that prove that it has stepped back (S64)."""
DUST: Final = 1e-6
"""Seconds that floating point may take off a whole one (S3)."""
NEVER: Final = math.inf
"""When what is not awaited falls due, and where what has no known end ends (S46)."""

# -- bounds of hostile input -----------------------------------------------------------------------

LATEST_TIME: Final = 253_402_300_000.0
"""The end of the year 9999 in Unix seconds; beyond it lie milliseconds by mistake (S60)."""
LONGEST: Final = 1e9
"""Seconds: no position or length is greater (S3)."""
FAR_BEYOND: Final = 60.0
"""Seconds beyond twice its item's length from which a position is a mistake of units (S78)."""
FASTEST: Final = 100.0
"""A told playback rate above this is no rate (S60, S74)."""
MOST_RATE: Final = 100.0
"""No content is believed to move at more than this many times its speed (S78)."""
LOUDEST: Final = 100
"""A sound above this is this (S54)."""
LONGEST_TEXT: Final = 1_000
"""A told text is cut to this many characters (S60)."""
MOST_ADS: Final = 1_000
"""More ads of one pod, or a place beyond it, are a mistake (S60)."""
MOST_RANGES: Final = 1_000
"""More ranges of a stream at once, or ads in one, are a mistake (S60)."""
MOST_BORDERS: Final = 10_000
"""A stream's playhead runs over no more borders of ads than these in one step (S60)."""
MANY_RANGES: Final = 64
"""More watched ranges than these are merged, so that no log can make a session grow (S60)."""
MOST_BEATS: Final = 400
"""More beats than these in one stretch that nobody told positions of are not said (S42)."""
UNHEARD: Final = 10.0
"""What silence without positions counts at most when no heartbeat says how much (S63)."""
SILENCE: Final = 5.0
"""No jump over a silence is longer (S70)."""
