"""A sink that takes every mail, and Postfix's generator, the floor of everything that hands mails over."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from shutil import which
from time import perf_counter

MESSAGE_BYTES = 31_000


def smtp_source(program: str, port: int, count: int, *, sessions: int) -> float:
    """Return how many messages a second Postfix's generator sends."""
    command = [program, "-s", str(sessions), "-d", "-m", str(count), "-l", str(MESSAGE_BYTES), "-f", "a@b.example"]
    started = perf_counter()
    subprocess.run([*command, "-t", "c@d.example", f"127.0.0.1:{port}"], check=True, capture_output=True)
    return count / (perf_counter() - started)


@contextmanager
def sink() -> Iterator[tuple[int, str]]:
    """Run Postfix's sink, or one of our own where Postfix is not installed, on a free port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    program = which("smtp-sink")
    as_nobody = ["-u", "nobody"] if os.geteuid() == 0 else []  # it refuses to be root
    own = [sys.executable, "-c", _OWN_SINK, str(port)]
    command = [program, *as_nobody, f"127.0.0.1:{port}", "1000"] if program else own
    with subprocess.Popen(command) as process:
        try:
            wait_for(port)
            yield port, "smtp-sink" if program else "our own, in Python"
        finally:
            process.terminate()


def wait_for(port: int) -> None:
    """Wait until a server of this machine answers at a port, 20 seconds at most."""
    deadline = perf_counter() + 20
    while perf_counter() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            continue
        return
    raise TimeoutError("the server does not answer")


_OWN_SINK = r"""
import socket, sys, threading

def answer(peer):
    peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    peer.sendall(b"220 sink\r\n")
    held, in_data = b"", False
    while data := peer.recv(1 << 18):
        held += data
        out = b""
        while True:
            if in_data:
                end = held.find(b"\r\n.\r\n")
                if end < 0:
                    break
                held, in_data = held[end + 5:], False
                out += b"250 taken\r\n"
                continue
            line, found, rest = held.partition(b"\r\n")
            if not found:
                break
            held, word = rest, line[:4].upper()
            in_data = word == b"DATA"
            out += (b"250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n" if word == b"EHLO" else
                    b"354 go\r\n" if in_data else b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")
        if out:
            peer.sendall(out)

listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
while True:
    threading.Thread(target=answer, args=(listener.accept()[0],), daemon=True).start()
"""
