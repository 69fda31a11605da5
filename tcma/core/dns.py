"""Questions to the domain name system: asked of the resolver that the operator chose, within a few seconds."""

from typing import Any

from tcma.core import runtime

PATIENCE = 4.0  # seconds for one question, retries included
_USUAL_PORT = 53


class DnsUnanswered(Exception):
    """Nobody could say what the name holds: no answer in time, or a resolver that failed."""


def texts_of(name: str) -> list[str]:
    """Return the TXT records of `name`, the pieces of each joined; none where it has none or does not exist.

    Refused: `DnsUnanswered`, which says nothing about the name.
    """
    from dns import exception, resolver  # most processes never ask

    try:
        answer = _resolver().resolve(f"{name}.", "TXT", lifetime=PATIENCE, raise_on_no_answer=False)
    except (resolver.NXDOMAIN, resolver.YXDOMAIN):
        return []
    except (exception.DNSException, OSError) as reason:
        raise DnsUnanswered(f"{name}: {type(reason).__name__}") from reason
    if answer.rrset is None:
        return []
    return [b"".join(record.strings).decode("utf-8", "replace") for record in answer.rrset]


def _resolver() -> Any:
    from dns import flags, resolver

    address = runtime.settings().dns_resolver
    if not address:
        return resolver.Resolver()
    host, colon, port = address.rpartition(":")
    found = resolver.Resolver(configure=False)
    found.nameservers = [host.strip("[]") if colon else address]
    found.port = int(port) if colon else _USUAL_PORT
    found.flags = flags.RD
    return found
