"""Ads in the stream, in front of the session: it talks to it as a player does (S9)."""
