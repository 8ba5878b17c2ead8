"""Session tokens: who may write into which session, signed, so that nothing has to be stored.

A token is ``claims.signature``, both in URL-safe base64. The signature is HMAC-SHA256 over the
claims as they are written, so nothing is decoded before it is known who wrote it.
"""

import base64
import binascii
import hashlib
import hmac
import json

import attrs

__all__ = ["Claims", "TokenError", "issue", "verify"]

_LONGEST = 1024


class TokenError(Exception):
    """A token that is good for nothing; the text is a stable code."""


@attrs.frozen
class Claims:
    """What a token says.

    Args:
        session: The only session that its holder may write into.
        viewer: Who watches.
        video: What is watched: the catalogue's word.
        player: Which adapter reads the beacons.
        worker: Where the session lives.
        address: Who asked for it, as limits count addresses.
        issued: When it was given, in Unix seconds.
        clock: What the viewer's device took that moment for.
        expires: Until when it is good.
    """

    session: str
    viewer: str
    video: str
    player: str
    worker: str
    address: str
    issued: float
    clock: float
    expires: float


def issue(claims: Claims, secret: bytes) -> str:
    """The token that says ``claims``."""
    body = _text(json.dumps(attrs.asdict(claims), separators=(",", ":")).encode())
    return f"{body}.{_signature(body, secret)}"


def verify(token: str, secret: bytes, now: float) -> Claims:
    """What a token says, if it is ours and still good.

    Args:
        token: As it came; anything.
        secret: The service's own.
        now: The time in Unix seconds.

    Raises:
        TokenError: ``malformed``, ``forged`` or ``expired``.
    """
    body, dot, signature = token.partition(".")
    if not dot or len(token) > _LONGEST or not token.isascii():
        raise TokenError("malformed")
    if not hmac.compare_digest(signature, _signature(body, secret)):
        raise TokenError("forged")
    try:
        claims = Claims(**json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))))
    except (binascii.Error, TypeError, ValueError) as error:
        raise TokenError("malformed") from error  # ours, of another version of this program
    if now >= claims.expires:
        raise TokenError("expired")
    return claims


def _signature(body: str, secret: bytes) -> str:
    return _text(hmac.digest(secret, body.encode(), hashlib.sha256))


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
