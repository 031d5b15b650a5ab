"""What anyone may ask: the catalogue, tracking without a name in it, and the description of the API."""

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
from openapi_spec_validator import validate

from schemas.catalogue.model import City
from server.access import throttle
from tests.conftest import Server

from .conftest import Make
from .device import Device
from .filing import act, file

PUBLIC = {
    ("GET", "/api/v1/about"),
    ("POST", "/api/v1/bundles"),
    ("GET", "/api/v1/catalogue"),
    ("GET", "/api/v1/track/<string:number>"),
    ("GET", "/api/v1/openapi.json"),
    ("POST", "/api/v1/accounts"),
    ("POST", "/api/v1/enrolments"),
    ("POST", "/api/v1/invitations"),
    ("POST", "/api/v1/devices"),
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    # To whoever asks from this machine; tests/api/test_health.py asks from elsewhere.
    ("GET", "/metrics"),
    ("GET", "/"),
    ("GET", "/lacak"),
    ("GET", "/lapor"),
    ("POST", "/lapor"),
}
"""Everything that may be asked without a token. A route that is not written here must refuse."""


def _get(server: Server, path: str, **headers: str) -> Any:
    return server.app.test_client().get(path, headers=headers)


def test_every_route_refuses_without_a_token(server: Server) -> None:
    asked = 0
    routes = {(method, rule.rule) for rule in server.app.url_map.iter_rules() for method in rule.methods or ()}
    assert routes >= PUBLIC, "the list names nothing that is gone"
    for rule in server.app.url_map.iter_rules():
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            # What the admin pages answer is told by tests of their own: to sign in, as a page.
            if (method, rule.rule) in PUBLIC or rule.rule.startswith("/admin/"):
                continue
            for token in (None, "Bearer " + "x" * 43):
                path = rule.rule.replace("<string:number>", "x")
                hello = b'{"t":"hello","protocol":1,"instance":"00000000-0000-4000-8000-000000000000"}'
                body = hello + b'\n{"t":"end","commands":0}\n'
                headers = {"Authorization": token} if token else {}
                response = server.app.test_client().open(path, method=method, data=body, headers=headers)
                assert (response.status_code, response.json and response.json["code"]) == (401, "not_signed_in"), path
                assert response.headers["WWW-Authenticate"].startswith("Bearer")
                asked += 1
    assert asked >= 6


def test_the_catalogue_and_its_etag(server: Server) -> None:
    response = _get(server, "/api/v1/catalogue")
    assert City.from_json(response.get_data()).version == server.city.version
    etag = response.headers["ETag"]
    assert etag == f'"{server.city.version}"'
    unchanged = _get(server, "/api/v1/catalogue", **{"If-None-Match": etag})
    assert (unchanged.status_code, unchanged.get_data()) == (304, b"")
    assert _get(server, "/api/v1/catalogue", **{"If-None-Match": '"other"'}).status_code == 200


def test_tracking(server: Server, guest: Device, staff: Make) -> None:
    case = file(server, guest)
    record = guest.held[case]
    act(staff("front_desk"), case, "accept")
    page = _get(server, f"/api/v1/track/{record['number'].lower()}?code={record['code'].lower()}").json
    assert (page["number"], page["stage"], len(page["steps"])) == (record["number"], "survey", 2)
    assert page["label"] == {"id": "Survei lapangan", "en": "Field survey"}
    decision = next(limit for limit in page["limits"] if limit["limit"] == "decision")
    assert (decision["state"], decision["late"]) == ("running", False)
    assert all(decision["why"][language] for language in ("id", "en"))


def test_wrong_number_and_wrong_code_are_the_same_answer(server: Server, guest: Device) -> None:
    record = guest.held[file(server, guest)]
    asked = [
        f"{record['number']}?code=0000000000",
        f"KRK-2026-999999?code={record['code']}",
        "%00?code=%00",
        "x?code=ö",
    ]
    answers = [_get(server, f"/api/v1/track/{path}") for path in asked]
    assert {response.status_code for response in answers} == {404}
    # But for the request's own name.
    assert len({response.get_data().replace(response.json["request"].encode(), b"") for response in answers}) == 1
    assert _get(server, f"/api/v1/track/{record['number']}").status_code == 422
    for _ in range(throttle.MOST_ADDRESS):
        _get(server, "/api/v1/track/x?code=y")
    assert _get(server, f"/api/v1/track/{record['number']}?code={record['code']}").status_code == 429


@pytest.mark.parametrize("service", ["krk", "iptb", "lapor"])
@pytest.mark.parametrize("anonymous", ["no", "public", "office"])
def test_tracking_has_no_personal_data(
    server: Server, guest: Device, staff: Make, service: str, anonymous: str
) -> None:
    """Marker words in every text that a person typed; none of them is on the public page."""
    kinds = {"text": "Penanda {}", "longtext": "Penanda {} panjang sekali", "email": "penanda{}@contoh.id"}
    markers: dict[str, Any] = {"anonymous": anonymous, "where": "words"}
    for number, field in enumerate(server.city.service(service).fields):
        if field.type in kinds:
            markers[field.name] = kinds[field.type].format(number)
        elif field.type == "digits":
            markers[field.name] = "3374" + str(number).rjust((field.length or 15) - 4, "9")
        elif field.type == "phone":
            markers[field.name] = f"0813999{number:05d}"
    record = guest.held[file(server, guest, service, **markers)]
    page = json.dumps(_get(server, f"/api/v1/track/{record['number']}?code={record['code']}").json)
    assert "Penanda" in json.dumps(record)
    for field in server.city.service(service).fields:
        if field.personal or field.type in kinds:
            assert str(markers.get(field.name, "Penanda")) not in page
    for secret in ("enanda", "3374", "0813999", record["owner"], record["id"], "Tamu"):
        assert secret not in page


def test_the_description_is_valid_and_covers_every_route(server: Server) -> None:
    response = _get(server, "/api/v1/openapi.json")
    document = response.json
    validate(document)
    described = {(m.upper(), p) for p, methods in document["paths"].items() for m in methods if m != "parameters"}
    # The exchange has its own definition, docs/protocol.md.
    for method, path in {("GET", "/api/v1/catalogue"), ("POST", "/api/v1/devices"), ("GET", "/api/v1/track/{number}")}:
        assert (method, path) in described


def test_whoever_asks_first_for_the_description_gets_all_of_it(server: Server) -> None:
    """It is made when somebody asks, and not at each start; who comes meanwhile waits for it."""
    api, other_answered = server.app.extensions["flask-smorest"]["apis"][""]["ext_obj"], Event()
    begin = api._waiting.popleft()
    api._waiting.appendleft(lambda: (other_answered.wait(0.2), begin()))

    def ask() -> bytes:
        answer = _get(server, "/api/v1/openapi.json").get_data()
        other_answered.set()
        return bytes(answer)

    with ThreadPoolExecutor(2) as threads:
        first = [threads.submit(ask) for _ in range(2)]
    assert {asked.result() for asked in first} == {ask()}


def test_headers_on_every_kind_of_answer(server: Server, guest: Device) -> None:
    answers = [
        _get(server, "/api/v1/catalogue"),
        _get(server, "/api/v1/nothing"),
        _get(server, "/api/v1/me"),
        guest.post(guest.body()),
        guest.post(b""),
    ]
    for response in answers:
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert "Set-Cookie" not in response.headers
        # Lines are shown as a page by no browser, and kept by no cache, since they answer a POST.
        if response.mimetype != "application/x-ndjson":
            assert response.headers["Referrer-Policy"] == "no-referrer"
            assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    kept = [response.headers.get("Cache-Control") for response in answers]
    assert kept[1:] == ["no-store", "no-store", None, "no-store"]


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/v1/sync", 405, "wrong_method"),
        ("GET", "/nowhere", 404, "not_found"),
        ("POST", "/api/v1/catalogue", 405, "wrong_method"),
        ("GET", "/api/v1/me", 401, "not_signed_in"),
        ("POST", "/api/v1/devices", 422, "invalid"),
    ],
)
def test_every_refusal_is_a_problem_body(server: Server, method: str, path: str, status: int, code: str) -> None:
    response = server.app.test_client().open(path, method=method)
    assert response.status_code == status
    assert response.mimetype == "application/problem+json"
    assert response.json is not None
    assert (response.json["status"], response.json["code"]) == (status, code)
    assert response.json["detail"]
