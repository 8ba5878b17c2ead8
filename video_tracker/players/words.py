"""What the callbacks of players with a vocabulary of their own may become, for their rows."""

from typing import Final

__all__ = ["AD", "BREAK", "EARLY", "MOVES", "OVERLAY", "PLAYS", "QUARTILE", "SEEKS", "WAITS"]

OVERLAY: Final = "an overlay: the content goes on under it"
EARLY: Final = "the playhead is in the middle of it (S84)"
"""Why a word that an ad or a break is over says nothing."""

SEEKS: Final = "seek_start seek_end content_end end play playing"
WAITS: Final = f"buffer_start buffer_end interrupt {SEEKS}"
PLAYS: Final = f"{SEEKS} load update buffer_end"
"""What a seek, a stall and the playing of the content may become: a snapshot may show a seek."""
BREAK: Final = "ad_break_start ad_break_end content_end play progress seek_end"
"""What the word of a break's beginning may become: it closes what is open."""
AD: Final = f"{BREAK} ad_start ad_end"
"""What the word of an ad's beginning may become: it may be the first of its break, too."""
QUARTILE: Final = f"{AD} ad_progress"
"""What a quartile may become: the session may begin with it (S83)."""
MOVES: Final = f"{AD} ad_progress {PLAYS}"
"""What a clock that moves may become: it proves whatever was not said (S62, S79, S83)."""
