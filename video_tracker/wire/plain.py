"""The ordinary message, joined from parts: no dict is built and none is walked.

Nearly all events of nearly all sessions differ from the one before in a few numbers. Building
their message as a dict and giving that to the standard library's JSON takes four times the
instructions of joining what was written before with what is new, and no compiled JSON library is
needed to be as quick. What is out of the ordinary (explicit nulls, values that need a repair,
custom properties under derived names, foreign kinds of events) is left to the general way in
``codec.py``; a property test holds that both write the same bytes.
"""

from json import encoder
from typing import Any, Final

import attrs

from video_tracker.events import EVENTS, Envelope, Event, PlaybackStarted
from video_tracker.interruption import interrupts
from video_tracker.wire.cache import IdentityCache, remember
from video_tracker.wire.engines import json_text
from video_tracker.wire.formats import LIBRARY, message_id, message_stem, timestamp
from video_tracker.wire.fragments import DERIVED, MappingTexts, custom_text
from video_tracker.wire.parts import Fields, Part, UnusualError, ordinary, parts_of
from video_tracker.wire.profiles import Profile
from video_tracker.wire.table import ABSENT, Block, Property, tables

__all__ = ["PlainWriter"]

_quoted: Final = encoder.encode_basestring
"""Text in quotes, escaped as JSON demands; TypeError for what is no text."""

_LIBRARY: Final = f'"library":{json_text(LIBRARY)}'
_BARE_TAIL: Final = f'}},"context":{{{_LIBRARY}}},"integrations":{{}}}}'

Who = tuple[str, str | None, str | None, bool]
"""The session, the viewer's two ids, and whether it is a replay."""


@attrs.frozen
class _Form:
    """How the messages of one kind of event are written.

    Args:
        head: How they begin.
        parts: Write the members of the properties in turn.
        asset: The field of the asset whose custom properties join the event's (S51).
        inner: The field of the asset of an object among the properties.
        may_be_null: Whether there are properties that are null when asked for (S34).
    """

    head: str
    parts: tuple[Part, ...]
    asset: str
    inner: str
    may_be_null: bool


class PlainWriter:
    """Writes ordinary messages in one profile.

    Args:
        profile: The vendor's flavour.
    """

    __slots__ = ("_contexts", "_customs", "_forms", "_integrations", "_own", "_parts", "_who")

    def __init__(self, profile: Profile) -> None:
        self._customs = MappingTexts(DERIVED)
        self._contexts = MappingTexts(frozenset({"library", "restarted_from"}))
        self._integrations = MappingTexts(frozenset())
        self._own: IdentityCache[Any, str | None] = IdentityCache(
            lambda asset: custom_text(asset.properties, DERIVED)
        )
        self._parts: dict[object, Part] = {}
        self._who: dict[Who, tuple[str, str, str]] = {}
        table = tables(profile)
        # Playback Started, once in a session and of many lists, goes the general way.
        self._forms = {
            kind: self._form(name, table[kind])
            for name, kind in EVENTS.items()
            if kind is not PlaybackStarted
        }

    def write(self, event: Event, envelope: Envelope) -> tuple[str, bytes] | None:
        """Return the message's id and its JSON, or None when it is not an ordinary one.

        It never raises: what it cannot write, the general way writes, repairs or refuses.
        """
        form = self._forms.get(type(event))
        if form is None or event.context or event.integrations:
            return None
        if form.may_be_null and envelope.absent == "null":
            return None
        try:
            fields, asset, custom = event.__dict__, form.asset, ""
            if (
                event.properties
                or (asset and fields[asset].properties)
                or envelope.custom_overrides
            ):
                custom = self._custom(form, fields, envelope)
            session, replay = event.session_id, envelope.restarted_from is not None
            who = session, envelope.user_id, envelope.anonymous_id, replay
            identity, own_id, stem = self._who.get(who) or self._written(who)
            place = event.sequence
            number = f"{stem}{place}" if stem else message_id(session, place, replay=replay)
            members = f"{custom}{own_id}"
            for part in form.parts:
                members += part(fields)
            tail = _BARE_TAIL
            if replay or envelope.context or envelope.integrations:
                tail = self._tail(envelope)
            body = (
                f'{form.head}{identity}"messageId":{_quoted(number)}'
                f',"timestamp":"{timestamp(event.at)}","properties":{{{members}{tail}'
            )
            return number, body.encode()
        except Exception as error:
            if interrupts(error):
                raise
            return None  # odd values; the general way says what is wrong with them

    def _custom(self, form: _Form, fields: Fields, envelope: Envelope) -> str:
        """Write the custom properties of the event and its asset, a comma after each."""
        told, own, inner = fields["properties"], "", None
        if form.asset:
            own = self._of_asset(fields[form.asset])
        if form.inner:
            inner = fields[form.inner].properties
        if (told and own) or (envelope.custom_overrides and (told or own or inner)):
            raise UnusualError
        return ordinary(self._customs.get(told)) if told else own

    def _of_asset(self, asset: Any) -> str:
        return ordinary(self._own.get(asset)) if asset.properties else ""

    def _tail(self, envelope: Envelope) -> str:
        """Write all that follows the properties' members."""
        context, integrations = envelope.context, envelope.integrations
        own = ordinary(self._contexts.get(context))
        switches = ordinary(self._integrations.get(integrations))
        source = envelope.restarted_from
        replay = "" if source is None else f',"restarted_from":{_quoted(source)}'
        return f'}},"context":{{{own}{_LIBRARY}{replay}}},"integrations":{{{switches[:-1]}}}}}'

    def _written(self, who: Who) -> tuple[str, str, str]:
        """Write who watched what, and what its message ids begin with, if it is always the same."""
        session, user, anonymous, replay = who
        identity = f'"userId":{_quoted(user)},' if user else ""
        if anonymous:
            identity += f'"anonymousId":{_quoted(anonymous)},'
        if not identity:
            raise UnusualError  # an error (S50)
        made = identity, f'"session_id":{_quoted(session)}', message_stem(session, replay=replay)
        remember(self._who, who, made)
        return made

    def _form(self, name: str, block: Block) -> _Form:
        return _Form(
            head=f'{{"type":"track","event":{_quoted(name)},',
            parts=parts_of(block, self._parts, self._nested),
            asset=block.asset,
            inner=block.inner.block.asset if block.inner and block.inner.block else "",
            may_be_null=any(row.null == ABSENT for row in block.rows),
        )

    def _nested(self, row: Property) -> Part:
        block = row.block or Block(())
        parts = parts_of(block, self._parts, self._nested)

        def part(fields: Fields) -> str:
            asset = fields[block.asset]
            custom = self._of_asset(asset) if asset.properties else ""
            members = f'{custom}"session_id":{_quoted(fields["session_id"])}'
            for part in parts:
                members += part(fields)
            return f',"{row.name}":{{{members}}}'

        return part
