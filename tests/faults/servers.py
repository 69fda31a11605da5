"""PostgreSQL and Redis of a test's own, on free ports, that may be killed and started again at the same place."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

import psycopg

from tests.processes.running import free_port, until

START = 120


class RedisServer:
    """A Redis that keeps nothing: a kill is a flush too."""

    def __init__(self, folder: Path) -> None:
        program = shutil.which("redis-server")
        assert program, "redis-server is one of the real parts"
        self.port = free_port()
        self.log = folder / "redis.log"
        self._command = [
            program, "--port", str(self.port), "--save", "", "--appendonly", "no", "--dir", str(folder),
        ]  # fmt: skip
        self.start()

    @property
    def address(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(self._command, stdout=log, stderr=log)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()


class PostgresqlServer:
    """A cluster of one's own, as durable as one in production: a kill loses nothing that was committed."""

    def __init__(self, folder: Path) -> None:
        bins = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
        found = shutil.which("initdb")
        assert bins or found, "PostgreSQL's own programs are among the real parts"
        self._bin = bins[-1] if bins else Path(str(found)).parent
        # Not in the test's folder: whichever pytest starts next makes that its own user's alone.
        self._home = Path(mkdtemp(prefix="cluster-"))
        self.port, self.data, self.log = free_port(), self._home / "data", folder / "postgresql.log"
        self.data.mkdir()
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            for path in (self._home, self.data):
                shutil.chown(path, "postgres", "postgres")
        self._run("initdb", "--username=postgres", "--auth=trust", "--encoding=UTF8", f"--pgdata={self.data}")
        self.start()
        until(self._answers, what="a cluster of its own", patience=START)

    @property
    def address(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [
                    *self._as_postgres(), str(self._bin / "postgres"), "-D", str(self.data), "-p", str(self.port),
                    "-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={self.data}",
                ],
                stdout=log,
                stderr=log,
            )  # fmt: skip

    def kill(self) -> None:
        """End the server and each of its processes at once, as a power cut does; the next start recovers."""
        main = int((self.data / "postmaster.pid").read_text("utf-8").splitlines()[0])
        children = (Path("/proc") / str(main) / "task" / str(main) / "children").read_text().split()
        for pid in (main, *map(int, children)):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self._process.wait()
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def remove(self) -> None:
        """Leave nothing of a killed server behind."""
        shutil.rmtree(self._home)

    def _answers(self) -> bool:
        try:
            with psycopg.connect(self.address, connect_timeout=2):
                return True
        except psycopg.Error:
            return False

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [*self._as_postgres(), str(self._bin / program), *arguments], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr

    @staticmethod
    def _as_postgres() -> list[str]:
        return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []


@contextmanager
def killed_at_the_end(server: RedisServer | PostgresqlServer) -> Iterator[None]:
    try:
        yield
    finally:
        server.kill()
        if isinstance(server, PostgresqlServer):
            server.remove()
