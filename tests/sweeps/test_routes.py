"""Every route asked by everybody: nobody gets what is not theirs, a refusal says why, and changes nothing."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from server.admin import pulse
from sync.errors import TenggatError, from_problem
from tests.api.html import Page
from tests.sweeps.askers import EVERYBODY, Asker, askers
from tests.sweeps.asking import SIGN_IN, Question, Row
from tests.sweeps.city_day import MARKERS, CityDay
from tests.sweeps.keeping import Kept
from tests.sweeps.route_table import ROWS

PLAIN_METHODS = frozenset({"HEAD", "OPTIONS"})
"""Answered by the framework from what else there is, and asked here beside it."""


def _wanted(rules: Iterable[Rule]) -> set[tuple[str, str]]:
    """Method and rule of each route; HEAD where it is a function of its own."""
    found = set()
    for rule in rules:
        methods = set(rule.methods or ()) - ({"HEAD"} if "GET" in (rule.methods or ()) else set()) - {"OPTIONS"}
        found |= {(method, rule.rule) for method in methods}
    return found


def _said(missing: Iterable[tuple[str, str]]) -> str:
    """What to do about routes that nobody thought of."""
    lines = [
        f'    {"admin" if rule.startswith("/admin/") else "device"}("{method}", "{rule}"),' for method, rule in missing
    ]
    return (
        "these routes stand in no row of tests/sweeps/route_table.py; say there who may ask each and how it is asked"
        " (`at=` for the parts of its address, `form=` for what is typed):\n" + "\n".join(sorted(lines))
    )


def test_every_route_stands_in_the_table(day: CityDay) -> None:
    wanted, rows = _wanted(day.server.app.url_map.iter_rules()), {(row.method, row.rule) for row in ROWS}
    missing = wanted - rows
    assert not missing, _said(missing)
    gone = {row for row in rows - wanted if row[0] not in PLAIN_METHODS}
    assert not gone, f"these rows of tests/sweeps/route_table.py are of no route any more: {sorted(gone)}"


def test_a_route_without_a_row_is_told_how_to_get_one() -> None:
    told = _said([("POST", "/admin/things")])
    assert 'admin("POST", "/admin/things"),' in told


def test_everybody_is_in_the_city(day: CityDay) -> None:
    assert {asker.name for asker in askers(day)} == EVERYBODY
    assert {name for row in ROWS for name in row.who} <= EVERYBODY


@pytest.fixture(autouse=True)
def short_streams(monkeypatch: pytest.MonkeyPatch) -> None:
    """A board's events end with the first."""
    monkeypatch.setattr(pulse, "LASTS", 0.0)


@pytest.mark.parametrize("row", ROWS, ids=[f"{n:02}-{row.name}" for n, row in enumerate(ROWS)])
def test_a_route_asked_by_everybody(row: Row, day: CityDay, kept: Kept) -> None:
    for asker in askers(day):
        question = row.ask(day, asker)
        response = ask(day, row.method, row.rule, question, asker)
        try:
            _check(row, asker, response, question, day, kept)
        except AssertionError as error:
            told = response.get_data()[:600].decode("utf-8", "replace")
            raise AssertionError(f"{row.name} asked by {asker.name}: {error}\n{response.status}\n{told}") from None
        finally:
            if kept.changed():
                kept.bring_back(files=row.method != "GET")


def ask(day: CityDay, method: str, rule: str, question: Question, asker: Asker) -> TestResponse:
    """One request of one asker, with nothing left over from the one before."""
    path = re.sub(r"<(?:\w+:)?(\w+)>", lambda part: question.at[part[1]], rule)
    body: dict[str, Any] = {"data": question.form if question.form is not None else question.body}
    if question.json is not None:
        body = {"json": question.json}
    return day.server.app.test_client(use_cookies=False).open(
        path,
        method=method,
        query_string=dict(question.query) or None,
        headers={**question.headers, **asker.headers},
        environ_base={"REMOTE_ADDR": question.address},
        buffered=True,
        **body,
    )


def _check(row: Row, asker: Asker, response: TestResponse, question: Question, day: CityDay, kept: Kept) -> None:
    status = response.status_code
    led_to_sign_in = status == 303 and response.headers["Location"].startswith("/admin/sign-in?next=")
    if asker.name in row.who:
        assert status in row.fine, f"may ask it, and gets one of {sorted(row.fine)}"
        assert not led_to_sign_in, "may ask it"
    else:
        refusal = row.rest(asker.name)
        assert status == refusal.status, f"may not ask it, and is told {refusal}"
        if refusal == SIGN_IN and row.page:
            assert led_to_sign_in
        elif row.page:
            page_says_what_to_do(response)
        elif row.method != "HEAD":
            assert problem_code(response) == refusal.code
    _tells_nothing_of_others(row, asker, response, question, day)
    if asker.name not in row.who or row.method in ("GET", "HEAD", "OPTIONS"):
        assert not kept.changed() or not kept.differs(), f"nothing is changed by it, but: {kept.differs()}"


def _tells_nothing_of_others(row: Row, asker: Asker, response: TestResponse, question: Question, day: CityDay) -> None:
    sees = asker.sees | (row.shows if asker.name in row.who else frozenset())
    told = response.get_data() + str(response.headers).encode()
    # What somebody brings themselves is theirs to see again.
    brought = repr(question).encode()
    for whose, marker in MARKERS.items():
        if whose not in sees and marker.encode() not in brought:
            assert marker.encode() not in told, f"what is of “{whose}” is told"
    mine = asker.header or ""
    for secret in day.secrets:
        assert secret in mine or secret.encode() not in told, "a secret is told"


def problem_code(response: TestResponse) -> str:
    """The word of a refusal, which is a whole problem body: one that a program understands, and a sentence."""
    assert response.mimetype == "application/problem+json"
    problem = json.loads(response.get_data())
    assert problem["status"] == response.status_code
    assert re.search(r"\w+ \w+", problem["detail"]), "a sentence"
    assert problem["request"] == response.headers["X-Request-Id"]
    known = type(from_problem(problem)) is not TenggatError
    assert known or problem["code"] in ("wrong_media", "wrong_range"), f"no program knows what {problem['code']} is"
    if response.status_code == 401:
        assert response.headers["WWW-Authenticate"].startswith("Bearer")
    if response.status_code == 429:
        assert int(response.headers["Retry-After"]) == problem["retry_after"] > 0
    code: str = problem["code"]
    return code


def page_says_what_to_do(response: TestResponse) -> None:
    """A refusal as a page: a heading, and beyond it a sentence or a form to go on with."""
    assert response.mimetype == "text/html"
    page = Page(response.get_data(as_text=True))
    heading, words = page.one("h1").words, page.one("main").words
    assert heading
    assert len(words) > len(heading) + 20, "beyond its heading it says what to do"


ODD = ("x", "%00", "..%2f..%2fetc%2fpasswd", "é", "'", "%22%3E%3Cb%3E", "9" * 40, "a" * 300, "%ff%fe", "-1", "line.x.y")
"""Instead of an id or a key. What comes as %2f is a slash once it is read, and mostly of no route."""


def _odd_paths(rule: Rule) -> Iterator[str]:
    for odd in ODD:
        yield re.sub(r"<(?:\w+:)?\w+>", lambda _, odd=odd: odd, rule.rule)  # type: ignore[misc]


def test_odd_addresses_are_refused_and_break_nothing(day: CityDay, kept: Kept) -> None:
    """As somebody who may do everything there, so that no refusal at the door hides what comes after it."""
    everyone = {asker.name: asker for asker in askers(day)}
    asked = 0
    for rule in day.server.app.url_map.iter_rules():
        if not rule.arguments:
            continue
        asker = everyone["admin" if rule.rule.startswith("/admin/") else "owner"]
        for method in sorted(set(rule.methods or ()) - {"OPTIONS"}):
            for path in _odd_paths(rule):
                form = {"csrf": asker.csrf} if asker.csrf and method == "POST" else None
                response = ask(day, method, path, Question(form=form, headers={"Tus-Resumable": "1.0.0"}), asker)
                assert 300 < response.status_code < 500, f"{method} {path}: {response.status}"
                assert not kept.changed() or not kept.differs(), f"{method} {path} changed {kept.differs()}"
                asked += 1
    assert asked > 100


def test_other_methods_are_refused_and_the_right_ones_named(day: CityDay) -> None:
    everyone = {asker.name: asker for asker in askers(day)}
    for rule in day.server.app.url_map.iter_rules():
        path = re.sub(r"<(?:\w+:)?\w+>", "x", rule.rule)
        same = [other for other in day.server.app.url_map.iter_rules() if other.rule == rule.rule]
        known = {method for other in same for method in other.methods or ()}
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"} - known:
            response = ask(day, method, path, Question(), everyone["admin"])
            assert response.status_code == 405, f"{method} {path}: {response.status}"
            allowed = {word.strip() for word in response.headers.get("Allow", "").split(",")}
            assert allowed == known, f"{method} {path} (RFC 9110 §15.5.6 asks for Allow)"


def test_options_tell_methods_and_nothing_else(day: CityDay) -> None:
    for rule in day.server.app.url_map.iter_rules():
        path = re.sub(r"<(?:\w+:)?\w+>", "x", rule.rule)
        asker = Asker("nobody")
        response = ask(day, "OPTIONS", path, Question(headers={"Origin": "https://jahat.example"}), asker)
        assert response.status_code < 500
        assert not response.get_data() or response.status_code >= 300
        assert not [name for name, _ in response.headers if name.lower().startswith("access-control-")]
