"""Rules of properties: their names, types, choices and ranges, as ``wire/table.py`` has them."""

from collections.abc import Iterable, Iterator

from video_tracker.linting.message import Message
from video_tracker.linting.rule import Rule, Severity
from video_tracker.linting.seen import Seen

__all__ = ["RULES", "of_schema"]

_PLURALS = {"ad_asset_ids", "ad_pod_ids", "ad_types"}


def of_schema(
    number: str, severity: Severity, finds: str, why: str, do: str, source: str, *codes: str
) -> Rule:
    """Make a rule of violations of the schema; the arguments are as of :class:`Rule`."""

    def each(_seen: Seen, message: Message) -> Iterator[str]:
        for violation in message.violations:
            if violation.code in codes:
                yield violation.text

    return Rule(number, severity, finds, why, do, source, each=each, codes=codes)


def _respelt(_seen: Seen, message: Message) -> Iterator[str]:
    for given, meant in message.respelt:
        if given not in _PLURALS:
            yield f"{given!r} is no property of {message.name}; the spec's name is {meant!r}"


def _plural_ads(_seen: Seen, message: Message) -> Iterator[str]:
    for given, meant in message.respelt:
        if given in _PLURALS:
            yield f"{given!r} is read by nobody; the list goes under {meant!r}"


def _plural_ids(_seen: Seen, message: Message) -> Iterator[str]:
    if message.name and message.short != "Playback Started":
        for key in ("content_asset_ids", "content_pod_ids"):
            if key in message.properties:
                yield f"{key!r} on {message.name}; what plays has one id, under {key[:-1]!r}"


def _never_muted(_seen: Seen, message: Message) -> Iterator[str]:
    of_plugin = ("videoPlayer", "video_player") in message.respelt
    told = message.properties
    is_heard = told.get("video_player") == "vimeo" and told.get("sound") not in (None, 0)
    if message.short == "Playback Started" and of_plugin and is_heard:
        yield f"sound {told['sound']!r} stays so when the viewer mutes"


def _event_name(_seen: Seen, message: Message) -> Iterable[str]:
    if message.name and message.given != message.name:
        yield f"the event is called {message.given!r}, not {message.name!r}"


def _unknown_event(_seen: Seen, message: Message) -> Iterable[str]:
    if not message.name:
        yield f"{message.given!r} is no video event of the spec"


RULES = (
    Rule(
        "VT201",
        "error",
        "A property has another name than the spec's.",
        "Destinations read the spec's names only; what is named otherwise does not arrive.",
        "Use the spec's name: snake case, and the block's own word (asset_id, content_asset_id).",
        "spec 1.2, 2.1",
        each=_respelt,
    ),
    Rule(
        "VT202",
        "error",
        "An event has another name than the spec's.",
        "No destination maps it: for them it never happened.",
        "Use the spec's name, letter by letter: 'Video Playback Started'.",
        "spec 1.1",
        each=_event_name,
    ),
    Rule(
        "VT203",
        "note",
        "An event begins with 'Video' and is none of the spec.",
        "It arrives as a plain event; no destination counts it as video.",
        "Leave it if it is your own; else use one of the 17 names.",
        "spec 1.1",
        each=_unknown_event,
        codes=("event",),
    ),
    of_schema(
        "VT204",
        "error",
        "A property has the wrong type.",
        'Destinations read nothing, or fail: "12" is no number, "false" is true.',
        "Send the type of the spec's table.",
        "spec 1.2, S54",
        "kind",
        "object",
    ),
    of_schema(
        "VT205",
        "warning",
        "A number that is a whole one in the spec has a fraction, or is written with one.",
        "Nielsen's Kotlin library fails on it and loses the event; others read 0.",
        "Round positions and lengths down to whole seconds.",
        "S3, spec 4.2",
        "fraction",
    ),
    of_schema(
        "VT206",
        "error",
        "A value is none of those that the spec allows.",
        "Destinations do not know it and take a default.",
        "Use the spec's words: pre-roll, mid-roll, post-roll; dynamic, linear; quartiles 1 to 3.",
        "spec 1.2, S10, S45",
        "choice",
    ),
    of_schema(
        "VT207",
        "warning",
        "A number lies outside its range.",
        "It is wrong whatever it was meant to say.",
        "sound is 0 to 100; rates and lengths are zero or more; pod_position counts from 1.",
        "spec 1.2, S54",
        "range",
    ),
    of_schema(
        "VT208",
        "warning",
        "A property is null that the spec does not let be null.",
        "Nielsen's Kotlin library turns null into text and fails to read it as a number.",
        "Leave the key out when the value is not known.",
        "S34, spec 4.2",
        "null",
    ),
    of_schema(
        "VT209",
        "error",
        "The message has no properties.",
        "Nothing says which session or content it is about.",
        "Put everything of the spec under 'properties'.",
        "spec 1",
        "properties",
    ),
    Rule(
        "VT210",
        "warning",
        "The lists of planned ads stand under plural names.",
        "The spec's table and every destination read ad_asset_id, ad_pod_id and ad_type.",
        "Send the lists under the singular names, on Playback Started only.",
        "spec 2.1, 6 no. 37, S52",
        each=_plural_ads,
    ),
    Rule(
        "VT211",
        "warning",
        "Plural content ids stand on another event than Playback Started.",
        "Destinations look for the one id of what plays and find none.",
        "Send content_asset_id and content_pod_id as strings.",
        "spec 2.4, S34",
        each=_plural_ids,
    ),
    of_schema(
        "VT212",
        "warning",
        "A livestream's total_length is not null.",
        "Destinations take it for a film of that length; completion rates are wrong.",
        "Send total_length: null with livestream: true, on playback and content events.",
        "S6",
        "live_length",
    ),
    of_schema(
        "VT213",
        "warning",
        "total_length is null although livestream is not true.",
        "Nielsen and Adobe read 0; Recombee refuses the event.",
        "Send the length, or leave the key out until it is known.",
        "S6, spec 4.2",
        "null_length",
    ),
    of_schema(
        "VT214",
        "error",
        "A position is negative although livestream is not true.",
        "Recombee refuses it; others count time backwards.",
        "Send seconds from the start of the content; only a livestream may be behind its edge.",
        "S3, S8",
        "negative",
    ),
    of_schema(
        "VT215",
        "warning",
        "seek_position of Seek Completed is not its position (RudderStack).",
        "RudderStack's own specification wants them equal.",
        "Send where playback goes on under both names.",
        "spec 2.4, S33",
        "landing",
    ),
    of_schema(
        "VT216",
        "warning",
        "airdate is no date, or a time that is not in UTC with Z.",
        "Nielsen's Kotlin library reads YYYY-MM-DD and ...Z only.",
        "Send 2026-01-31 or 2026-01-31T20:00:00Z.",
        "S54, spec 4.2",
        "airdate",
    ),
    Rule(
        "VT217",
        "note",
        "The stream is of Segment's Vimeo plugin, whose sound never becomes 0.",
        "It keeps the old value when the viewer mutes: muted plays count as heard.",
        "Do not judge by this sound, or send the events from callbacks of the player.",
        "spec 6 no. 52, S54",
        each=_never_muted,
    ),
)
