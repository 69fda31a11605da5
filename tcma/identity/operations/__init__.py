"""What people do about themselves, their colleagues and their keys."""
