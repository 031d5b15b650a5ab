"""What `make audit` makes of what it is told: never green where nobody could say anything."""

import json
from typing import Any

import pytest

from tests.sweeps.audit import CLEAN, LOCKED, NOT_AUDITED, VULNERABLE, Report, of_npm, of_python
from tests.sweeps.secrets import tracked


def _pip(*dependencies: dict[str, Any]) -> Report:
    return of_python(json.dumps({"dependencies": list(dependencies), "fixes": []}))


def _npm(**vulnerabilities: dict[str, Any]) -> str:
    return json.dumps({"vulnerabilities": vulnerabilities, "metadata": {"dependencies": {"total": 57}}})


FLASK = {"name": "flask", "version": "3.1.3", "vulns": []}
OLD = {"name": "jinja2", "version": "2.0", "vulns": [{"id": "PYSEC-2099-1", "fix_versions": ["3.0"], "aliases": []}]}
UNASKED = {"name": "whitenoise", "skip_reason": "Dependency not found on PyPI and could not be audited"}
OURS = {"name": "tenggat", "skip_reason": "Dependency not found on PyPI and could not be audited"}


def test_what_is_clean_is_told_with_how_many_there_are() -> None:
    report = _pip(FLASK, OURS)
    assert report.status == CLEAN
    assert list(report.lines()) == ["Python packages: 1 packages, no known vulnerability"]
    assert of_npm("client/web", _npm()).status == CLEAN


def test_what_is_vulnerable_is_named_with_its_remedy() -> None:
    report = _pip(FLASK, OLD)
    assert report.status == VULNERABLE
    assert "  jinja2 2.0: PYSEC-2099-1; mended in 3.0" in report.lines()
    told = _npm(leaflet={"range": "<1.9", "severity": "high", "fixAvailable": True})
    report = of_npm("client/web", told)
    assert report.status == VULNERABLE
    assert any("leaflet" in line and "high" in line for line in report.lines())


def test_a_package_that_was_passed_over_is_not_audited() -> None:
    """pip-audit ends with success there."""
    report = _pip(FLASK, UNASKED)
    assert report.status == NOT_AUDITED
    assert "whitenoise" in "\n".join(report.lines())
    assert _pip(OLD, UNASKED).status == VULNERABLE


@pytest.mark.parametrize("told", ["", "not JSON", "{}", "[]", "null", '{"dependencies": []}'])
def test_no_answer_is_not_audited(told: str) -> None:
    report = of_python(told, "Traceback\nConnectionError: nobody there")
    assert report.status == NOT_AUDITED
    assert "NOT AUDITED" in "\n".join(report.lines())


@pytest.mark.parametrize(
    "told", ["", "npm error", "{}", "[]", '{"message": "405 Method Not Allowed", "error": {"summary": ""}}']
)
def test_an_npm_that_could_not_ask_is_not_audited(told: str) -> None:
    report = of_npm("client/web", told, "npm error audit endpoint returned an error")
    assert report.status == NOT_AUDITED
    assert "NOT AUDITED" in "\n".join(report.lines())


def test_every_lock_file_is_asked_about() -> None:
    found = {name.rpartition("/")[0] for name in tracked() if name.endswith("/package-lock.json")}
    assert found == set(LOCKED)
