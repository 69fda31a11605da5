"""Delivery and response: what goes out through the channels, and what comes back."""
