"""What the process has done with goes back to the machine."""

import subprocess
import sys

import pytest

# Eight threads make pictures' worth of bytes between small things that stay, as painting does.
WORK = """
import sys, threading
from pathlib import Path
from tcma.core.memory import give_back_what_is_done

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

def work():
    large = []
    for number in range(60):
        large.append(bytes(300_000 + 50_000 * number))
        kept.append(bytearray(20_000))

if sys.argv[1] == "give back":
    give_back_what_is_done()
kept, before = [], resident()
for _round in range(3):
    threads = [threading.Thread(target=work) for _ in range(8)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
print(resident() - before - sum(map(len, kept)))
"""


def held_too_long(how: str) -> int:
    done = subprocess.run([sys.executable, "-c", WORK, how], check=True, capture_output=True, text=True, timeout=60)
    return int(done.stdout)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems have other ways")
def test_what_threads_have_done_with_goes_back_to_the_machine() -> None:
    assert held_too_long("give back") < 25_000_000
