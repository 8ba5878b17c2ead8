import base64

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.tokens import Claims, TokenError, _signature, issue, verify

SECRET = b"s" * 32
CLAIMS = Claims(
    "session-1", "viewer-1", "film", "html5", "worker-1", "192.0.2.1", 1000.0, 1000.5, 2000.0
)
TOKEN = issue(CLAIMS, SECRET)


def reason(token: str, secret: bytes = SECRET, now: float = 1500.0) -> str:
    with pytest.raises(TokenError) as caught:
        verify(token, secret, now)
    return str(caught.value)


def test_a_token_says_what_was_signed() -> None:
    assert verify(TOKEN, SECRET, 1999.9) == CLAIMS


def test_a_token_is_worth_nothing_once_it_has_expired() -> None:
    assert reason(TOKEN, now=2000.0) == "expired"


def test_a_token_of_another_secret_is_forged() -> None:
    assert reason(TOKEN, secret=b"t" * 32) == "forged"


def test_the_claims_of_one_token_do_not_go_with_the_signature_of_another() -> None:
    other = issue(attrs.evolve(CLAIMS, session="session-2"), SECRET)
    body, signature = other.partition(".")[0], TOKEN.partition(".")[2]
    assert reason(f"{body}.{signature}") == "forged"


def test_a_signed_body_that_is_no_claims_is_malformed() -> None:
    for text in ("[]", "{}", '{"session": "s"}', '"text"', "7", "null", "nonsense"):
        body = base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()
        assert reason(f"{body}.{_signature(body, SECRET)}") == "malformed"


@pytest.mark.parametrize("token", ["", ".", "a", "a.", ".b", "é.é", "a" * 2000 + ".b", "a.b.c"])
def test_what_is_no_token_is_refused(token: str) -> None:
    assert reason(token) in ("malformed", "forged")


@given(st.text(max_size=200))
def test_no_text_is_a_token(text: str) -> None:
    assert reason(text) in ("malformed", "forged")


@given(st.integers(0, len(TOKEN) - 1), st.characters())
def test_no_character_of_a_token_can_be_changed(place: int, character: str) -> None:
    changed = TOKEN[:place] + character + TOKEN[place + 1 :]
    if changed != TOKEN:
        assert reason(changed) in ("malformed", "forged")
