"""The same client against real sockets: what the other side can do to us, and what we know afterwards."""

import datetime as dt
import gzip
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from requests_oauthlib import OAuth2Session

from tcma.core.outbound import Limits, NotJson, Outbound, Outcome, Refused, Timeout, TooLarge, Unreachable

pytestmark = pytest.mark.real("http")

PUBLIC = "93.184.215.14"
Reply = Callable[[socket.socket, bytes], None]


class Peer:
    """A server that does to each connection what `reply` says, and keeps what it was sent."""

    def __init__(self, reply: Reply, tls: ssl.SSLContext | None = None, family: int = socket.AF_INET) -> None:
        self.requests: list[bytes] = []
        self.connections = 0
        self.names: list[str | None] = []
        self._reply, self._tls = reply, tls
        if tls:
            tls.sni_callback = lambda _line, name, _context: self.names.append(name)
        self._server = socket.create_server(("::1" if family == socket.AF_INET6 else "127.0.0.1", 0), family=family)
        self.port: int = self._server.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._server.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._talk, args=(line,), daemon=True).start()

    def _talk(self, line: socket.socket) -> None:
        try:
            with line if self._tls is None else self._tls.wrap_socket(line, server_side=True) as talk:
                talk.settimeout(10)
                request = b""
                while b"\r\n\r\n" not in request and (more := talk.recv(65536)):
                    request += more
                head, _, body = request.partition(b"\r\n\r\n")
                length = re.search(rb"(?i)content-length: (\d+)", head)
                while length and len(body) < int(length[1]) and (more := talk.recv(65536)):
                    body += more
                self.requests.append(request)
                self._reply(talk, request)
        except OSError:
            return

    def close(self) -> None:
        self._server.close()

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@pytest.fixture
def peers() -> Iterator[list[Peer]]:
    started: list[Peer] = []
    yield started
    for peer in started:
        peer.close()


def silent(line: socket.socket, _request: bytes) -> None:
    line.recv(1)


def answer(body: bytes, *headers: str, status: str = "200 OK") -> Reply:
    head = "\r\n".join([f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""])
    return lambda line, _request: line.sendall(head.encode() + body)


def start(peers: list[Peer], reply: Reply) -> Peer:
    peers.append(Peer(reply))
    return peers[-1]


def operator_client(peer: Peer, **limits: float) -> Outbound:
    return Outbound([peer.base], limits=Limits(**limits))  # type: ignore[arg-type]


def test_an_answer_comes_back_with_its_record(peers: list[Peer]) -> None:
    peer = start(peers, answer(b'{"id": 7}', "Content-Type: application/json"))

    found = operator_client(peer).request(
        "POST", f"{peer.base}/posts", operator=True, json_body={"a": 1}, request_id="post-9"
    )

    assert (found.status, found.ok, found.json()) == (200, True, {"id": 7})
    assert (found.record.outcome, found.record.status, found.record.path) == (Outcome.ANSWERED, 200, "/posts")
    assert b"X-Request-Id: post-9" in peer.requests[0]


def test_an_answer_that_is_not_json_has_a_name(peers: list[Peer]) -> None:
    peer = start(peers, answer(b"<html>"))

    with pytest.raises(NotJson):
        operator_client(peer).request("GET", peer.base, operator=True).json()


def test_a_redirect_is_an_answer_and_nobody_follows_it(peers: list[Peer]) -> None:
    canary = start(peers, answer(b"inside"))
    peer = start(
        peers,
        answer(b"", f"Location: {canary.base}/inside", f"Refresh: 0;url={canary.base}", status="302 Found"),
    )
    client = Outbound([peer.base, canary.base])

    found = client.request("GET", peer.base, operator=True)
    followed = client.guarded_session(requests.Session(), operator=True).get(peer.base)

    assert (found.status, followed.status_code) == (302, 302)
    assert "Location" not in found.headers
    assert canary.connections == 0


def test_a_body_above_the_limit_is_cut_off(peers: list[Peer]) -> None:
    peer = start(peers, answer(b"x" * 300_000))

    with pytest.raises(TooLarge) as failure:
        operator_client(peer, body_bytes=100_000).request("POST", peer.base, operator=True)

    assert failure.value.record is not None
    assert (failure.value.record.status, failure.value.record.outcome) == (200, Outcome.UNKNOWN)


def test_a_packed_body_counts_by_what_it_unpacks_to(peers: list[Peer]) -> None:
    bomb = gzip.compress(b"\0" * 200_000_000, compresslevel=9)
    peer = start(peers, answer(bomb, "Content-Encoding: gzip"))

    with pytest.raises(TooLarge):
        operator_client(peer, body_bytes=1_000_000).request("GET", peer.base, operator=True)


def test_a_peer_that_never_answers_is_a_timeout_with_unknown_outcome(peers: list[Peer]) -> None:
    peer = start(peers, silent)

    with pytest.raises(Timeout) as failure:
        operator_client(peer, deadline_seconds=0.3).request("POST", peer.base, operator=True)

    assert not failure.value.nothing_was_sent
    assert failure.value.record is not None
    assert failure.value.record.outcome is Outcome.UNKNOWN


def dripping(head: bytes) -> Reply:
    def reply(line: socket.socket, _request: bytes) -> None:
        line.sendall(head)
        gate = threading.Event()
        for _ in range(200):
            line.sendall(b"x")
            gate.wait(0.02)

    return reply


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nX: ",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n",
    ],
)
def test_a_peer_that_answers_byte_by_byte_ends_at_the_deadline(peers: list[Peer], head: bytes) -> None:
    peer = start(peers, dripping(head))
    before = time.monotonic()

    with pytest.raises(Timeout):
        operator_client(peer, deadline_seconds=0.4).request("GET", peer.base, operator=True)

    assert time.monotonic() - before < 2


@pytest.mark.parametrize(
    "reply",
    [
        lambda _line, _request: None,
        lambda line, _request: line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort"),
        lambda line, _request: line.sendall(b"nonsense\r\n\r\n"),
        lambda line, _request: line.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
        lambda line, _request: line.sendall(
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc"
        ),
        lambda line, _request: line.sendall(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 5000 + b"\r\n"),
        lambda line, _request: line.sendall(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200_000 + b"\r\n\r\n"),
    ],
    ids=["closed", "short", "nonsense", "bad chunk", "bad gzip", "many headers", "long header"],
)
def test_a_broken_answer_is_unreachable_with_unknown_outcome(peers: list[Peer], reply: Reply) -> None:
    peer = start(peers, reply)

    with pytest.raises(Unreachable) as failure:
        operator_client(peer).request("POST", peer.base, operator=True)

    assert not failure.value.nothing_was_sent
    assert peer.connections == 1


def test_a_closed_port_is_unreachable_and_nothing_was_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        base = f"http://127.0.0.1:{taken.getsockname()[1]}"

    with pytest.raises(Unreachable) as failure:
        Outbound([base]).request("POST", base, operator=True)

    assert failure.value.nothing_was_sent


INSIDE = [
    "https://127.0.0.1:{port}/", "https://localhost:{port}/", "https://[::1]:{port}/", "https://[::ffff:127.0.0.1]:{port}/",
    "https://2130706433:{port}/", "https://0x7f.1:{port}/", "https://0177.0.0.1:{port}/", "https://127.1:{port}/",
    "https://0:{port}/", "https://0.0.0.0:{port}/", "https://localhost.:{port}/", "https://[::]:{port}/",
    "http://127.0.0.1:{port}/", "https://a@127.0.0.1:{port}/", "https://[::127.0.0.1]:{port}/",
    "https://127.0.0.1:{port}#@example.com/", "https://%6cocalhost:{port}/",
]  # fmt: skip


@pytest.mark.parametrize("form", INSIDE)
def test_no_form_of_a_local_address_reaches_a_listener_inside(peers: list[Peer], form: str) -> None:
    canary = start(peers, answer(b"inside"))
    url = form.format(port=canary.port)
    client = Outbound(limits=Limits(ports=frozenset({443, canary.port})))

    with pytest.raises((Refused, Unreachable)) as refusal:  # not every system knows `localhost.`
        client.request("POST", url)
    with pytest.raises((Refused, Unreachable)):
        client.guarded_session(requests.Session()).get(url)

    assert refusal.value.nothing_was_sent
    assert canary.connections == 0


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for hook.example.com that signs itself, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "hook.example.com")])
    now = dt.datetime.now(dt.UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("hook.example.com")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = tmp_path_factory.mktemp("tls") / "hook.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    pem.write_bytes(private + signed.public_bytes(serialization.Encoding.PEM))
    return pem


def public_client(peer: Peer, certificate: Path, dialled: list[tuple[str, int]]) -> Outbound:
    """A client for whom the peer stands at a public address."""

    def dial(address: tuple[str, int], seconds: float) -> socket.socket:
        dialled.append(address)
        return socket.create_connection(("127.0.0.1", peer.port), timeout=seconds)

    return Outbound(ca_file=str(certificate), resolve=lambda _host, _port: [PUBLIC], dial=dial)


def tls_peer(peers: list[Peer], certificate: Path, reply: Reply) -> Peer:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    peers.append(Peer(reply, context))
    return peers[-1]


def test_the_judged_address_is_called_under_the_name_of_the_host(peers: list[Peer], certificate: Path) -> None:
    peer = tls_peer(peers, certificate, answer(b"ok"))
    dialled: list[tuple[str, int]] = []

    found = public_client(peer, certificate, dialled).request("POST", "https://hook.example.com/in?x=1", body=b"{}")

    assert found.body == b"ok"
    assert dialled == [(PUBLIC, 443)]
    assert peer.names == ["hook.example.com"]
    assert peer.requests[0].startswith(b"POST /in?x=1 HTTP/1.1\r\nHost: hook.example.com\r\n")


def test_a_certificate_of_another_host_ends_the_call_before_anything_is_sent(
    peers: list[Peer], certificate: Path
) -> None:
    peer = tls_peer(peers, certificate, answer(b"ok"))

    with pytest.raises(Unreachable) as failure:
        public_client(peer, certificate, []).request("POST", "https://other.example.com/", body=b"secret")

    assert failure.value.nothing_was_sent
    assert peer.requests == []


def test_switching_off_the_check_of_certificates_has_no_effect(peers: list[Peer], certificate: Path) -> None:
    peer = tls_peer(peers, certificate, answer(b"ok"))
    session = public_client(peer, certificate, []).guarded_session(requests.Session())

    with pytest.raises(Unreachable):
        session.get("https://other.example.com/", verify=False)


def test_a_peer_that_stalls_in_the_handshake_is_a_timeout_and_nothing_was_sent(
    peers: list[Peer], certificate: Path
) -> None:
    peer = start(peers, silent)
    client = Outbound(
        resolve=lambda _host, _port: [PUBLIC],
        dial=lambda _address, seconds: socket.create_connection(("127.0.0.1", peer.port), timeout=seconds),
        limits=Limits(connect_seconds=0.2, deadline_seconds=0.4),
        ca_file=str(certificate),
    )

    with pytest.raises(Timeout) as failure:
        client.request("POST", "https://hook.example.com/")

    assert failure.value.nothing_was_sent


def test_an_oauth_session_works_under_the_guard(peers: list[Peer], certificate: Path) -> None:
    token = b'{"access_token": "a", "refresh_token": "r", "token_type": "Bearer", "expires_in": 60}'
    peer = tls_peer(peers, certificate, answer(token, "Content-Type: application/json"))
    records: list[object] = []
    session = public_client(peer, certificate, []).guarded_session(OAuth2Session("client"), told=records.append)

    found = session.fetch_token("https://hook.example.com/token", code="c", client_secret="s")

    assert found["access_token"] == "a"
    assert len(records) == 1
    with pytest.raises(Refused):
        Outbound().guarded_session(OAuth2Session("client")).fetch_token("https://127.0.0.1:8443/token", code="c")


def test_parallel_calls_keep_apart(peers: list[Peer]) -> None:
    peer = start(peers, lambda line, request: answer(request.split(b" ")[1])(line, request))
    client, seen = operator_client(peer), dict[int, bytes]()

    def ask(number: int) -> None:
        seen[number] = client.request("GET", f"{peer.base}/{number}", operator=True).body

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert seen == {number: f"/{number}".encode() for number in range(20)}
