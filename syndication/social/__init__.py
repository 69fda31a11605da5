"""Posts on a partner's own accounts: connecting, posting, and looking whether it is there."""
