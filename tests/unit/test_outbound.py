"""Which addresses the hub may be told to call."""

from ipaddress import ip_address

import pytest

from pitboss.domain.outbound import EVERYWHERE_INSIDE, PUBLIC_ONLY, Reach, address_problem, url_problem

LOOPBACK = Reach(private=False, loopback=True)


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://[fe80::1]/",
        "http://[::ffff:169.254.169.254]/",
        "http://[64:ff9b::a9fe:a9fe]/",
        "http://[2002:a9fe:a9fe::]/",
        "http://[fd00:ec2::254]/",
        "http://[2001:0:a9fe:a9fe::]/",
        "http://metadata.google.internal/computeMetadata/v1/",
        "http://METADATA.google.internal./",
        "http://100.100.100.200/",
        "http://0.0.0.0/",
        "http://0/",
        "http://[::]/",
        "http://2852039166/",
        "http://0xa9fea9fe/",
        "http://169.254.43518/",
        "http://0251.0376.0251.0376/",
        "http://169.254.169.254./",
        "ftp://example.com/",
        "file:///etc/passwd",
        "//example.com/",
        "example.com",
        "javascript:alert(1)",
        "http://",
        "http://user:word@example.com/",
        "http://example.com:99999/",
        "http://exa mple.com/",
        "http://example.com\\@169.254.169.254/",
        "http://example.com/\r\nX: y",
        "http://[::1",
        "http://" + "a" * 2001,
    ],
)
def test_never(url: str) -> None:
    assert url_problem(url, EVERYWHERE_INSIDE) is not None


@pytest.mark.parametrize("url", ["https://wallet.example/v2?x=1", "http://203.0.113.9:8443/", "http://[2001:db8::5]/w"])
def test_the_public_network_always(url: str) -> None:
    assert url_problem(url, PUBLIC_ONLY) is None


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9000/w", "http://[::1]/", "http://localhost:1/", "http://[::ffff:127.0.0.1]/"]
)
def test_this_machine_when_allowed(url: str) -> None:
    assert url_problem(url, LOOPBACK) is None
    assert url_problem(url, PUBLIC_ONLY) is not None


@pytest.mark.parametrize("host", ["10.1.2.3", "172.31.0.1", "192.168.1.1", "100.64.0.1", "fc00::1", "fd12::1"])
def test_private_networks_when_allowed(host: str) -> None:
    address = ip_address(host)
    assert address_problem(address, EVERYWHERE_INSIDE) is None
    assert address_problem(address, LOOPBACK) is not None


def test_the_text_never_repeats_the_url() -> None:
    problem = url_problem("http://somebody:hush@example.com/", PUBLIC_ONLY)
    assert problem is not None
    assert "hush" not in problem
