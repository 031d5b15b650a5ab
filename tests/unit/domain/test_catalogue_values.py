"""The generator that other tests rest on gives what the catalogue takes, and reaches every conditional question."""

from collections.abc import Mapping, Sequence

from schemas.catalogue.model import City, Field, Service
from schemas.forms import check_form
from tests.catalogue_values import answers, branches, value


def _forms(service: Service) -> Mapping[str, Sequence[Field]]:
    return {"application": service.fields} | {form.code: form.fields for form in service.forms}


def test_every_branch_of_every_form_is_valid(stall_city: City) -> None:
    tried = 0
    for service in stall_city.services:
        for name, fields in _forms(service).items():
            for given in branches(stall_city, fields):
                clean, problems = check_form(stall_city, service, fields, given, partial=False)
                assert not problems, (service.code, name, problems)
                assert clean == given, (service.code, name)
                tried += 1
    assert tried > 100


def test_every_question_is_asked_in_some_branch(stall_city: City) -> None:
    for service in stall_city.services:
        for name, fields in _forms(service).items():
            asked = {field for given in branches(stall_city, fields) for field in given}
            assert asked == {field.name for field in fields}, (service.code, name)


def test_variants_differ(stall_city: City) -> None:
    """So that a test that changes an answer really changes it."""
    for service in stall_city.services:
        for field in service.fields:
            if field.type != "multi":
                assert value(field, stall_city, 0) != value(field, stall_city, 1), field.name
        assert answers(stall_city, service.fields) == answers(stall_city, service.fields)
