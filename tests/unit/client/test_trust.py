"""Reaching the city over networks as they are: its own certificate, wrong ones, proxies, public Wi-Fi."""

import io
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from client import trust
from client.files import wire
from client.files.wire import Rest
from client.roads import DIRECT, Road, connect, proxy_of, road_of, shown
from client.store import Store
from client.transport import HttpTransport
from client.troubles import NotOurServer, ProxyTrouble, Unreachable, UntrustedServer
from schemas.catalogue.model import City
from sync.errors import Invalid, TenggatError
from tests.certificates import Made, self_signed
from tests.conftest import Server
from tests.roadside import WAYS, city, portal, proxy

HOST = "127.0.0.1"


@pytest.fixture(scope="module")
def own() -> Made:
    """The city's self-signed certificate."""
    return self_signed(HOST)


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The proxies and certificates of whoever runs the tests."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path / "profile" / "device.sqlite")
    yield made
    made.close()


@pytest.fixture
def there(opened: ExitStack, server: Server, own: Made, tmp_path: Path) -> str:
    """A whole server behind the city's own certificate."""
    return opened.enter_context(city(server.app, own, tmp_path))


def _file(tmp_path: Path, made: Made) -> Path:
    path = tmp_path / "kota.pem"
    path.write_bytes(made.certificate)
    return path


def _fetches(transport: Any) -> bool:
    return bool(City.from_json((transport.catalogue(None) or b"").decode()).services)


# Certificates.


def test_a_certificate_that_nobody_vouches_for_is_refused(there: str) -> None:
    with pytest.raises(UntrustedServer) as refused:
        HttpTransport(there).catalogue(None)
    assert refused.value.extra["why"] == "unknown_issuer"


def test_the_citys_own_certificate_is_trusted_where_it_was_given(there: str, own: Made, tmp_path: Path) -> None:
    assert _fetches(HttpTransport(there, verify=_file(tmp_path, own)))


def test_the_environments_certificates_do_not_come_before_the_citys(
    there: str, own: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "lain.pem"
    other.write_bytes(self_signed("lain.example").certificate)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(other))
    assert _fetches(HttpTransport(there, verify=_file(tmp_path, own)))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(_file(tmp_path, own)))
    assert _fetches(HttpTransport(there)), "where none was given, the environment's are believed as ever"


def test_only_the_given_certificate_is_trusted(opened: ExitStack, server: Server, own: Made, tmp_path: Path) -> None:
    stranger = opened.enter_context(city(server.app, self_signed(HOST), tmp_path))
    with pytest.raises(UntrustedServer) as refused:
        HttpTransport(stranger, verify=_file(tmp_path, own)).catalogue(None)
    assert refused.value.extra["why"] == "changed"


@pytest.mark.parametrize(
    ("made", "why"),
    [
        ({"days": -1}, "expired"),
        ({"days": 30, "begins": 2}, "not_yet"),
        ({"names": ("layanan.example.id",)}, "other_name"),
        ({"names": ("10.0.0.1",)}, "other_name"),
        ({"names": ()}, "other_name"),
    ],
)
def test_what_is_wrong_with_a_certificate_is_told_also_where_it_is_the_given_one(
    opened: ExitStack, server: Server, tmp_path: Path, made: dict[str, Any], why: str
) -> None:
    wrong = self_signed(*made.pop("names", (HOST,)), **made)
    address = opened.enter_context(city(server.app, wrong, tmp_path))
    with pytest.raises(UntrustedServer) as refused:
        HttpTransport(address, verify=_file(tmp_path, wrong)).call("GET", "/api/v1/catalogue")
    assert refused.value.extra["why"] == why
    text = refused.value.extra["text"]
    assert text.id and text.en, "each says what to do"


def test_the_citys_authority_may_be_given_or_just_the_one_certificate_that_it_signed(
    opened: ExitStack, server: Server, tmp_path: Path
) -> None:
    authority = self_signed(authority=True)
    signed = self_signed(HOST, by=authority)
    address = opened.enter_context(city(server.app, signed, tmp_path))
    for given in (authority, signed):
        assert _fetches(HttpTransport(address, verify=_file(tmp_path, given)))


def test_uploads_and_downloads_go_the_same_way(there: str, own: Made, tmp_path: Path) -> None:
    plain, pinned = HttpTransport(there), HttpTransport(there, verify=_file(tmp_path, own))
    rest = Rest(io.BytesIO(b"abc"), 0, 3, lambda *_: None, 3)
    with pytest.raises(UntrustedServer):
        wire.send(plain, "t" * 43, "/api/v1/uploads/1", rest)
    with pytest.raises(UntrustedServer):
        wire.get(plain, "t" * 43, "/api/v1/cases/1/files/1", io.BytesIO(), "tag")
    with pytest.raises(UntrustedServer):
        plain.exchange("t" * 43, [b"{}\n"], lambda *_: None)
    with pytest.raises(TenggatError) as refused:
        wire.send(pinned, "t" * 43, "/api/v1/uploads/1", rest)
    assert refused.value.code == "not_signed_in", "the server itself answered"


# Kept with the profile.


def test_what_is_trusted_stays_with_the_profile(store: Store, there: str, own: Made) -> None:
    assert road_of(store) == Road()
    trust.trust(store, own.key + own.certificate)
    road = road_of(store)
    assert road.verify is not None and road.verify.parent == store.path.parent
    assert b"PRIVATE" not in road.verify.read_bytes(), "a key that lay in the same file is not kept"
    assert [trust.fingerprint_of(each) for each in trust.held(store)] == [own.fingerprint]
    assert _fetches(connect(there, road))


def test_a_file_that_was_changed_on_the_disk_is_put_right(store: Store, own: Made) -> None:
    trust.trust(store, own.certificate)
    path = trust.file_of(store)
    assert path is not None
    for damage in (self_signed(HOST).certificate, b"", b"\xff\xfe"):
        path.write_bytes(damage)
        assert trust.file_of(store) == path
        assert path.read_bytes() == own.certificate
    path.unlink()
    assert (trust.file_of(store) or path).read_bytes() == own.certificate


def test_another_certificate_takes_its_place_and_none_gives_the_systems_back(store: Store, own: Made) -> None:
    trust.trust(store, own.certificate)
    first, second = trust.file_of(store), self_signed(HOST)
    trust.trust(store, second.certificate)
    assert first is not None and not first.exists()
    assert [trust.fingerprint_of(each) for each in trust.held(store)] == [second.fingerprint]
    trust.trust(store, None)
    assert (trust.file_of(store), trust.held(store), road_of(store)) == (None, [], Road())
    assert list(store.path.parent.glob("certificate-*")) == []


@pytest.mark.parametrize(
    "pem",
    [b"", b"bukan sertifikat", b"\xff\xfe\x00", b"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"],
)
def test_what_is_no_certificate_changes_nothing(store: Store, own: Made, pem: bytes) -> None:
    trust.trust(store, own.certificate)
    for wrong in (pem, self_signed(HOST, days=-1).certificate):
        with pytest.raises(Invalid):
            trust.trust(store, wrong)
    assert [trust.fingerprint_of(each) for each in trust.held(store)] == [own.fingerprint]


# Fetched, and compared with what a link says.


def test_the_servers_certificate_is_fetched_and_compared(there: str, own: Made, tmp_path: Path) -> None:
    pem = trust.fetched(there, own.fingerprint.upper())
    assert pem.encode() == own.certificate
    with pytest.raises(UntrustedServer) as refused:
        trust.fetched(there, self_signed(HOST).fingerprint)
    assert refused.value.extra["why"] == "changed"


def test_fetching_tells_a_network_from_a_proxy_from_something_else(opened: ExitStack, own: Made) -> None:
    with socket.create_server((HOST, 0)) as listening:
        port = listening.getsockname()[1]
    with pytest.raises(Unreachable) as away:
        trust.fetched(f"https://{HOST}:{port}", own.fingerprint)
    assert away.value.code == "unreachable"
    plain = opened.enter_context(portal("html")).replace("http:", "https:")
    with pytest.raises(NotOurServer):
        trust.fetched(plain, own.fingerprint)
    with pytest.raises(ProxyTrouble):
        trust.fetched(f"https://{HOST}:9", own.fingerprint, {"https": f"http://{HOST}:{port}"})


# Proxies.


@pytest.mark.parametrize("given", ["profile", "environment"])
def test_the_way_leads_through_the_proxy(
    opened: ExitStack, there: str, own: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    between = opened.enter_context(proxy())
    address = f"http://{HOST}:{between.server_port}"
    road = Road(_file(tmp_path, own), address if given == "profile" else None)
    if given == "environment":
        monkeypatch.setenv("HTTPS_PROXY", address)
    assert _fetches(connect(there, road))
    assert between.passed == ["CONNECT " + there.removeprefix("https://")]
    assert trust.fetched(there, own.fingerprint, road.proxies)
    assert len(between.passed) == 2, "the certificate comes the same way"


def test_none_goes_past_the_environments_proxy(
    opened: ExitStack, there: str, own: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    between = opened.enter_context(proxy())
    for name in ("HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://{HOST}:{between.server_port}")
    road = Road(_file(tmp_path, own), DIRECT)
    assert _fetches(connect(there, road))
    assert trust.fetched(there, own.fingerprint, road.proxies)
    assert between.passed == []


def test_a_proxy_that_wants_a_name_gets_the_one_given(opened: ExitStack, there: str, own: Made, tmp_path: Path) -> None:
    between = opened.enter_context(proxy("Basic cGV0dWdhczpyYWhhc2lh"))
    verify = _file(tmp_path, own)
    named = Road(verify, f"http://petugas:rahasia@{HOST}:{between.server_port}")
    assert _fetches(connect(there, named))
    assert trust.fetched(there, own.fingerprint, named.proxies)
    nameless = Road(verify, f"http://{HOST}:{between.server_port}")
    with pytest.raises(ProxyTrouble):
        connect(there, nameless).catalogue(None)
    with pytest.raises(ProxyTrouble):
        trust.fetched(there, own.fingerprint, nameless.proxies)


def test_a_proxy_that_refuses_a_plain_request_is_no_portal(opened: ExitStack) -> None:
    between = opened.enter_context(proxy("Basic x"))
    inside = opened.enter_context(portal("html"))
    over = connect(inside, Road(proxy=f"http://{HOST}:{between.server_port}"))
    with pytest.raises(ProxyTrouble):
        over.call("GET", "/api/v1/me")
    with pytest.raises(ProxyTrouble):
        wire.stands_at(over, "t", "/api/v1/uploads/1")


def test_a_proxy_that_is_away_is_said(there: str, own: Made, tmp_path: Path) -> None:
    with socket.create_server((HOST, 0)) as listening:
        port = listening.getsockname()[1]
    with pytest.raises(ProxyTrouble):
        connect(there, Road(_file(tmp_path, own), f"http://{HOST}:{port}")).catalogue(None)


def test_a_wrong_certificate_is_told_through_a_proxy_too(opened: ExitStack, there: str) -> None:
    between = opened.enter_context(proxy())
    with pytest.raises(UntrustedServer):
        connect(there, Road(proxy=f"http://{HOST}:{between.server_port}")).catalogue(None)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("http://proxy.kota.example:3128", "http://proxy.kota.example:3128"),
        (" proxy.kota.example:3128/ ", "http://proxy.kota.example:3128"),
        ("http://a:b@10.0.0.1:8080", "http://a:b@10.0.0.1:8080"),
        ("None", DIRECT),
        ("socks5://proxy:1080", None),
        ("http://", None),
        ("http://x:99999", None),
        ("http://x/y", None),
        ("dua kata", None),
        ("", None),
    ],
)
def test_a_proxys_address_as_people_write_it(text: str, address: str | None) -> None:
    assert proxy_of(text) == address


def test_a_proxys_password_is_not_shown() -> None:
    assert shown("http://a:rahasia@10.0.0.1:8080") == "http://a:…@10.0.0.1:8080"
    assert shown("http://10.0.0.1:8080") == "http://10.0.0.1:8080"


# Whoever answers for everybody.


@pytest.fixture(params=WAYS)
def wifi(request: pytest.FixtureRequest, opened: ExitStack) -> HttpTransport:
    return HttpTransport(opened.enter_context(portal(request.param)))


def test_a_portal_is_told_in_exchanges(wifi: HttpTransport) -> None:
    with pytest.raises(NotOurServer):
        wifi.exchange("t" * 43, [b"{}\n"])
    with pytest.raises(NotOurServer):
        wifi.catalogue(None)
    for method in ("GET", "POST", "DELETE"):
        with pytest.raises(NotOurServer):
            wifi.call(method, "/api/v1/devices", {} if method == "POST" else None)


def test_a_portal_is_told_in_uploads_and_downloads(wifi: HttpTransport) -> None:
    with pytest.raises(NotOurServer):
        wire.create(wifi, "t" * 43, "kasus", "lampiran", 3)
    with pytest.raises(NotOurServer):
        wire.stands_at(wifi, "t" * 43, "/api/v1/uploads/1")
    with pytest.raises(NotOurServer):
        wire.send(wifi, "t" * 43, "/api/v1/uploads/1", Rest(io.BytesIO(b"abc"), 0, 3, lambda *_: None, 3))
    into = io.BytesIO(b"ab")
    with pytest.raises(NotOurServer):
        wire.get(wifi, "t" * 43, "/api/v1/cases/1/files/1", into, "tag")
    assert into.getvalue() == b"ab", "nothing of the page was taken for the file"


def test_a_page_that_says_it_is_json_is_still_a_page(opened: ExitStack) -> None:
    with pytest.raises(NotOurServer):
        HttpTransport(opened.enter_context(portal("as_json"))).call("GET", "/api/v1/me")


def test_a_portal_that_answers_tls_in_plain_words(opened: ExitStack) -> None:
    plain = opened.enter_context(portal("html")).replace("http:", "https:")
    for ask in (lambda t: t.catalogue(None), lambda t: wire.stands_at(t, "t", "/api/v1/uploads/1")):
        with pytest.raises(NotOurServer):
            ask(HttpTransport(plain))


def test_a_portal_that_shows_a_certificate_of_its_own(opened: ExitStack, server: Server, tmp_path: Path) -> None:
    theirs = opened.enter_context(city(server.app, self_signed("masuk.wifi.example"), tmp_path))
    with pytest.raises(UntrustedServer) as refused:
        HttpTransport(theirs).exchange("t" * 43, [b"{}\n"])
    assert "Wi-Fi" in refused.value.extra["text"].id


def test_a_password_for_this_host_in_the_persons_own_file_never_takes_the_tokens_place(
    opened: ExitStack, there: str, own: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text(f"machine {HOST} login orang password rahasia\n", encoding="ascii")
    monkeypatch.setenv("NETRC", str(netrc))
    over = HttpTransport(there, verify=_file(tmp_path, own))
    with pytest.raises(TenggatError) as refused:
        over.call("GET", "/api/v1/me", token="t" * 43)
    assert "not valid" in refused.value.detail, "the token came through, and the server knows no such one"
