"""Senders: in whose name mail goes out, with which signature, and when it must not go out at all."""
