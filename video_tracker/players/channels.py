"""The channels that are known: which of a player's objects may have called."""

from collections.abc import Mapping
from typing import Final

__all__ = ["ALIASES", "CHANNELS", "PLAYERS", "SHARED"]

PLAYERS: Final[Mapping[str, tuple[str, str]]] = {
    "avplayer": ("video_tracker.players.avplayer", "AVPlayerAdapter"),
    "bitmovin": ("video_tracker.players.bitmovin", "BitmovinAdapter"),
    "brightcove": ("video_tracker.players.brightcove", "BrightcoveAdapter"),
    "chromecast": ("video_tracker.players.chromecast", "ChromecastAdapter"),
    "cmcd": ("video_tracker.players.cmcd", "CmcdAdapter"),
    "dashjs": ("video_tracker.players.dashjs", "DashjsAdapter"),
    "fluidplayer": ("video_tracker.players.fluidplayer", "FluidplayerAdapter"),
    "hlsjs": ("video_tracker.players.hlsjs", "HlsjsAdapter"),
    "html5": ("video_tracker.players.html5", "Html5Adapter"),
    "ima": ("video_tracker.players.ima", "ImaAdapter"),
    "jwplayer": ("video_tracker.players.jwplayer", "JwplayerAdapter"),
    "media3": ("video_tracker.players.media3", "Media3Adapter"),
    "mediaelement": ("video_tracker.players.mediaelement", "MediaelementAdapter"),
    "plyr": ("video_tracker.players.plyr", "PlyrAdapter"),
    "roku": ("video_tracker.players.roku", "RokuAdapter"),
    "shaka": ("video_tracker.players.shaka", "ShakaAdapter"),
    "theoplayer": ("video_tracker.players.theoplayer", "TheoplayerAdapter"),
    "videojs": ("video_tracker.players.videojs_player", "VideojsAdapter"),
    "vimeo": ("video_tracker.players.vimeo", "VimeoAdapter"),
    "youtube": ("video_tracker.players.youtube", "YoutubeAdapter"),
}
"""Each built-in player, and where its adapter is; each has a channel of its name."""

SHARED: Final = frozenset({"html5", "page", "recorder", "vast-client"})
"""Channels that come beside a player's own: the media element, its page, an ad tracker."""

ALIASES: Final[Mapping[str, str]] = {
    "android": "media3",
    "cast": "chromecast",
    "fluid": "fluidplayer",
    "ima-dai": "ima",
    "raf": "roku",
}
"""Channels whose player has another name."""

CHANNELS: Final = frozenset({*PLAYERS, *SHARED, *ALIASES})
"""All of them; any other name is the application's own."""
