"""A worker of its own process for the fault tests: sends what is due, at a time that the test names."""

import sys
from datetime import datetime, timedelta
from time import monotonic

from syndication.sending import work
from tcma.app import create_app
from tcma.config import Settings


def main() -> None:
    start, began = datetime.fromisoformat(sys.argv[1]), monotonic()
    app = create_app(Settings.from_environment())
    with app.app_context():
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        idle = 0
        while idle < 2:
            idle = 0 if work.send_what_is_due(lambda: start + timedelta(seconds=monotonic() - began)) else idle + 1


main()
