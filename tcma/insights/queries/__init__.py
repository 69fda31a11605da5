"""What the pages of numbers read. Everything comes from roll-ups, deals and the ledger; no page counts raw events."""
