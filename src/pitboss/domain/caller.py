"""Who is at the other end of a connection, and whether that address is on a list."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


def parse_address(text: str) -> Address | None:
    """An address, IPv4 written as IPv6 as what it is; None for anything else."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def caller_address(peer: str | None, forwarded_for: Sequence[str], trusted: Sequence[Network]) -> Address | None:
    """The caller: the connection's peer, or what trusted proxies say of it.

    `forwarded_for`: the X-Forwarded-For headers in order. They count from the right, and only as far as each hop that
    wrote them is trusted; whatever stands further left anyone may have made up. None when it cannot be told.
    """
    address = parse_address(peer) if peer else None
    hops = [hop.strip() for header in forwarded_for for hop in header.split(",")]
    while address is not None and hops and listed(address, trusted):
        address = parse_address(hops.pop())
    return address


def listed(address: Address | None, networks: Sequence[Network]) -> bool:
    """Whether the address is in one of the networks."""
    if address is None:
        return False
    return any(address.version == network.version and address in network for network in networks)
