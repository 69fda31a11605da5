"""A demo that has lived: the same operations as the pages use, with their clock as an argument."""
