"""Run the suite: on SQLite first, then on PostgreSQL, and say which real parts were found.

`TCMA_TEST_REQUIRE=postgresql,redis,chromium,postfix,dovecot,spamassassin` makes a missing part a failure. Where all
parts are there, a test that was skipped in both rounds is one too: a promise that is held nowhere is none. Tests that
use no database, or choose theirs themselves, run in the first round alone.
"""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

POSTGRESQL = os.environ.get("TCMA_TEST_DATABASE_URL_REAL", "postgresql://postgres@127.0.0.1:5432/postgres")
# More than these are no accident of a crowded machine.
MOST_LOOKED_AT_AGAIN = 3
# Tests that must share a process bear the name of their group.
_GROUP = re.compile(r"@[\w-]+$")
REDIS = os.environ.get("TCMA_TEST_REDIS_URL", "redis://127.0.0.1:6379/15")


def listens(address: str) -> bool:
    parts = urlsplit(address)
    try:
        with socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 5432), timeout=1):
            return True
    except OSError:
        return False


def postgresql_answers() -> bool:
    if not listens(POSTGRESQL):
        return False
    import psycopg

    try:
        with psycopg.connect(POSTGRESQL, connect_timeout=3) as connection:
            rights = connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
            return bool(rights and rights[0])
    except psycopg.Error:
        return False


def parts_found() -> dict[str, bool]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    return {
        "postgresql": postgresql_answers(),
        "redis": listens(REDIS),
        "chromium": bool(chromium),
        "postfix": os.geteuid() == 0 and shutil.which("postfix") is not None,  # it starts as root only
        "spamassassin": shutil.which("spamassassin") is not None,
        "dovecot": os.geteuid() == 0 and shutil.which("dovecot") is not None,
    }


def main(paths: list[str]) -> int:
    found = parts_found()
    print(
        "Real parts:",
        ", ".join(f"{name} {'found' if there else 'MISSING'}" for name, there in found.items()),
        flush=True,
    )
    required = [name for name in os.environ.get("TCMA_TEST_REQUIRE", "").split(",") if name]
    missing = [name for name in required if not found.get(name)]
    if missing:
        print(f"Required and missing: {', '.join(missing)}", flush=True)
        return 2
    environment = {
        **os.environ,
        "TCMA_TEST_PARTS": ",".join(name for name, there in found.items() if there),
        "TCMA_TEST_DATABASE_URL_REAL": POSTGRESQL,
        "TCMA_TEST_REDIS_URL": REDIS,
    }
    pytest = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-n",
        os.environ.get("TCMA_TEST_PROCESSES", "2"),
        "--dist",
        "loadgroup",
    ]
    with tempfile.TemporaryDirectory() as folder:
        return _rounds(pytest, paths, environment, found, Path(folder))


def _rounds(pytest: list[str], paths: list[str], environment: dict[str, str], found: dict[str, bool], to: Path) -> int:
    first, second = to / "first.json", to / "second.json"
    print("== The suite on SQLite, and what chooses its databases itself", flush=True)
    status = _round(pytest, paths, environment, first)
    if not found["postgresql"]:
        return status
    print("== The suite on PostgreSQL", flush=True)
    # Also after a failure: whoever mends the one wants to know of the other.
    status = _round(pytest, paths, {**environment, "TCMA_TEST_DATABASE_URL": POSTGRESQL}, second) or status
    return status or _judged(nowhere([first, second]), all_there=all(found.values()))


def _round(pytest: list[str], paths: list[str], environment: dict[str, str], told: Path) -> int:
    """Run the suite once. Few failures on a crowded machine are looked at again, one by one, and told by name."""
    status = subprocess.run([*pytest, *paths], env={**environment, "TCMA_TEST_TOLD": str(told)}, check=False).returncode
    failed = failed_in(told)
    if status != 1 or not 0 < len(failed) <= MOST_LOOKED_AT_AGAIN:
        return status
    print("== Once more, alone:", *failed, sep="\n  ", flush=True)
    alone = [sys.executable, "-m", "pytest", "-q", "-n", "0", *failed]
    status = subprocess.run(alone, env={**environment, "TCMA_TEST_TOLD": os.devnull}, check=False).returncode
    if not status:
        print("== Held alone, not beside others, which is to be mended:", *failed, sep="\n  ", flush=True)
    return status


def failed_in(told: Path) -> list[str]:
    """Return the tests that failed in a round, each once."""
    failed = json.loads(told.read_text("utf-8"))["failed"] if told.exists() else []
    return sorted({_GROUP.sub("", test) for test in failed})


def nowhere(told: list[Path]) -> dict[str, str]:
    """Return the tests that ran in none of the rounds, each with the last reason for passing it over."""
    rounds = [json.loads(file.read_text("utf-8")) for file in told]
    ran = {test for one in rounds for test in one["ran"]}
    skipped = {test: reason for one in rounds for test, reason in one["skipped"].items()}
    return {test: reason for test, reason in sorted(skipped.items()) if test not in ran}


def _judged(unheld: dict[str, str], *, all_there: bool) -> int:
    for test, reason in unheld.items():
        print(f"Ran in no round: {test} ({reason})", flush=True)
    return 1 if unheld and all_there else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or ["tests"]))
