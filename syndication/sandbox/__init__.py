"""What stands in for the outside in the demo. Production has none of it."""
