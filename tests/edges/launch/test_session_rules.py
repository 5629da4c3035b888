"""The pure rules of sessions: tags, return addresses, tokens."""

import pytest

from pitboss.domain.sessions import language_tag, return_url, valid_token


@pytest.mark.parametrize(
    ("said", "tag"),
    [
        ("en", "en"),
        ("TH", "th"),
        ("en-US", "en-US"),
        ("en_gb", "en-GB"),
        ("pt-br", "pt-BR"),
        ("zh-Hant", "zh-TW"),
        ("zh_hans_CN", "zh-CN"),
        ("sr-Latn-RS", "sr-RS"),
        ("es-419", "es"),
        ("eng", "en"),
        ("cn", "zh"),
        ("Indonesian", "id"),
        ("fil", "fil"),
        ("", "en"),
        ("x", "en"),
        ("en-", "en"),
        ("en\n", "en"),
        ("<b>", "en"),
        ("ｅｎ", "en"),
        ("12", "en"),
    ],
)
def test_languages(said: str, tag: str) -> None:
    assert language_tag(said) == tag
    assert len(language_tag(said)) <= 5


@pytest.mark.parametrize(
    "url", ["https://a.example", "http://a.example:8080/x?y=1#z", "https://[2001:db8::1]/", "HTTPS://a.example/"]
)
def test_return_urls(url: str) -> None:
    assert return_url(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "javascript:x", "data:text/html,x", "//a.example", "/lobby", "a.example", "https://", "https:///x", "https:a.example",
        "https://a.example\\@b.example", "https://a@b.example", "https://a.example/ x", "https://a.example/\n", "\thttps://a.example",
        "https://a.example:x/", "https://[::1", "ftp://a.example", "https://a.example/" + "x" * 500,
    ],
)  # fmt: skip
def test_return_urls_that_are_none(url: str) -> None:
    assert return_url(url) is None


def test_tokens() -> None:
    assert valid_token("a" * 20)
    assert valid_token("Z9" * 25)
    for text in ("a" * 19, "a" * 51, "a" * 20 + "\n", "a" * 20 + "-", "é" * 20):
        assert not valid_token(text)
