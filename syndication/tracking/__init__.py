"""Addresses that count: the click endpoint, and the judging of what reached it."""
