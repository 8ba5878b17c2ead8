"""Every documented event of video.js and its ad, playlist and quality plugins, and its fate.

Sources: the events of the ``Player``, ``Tech`` and ``Component`` classes of video.js 8; the guides
and the "common interface" of videojs-contrib-ads 7, whose redispatch puts ``ad`` or ``content``
before the name of every media event in ad mode; videojs-playlist 5; videojs-contrib-quality-levels
4 and VHS. What is no event of the player itself is written ``source:event``:
``qualitylevels:change`` is the quality list's, ``vhs:mediachange`` the playlist loader's,
``segment-metadata:cuechange`` that of the text track that tells which segment is on screen.
"""

from collections.abc import Iterator
from typing import Final

from video_tracker.players.base import Ignored, Mapped, Vocabulary
from video_tracker.players.break_watch import RETURNS
from video_tracker.players.media_events import MEDIA_EVENTS, PAGE_EVENTS, extended

__all__ = ["REDISPATCHED", "VOCABULARY"]

_BREAK: Final = "play progress update seek_end ad_break_start"
"""What a break's start is, when an event in ad mode is the first that tells of it (S61)."""
_REQUEST: Final = "an ad was asked for, none is announced"
_MACHINE: Final = "the framework brings the content back (D1)"
_LOOKS: Final = "the player's appearance"
_TRACKS: Final = "text and audio tracks"
_LOADING: Final = "loading, not playing"
_LIVE: Final = "the live window moved; the position tells"

_PLAYER: Final[dict[str, Mapped | Ignored]] = {
    "audioonlymodechange": Ignored(_LOOKS),
    "audiopostermodechange": Ignored(_LOOKS),
    "autoplay-failure": Ignored("nothing played; the viewer's `play` follows"),
    "autoplay-success": Ignored("`play` and `playing` tell of it"),
    "componentresize": Ignored(_LOOKS),
    "controlsdisabled": Ignored(_LOOKS),
    "controlsenabled": Ignored(_LOOKS),
    "debugoff": Ignored("debugging"),
    "debugon": Ignored("debugging"),
    "disablepictureinpicturechanged": Ignored(_LOOKS),
    "dispose": Mapped("ad_break_start ad_progress exit"),
    "enterFullWindow": Mapped("update"),
    "exitFullWindow": Mapped("update"),
    "firstplay": Ignored("`play` and `playing` tell of it"),
    "fullscreenchange": Mapped("update"),
    "fullscreenerror": Ignored("nothing changed"),
    "languagechange": Ignored(_LOOKS),
    "liveedgechange": Ignored(_LIVE),
    "loadedalldata": Ignored(_LOADING),
    "playbackrateschange": Ignored("the rates on offer; `ratechange` tells of the one that plays"),
    "playerreset": Ignored("the source goes; the next one tells of itself"),
    "playerresize": Ignored(_LOOKS),
    "posterchange": Ignored(_LOOKS),
    "ready": Ignored("nothing was played yet"),
    "ready()": Ignored("nothing was played yet"),
    "seekableendchanged": Ignored(_LIVE),
    "sourceset": Mapped((), "inside an ad break: an ad takes the content's element over"),
    "tap": Ignored("the viewer's finger; what it does tells of itself"),
    "textdata": Ignored(_TRACKS),
    "texttrackchange": Ignored(_TRACKS),
    "audiotrackchange": Ignored(_TRACKS),
    "videotrackchange": Ignored(_TRACKS),
    "useractive": Ignored("the viewer moved the pointer"),
    "userinactive": Ignored("the viewer left the pointer alone"),
    "usingcustomcontrols": Ignored(_LOOKS),
    "usingnativecontrols": Ignored(_LOOKS),
    "vttjserror": Ignored(_TRACKS),
    "vttjsloaded": Ignored(_TRACKS),
}

_ADS: Final[dict[str, Mapped | Ignored]] = {
    # the framework
    "adend": Mapped("ad_break_end ad_end ad_error"),
    "adscanceled": Ignored("deprecated; ads that will not play announce nothing"),
    "adserror": Mapped("ad_error"),
    "adskip": Ignored("the plugin has no ad for this place; the content goes on"),
    "adslog": Ignored("a remark of the ad plugin"),
    "adsready": Ignored("the ad plugin is ready; nothing plays"),
    "adstart": Mapped(f"{_BREAK} ad_error ad_end ad_break_end"),
    "adtimeout": Ignored("the ad plugin was too slow; no ad was announced"),
    "contentchanged": Ignored("`loadstart` tells of the new source"),
    "contentresumed": Mapped("playing seek_end"),
    "contentupdate": Ignored("`loadstart` tells of the new source"),
    "nopostroll": Ignored("nothing will be announced"),
    "nopreroll": Ignored("nothing will be announced"),
    "readyforoutstream": Ignored("an ad without content; `adstart` tells of it"),
    "readyforpostroll": Mapped("content_end"),
    "readyforpreroll": Mapped("play load progress update", "fired once play is wanted"),
    "resumeended": Mapped("content_end"),
    "vjsadserror": Ignored("`adserror` comes with it"),
    # the conventions of ad plugins
    "ads-ad-ended": Mapped("ad_end"),
    "ads-ad-skipped": Mapped("ad_progress ad_skip"),
    "ads-ad-started": Mapped(f"{_BREAK} ad_start ad_end"),
    "ads-allpods-completed": Ignored("every break tells of its own end"),
    "ads-click": Mapped("ad_click"),
    "ads-first-quartile": Mapped("ad_progress", "of an ad outside the content's element"),
    "ads-load": Ignored("names a break without its place and lengths"),
    "ads-manager": Ignored("the ad SDK hands out its manager; nothing plays"),
    "ads-midpoint": Mapped("ad_progress", "of an ad outside the content's element"),
    "ads-mute": Ignored("`advolumechange` tells how loud it is"),
    "ads-pause": Mapped("pause"),
    "ads-play": Mapped("play"),
    "ads-pod-ended": Ignored("`adend` ends the break"),
    "ads-pod-started": Mapped(f"{_BREAK} ad_error ad_end ad_break_end"),
    "ads-request": Ignored(_REQUEST),
    "ads-third-quartile": Mapped("ad_progress", "of an ad outside the content's element"),
}

_PLAYLIST: Final[dict[str, Mapped | Ignored]] = {
    "beforeplaylistitem": Ignored("the next source tells of itself"),
    "duringplaylistchange": Ignored("the list changes, not what plays"),
    "playlistadd": Ignored("the list changes, not what plays"),
    "playlistchange": Ignored("the list changes, not what plays"),
    "playlistitem": Ignored("the next source tells of itself"),
    "playlistremove": Ignored("the list changes, not what plays"),
    "playlistsorted": Ignored("the list changes, not what plays"),
}

_QUALITY: Final[dict[str, Mapped | Ignored]] = {
    "qualitylevels:addqualitylevel": Ignored("a level on offer"),
    "qualitylevels:change": Mapped("quality", "what was chosen; shown when its segments are"),
    "qualitylevels:removequalitylevel": Ignored("a level on offer"),
    "metadata:cuechange": Mapped("ad_ranges", "date ranges that mark stitched ads (S9)"),
    "segment-metadata:cuechange": Mapped("quality", "what is on screen"),
    "usage": Ignored("VHS counts the use of its features"),
    "vhs:mediachange": Mapped("quality", "what was chosen; shown when its segments are"),
    "vhs:mediachanging": Ignored("decided, not loaded"),
    "xhr-hooks-ready": Ignored(_LOADING),
}

_AD_MEDIA: Final[dict[str, Mapped]] = {
    "durationchange": Mapped("load", "of the content while it waits for its pre-roll"),
    "emptied": Mapped((), "an ad takes the content's element over"),
    "ended": Mapped("ad_end"),
    "error": Mapped("ad_error error interrupt progress"),
    "loadedmetadata": Mapped("load", "of the content while it waits for its pre-roll"),
    "loadstart": Mapped((), "an ad takes the content's element over"),
    "pause": Mapped("pause"),
    "play": Mapped("play"),
    "playing": Mapped("play ad_start buffer_end ad_break_start"),
    "ratechange": Mapped("update"),
    "timeupdate": Mapped("ad_progress ad_start buffer_end ad_break_start"),
    "volumechange": Mapped("update"),
    "waiting": Mapped("buffer_start"),
}
_SOUGHT: Final = (
    "ads are not sought in; after a seek over a break it is the content's end of it (D3)"
)

_REPLAYED: Final = "after a post-roll the framework may never leave ad mode: a replay (D2)"

_IN_CONTENT: Final[dict[str, Mapped]] = {
    "durationchange": Mapped("load"),
    "ended": Mapped("content_end"),
    "loadedmetadata": Mapped("load"),
    "ratechange": Mapped("update"),
    "volumechange": Mapped("update"),
    **{
        name: Mapped(signals, _REPLAYED)
        for name, signals in {
            "pause": "pause content_end",
            "play": "play load progress update",
            "playing": "play playing load progress update buffer_end",
            "seeked": "seek_start seek_end",
            "seeking": "seek_start",
            "timeupdate": "progress play playing update seek_end buffer_end content_end",
            "waiting": "buffer_start",
        }.items()
    },
}

REDISPATCHED: Final[dict[str, tuple[str, str]]] = {
    prefix + name: (prefix, name) for prefix in ("ad", "content") for name in MEDIA_EVENTS
}
"""What contrib-ads makes of a media event in ad mode -> (its prefix, the media event)."""


def _prefixed() -> Iterator[tuple[str, Mapped | Ignored]]:
    returning = extended(_IN_CONTENT, RETURNS)
    starting = extended(_AD_MEDIA, dict.fromkeys(_AD_MEDIA, _BREAK))
    for name, (prefix, event) in REDISPATCHED.items():
        if prefix == "content":
            yield name, returning.get(event, Ignored(_MACHINE))
        elif event in ("seeking", "seeked"):
            yield name, Ignored(_SOUGHT)
        else:
            plain = MEDIA_EVENTS[event]
            ignored = plain if isinstance(plain, Ignored) else Ignored(_LOADING)
            yield name, starting.get(event, ignored)


VOCABULARY: Final[Vocabulary] = {
    **{("page", name): entry for name, entry in PAGE_EVENTS.items()},
    **{("html5", name): entry for name, entry in MEDIA_EVENTS.items()},
    **{("videojs", name): entry for name, entry in extended(MEDIA_EVENTS, RETURNS).items()},
    **{("videojs", name): entry for name, entry in _prefixed()},
    **{
        ("videojs", name): entry
        for part in (_PLAYER, _ADS, _PLAYLIST, _QUALITY)
        for name, entry in part.items()
    },
}
"""(channel, event) -> what becomes of it."""
