"""A Postfix of the tests' own: it takes mail on a free port and hands each domain on to where a test says."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp
from types import TracebackType
from typing import Self

MASTER = """
{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""
MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/log/mail.log
maillog_file_prefixes = {folder}
mail_owner = postfix
setgid_group = postdrop
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.test.example
mydestination =
mynetworks = 127.0.0.0/8
local_recipient_maps =
smtpd_relay_restrictions = permit_mynetworks, reject
transport_maps = inline:{{ {transports} }}
smtp_tls_security_level = none
smtp_dns_support_level = disabled
smtp_host_lookup = native
notify_classes =
minimal_backoff_time = 1s
queue_run_delay = 1s
"""


@dataclass
class Postfix:
    """`routes`: the port on this machine that each domain's mail is handed on to."""

    routes: Mapping[str, int]
    folder: Path = field(init=False)
    port: int = field(init=False)

    def __enter__(self) -> Self:
        self.folder = Path(mkdtemp(prefix="tcma-postfix-"))
        self.folder.chmod(0o755)
        for name, owner in (("queue", "root"), ("data", "postfix"), ("log", "root"), ("etc", "root")):
            (self.folder / name).mkdir()
            shutil.chown(self.folder / name, owner)
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        transports = ", ".join(f"{{{domain} = smtp:[127.0.0.1]:{port}}}" for domain, port in self.routes.items())
        (self.folder / "etc" / "main.cf").write_text(MAIN.format(folder=self.folder, transports=transports))
        (self.folder / "etc" / "master.cf").write_text(MASTER.format(port=f"127.0.0.1:{self.port}"))
        self._run("start")
        self._wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._run("abort")
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def url(self) -> str:
        """Its address, as a setting would give it."""
        return f"smtp://127.0.0.1:{self.port}?tls=none&timeout=20"

    @property
    def log(self) -> str:
        """What it has written down so far."""
        return (self.folder / "log" / "mail.log").read_text(errors="replace")

    def _run(self, what: str) -> None:
        command = ["postfix", "-c", str(self.folder / "etc"), what]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C"})
        if done.returncode and what == "start":
            raise RuntimeError(done.stderr)

    def _wait(self) -> None:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=1) as peer:
                    if peer.recv(3) == b"220":
                        return
            except OSError:
                time.sleep(0.1)
        raise TimeoutError("Postfix does not greet")
