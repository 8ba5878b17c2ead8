"""Every documented event of Fluid Player, and its fate.

Sources: the type declarations of Fluid Player 3 (``on()``, ``layoutControls``, ``vastAdvanced``)
and its ``trackingEventTypes``, the VAST trackers it calls, written ``vast:event`` here;
``switchToMainVideo`` is the method by which it returns to the content.
"""

from typing import Final

from video_tracker.players.base import Ignored, Mapped
from video_tracker.players.media_events import MEDIA_EVENTS, extended

__all__ = ["FLUID_EVENTS"]

_ANY: Final = (
    "load play progress playing seek_start seek_end content_end end"
    " ad_break_start ad_break_end ad_end ad_skip"
)
"""With each of its events Fluid says what plays, and so that breaks and ads start and end."""
_LOOKS: Final = "the player's appearance"
_ELEMENT_SAYS: Final = "the element says it itself"
_QUARTILE: Final = "quartiles come from the ad's own clock; Fluid's are on whole seconds (D16)"
_NO_PLAYBACK: Final = "the viewer's doing around the ad, not its playback"

FLUID_EVENTS: Final[dict[str, Mapped | Ignored]] = {
    # on(); of media events it passes on nine
    **extended(
        MEDIA_EVENTS,
        {name: _ANY for name, entry in MEDIA_EVENTS.items() if isinstance(entry, Mapped)},
    ),
    "miniPlayerToggle": Ignored(_LOOKS),
    "theatreModeOff": Ignored(_LOOKS),
    "theatreModeOn": Ignored(_LOOKS),
    # callbacks of the configuration, and the way back to the content
    "noVastVideoCallback": Mapped("ad_error", "also without any ad: then it says nothing (D18)"),
    "playerInitCallback": Ignored("nothing was played yet"),
    "switchToMainVideo": Mapped("ad_break_end ad_end"),
    "vastLoadedCallback": Mapped("ad_break_start", "the pre-roll's; others load ahead of time"),
    "vastVideoEndedCallback": Mapped("ad_break_end ad_end", "without a break it is a 404's (D18)"),
    "vastVideoSkippedCallback": Mapped("ad_skip ad_end"),
    # VAST trackers
    "vast:acceptInvitation": Ignored(_NO_PLAYBACK),
    "vast:adCollapse": Ignored(_NO_PLAYBACK),
    "vast:close": Ignored("of an overlay"),
    "vast:collapse": Ignored(_NO_PLAYBACK),
    "vast:complete": Mapped((), "up to a second early: the ad ends when its element does (D16)"),
    "vast:creativeView": Ignored("`start` comes with it"),
    "vast:firstQuartile": Ignored(_QUARTILE),
    "vast:fullscreen": Ignored("the page says it"),
    "vast:iconClickThrough": Ignored(_NO_PLAYBACK),
    "vast:impression": Mapped("ad_break_start ad_error", "which ad it is"),
    "vast:midpoint": Ignored(_QUARTILE),
    "vast:mute": Ignored(_ELEMENT_SAYS),
    "vast:pause": Ignored(_ELEMENT_SAYS),
    "vast:playerCollapse": Ignored(_LOOKS),
    "vast:playerExpand": Ignored(_LOOKS),
    "vast:progress": Ignored(_ELEMENT_SAYS),
    "vast:resume": Ignored(_ELEMENT_SAYS),
    "vast:rewind": Ignored(_ELEMENT_SAYS),
    "vast:skip": Mapped("ad_skip ad_end"),
    "vast:start": Mapped("play update ad_start", "of an ad that has no element of its own (VPAID)"),
    "vast:thirdQuartile": Ignored(_QUARTILE),
    "vast:unmute": Ignored(_ELEMENT_SAYS),
    "vast:viewImpression": Ignored("viewability, not playback"),
}
