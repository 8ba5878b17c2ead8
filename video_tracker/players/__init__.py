"""Player adapters: each turns one player's callbacks into the session's signals."""
