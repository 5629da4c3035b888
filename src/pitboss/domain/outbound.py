"""Which addresses the hub may be told to call: nobody's link-local or metadata services, ever (design: SSRF).

One rule in two steps. `url_problem` judges a URL when a person enters it; `address_problem` judges each address its name
resolves to, right before a connection is made, since a name can point elsewhere tomorrow.
"""

import re
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import NamedTuple
from urllib.parse import urlsplit

_NEVER = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8",
        "169.254.0.0/16",
        "100.100.100.200/32",
        "192.0.0.192/32",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "::/128",
        # Tunnels that carry an IPv4 address where it is not seen.
        "64:ff9b:1::/48",
        "2001::/32",
        "fe80::/10",
        "fec0::/10",
        "fd00:ec2::/32",
        "ff00::/8",
    )
)
_NEVER_NAMES = ("metadata", "metadata.google.internal", "instance-data", "instance-data.ec2.internal")
_PRIVATE = tuple(
    ip_network(text) for text in ("10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
)
# An IPv4 address inside an IPv6 one is judged as itself.
_NAT64 = ip_network("64:ff9b::/96")
_LONGEST = 2000
_HOST = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?\.?")


class Reach(NamedTuple):
    """How far inside the own network outbound calls may go, beyond the public one."""

    private: bool
    loopback: bool


EVERYWHERE_INSIDE = Reach(private=True, loopback=True)
PUBLIC_ONLY = Reach(private=False, loopback=False)


def url_problem(url: str, reach: Reach) -> str | None:
    """Why `url` may not be called, or None. The text never repeats the URL, which may carry credentials."""
    if len(url) > _LONGEST or any(char <= " " or char == "\x7f" or char == "\\" for char in url):
        return "must be a URL of at most 2000 characters without spaces"
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "must be a URL"
    if parts.scheme not in ("http", "https"):
        return "must begin with http:// or https://"
    if not host:
        return "must name a host"
    if parts.username is not None or parts.password is not None:
        return "must not carry a user name or password"
    return _host_problem(host, reach)


def _host_problem(host: str, reach: Reach) -> str | None:
    try:
        return address_problem(ip_address(host), reach)
    except ValueError:
        pass
    name = host.lower().rstrip(".")
    last_label = name.rsplit(".", 1)[-1]
    # Resolvers take 0xa9fea9fe, 2852039166 and 169.254.43518 for addresses too.
    if not _HOST.fullmatch(host) or last_label.isdigit() or re.fullmatch(r"0x[0-9a-f]*", last_label):
        return "must name a host, or an address in its usual form"
    if name in _NEVER_NAMES:
        return "must not be a link-local or metadata address"
    if (name == "localhost" or name.endswith(".localhost")) and not reach.loopback:
        return "must not be on this machine"
    return None


def address_problem(address: IPv4Address | IPv6Address, reach: Reach) -> str | None:
    """Why an address may not be called, or None."""
    if isinstance(address, IPv6Address):
        inner = _inner_ipv4(address)
        if inner is not None:
            return address_problem(inner, reach)
    if any(address in network for network in _NEVER):
        return "must not be a link-local or metadata address"
    if address.is_loopback:
        return None if reach.loopback else "must not be on this machine"
    if any(address in network for network in _PRIVATE) and not reach.private:
        return "must not be a private address (PITBOSS_ALLOW_PRIVATE_URLS=1 allows it)"
    return None


def _inner_ipv4(address: IPv6Address) -> IPv4Address | None:
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour
