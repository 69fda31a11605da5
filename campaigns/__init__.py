"""Kits in a box: what they hold, how they are checked, published, launched."""
