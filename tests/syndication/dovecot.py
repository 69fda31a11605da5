"""A Dovecot of the tests' own: one mailbox on a free port, plain and by TLS, filled as a mail server would."""

import shutil
import socket
import subprocess
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from imaplib import IMAP4
from pathlib import Path
from tempfile import mkdtemp
from types import TracebackType
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
ssl_dh =
disable_plaintext_auth = no
mail_location = maildir:{folder}/mail
first_valid_uid = 1
default_vsz_limit = 256M
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
passdb {{
  driver = static
  args = password=secret
}}
userdb {{
  driver = static
  args = uid=dovecot gid=dovecot home={folder}
}}
"""
PASSWORD = "secret"  # noqa: S105 - of a server that lives as long as a test


@dataclass
class Dovecot:
    """Its folder, with mail and log in it, goes when it ends."""

    folder: Path = field(init=False)
    port: int = field(init=False)
    tls_port: int = field(init=False)
    _server: subprocess.Popen[bytes] = field(init=False)

    def __enter__(self) -> Self:
        self.folder = Path(mkdtemp(prefix="tcma-dovecot-"))
        self.folder.chmod(0o755)
        self.port, self.tls_port = _free_ports()
        (self.folder / "mail").mkdir()
        shutil.chown(self.folder / "mail", "dovecot", "dovecot")
        _write_certificate(self.folder)
        config = CONFIG.format(folder=self.folder, port=self.port, tls_port=self.tls_port)
        (self.folder / "dovecot.conf").write_text(config)
        command = ["dovecot", "-F", "-c", str(self.folder / "dovecot.conf")]
        self._server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.terminate()
        self._server.wait(20)
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def url(self) -> str:
        """Its address, as a setting would give it."""
        return f"imap://back:{PASSWORD}@127.0.0.1:{self.port}/INBOX?tls=none&timeout=10"

    @property
    def tls_url(self) -> str:
        """Its address by TLS from the first byte on."""
        return f"imaps://back:{PASSWORD}@localhost:{self.tls_port}/INBOX?timeout=10"

    def put(self, content: bytes) -> None:
        """Let a mail arrive."""
        with self._signed_in() as imap:
            assert imap.append("INBOX", "", None, content)[0] == "OK"  # type: ignore[arg-type]

    def make(self, folder: str) -> None:
        """Make a folder."""
        with self._signed_in() as imap:
            assert imap.create(f'"{folder}"')[0] == "OK"

    def flags(self, folder: str = "INBOX") -> list[str]:
        """Return the flags of each mail in a folder."""
        with self._signed_in() as imap:
            if imap.select(folder, readonly=True)[1] == [b"0"]:
                return []
            return [bytes(line).decode().split("FLAGS (")[1].rstrip(")") for line in imap.fetch("1:*", "(FLAGS)")[1]]

    def empty(self) -> None:
        """Take everything out of every folder."""
        with self._signed_in() as imap:
            for folder in ("INBOX", '"Taken in"'):
                done, mails = imap.select(folder)
                if done == "OK" and mails != [b"0"]:
                    imap.store("1:*", "+FLAGS", r"(\Deleted)")
                    imap.expunge()

    def _signed_in(self) -> IMAP4:
        imap = IMAP4("127.0.0.1", self.port, timeout=10)
        imap.login("back", PASSWORD)
        return imap

    def _wait(self) -> None:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=1) as peer:
                    if peer.recv(4) == b"* OK":
                        return
            except OSError:
                time.sleep(0.1)
        self._server.terminate()
        raise TimeoutError("Dovecot does not greet")


def _free_ports() -> tuple[int, int]:
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as other:
        return one.getsockname()[1], other.getsockname()[1]


def _write_certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
