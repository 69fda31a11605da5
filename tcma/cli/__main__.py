"""`python -m tcma.cli` is `tcma`."""

from tcma.cli import main

main()
