"""How the process takes memory from the machine, and gives it back."""

import ctypes
import sys
from datetime import datetime

# The names of glibc's mallopt(3).
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
_ALONE = 512 * 1024  # bytes: pictures, files and mails with their pictures
_AT_THE_END = 1024 * 1024
_ARENAS = 2


def give_back_what_is_done() -> None:
    """Let large things go back to the machine when they are done with, and let threads share what is free.

    By itself glibc keeps each large block, once freed, for the next one, in one of eight heaps per core, where small
    things come to lie between: a process that has painted for an hour holds several times what it uses. Other C
    libraries have nothing to set here. Call it before threads are started.
    """
    if not sys.platform.startswith("linux"):
        return
    set_option = getattr(ctypes.CDLL(None), "mallopt", None)
    if set_option is None:
        return
    for option, value in ((_ARENA_MAX, _ARENAS), (_MMAP_THRESHOLD, _ALONE), (_TRIM_THRESHOLD, _AT_THE_END)):
        set_option(option, value)


def sweep(_now: datetime) -> None:
    """Give back what lies free between things that are in use, as malloc_trim(3) does; some milliseconds."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform.startswith("linux") else None
    if trim is not None:
        trim(0)
