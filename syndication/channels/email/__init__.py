"""Email: compiled once per launch and step, filled per recipient at byte speed, sent over pipelined SMTP."""
