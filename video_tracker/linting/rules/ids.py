"""Rules of ids, identity and the envelope."""

import json
from collections.abc import Iterable

from video_tracker.linting.message import Message
from video_tracker.linting.rule import Rule
from video_tracker.linting.rules.properties import of_schema
from video_tracker.linting.seen import Seen
from video_tracker.wire.codec import MESSAGE_LIMIT

__all__ = ["RULES", "is_repeated", "repeated"]

_AREAS = ("Content", "Ad")


def repeated(seen: Seen, message: Message) -> Iterable[str]:
    """Where its messageId was used before."""
    number = message.raw.get("messageId")
    line = seen.message_ids.line_of(number) if isinstance(number, str) else None
    if line is not None:
        yield f"messageId {number!r} was used on line {line}"


def is_repeated(seen: Seen, message: Message) -> bool:
    """Whether a message with this messageId was there before."""
    return any(True for _ in repeated(seen, message))


def _without(key: str, message: Message) -> Iterable[str]:
    of_asset = any(map(message.is_of, _AREAS))
    if of_asset and message.properties.get(key) in (None, ""):
        yield f"{message.name} has no {key}"


def _no_asset(_seen: Seen, message: Message) -> Iterable[str]:
    yield from _without("asset_id", message)


def _no_pod(_seen: Seen, message: Message) -> Iterable[str]:
    yield from _without("pod_id", message)


def _same_pod(seen: Seen, message: Message) -> Iterable[str]:
    before, ad = seen.last_content, seen.last_ad
    if not message.is_of("Content") or before is None or ad is None or not seen.in_break:
        return
    pod = message.text("pod_id")
    same = message.properties.get("asset_id") == before.properties.get("asset_id")
    if pod and same and pod == before.text("pod_id") and not seen.sought_since:
        yield f"after the ad the pod is {pod!r} again"


def _shared_pod(seen: Seen, message: Message) -> Iterable[str]:
    pod = message.text("pod_id")
    others = {"Content": seen.ad_pods, "Ad": seen.content_pods}
    for area in _AREAS:
        line = others[area].line_of(pod) if pod and message.is_of(area) else None
        if line is not None:
            yield f"pod {pod!r} is one of content and one of ads (line {line})"


def _beyond_pod(_seen: Seen, message: Message) -> Iterable[str]:
    place, length = message.number("pod_position"), message.number("pod_length")
    if place is not None and length is not None and place > length:
        yield f"pod_position {place:g} lies after pod_length {length:g}"


def _other_user(seen: Seen, message: Message) -> Iterable[str]:
    user = message.user
    if user and message.session_id and seen.users and seen.users.line_of(user) is None:
        yield f"userId is {user!r}; before it was another"


def _type_changes(seen: Seen, message: Message) -> Iterable[str]:
    ad = seen.last_ad
    if not message.is_of("Ad") or message.short == "Ad Started" or ad is None:
        return
    told, before = message.text("type"), ad.text("type")
    same = all(
        message.properties.get(key) == ad.properties.get(key) for key in ("asset_id", "pod_id")
    )
    if same and told and before and told != before:
        yield f"the ad was a {before}, and is a {told} now"


def _too_large(_seen: Seen, message: Message) -> Iterable[str]:
    if message.size > MESSAGE_LIMIT:
        size = len(json.dumps(message.raw, ensure_ascii=False, separators=(",", ":")).encode())
        if size > MESSAGE_LIMIT:
            yield f"{size:,} bytes are more than {MESSAGE_LIMIT:,}"


def _no_type(_seen: Seen, message: Message) -> Iterable[str]:
    if message.batch and message.raw.get("type") is None:
        yield "a message of a batch has no type"


def _no_session(_seen: Seen, message: Message) -> Iterable[str]:
    for violation in message.violations:
        if violation.code == "missing":
            yield violation.text


RULES = (
    Rule(
        "VT401",
        "error",
        "There is no session_id.",
        "Nothing ties the events of one viewing together: Youbora ignores them, "
        "Adobe calls every session 'default'.",
        "Make one id a playback in a player and send it on every event.",
        "S20, spec 1.2, 6",
        each=_no_session,
        codes=("missing",),
    ),
    of_schema(
        "VT402",
        "warning",
        "messageId is missing, or longer than 100 characters.",
        "A message that is sent again after a time-out is counted twice.",
        "Send one of your own that stays the same when it is sent again.",
        "S50",
        "message_id",
    ),
    Rule(
        "VT403",
        "error",
        "A messageId is used twice.",
        "The second message is dropped as a repetition, or the first was sent twice.",
        "Give each event its own id, and keep it for its repetitions only.",
        "S50, spec 5",
        each=repeated,
    ),
    Rule(
        "VT404",
        "warning",
        "A content or ad event has no asset_id.",
        "Nobody can tell what was watched; Adobe's web library fails on an ad without it.",
        "Send the id of the content or ad.",
        "S12, spec 4.2, 6",
        each=_no_asset,
    ),
    Rule(
        "VT405",
        "warning",
        "A content or ad event has no pod_id.",
        "Stretches of content and ad breaks cannot be told apart.",
        "Name them: content-1, ad-1, content-2.",
        "S12",
        each=_no_pod,
    ),
    Rule(
        "VT406",
        "warning",
        "The content after an ad bears the pod id of the content before it.",
        "An ad divides content into two pods; parts are counted wrongly (comScore).",
        "Send the next pod's id with a new Content Started.",
        "S21, spec 2.4",
        each=_same_pod,
    ),
    Rule(
        "VT407",
        "warning",
        "A content pod and an ad pod have the same id.",
        "Time of ads is counted to content, or the other way round.",
        "Name them apart: content-1, ad-1.",
        "S12, spec 6 no. 38",
        each=_shared_pod,
    ),
    Rule(
        "VT408",
        "warning",
        "An ad's pod_position lies after its pod_length.",
        "Breaks look longer than they are.",
        "Count pod_position from 1; pod_length is the number of ads.",
        "S12",
        each=_beyond_pod,
    ),
    of_schema(
        "VT409",
        "error",
        "Nobody is named: neither userId nor anonymousId, or an empty one.",
        "The API answers 200 and drops the message.",
        "Send userId, or anonymousId while nobody has logged in.",
        "S50, spec 1",
        "nobody",
        "identity",
    ),
    Rule(
        "VT410",
        "warning",
        "The user changes within a session.",
        "Two people's viewing is one session: its id is not unique, or was kept after a log-out.",
        "Make the session_id unique; begin a new session when another person logs in.",
        "S50",
        each=_other_user,
    ),
    Rule(
        "VT411",
        "warning",
        "An ad's type changes between its start and its end.",
        "Starts and completions by placement do not match.",
        "Decide the type at Ad Started and keep it.",
        "S10, spec 2.2",
        each=_type_changes,
    ),
    Rule(
        "VT412",
        "error",
        "A message is larger than the API takes.",
        "Customer.io answers 200 and drops it silently.",
        "Send less: custom properties, context.",
        "S55, spec 5",
        each=_too_large,
    ),
    Rule(
        "VT413",
        "error",
        "A message of a batch has no type.",
        "Each item of a batch must say its own; else it is not processed.",
        'Add "type": "track".',
        "spec 5",
        each=_no_type,
        codes=("type",),
    ),
)
