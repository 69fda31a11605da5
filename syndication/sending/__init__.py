"""Sending: what is due is claimed, built, handed to the relay and settled; once, or named as unknown."""
