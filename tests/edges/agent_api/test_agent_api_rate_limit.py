"""The token bucket, at instants given by hand."""

from pitboss.edges.rate_limit import RateLimit


def test_a_second_holds_so_many_calls_and_no_more() -> None:
    now = 100.0
    limit = RateLimit(3, lambda: now)
    assert [limit.wait("key") for _ in range(5)] == [0, 0, 0, 1, 1]
    assert limit.wait("other") == 0
    now = 100.34
    assert [limit.wait("key") for _ in range(2)] == [0, 1]
    now = 200.0
    assert [limit.wait("key") for _ in range(4)] == [0, 0, 0, 1]
