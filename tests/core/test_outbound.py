"""Which addresses are called, judged without a network: the looks, the resolved addresses, the operator's own."""
# ruff: noqa: S104 - the addresses here are refused, not bound

import socket
import threading
from collections.abc import Sequence

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from tcma.core.outbound import (
    CallRecord,
    Limits,
    Outbound,
    OutboundFailure,
    Outcome,
    Refused,
    Timeout,
    Unreachable,
    is_public,
    reason_against,
)

PUBLIC = "93.184.215.14"
PORTS = Limits().ports


class Network:
    """A network in memory: names and their addresses, and a note of every connection that was tried."""

    def __init__(self, names: dict[str, Sequence[str]] | None = None) -> None:
        self.names = names or {}
        self.asked: list[str] = []
        self.dialled: list[tuple[str, int]] = []

    def resolve(self, host: str, _port: int) -> Sequence[str]:
        self.asked.append(host)
        try:
            return self.names[host]
        except KeyError:
            raise socket.gaierror(socket.EAI_NONAME, "unknown") from None

    def dial(self, address: tuple[str, int], _seconds: float) -> socket.socket:
        self.dialled.append(address)
        raise ConnectionRefusedError

    def client(self, *bases: str, **settings: object) -> Outbound:
        return Outbound(bases, resolve=self.resolve, dial=self.dial, **settings)  # type: ignore[arg-type]


INTERNAL = [
    "127.0.0.1", "127.255.0.9", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "100.100.100.200", "168.63.129.16", "192.0.0.192", "198.18.0.1", "192.0.2.1", "224.0.0.1", "239.1.1.1",
    "240.0.0.1", "255.255.255.255", "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:8.8.8.8",
    "::ffff:0:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::1", "2002:7f00:1::", "2001:0:1::1",
    "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "2001:db8::1", "3fff::1", "5f00::1",
    "100::1", "", "localhost", "1.2.3",
]  # fmt: skip


@pytest.mark.parametrize("address", INTERNAL)
def test_internal_addresses_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", [PUBLIC, "8.8.8.8", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "2a00:1450:4001::1"])
def test_ordinary_addresses_are_public(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(v=4), st.sampled_from(["::ffff:{}", "::{}", "64:ff9b::{}", "::ffff:0:{}"]))
def test_no_ipv4_address_passes_in_the_clothes_of_an_ipv6_one(address: object, form: str) -> None:
    assert not is_public(form.format(address))


ODD_LOOKS = [
    "http://example.com/", "ftp://example.com/", "file:///etc/passwd", "gopher://example.com/", "example.com",
    "//example.com/", "", "https://", "https:///x", "javascript:alert(1)", "https://user:pw@example.com/",
    "https://example.com@127.0.0.1/", "https://example.com:22/",
    "https://example.com:80/", "https://example.com:99999/", "https://example.com:0/", "https://2130706433/",
    "https://0x7f000001/", "https://0x7f.1/", "https://127.1/", "https://0177.0.0.1/", "https://127.0.0.01/",
    "https://0/", "https://[fe80::1%25eth0]/", "https://exa mple.com/", "https://example.com/\r\nX: y",
    "https://example.com\\@127.0.0.1/", "https://a..b/", "https://[::1/",
    "https://example.com/" + "a" * 3000, "https://1.2.3.4.5/", "https://127.0.0.1./", "https://$(id)/",
]  # fmt: skip


@pytest.mark.parametrize("url", ODD_LOOKS)
def test_an_address_that_looks_odd_is_refused_before_its_host_is_looked_up(url: str) -> None:
    network = Network()

    with pytest.raises(Refused) as refusal:
        network.client().request("POST", url)

    assert reason_against(url, PORTS) is not None
    assert refusal.value.nothing_was_sent
    assert (network.asked, network.dialled) == ([], [])


@pytest.mark.parametrize("address", [address for address in INTERNAL if ":" in address or address.count(".") == 3])
def test_a_name_that_leads_inside_is_refused_at_the_connection(address: str) -> None:
    network = Network({"hook.example.com": [address]})

    with pytest.raises(Refused) as refusal:
        network.client().request("POST", "https://hook.example.com/in")

    assert network.dialled == []
    assert refusal.value.record is not None
    assert refusal.value.record.outcome is Outcome.NOTHING_SENT


@pytest.mark.parametrize(
    "literal",
    ["127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "10.0.0.1", "[64:ff9b::7f00:1]", "127.0.0.1#@a.com:22"],
)
def test_a_literal_address_is_judged_like_a_resolved_one(literal: str) -> None:
    inside = literal.partition("#")[0].strip("[]")
    network = Network({inside: [inside]})

    with pytest.raises(Refused):
        network.client().request("GET", f"https://{literal}/")

    assert network.dialled == []


def test_one_internal_address_among_public_ones_spoils_the_name() -> None:
    network = Network({"hook.example.com": [PUBLIC, "10.0.0.1"]})

    with pytest.raises(Refused):
        network.client().request("POST", "https://hook.example.com/")

    assert network.dialled == []


def test_a_name_that_changes_its_address_is_looked_up_once_and_the_judged_address_is_called() -> None:
    answers = [[PUBLIC], ["127.0.0.1"]]
    network = Network()
    client = Outbound(resolve=lambda _host, _port: answers.pop(0), dial=network.dial)

    with pytest.raises(Unreachable) as failure:
        client.request("POST", "https://rebind.example.com/")

    assert network.dialled == [(PUBLIC, 443)]
    assert len(answers) == 1
    assert failure.value.nothing_was_sent


def test_wide_or_encoded_letters_in_the_host_are_judged_by_what_they_become() -> None:
    network = Network({"127.0.0.1": ["127.0.0.1"]})

    for url in ("https://\uff11\uff12\uff17.0.0.1/", "https://%31%32%37.0.0.1/"):
        with pytest.raises(Refused):
            network.client().request("GET", url)

    assert network.dialled == []


def test_an_unknown_name_is_unreachable_and_nothing_was_sent() -> None:
    with pytest.raises(Unreachable) as failure:
        Network().client().request("GET", "https://nowhere.example.com/")

    assert failure.value.nothing_was_sent


def test_a_slow_look_up_is_a_timeout_and_nothing_was_sent() -> None:
    never = threading.Event()
    limits = Limits(connect_seconds=0.05)

    def resolve(_host: str, _port: int) -> list[str]:
        never.wait(5)
        return []

    with pytest.raises(Timeout) as failure:
        Outbound(resolve=resolve, limits=limits).request("GET", "https://slow.example.com/")
    never.set()

    assert failure.value.nothing_was_sent


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9000/apix/", "http://127.0.0.1:9000/", "http://127.0.0.1:9001/api/", "https://127.0.0.1:9000/api/",
        "http://127.0.0.1:9000/api/../admin", "http://127.0.0.1:9000/api/%2e%2e/admin", "http://127.0.0.2:9000/api/",
        "http://127.0.0.1:9000/api/%252e%252e/admin", "http://u:p@127.0.0.1:9000/api/", "https://example.com/api/",
    ],
)  # fmt: skip
def test_the_operators_call_goes_to_the_operators_addresses_only(url: str) -> None:
    network = Network({"127.0.0.1": ["127.0.0.1"], "127.0.0.2": ["127.0.0.2"], "example.com": [PUBLIC]})

    with pytest.raises(Refused):
        network.client("http://127.0.0.1:9000/api").request("GET", url, operator=True)

    assert network.dialled == []


def test_the_operators_addresses_are_not_open_to_tenants() -> None:
    network = Network({"127.0.0.1": ["127.0.0.1"]})

    with pytest.raises(Refused):
        network.client("https://127.0.0.1:8443/api").request("GET", "https://127.0.0.1:8443/api/x")

    assert network.dialled == []


def test_the_operators_address_may_be_local_and_plain() -> None:
    network = Network({"127.0.0.1": ["127.0.0.1"]})

    with pytest.raises(Unreachable):
        network.client("http://127.0.0.1:9000/api").request("GET", "http://127.0.0.1:9000/api/v1/me", operator=True)

    assert network.dialled == [("127.0.0.1", 9000)]


def test_each_call_leaves_a_record_without_query_or_secret_parts() -> None:
    records: list[CallRecord] = []
    network = Network({"hook.example.com": [PUBLIC]})
    client = network.client(on_record=records.append)

    with pytest.raises(OutboundFailure):
        client.request("post", "https://hook.example.com/in/Canary7TokenQ2xZ9vLkPq3?token=canary", request_id="call-1")
    with pytest.raises(OutboundFailure):
        client.request("post", "http://hook.example.com/")

    first, second = records
    assert (first.method, first.host, first.request_id, first.failure) == (
        "POST",
        "hook.example.com",
        "call-1",
        "Unreachable",
    )
    assert "anary" not in repr(records)
    assert second.failure == "Refused"


def test_proxies_and_password_files_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:3128")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:3128")
    network = Network({"hook.example.com": [PUBLIC]})

    with pytest.raises(Unreachable):
        network.client().request("GET", "https://hook.example.com/")

    assert network.dialled == [(PUBLIC, 443)]


def test_a_guarded_session_has_no_other_way_out() -> None:
    network = Network({"inside.example.com": ["10.0.0.1"]})
    session = network.client().guarded_session(requests.Session())

    for url in ("https://inside.example.com/", "http://inside.example.com/"):
        with pytest.raises(Refused):
            session.get(url, proxies={"https": "http://127.0.0.1:3128"}, verify=False)
    with pytest.raises(requests.exceptions.InvalidSchema):
        session.get("ftp://inside.example.com/")
    assert network.dialled == []


@given(st.text(max_size=60))
def test_no_text_at_all_leads_anywhere_but_to_a_named_failure(text: str) -> None:
    network = Network()
    client = network.client()

    for url in (text, f"https://{text}", f"https://example.com/{text}"):
        with pytest.raises(OutboundFailure):
            client.request("GET", url)
    assert network.dialled == []
