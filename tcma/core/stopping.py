"""How soon a stop holds: senders ask anew at least this often, and whoever stops waits for that before it says so."""

FRESH = 0.5
"""Seconds for which a sender may rely on an answer to whether something may go."""
SEEN_AFTER = 0.6
"""Seconds after which every sender has seen what was committed before."""
