"""The click endpoint keeps every hit, sends people on to stored addresses only, and does nothing else."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from syndication.tracking.redirect import ClickEndpoint
from tcma.core.journal import Hit, Journal, read_batches
from tcma.core.links import Keyring, LinkSigner, Purpose

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SIGNER = LinkSigner(Keyring.from_secrets("a secret for the tests of clicks"))
TOKEN = SIGNER.sign(Purpose.CLICK, 12, 345)
TARGETS = {
    (12, 1): "https://partner.example/offer?a=1#top",
    (12, 2): "https://tcma.example/p/offer?utm_source=tcma#form",
    (12, 3): "https://tcma.example.evil.example/",
    (12, 4): "javascript:alert(1)",
    (12, 5): "https://partner.example/\r\nSet-Cookie: a=b",
    (77, 1): "https://other.example/",
}


class Visitor:
    """Sends requests to the endpoint as a server does."""

    def __init__(self, folder: Path, lookup: Any = None) -> None:
        self.folder = folder
        self.journal = Journal(folder)
        self.lookups: list[tuple[int, int]] = []
        self.endpoint = ClickEndpoint(
            _application_behind,
            signer=SIGNER,
            journal=self.journal,
            lookup=lookup or self._look_up,
            base_url="https://tcma.example",
            network_key=b"a key for networks",
            now=lambda: NOON,
        )

    def _look_up(self, link_set: int, place: int) -> str | None:
        self.lookups.append((link_set, place))
        return TARGETS.get((link_set, place))

    def ask(self, path: str, method: str = "GET", **environ: str) -> tuple[str, dict[str, str], bytes]:
        answer: dict[str, Any] = {}

        def start_response(status: str, headers: list[tuple[str, str]], _problem: object = None) -> Any:
            answer.update(status=status, headers=dict(headers))

        request = {"REQUEST_METHOD": method, "PATH_INFO": path, "REMOTE_ADDR": "192.0.2.7", **environ}
        body = b"".join(self.endpoint(request, start_response))
        return answer["status"], answer["headers"], body

    @property
    def hits(self) -> list[Hit]:
        records = [record for batch in read_batches(self.folder, {}) for record in batch.records]
        return [record for record in records if isinstance(record, Hit)]


def _application_behind(_environ: Any, start_response: Any) -> list[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"the application"]


@pytest.fixture
def visitor(tmp_path: Path) -> Visitor:
    return Visitor(tmp_path)


def test_a_click_is_kept_and_sent_on(visitor: Visitor) -> None:
    status, headers, body = visitor.ask(f"/t/{TOKEN}.1", HTTP_USER_AGENT="Mozilla/5.0 (X11)")

    assert (status, headers["Location"], body) == ("302 Found", "https://partner.example/offer?a=1#top", b"")
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    (hit,) = visitor.hits
    assert (hit.at, hit.purpose, hit.link_set, hit.subject, hit.place) == (NOON, Purpose.CLICK, 12, 345, 1)
    assert (hit.method, hit.agent) == ("GET", "Mozilla/5.0 (X11)")


def test_the_same_place_is_looked_up_once(visitor: Visitor) -> None:
    for _ in range(3):
        visitor.ask(f"/t/{TOKEN}.1")

    assert visitor.lookups == [(12, 1)]
    assert len(visitor.hits) == 3


def test_a_page_of_our_own_learns_the_click_and_nobody_else_does(visitor: Visitor) -> None:
    _, own, _ = visitor.ask(f"/t/{TOKEN}.2")
    _, alike, _ = visitor.ask(f"/t/{TOKEN}.3")

    assert own["Location"] == f"https://tcma.example/p/offer?utm_source=tcma&c={TOKEN}.2#form"
    assert alike["Location"] == "https://tcma.example.evil.example/"


def test_head_is_answered_like_get_and_kept_as_head(visitor: Visitor) -> None:
    status, headers, body = visitor.ask(f"/t/{TOKEN}.1", method="HEAD")

    assert (status, body) == ("302 Found", b"")
    assert headers["Location"].startswith("https://partner.example/")
    assert visitor.hits[0].method == "HEAD"


@pytest.mark.parametrize(
    "path",
    [
        "/t/",
        "/t/x",
        f"/t/{TOKEN}",
        f"/t/{TOKEN}.",
        f"/t/{TOKEN[:-1]}A.1",
        f"/t/{TOKEN}.1/more",
        "/t/https://evil.example/",
        f"/t/{SIGNER.sign(Purpose.UNSUBSCRIBE, 12, 345)}.1",
        "/t/\u00e9.1",
    ],
)
def test_a_forged_address_is_not_found_and_leaves_no_hit(visitor: Visitor, path: str) -> None:
    status, headers, _ = visitor.ask(path)

    assert status == "404 Not Found"
    assert "Location" not in headers
    assert visitor.hits == []
    assert visitor.lookups == []


@pytest.mark.parametrize("place", [4, 99])
def test_a_place_without_an_address_of_the_web_is_not_found(visitor: Visitor, place: int) -> None:
    status, headers, _ = visitor.ask(f"/t/{TOKEN}.{place}")

    assert status == "404 Not Found"
    assert "Location" not in headers


def test_a_stored_address_cannot_add_a_header(visitor: Visitor) -> None:
    _, headers, _ = visitor.ask(f"/t/{TOKEN}.5")

    assert headers["Location"] == "https://partner.example/%0D%0ASet-Cookie:%20a=b"


def test_other_methods_change_nothing(visitor: Visitor) -> None:
    status, headers, _ = visitor.ask(f"/t/{TOKEN}.1", method="POST")

    assert (status, headers["Allow"]) == ("405 Method Not Allowed", "GET, HEAD")
    assert visitor.hits == []


def test_everything_else_goes_to_the_application_behind(visitor: Visitor) -> None:
    for path in ("/", "/t", "/team", "/x/t/"):
        assert visitor.ask(path)[2] == b"the application"


def test_the_open_pixel_is_a_picture_and_a_hit(visitor: Visitor) -> None:
    status, headers, body = visitor.ask(f"/t/{TOKEN}.0")

    assert (status, headers["Content-Type"]) == ("200 OK", "image/gif")
    assert body.startswith(b"GIF89a")
    assert len(body) == int(headers["Content-Length"])
    assert visitor.hits[0].place == 0


def test_a_hit_is_kept_although_the_database_is_away(tmp_path: Path) -> None:
    def away(_link_set: int, _place: int) -> str | None:
        raise ConnectionError("away")

    visitor = Visitor(tmp_path, away)

    status, headers, _ = visitor.ask(f"/t/{TOKEN}.1")

    assert (status, headers["Retry-After"]) == ("503 Service Unavailable", "5")
    assert len(visitor.hits) == 1


def test_a_person_is_sent_on_although_the_disk_is_full_and_the_loss_is_counted(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_records: object, **_options: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(visitor.journal, "append", full)

    status, _, _ = visitor.ask(f"/t/{TOKEN}.1")

    assert status == "302 Found"
    assert visitor.endpoint.lost_hits == 1


def test_a_network_is_kept_as_a_hash_that_neighbours_share(visitor: Visitor) -> None:
    for address in (
        "192.0.2.7",
        "192.0.2.200",
        "::ffff:192.0.2.9",
        "192.0.3.7",
        "2001:db8:1::1",
        "2001:db8:1:2::9",
        "odd",
    ):
        visitor.ask(f"/t/{TOKEN}.1", REMOTE_ADDR=address)

    networks = [hit.network for hit in visitor.hits]

    assert networks[0] == networks[1] == networks[2]
    assert networks[4] == networks[5]
    assert len(set(networks)) == 4
    assert all(len(network) == 8 for network in networks)
