"""The vendor flavours of the output: which events exist and how some properties are shaped.

Everything that differs between Customer.io, Segment and RudderStack is a field here; no other
file asks for a profile by name.
"""

from collections.abc import Mapping
from typing import Final

import attrs

from video_tracker.events import EVENTS, AdClicked, AdError, AdSkipped, PlaybackExited

__all__ = ["PROFILES", "Profile", "find_profile"]

_NOT_STANDARD: Final = frozenset(kind.name for kind in (AdSkipped, AdClicked, AdError))
_STANDARD: Final = frozenset(EVENTS) - _NOT_STANDARD


@attrs.frozen(kw_only=True)
class Profile:
    """One vendor's flavour (S6, S52, S54).

    Args:
        name: ``customerio``, ``segment`` or ``rudderstack``.
        events: The names that the vendor's specification lists.
        extra_events: Names sent although the vendor does not list them.
        whole_framerate: Whether ``framerate`` is an integer; else a float (S54).
        lists_planned_ads: Whether Playback Started lists all planned ads as arrays; else it names
            the first planned pre-roll by strings (S52).
        seek_completed_repeats_position: Whether ``seek_position`` of Seek Completed equals its
            ``position``; else it stays what was sought (S33).
    """

    name: str
    events: frozenset[str]
    extra_events: frozenset[str]
    whole_framerate: bool
    lists_planned_ads: bool
    seek_completed_repeats_position: bool


CUSTOMERIO: Final = Profile(
    name="customerio",
    events=_STANDARD,
    extra_events=_NOT_STANDARD,
    whole_framerate=True,
    lists_planned_ads=False,
    seek_completed_repeats_position=False,
)
"""Customer.io Data Pipelines: 17 events; ``seek_position`` and ``episode`` are allowed extras."""

SEGMENT: Final = Profile(
    name="segment",
    events=_STANDARD,
    extra_events=_NOT_STANDARD,
    whole_framerate=False,
    lists_planned_ads=True,
    seek_completed_repeats_position=False,
)
"""Segment: the same 17 events, float frame rates, arrays of ads on Playback Started."""

RUDDERSTACK: Final = Profile(
    name="rudderstack",
    events=_STANDARD - {PlaybackExited.name},
    extra_events=_NOT_STANDARD | {PlaybackExited.name},
    whole_framerate=False,
    lists_planned_ads=True,
    seek_completed_repeats_position=True,
)
"""RudderStack: 16 events, as Segment's otherwise.

It knows no ``Video Playback Exited``. We send it all the same, as the custom track event that
RudderStack forwards unchanged: dropping it would leave the session open for ever, and calling it
Interrupted would report an ordinary leaving as an error.
"""

PROFILES: Final[Mapping[str, Profile]] = {
    profile.name: profile for profile in (CUSTOMERIO, SEGMENT, RUDDERSTACK)
}
"""The profiles by name; ``customerio`` is the default."""


def find_profile(profile: str | Profile) -> Profile:
    """Return the profile of that name, or the profile itself.

    Raises:
        LookupError: No profile has that name.
    """
    if isinstance(profile, Profile):
        return profile
    try:
        return PROFILES[profile]
    except KeyError:
        known = ", ".join(PROFILES)
        raise LookupError(f"no profile is named {profile!r}; there are {known}") from None
