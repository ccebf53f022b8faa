"""Addresses, proxies, certificates and waits: read once, and no secret in them is ever shown."""

from datetime import UTC, datetime

import pytest

from workbench.adapters.models.bodies import BoundedClient
from workbench.adapters.models.web import (
    endpoint_address,
    environment_problem,
    gemini_address,
    seconds_asked,
)
from workbench.core.errors import InputError

NOW = datetime(2026, 11, 5, 14, 3, tzinfo=UTC)
BASES = {
    "http://h:8000": "http://h:8000/v1",
    "http://h:8000/": "http://h:8000/v1",
    " https://h/v1/ ": "https://h/v1",
    "http://h/v1/chat/completions": "http://h/v1",
    "http://h/v1/completions/": "http://h/v1",
    "https://h/proxy/v1/models": "https://h/proxy/v1",
    "https://h/v1beta/openai/": "https://h/v1beta/openai",
    "https://h/openai/deployments/d/chat/completions": "https://h/openai/deployments/d",
    "http://[::1]:8000/llm": "http://[::1]:8000/llm/v1",
}
NO_ADDRESSES = {
    "localhost:8000": "this is not an address",
    "ftp://h/": "this is not an address",
    "http://": "this is not an address",
    "http://h:99999": "this is not an address",
    "http://h:0": "this is not an address",
    "http://[::1": "this is not an address",
    "http://a b/": "can't contain blanks",
    "http://h/\x1b[31m": "can't contain blanks",
    "http://h/v1#frag": "contains a #",
    "http://h/v1#": "contains a #",
    "http://a..b/": "this is not an address",
    "": "this is not an address",
}


@pytest.mark.parametrize(("given", "base"), BASES.items())
def test_an_endpoint_is_its_base_or_the_place_that_is_asked(given, base):
    assert endpoint_address(given).url == base


@pytest.mark.parametrize(
    ("given", "base", "version"),
    [
        ("https://h/gem/", "https://h/gem", ""),
        ("https://h/v1beta", "https://h", "v1beta"),
        ("https://h/gem/v1/models/gemini-x:generateContent", "https://h/gem", "v1"),
    ],
)
def test_a_base_url_may_name_the_version_and_even_the_model(given, base, version):
    address, found = gemini_address(given)
    assert (address.url, found) == (base, version)


@pytest.mark.parametrize(("given", "told"), NO_ADDRESSES.items())
def test_what_is_no_address_is_refused(given, told):
    with pytest.raises(InputError, match=told) as caught:
        endpoint_address(given)
    assert str(caught.value).isprintable()


SECRET = [
    "http://me:S3cretS3cret@h/v1?api-version=2024&key=S3cretS3cret",
    "http://S3cretS3cret@h/v1",
    "http://h/v1?sig=S3cretS3cret",
]


@pytest.mark.parametrize("given", SECRET)
def test_users_and_queries_are_sent_and_never_shown(given):
    address = endpoint_address(given)
    assert "S3cret" in address.url + address.query
    assert address.shown == "http://h/v1"
    assert "S3cret" not in repr(address)
    assert [secret.get_secret_value() for secret in address.secrets] == ["S3cretS3cret"]


@pytest.mark.parametrize(
    "given",
    [
        "ftp://me:S3cret@h/",
        "ftp://h/?key=S3cret",
        "http://me:S3/cret@h/",
        "http://me:S3?cret@h/",
        "http://h:x/v1?mail=a@b&key=S3cret",
        "http://me:S3cret@h/#x",
    ],
)
def test_an_address_that_is_refused_is_shown_without_its_secrets(given):
    with pytest.raises(InputError) as caught:
        endpoint_address(given)
    assert "cret" not in str(caught.value)


ENVIRONMENTS = {
    "socks without its package": ("ALL_PROXY", "socks5://h:1", "needs the package socksio"),
    "another socks": ("all_proxy", "socks://h:1", "no proxy can be reached"),
    "no address": ("HTTP_PROXY", "http://[::1", "this is not a proxy's address"),
    "no port": ("HTTPS_PROXY", "http://me:S3cret@h:x", "this is not a proxy's address"),
    "too high a port": ("https_proxy", "http://me:S3cret@h:99999", "this is not a proxy's address"),
    "another scheme": ("ALL_PROXY", "ftp://me:S3cret@h:1", "no proxy can be reached"),
    "a blank": ("HTTP_PROXY", "http://h h:1", "no proxy can be reached"),
    "no certificates": ("SSL_CERT_FILE", "/nowhere.pem", "there is no such file"),
    "a folder of them": ("SSL_CERT_FILE", "/", "there is no such file"),
    "no folder": ("SSL_CERT_DIR", "/nowhere", "there is no such folder"),
    "nowhere to log keys": ("SSLKEYLOGFILE", "/nowhere/keys", "it cannot be written"),
}


@pytest.fixture
def network(monkeypatch):
    """An environment without proxies and certificates; a way to set one."""
    for kind in ("http", "https", "all", "no"):
        monkeypatch.delenv(f"{kind}_proxy", raising=False)
        monkeypatch.delenv(f"{kind}_PROXY".upper(), raising=False)
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch.setenv


@pytest.mark.parametrize(("name", "value", "told"), ENVIRONMENTS.values(), ids=ENVIRONMENTS)
def test_a_network_that_cannot_be_used_is_told_by_its_variable(network, name, value, told):
    if told.endswith("socksio") and __import__("importlib.util").util.find_spec("socksio"):
        pytest.skip("socksio is installed")
    network(name, value)
    with pytest.raises(InputError, match=told) as caught:
        BoundedClient()
    assert str(caught.value).startswith(f"{name} (")
    assert "S3cret" not in str(caught.value)


def test_certificates_that_are_none_are_told_of(network, tmp_path):
    (tmp_path / "no.pem").write_text("hello")
    network("SSL_CERT_FILE", str(tmp_path / "no.pem"))
    with pytest.raises(InputError, match=r"certificates .* cannot be used .*SSL_CERT_FILE"):
        BoundedClient()


def test_proxies_that_are_switched_off_need_not_work(network):
    network("ALL_PROXY", "socks://h:1")
    network("NO_PROXY", "localhost, *")
    assert environment_problem() == ""


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("5", 5.0),
        (" 0.5 ", 0.5),
        ("Thu, 05 Nov 2026 14:03:07 GMT", 7.0),
        ("Thu, 05 Nov 2026 14:03:07 -0000", 7.0),
        ("Thu, 05 Nov 2026 14:00:00 GMT", 0.0),
        ("9" * 400, 1e9),
        ("-5", None),
        ("nan", None),
        ("inf", None),
        ("1e300", None),
        ("soon", None),
        ("Fri, 99 Foo 99999 23:59:59 +9999", None),
        ("٥", None),
        ("", None),
    ],
)
def test_a_wait_is_seconds_or_a_date(said, seconds):
    assert seconds_asked(said, NOW) == seconds
