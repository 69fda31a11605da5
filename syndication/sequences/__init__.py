"""Sequences: who is in one, which step comes next, and when it is due on the recipient's own clock."""
