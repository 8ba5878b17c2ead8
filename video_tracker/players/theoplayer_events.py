"""THEOplayer's vocabulary: every event of its API, and what becomes of it.

Events of the player, its ads, its presentation mode, casting, THEOlive, HESP and THEOads have the
names they are fired with; those of its other parts have that part before a colon, since their names
occur more than once (``videoTracks:change``).
"""

from typing import Final

from video_tracker.players.base import Ignored, Mapped

__all__ = ["THEOPLAYER_EVENTS"]

_CACHE: Final = "what is kept for later, not what is seen"
_CASTING: Final = "the player goes on telling what plays, whichever device shows it"
_CUES: Final = "subtitles and timed metadata"
_ERROR_FOLLOWS: Final = "an `error` follows when playback cannot go on"
_LIVE: Final = "how a live stream is delivered, not whether it plays"
_OFFERED: Final = "what could be chosen, not what is"
_ANNOUNCED: Final = "what is planned; each break tells of its own start"
_STEERING: Final = "another server of the same content"
_VIEW: Final = "the direction of view in a spherical video"
_VIEWS: Final = "the arrangement of several players on the page"

_PLAYER: Final[dict[str, Mapped | Ignored]] = {
    "canplay": Mapped("buffer_start buffer_end load update", "data came back after a silent stall"),
    "canplaythrough": Mapped("buffer_start buffer_end load update", "as `canplay`"),
    "contentprotectionerror": Ignored(_ERROR_FOLLOWS),
    "contentprotectionsuccess": Ignored("key negotiation"),
    "contentsteeringerror": Ignored(_STEERING),
    "contentsteeringlocationchange": Ignored(_STEERING),
    "contentsteeringstart": Ignored(_STEERING),
    "contentsteeringstop": Ignored(_STEERING),
    "contentsteeringupdate": Ignored(_STEERING),
    "currentsourcechange": Ignored("which file of the source was chosen; `sourcechange` counts"),
    "destroy": Mapped("exit"),
    "dimensionchange": Ignored("the player's appearance"),
    "durationchange": Mapped("load"),
    "emptied": Mapped("progress", "the last position of what goes"),
    "encrypted": Ignored("key negotiation"),
    "ended": Mapped("content_end"),
    "error": Mapped("error interrupt progress ad_error ad_break_end"),
    "loadeddata": Ignored("readiness is no playback"),
    "loadedmetadata": Mapped("load update"),
    "loadstart": Ignored("`sourcechange` tells of it"),
    "manifesterror": Ignored(_ERROR_FOLLOWS),
    "manifestupdate": Ignored("what is loaded, not what is seen"),
    "pause": Mapped("pause content_end interrupt"),
    "play": Mapped("play load update"),
    "playing": Mapped("playing buffer_end play update load seek_end content_end"),
    "progress": Ignored("data arrived; nothing moved"),
    "ratechange": Mapped("update"),
    "readystatechange": Ignored("`waiting` and `playing` tell of what it does"),
    "representationchange": Mapped("quality"),
    "resize": Ignored("the picture's size alone does not tell its quality (E3)"),
    "seeked": Mapped("seek_start seek_end content_end end play playing"),
    "seeking": Mapped("seek_start content_end end play playing"),
    "segmenterror": Ignored(_ERROR_FOLLOWS),
    "segmentnotfound": Ignored(_ERROR_FOLLOWS),
    "sourcechange": Mapped("load progress ad_break_end"),
    "timeupdate": Mapped(
        "progress ad_progress playing buffer_end ad_break_end play update seek_end"
    ),
    "volumechange": Mapped("update"),
    "waiting": Mapped("buffer_start interrupt load update"),
}

_ADS: Final[dict[str, Mapped | Ignored]] = {
    "adbegin": Mapped("ad_start ad_break_start play ad_end progress seek_end"),
    "adbreakbegin": Mapped("ad_break_start content_end play progress"),
    "adbreakchange": Mapped("load", "how many ads the open break has"),
    "adbreakend": Mapped("ad_break_end"),
    "adbuffering": Mapped("buffer_start"),
    "addad": Mapped("load", "there are ads: a pause may be theirs (S31)"),
    "addadbreak": Mapped("load", "there are ads: a pause may be theirs (S31)"),
    "adend": Mapped("ad_end"),
    "aderror": Mapped("ad_error"),
    "adfirstquartile": Mapped("ad_progress", "of an ad whose clock is not heard"),
    "adimpression": Ignored("`adbegin` tells of the ad"),
    "adloaded": Ignored("data arrived; nothing moved"),
    "admetadata": Ignored(_ANNOUNCED),
    "admidpoint": Mapped("ad_progress", "of an ad whose clock is not heard"),
    "adskip": Mapped("ad_skip"),
    "adsmanagerloaded": Mapped("load", "there are ads: a pause may be theirs (S31)"),
    "adthirdquartile": Mapped("ad_progress", "of an ad whose clock is not heard"),
    "removeadbreak": Ignored(_ANNOUNCED),
    "updatead": Mapped("load", "the open ad's length"),
    "updateadbreak": Mapped("load", "how many ads the open break has"),
}

_PARTS: Final[dict[str, Mapped | Ignored]] = {
    # presentation and casting
    "presentationmodechange": Mapped("update"),
    "presentation:error": Ignored("the mode stays what it was"),
    "castingchange": Ignored(_CASTING),
    "airplay:statechange": Ignored(_CASTING),
    "chromecast:error": Ignored(_CASTING),
    "chromecast:statechange": Ignored(_CASTING),
    # THEOads
    "addinterstitial": Ignored(_ANNOUNCED),
    "fallback": Ignored("no ads will come; each break tells of its own start"),
    "interstitialbegin": Ignored("`adbreakbegin` tells of it, when it is a break"),
    "interstitialend": Ignored("`adbreakend` tells of it, when it is a break"),
    "interstitialerror": Ignored("`aderror` tells of an ad that fails"),
    "interstitialupdate": Ignored(_ANNOUNCED),
    # THEOlive, HESP, Millicast
    "distributionloaded": Ignored(_LIVE),
    "distributionloadstart": Ignored(_LIVE),
    "distributionoffline": Ignored(_ERROR_FOLLOWS),
    "endpointloaded": Ignored(_LIVE),
    "enterbadnetworkmode": Ignored(_LIVE),
    "exitbadnetworkmode": Ignored(_LIVE),
    "golive": Ignored(_LIVE),
    "intenttofallback": Ignored(_LIVE),
    "latencyrecoveryseek": Ignored("the player's own way back to the live edge (S70)"),
    "millicast:stats": Ignored(_LIVE),
    # tracks and qualities
    "audioTrack:activequalitychanged": Ignored("the sound's, not the picture's"),
    "audioTrack:change": Ignored("the sound's, not the picture's"),
    "audioTrack:qualityavailable": Ignored(_OFFERED),
    "audioTrack:qualityunavailable": Ignored(_OFFERED),
    "audioTrack:targetqualitychanged": Ignored("the sound's, not the picture's"),
    "audioTrack:update": Ignored(_OFFERED),
    "audioTracks:addtrack": Ignored(_OFFERED),
    "audioTracks:change": Ignored("the sound's, not the picture's"),
    "audioTracks:removetrack": Ignored(_OFFERED),
    "quality:update": Ignored(_OFFERED),
    "textTrack:addcue": Ignored(_CUES),
    "textTrack:change": Ignored(_CUES),
    "textTrack:cuechange": Ignored(_CUES),
    "textTrack:entercue": Ignored(_CUES),
    "textTrack:error": Ignored(_CUES),
    "textTrack:exitcue": Ignored(_CUES),
    "textTrack:readystatechange": Ignored(_CUES),
    "textTrack:removecue": Ignored(_CUES),
    "textTrack:typechange": Ignored(_CUES),
    "textTrack:update": Ignored(_CUES),
    "textTrack:updatecue": Ignored(_CUES),
    "textTrackCue:enter": Ignored(_CUES),
    "textTrackCue:exit": Ignored(_CUES),
    "textTrackCue:update": Ignored(_CUES),
    "textTracks:addtrack": Ignored(_OFFERED),
    "textTracks:change": Ignored(_CUES),
    "textTracks:removetrack": Ignored(_OFFERED),
    "textTrackStyle:change": Ignored(_CUES),
    "videoTrack:activequalitychanged": Mapped("quality"),
    "videoTrack:change": Ignored("`activequalitychanged` tells what shows"),
    "videoTrack:qualityavailable": Ignored(_OFFERED),
    "videoTrack:qualityunavailable": Ignored(_OFFERED),
    "videoTrack:targetqualitychanged": Ignored("chosen; `activequalitychanged` tells what shows"),
    "videoTrack:update": Ignored(_OFFERED),
    "videoTracks:addtrack": Ignored(_OFFERED),
    "videoTracks:change": Ignored("`activequalitychanged` tells what shows"),
    "videoTracks:removetrack": Ignored(_OFFERED),
    # a server's ads of Uplynk
    "uplynk:adbegin": Mapped("ad_start ad_break_start play ad_end progress"),
    "uplynk:adbreakbegin": Mapped("ad_break_start content_end play progress"),
    "uplynk:adbreakend": Mapped("ad_break_end"),
    "uplynk:adbreakskip": Mapped("ad_skip ad_break_end"),
    "uplynk:adcomplete": Ignored("`adend` tells of it"),
    "uplynk:addadbreak": Ignored(_ANNOUNCED),
    "uplynk:addasset": Ignored("parts of one content"),
    "uplynk:adend": Mapped("ad_end"),
    "uplynk:adfirstquartile": Mapped("ad_progress", "of an ad whose clock is not heard"),
    "uplynk:admidpoint": Mapped("ad_progress", "of an ad whose clock is not heard"),
    "uplynk:adthirdquartile": Mapped("ad_progress", "of an ad whose clock is not heard"),
    "uplynk:assetinforesponse": Ignored("what the service answered"),
    "uplynk:pingerror": Ignored("what the service answered"),
    "uplynk:pingresponse": Ignored("what the service answered"),
    "uplynk:preplayresponse": Ignored("what the service answered"),
    "uplynk:removead": Ignored(_ANNOUNCED),
    "uplynk:removeadbreak": Ignored(_ANNOUNCED),
    "uplynk:removeasset": Ignored("parts of one content"),
    "uplynk:updateadbreak": Mapped((), "how many ads the open break has"),
    # what lies around the video
    "cache:statechange": Ignored(_CACHE),
    "cacheTask:progress": Ignored(_CACHE),
    "cacheTask:statechange": Ignored(_CACHE),
    "cacheTasks:addtask": Ignored(_CACHE),
    "cacheTasks:removetask": Ignored(_CACHE),
    "clip:change": Ignored("a part of the content was chosen"),
    "multiView:addview": Ignored(_VIEWS),
    "multiView:layoutchange": Ignored(_VIEWS),
    "multiView:removeview": Ignored(_VIEWS),
    "multiView:viewchange": Ignored(_VIEWS),
    "multiView:viewpositionchange": Ignored(_VIEWS),
    "network:offline": Ignored("the buffer may outlast it; `waiting` says when not"),
    "network:online": Ignored("`playing` says when playback goes on"),
    "related:hide": Ignored("the player's appearance"),
    "related:relatedchange": Ignored("what could be played next"),
    "related:show": Ignored("the player's appearance"),
    "vr:directionchange": Ignored(_VIEW),
    "vr:error": Ignored(_VIEW),
    "vr:statechange": Ignored(_VIEW),
    "vr:stereochange": Ignored(_VIEW),
}

THEOPLAYER_EVENTS: Final[dict[str, Mapped | Ignored]] = {**_PLAYER, **_ADS, **_PARTS}
"""Every event map of THEOplayer's type declarations."""
