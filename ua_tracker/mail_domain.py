"""What name servers say about the domain that mails come from. Spam filters ask them the same."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dns.resolver import Resolver

SECONDS = 5.0  # for each of three questions


def missing(domain: str, resolver: "Resolver | None" = None) -> Iterator[str]:
    """What this domain lacks, as a sentence each. Asks this machine's resolver, or the given one.

    Raises LookupError where there is no such domain, TimeoutError where no server answers.
    """
    from dns import exception
    from dns import resolver as asking

    try:
        ask = resolver or asking.Resolver()
        if not _has(ask, domain, "MX") and not _has(ask, domain, "A") and not _has(ask, domain, "AAAA"):
            yield f"{domain} takes no mail (no MX record): replies and returned mails are lost"
        if not _has(ask, domain, "TXT", "v=spf1"):
            yield f"{domain} does not say who may send for it: add a TXT record that begins with v=spf1 (SPF)"
        if not _has(ask, f"_dmarc.{domain}", "TXT", "v=DMARC1"):
            yield f"_dmarc.{domain} has no TXT record that begins with v=DMARC1"
    except asking.NXDOMAIN as none:
        raise LookupError(f"there is no domain {domain}") from none
    except exception.DNSException as failed:
        raise TimeoutError(f"no name server answers ({type(failed).__name__})") from failed


def _has(resolver: "Resolver", name: str, kind: str, begins: str = "") -> bool:
    """Whether there is such a record, of texts one that begins so. A name below the domain need not be there."""
    from dns import resolver as asking

    try:
        found = resolver.resolve(name, kind, lifetime=SECONDS, search=False)
    except asking.NoAnswer:
        return False
    except asking.NXDOMAIN:
        if name.startswith("_"):
            return False
        raise
    return any(str(one).strip('"').startswith(begins) for one in found)
