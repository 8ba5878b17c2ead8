"""Every number of the rules, once, by subject, each with its rule.

Seconds where a sentence names no other unit. Equal numbers stand under several names where they
mean several things: each may change alone. A number that a rule gives to the user is a setting
(``plan.Settings``), and none of these.
"""

import math
from typing import Final

# -- positions -------------------------------------------------------------------------------------
NUDGE: Final = 0.5  # A smaller change of position is the player's own, and is followed (S70).
CERTAIN: Final = 0.5  # Content that moved so far where none was believed to play plays (S73).
MOVED: Final = 0.5  # So far a position moves to prove playing where a word closes it (S79).
MOVED_IN_DOUBT: Final = 0.2  # A playhead that moves further while a pause is doubted plays (S31).
STIRS: Final = 0.05  # Any larger move of the playhead undoes an interruption (S26).
MOVED_ON: Final = 2.0  # Content that advances so far while an ad is open ends the ad (S62).
LEAP: Final = 2.0  # A position so far from where playing would bring it has jumped (S61).
FASTEST_PLAY: Final = 4.0  # Above this rate, and below 0, all is trick play, unwatched (S70, S89).
SAME_PACE: Final = 0.2  # Two steps whose paces differ by this part at most have one pace (S89).
LOOP_EARLY: Final = 1.0  # Content that falls to its start so near to its end has looped (S70).
LOOP_LATE: Final = 1.0  # So far from where playing on would be lies content after a loop (S70).
SEEK_IN_PAUSE: Final = 2.0  # A seek in a pause whose end nobody tells lasts no longer (S81).

# -- ends and lengths ------------------------------------------------------------------------------
NEAR: Final = 1.0  # So near to a known end or place, that one is meant (S3, S31, S44, S75).
SHORTEST_SLACK: Final = 0.3  # No end tolerance is smaller where nobody says that it ended (S90).
AT_REST: Final = 2.0  # A playhead that rests so long within 1 s of the end has reached it (S75).
EARLY_END: Final = 0.02  # An end by this part of the length, and over 1 s, early is in doubt (S82).
END_WAIT: Final = 2.0  # So long an end in doubt waits for what unmakes it (S82).
FALSE_END: Final = 0.25  # Content that moves on so far after its end was said had not ended (S82).
REPLAYED: Final = 2.0  # Frames that lie so far before the content's end are no rest of it (S70).
SAME_LENGTH: Final = 0.5  # A player's length may differ so much: files are padded (S61).
JUST_BEFORE: Final = 2.0  # A length told so shortly before the item changes is the next's (S80).

# -- playing and silence ---------------------------------------------------------------------------
SLACK: Final = 2.0  # Longer silence without media progress counts as suspended (S63).
JITTER: Final = 0.2  # An interval that is longer by this part is still the usual one (S63).
STILL: Final = 1.0  # A position that stands still for longer is buffering (S65).
STOPPED: Final = 1.0  # Playback that has not moved so long after a fatal error has stopped (S76).
DOUBT: Final = 0.5  # So long beyond the player's interval a doubted pause may be explained (S31).
INTERVAL: Final = 0.5  # One interval of a player whose interval nobody knows (S31).
PLAYING_TIMEOUT: Final = 300.0  # Silence that interrupts what plays, unless a setting says (S26).
PAUSED_TIMEOUT: Final = 1_800.0  # Silence that interrupts a pause, unless a setting says (S26).

# -- ads -------------------------------------------------------------------------------------------
BACK_AT_START: Final = 1.0  # An ad that falls below it after it had progressed starts again (S62).
ROUNDED: Final = 0.05  # So much may rounding take off what was watched of an ad (S72).
PACED: Final = 1.0  # After so many seconds an ad's own positions say its pace (S84).
LAST_QUARTILE: Final = 3  # The last quartile that is told; the fourth is Ad Completed (S45).
SAME_SPOT: Final = 0.5  # What lies so shortly before a break is "at" it: players resume early (S1).
LATE_BREAK: Final = 2.0  # So far from its place a mid-roll plays that nobody names (S12, S22).
PASSED_BY: Final = 5.0  # Content that played on so far past a break has passed it (S12, S81).
TAKEN_BACK: Final = 2.0  # No further before an ad break do players take content up again (S21).
SAME_PLACE: Final = 1.0  # Two breaks announced within so much content are one break (S12).

# -- ads in the stream -----------------------------------------------------------------------------
JOINT: Final = 0.1  # Shorter content between two breaks of a stream is none (S9).
SAME_END: Final = 1.0  # A pod whose ads end so near to its declared end ends with them (S9, S72).
SAME_STREAM: Final = 1.0  # So much may a stream always differ from its contents and ads (S9).
PADDING: Final = 0.02  # By this part of its ads, if over 1 s, a stream may differ as well (S9).
SHORTEST_ADS: Final = 2.0  # Planned ads that are shorter in all do not show in a length (S9).

# -- clocks ----------------------------------------------------------------------------------------
ON_TIME: Final = 1e-3  # What falls due may come so early: times are rounded to milliseconds (S46).
FIRST_STEP: Final = 2.0  # Callbacks between which a clock steps back lie no further apart (S64).
CLOCK_PROOF: Final = 0.5  # Media so far beyond what a clock allows proves a step back (S64).
DUST: Final = 1e-6  # So much may floating point take off a whole second (S3).
NEVER: Final = math.inf  # When falls due what is not awaited, and where no known end lies (S46).

# -- bounds of hostile input -----------------------------------------------------------------------
LATEST_TIME: Final = 253_402_300_000.0  # The end of 9999; later ones are in milliseconds (S60).
LONGEST: Final = 1e9  # No position or length is greater (S3).
FAR_BEYOND: Final = 60.0  # A position so far beyond two lengths of its item mistakes units (S78).
FASTEST: Final = 100.0  # A told playback rate above this is no rate (S60, S74).
LOUDEST: Final = 100  # A sound above this is this (S54).
LONGEST_TEXT: Final = 1_000  # A told text is cut to so many characters (S60).
MOST_ADS: Final = 1_000  # More ads of one pod, or a place beyond it, are a mistake (S60).
MOST_RANGES: Final = 1_000  # More ranges of a stream at once, or ads in one, are a mistake (S60).
MOST_BORDERS: Final = 10_000  # A playhead runs over no more borders of ads in one step (S60).
MOST_BEATS: Final = 400  # No more beats are said of one stretch without told positions (S42).
UNHEARD: Final = 10.0  # Silence without positions counts no more when no heartbeat says it (S63).
SILENCE: Final = 5.0  # No jump over a silence is longer (S70).
