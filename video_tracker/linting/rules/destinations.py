"""What destinations do wrong with a stream: the table of what breaks, and what was measured.

A stream may be right in every other way and still be read wrongly by one of them; so these rules
speak only of the destinations that were asked for.
"""

from collections.abc import Mapping
from typing import Final

from video_tracker.linting.rule import AfterCheck, EachCheck, Rule, Severity, nothing
from video_tracker.linting.rules import destination_checks as checks

__all__ = ["DESTINATIONS", "RULES"]

DESTINATIONS: Final = (
    "adobe",
    "comscore",
    "ibm-ubx",
    "nielsen-dcr",
    "nielsen-dtvr",
    "parsely",
    "recombee",
    "youbora",
)
"""Those that read the video events, as ``destinations`` and ``--destination`` name them."""

_MEASURED: Final = "measured"
_READS: Final = "spec 4.1"


def _rule(
    number: str,
    severity: Severity,
    finds: str,
    effects: Mapping[str, str],
    do: str,
    *,
    source: str = "spec 4.2",
    each: EachCheck = nothing,
    after: AfterCheck = nothing,
) -> Rule:
    why = "; ".join(f"{name}: {effect}" for name, effect in effects.items())
    return Rule(number, severity, finds, why, do, source, each=each, after=after, effects=effects)


RULES: Final = (
    _rule(
        "VT801",
        "error",
        "An event comes before Playback Started.",
        {
            "adobe": "the Android library throws, the web library opens a session by itself",
            "comscore": "logs it and drops it",
            "youbora": "drops it",
        },
        "Send Playback Started first.",
        each=checks.before_started,
    ),
    _rule(
        "VT802",
        "error",
        "Content goes on after an ad without Content Started.",
        {
            "nielsen-dcr": "keeps the ad as what plays; only Content Started loads content",
            "adobe": "keeps the chapter open",
        },
        "Send Content Started for each pod.",
        each=checks.no_content_started,
    ),
    _rule(
        "VT803",
        "error",
        "A livestream's content position is more than 0.",
        {"nielsen-dcr": "computes now + position: a moment in the future"},
        "Send 0 at the live edge and negative seconds behind it (live_position='offset').",
        each=checks.live_position,
    ),
    _rule(
        "VT804",
        "error",
        "A livestream's position is negative.",
        {
            "recombee": "refuses a negative position",
            "adobe": "wants a real playhead",
        },
        "Send elapsed seconds or the playhead (live_position='elapsed', 'playhead').",
        each=checks.negative_live_position,
    ),
    _rule(
        "VT805",
        "warning",
        "total_length is null or 0.",
        {
            "nielsen-dcr": "reports a length of 0",
            "adobe": "reports a length of 0",
            "comscore": "reports a length of 0",
            "recombee": "refuses the event: the length is required and cannot be zero",
        },
        "For a livestream this is right; keep such events from Recombee.",
        each=checks.null_length,
    ),
    _rule(
        "VT806",
        "error",
        "The content position counts the ads.",
        {
            "recombee": "refuses the event when position lies after total_length",
            "nielsen-dcr": "sets a wrong playhead",
        },
        "Leave ads out of content positions.",
        each=checks.portion_over_one,
    ),
    _rule(
        "VT807",
        "error",
        "A position is written with a fraction.",
        {
            "nielsen-dcr": "the Kotlin library reads integers, throws and loses the event",
            "comscore": "its getter of whole numbers may give 0",
            "adobe": "its getter of whole numbers may give 0",
        },
        "Round down to whole seconds.",
        each=checks.fraction_position,
    ),
    _rule(
        "VT808",
        "error",
        "A position is null.",
        {"nielsen-dcr": "the Kotlin library turns it into text, throws and loses the event"},
        "Leave the key out.",
        each=checks.null_position,
    ),
    _rule(
        "VT809",
        "warning",
        "Playback Started does not say what is played in the singular.",
        {
            "adobe": "the web library reads title, asset_id and channel there (else 'unknown video "
            "id'), the Android library content_asset_id",
        },
        "Add content_asset_id, asset_id, title and channel to Playback Started (annotate, S51).",
        each=checks.started_for_adobe,
    ),
    _rule(
        "VT810",
        "warning",
        "Playback Started has no singular content_asset_id.",
        {"comscore": "the iOS library sets the content's id to 0"},
        "Add content_asset_id beside content_asset_ids.",
        each=checks.started_for_comscore,
    ),
    _rule(
        "VT811",
        "error",
        "Seek Completed has no seek_position.",
        {"adobe": "the Android library sets the playhead to 0"},
        "Send seek_position on both seek events.",
        each=checks.no_seek_position,
    ),
    _rule(
        "VT812",
        "error",
        "Ad Started has no asset_id.",
        {"adobe": "the web libraries fail with an exception"},
        "Send the ad's id, any id.",
        each=checks.ad_without_asset,
    ),
    _rule(
        "VT813",
        "error",
        "A pre-roll's Ad Started has no content with load_type: dynamic.",
        {"nielsen-dcr": "ignores the ad"},
        "Send the content block in 'content', with load_type (S53).",
        each=checks.preroll_without_content,
    ),
    _rule(
        "VT814",
        "note",
        "ad_type is written as the spec has it.",
        {"youbora": "expects pre, mid, post and recognises none of the spec's words"},
        "Nothing in the stream; map it in a transport for Youbora.",
        each=checks.word_of_ad_type,
    ),
    _rule(
        "VT815",
        "warning",
        "Resumed in an ad bears the ids of content and ad.",
        {"nielsen-dcr": "takes it for the content's and goes on with that"},
        "Send the ad's ids only (ids='playing', the default).",
        each=checks.both_ids,
    ),
    _rule(
        "VT816",
        "error",
        "ad_asset_id is left set while content plays.",
        {"youbora": "sends pauses, stalls and seeks to the ad adapter"},
        "Leave the ad's ids out when it is over.",
        each=checks.left_ad_id,
    ),
    _rule(
        "VT817",
        "warning",
        "Interrupted is used for ordinary leaving.",
        {
            "youbora": "reports an error",
            "parsely": "resets the playback",
        },
        "Send Playback Exited when the viewer leaves.",
        after=checks.leaving,
    ),
    _rule(
        "VT818",
        "warning",
        "The session ends with Exited only.",
        {
            "adobe": "the web library maps no Exited; its session never ends",
            "nielsen-dcr": "only stops, and does not end the stream",
        },
        "Right for the spec; send these two a Playback Completed besides.",
        each=checks.exited_only,
    ),
    _rule(
        "VT819",
        "error",
        "airdate has an offset.",
        {"nielsen-dcr": "the Kotlin library cannot read it"},
        "Send a bare date, or UTC with Z.",
        each=checks.airdate_with_offset,
    ),
    _rule(
        "VT820",
        "note",
        "framerate is told, but not fps.",
        {"adobe": "reads fps; the frame rate never arrives"},
        "Send fps besides, as a custom property.",
        each=checks.frame_rate,
    ),
    _rule(
        "VT821",
        "warning",
        "An ad's position is not its number in the break.",
        {"adobe": "takes position for the index of the ad (0 counts as 1)"},
        "Nothing in the stream; map position to pod_position in a transport for Adobe.",
        each=checks.ad_index,
    ),
    _rule(
        "VT822",
        "error",
        "Content Playing or Paused has no content_asset_id.",
        {"recombee": "refuses the event; it does not read asset_id"},
        "Add content_asset_id to content events (annotate, S51).",
        source="spec 4.2, measured",
        each=checks.no_content_asset,
    ),
    _rule(
        "VT823",
        "note",
        "A content pod's id is no number.",
        {"comscore": "takes pod_id for the part number (ns_st_pn)"},
        "Name the pods 1, 2, 3 (Content.pod_ids).",
        each=checks.pod_is_no_number,
    ),
    _rule(
        "VT824",
        "note",
        "Content Completed comes at the end of a pod that is not the last.",
        {"ibm-ubx": "counts one 'video completed' a pod"},
        "Right for the spec; count Playback Completed instead.",
        each=checks.completed_per_pod,
    ),
    _rule(
        "VT825",
        "warning",
        "An ad follows playback events that came after Content Started.",
        {"comscore": "the Kotlin library has cleared its labels; the ad loses the content's id"},
        "Nothing in the stream; the labels come back with the next Content Started.",
        each=checks.labels_cleared,
    ),
    _rule(
        "VT831",
        "warning",
        "Playback goes on after ads, and no Content Playing follows at once.",
        {"nielsen-dcr": "re-bases its playhead on the playback position until the next beat"},
        "Send Content Playing at once (beat_after: resume, seek, buffer).",
        source=_MEASURED,
        after=checks.playback_for_content,
    ),
    _rule(
        "VT832",
        "warning",
        "A seek lands after ads, and no Content Playing follows at once.",
        {"adobe": "takes the position of Seek Completed for the content's until the next beat"},
        "Send Content Playing at once (beat_after: seek).",
        source=_MEASURED,
        after=checks.seek_with_ads,
    ),
    _rule(
        "VT833",
        "warning",
        "An ad is cut or skipped, and nothing says so.",
        {"adobe": "leaves the ad and its break open"},
        "Send Video Ad Skipped (extra_events=True).",
        source=_MEASURED,
        each=checks.cut_ad,
    ),
    _rule(
        "VT834",
        "error",
        "An event that begins or resumes playing lacks load_type: linear or channel.",
        {"nielsen-dtvr": "takes the stream for none of its own and ends it"},
        "Send both on content events and on Resumed, Seek Completed, Buffer Completed (S51).",
        source="spec 4.1, measured",
        each=checks.dtvr_words,
    ),
    _rule(
        "VT835",
        "error",
        "Content Started does not say load_type: dynamic.",
        {"nielsen-dcr": "ignores the whole session, unless its option ad_load_type says it"},
        "Send load_type with the content (Content.load_type).",
        source=_READS,
        each=checks.no_load_type,
    ),
    _rule(
        "VT836",
        "error",
        "Content Playing or Paused has no total_length.",
        {"recombee": "refuses the event: the portion needs it"},
        "Tell the length when it is known.",
        source=_READS,
        each=checks.no_length,
    ),
)
