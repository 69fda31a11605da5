"""The whole path of a launch's mails: claimed, built, handed over, noted and settled; signed too, and for few and many.

`TCMA_BENCH_RECIPIENTS` says how many the large launch has (100,000 unless told); a tenth of them is the smaller one.
"""

import os
from functools import partial
from shutil import which
from typing import Any

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from benchmarks.measure import interleaved, per_call, row
from benchmarks.queue import cost_of_a_task
from benchmarks.sending import POSTGRESQL, SQLITE, installations
from benchmarks.smtp import sink, smtp_source
from syndication.channels.email.compiled import CompiledMail
from syndication.sending.work import AT_ONCE
from syndication.tasks import TICKS

COUNT = 20_000
MANY = int(os.environ.get("TCMA_BENCH_RECIPIENTS", "100000"))
GOALS = {SQLITE: 0.3, POSTGRESQL: 0.6}
NO_SERVER = "no PostgreSQL answers"


def whole_paths(mail: CompiledMail) -> list[dict[str, Any]]:
    """Measure sending with a database, on each that answers; what costs by the mail on PostgreSQL alone."""
    with sink() as (port, name):
        unsigned = _unsigned(mail, port, name)
        rate = unsigned[-1]["ours"]
        if rate is None:
            return unsigned
        return [*unsigned, _signed(mail, port), _queue(rate), _flat(mail, port)]


def _unsigned(mail: CompiledMail, port: int, name: str) -> list[dict[str, Any]]:
    """The floor is the load generator of Postfix with ten connections."""
    source = which("smtp-source")
    rows = {}
    with installations(mail, COUNT) as found:
        for database, installation in found.items():
            ways = {"ours": partial(installation.send, f"smtp://127.0.0.1:{port}")}
            if source:
                ways["floor"] = partial(smtp_source, source, port, COUNT, sessions=10)
            rows[database] = interleaved(ways, rounds=3)
    note = f"sink: {name}" + ("" if source else "; smtp-source is not installed")
    return [
        row(
            f"claim, build, send, journal and settle on {database}, against smtp-source -s 10 -d",
            "messages/s",
            ours=rows.get(database, {}).get("ours"),
            floor=rows.get(database, {}).get("floor"),
            goal=goal,
            note=note if database in rows else NO_SERVER,
        )
        for database, goal in GOALS.items()
    ]


def _signed(mail: CompiledMail, port: int) -> dict[str, Any]:
    """The same with a signature each; the floor is what its cost alone, shared by the senders, leaves of the rate."""
    private = generate_private_key(65537, 2048)
    bare = per_call(lambda number: private.sign(b"%d" % number, PKCS1v15(), SHA256()), 500)
    cost = interleaved({"bare": bare}, rounds=3)["bare"] / 1e6
    here = partial(installations, mail, COUNT, databases=[POSTGRESQL])
    with here() as plain, here(signed_with=_pem(private)) as signed:
        ways = {
            name: partial(one[POSTGRESQL].send, f"smtp://127.0.0.1:{port}")
            for name, one in (("unsigned", plain), ("ours", signed))
        }
        rates = interleaved(ways, rounds=3)
    return row(
        f"the same on {POSTGRESQL}, each signed with DKIM RSA-2048, against what the signatures leave",
        "messages/s",
        ours=rates["ours"],
        floor=1 / (1 / rates["unsigned"] + cost / AT_ONCE),
        goal=0.8,
    )


def _pem(private: RSAPrivateKey) -> str:
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _queue(rate: float) -> dict[str, Any]:
    """Senders are rung for every other second and claim batches themselves: so many tasks, against all the sending."""
    passed = COUNT / rate
    rings = passed / TICKS["sequences"].every + 1
    return row(
        f"share of the task queue in a launch of {COUNT} mails",
        "s of processor",
        ours=cost_of_a_task() * rings,
        floor=passed * AT_ONCE,
        goal=0.02,
        at_most=True,
    )


def _flat(mail: CompiledMail, port: int) -> dict[str, Any]:
    costs = []
    for count in (MANY // 10, MANY):
        with installations(mail, count, databases=[POSTGRESQL]) as found:
            send = partial(found[POSTGRESQL].send, f"smtp://127.0.0.1:{port}")
            costs.append(1e6 / max(send() for _ in range(2)))
    return row(
        f"one mail of {MANY} on {POSTGRESQL}, against one of a tenth as many",
        "µs/message",
        ours=costs[1],
        floor=costs[0],
        goal=1.0,
        at_most=True,
    )
