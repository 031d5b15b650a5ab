"""Whatever is wrong with a city's folder is refused with the file, the key and the reason."""

from pathlib import Path

import pytest

from schemas.catalogue import CatalogueError, all_faults, load_city

STALL = "services/izin_pkl.toml"

# file, what is replaced (first place), by what, the key named, a part of the reason
BREAKAGES: list[tuple[str, str, str, str, str]] = [
    (STALL, 'code = "izin_pkl"', "code =", "line 2", "Invalid value"),
    (STALL, "summary =", "sumary =", "-", "unknown field `sumary`"),
    (STALL, ', en = "Food Stall Permit"', "", "name", "missing required field `en`"),
    (STALL, 'en = "Food Stall Permit"', 'en = " "', "name.en", "empty"),
    (STALL, 'id = "Jajanan"', 'id = ""', "fields[goods].options[snacks].label.id", "empty"),
    (STALL, 'code = "izin_pkl"', 'code = "Izin PKL"', "code", "regex"),
    ("services/lapor.toml", 'code = "lapor"', 'code = "krk"', "code", "already the code in services/krk.toml"),
    ("services/lapor.toml", 'prefix = "LPR"', 'prefix = "KRK"', "prefix", "already the prefix in services/krk.toml"),
    (STALL, 'office = "disdag"', 'office = "moon"', "office", "unknown office 'moon'"),
    (STALL, 'first = "check"', 'first = "chekc"', "first", "unknown stage"),
    (STALL, 'promise = ["check", "answer"]', "promise = []", "promise", "must be told a date"),
    (STALL, 'promise = ["check", "answer"]', 'promise = ["soon"]', "promise", "unknown limit 'soon'"),
    (STALL, 'district_field = "area"', 'district_field = "name"', "district_field", "must be of type area"),
    (STALL, 'district_field = "area"', 'anonymous_field = "goods"', "anonymous_field", "no, public and office"),
    (STALL, "{goods} –", "{gods} –", "title", "unknown field 'gods'"),
    (STALL, 'group = "seller"', 'group = "buyer"', "fields[name].group", "unknown group 'buyer'"),
    (STALL, 'code = "stall"', 'code = "seller"', "groups[seller]", "twice"),
    (STALL, 'name = "nik"', 'name = "name"', "fields[name]", "twice"),
    (STALL, 'type = "digits"', 'type = "digit"', "fields[1].type", "Invalid enum value 'digit'"),
    (STALL, 'type = "digits"', 'type = "text"', "fields[nik].length", "only for digits"),
    (STALL, "length = 16", "length = 16\nmin = 3", "fields[nik].length", "one or the other"),
    (STALL, "min = 1", "min = 9", "fields[bottles].min", "more than max"),
    (STALL, 'name = "since"', 'name = "since"\nmin = 3', "fields[since].min", "means nothing for date"),
    (STALL, 'name = "since"', 'name = "since"\nunit = "m"', "fields[since].unit", "only for"),
    (STALL, "max = 120", "max = 1000000", "fields[name].max", "whole number up to"),
    (STALL, 'type = "choice"', 'type = "text"', "fields[goods].options", "means nothing for text"),
    (STALL, 'type = "yesno"', 'type = "choice"', "fields[gas].options", "needs options"),
    (STALL, 'code = "drinks"', 'code = "meals"', "fields[goods].options[meals]", "twice"),
    (STALL, 'when = { field = "gas"', 'when = { field = "gaz"', "fields[bottles].when.field", "unknown field 'gaz'"),
    (STALL, 'when = { field = "gas"', 'when = { field = "since"', "fields[bottles].when.field", "move it up"),
    (STALL, 'equals = ["yes"]', 'equals = ["ya"]', "fields[bottles].when.equals", "no answer of 'gas'"),
    (STALL, ', equals = ["yes"] }', " }", "fields[bottles].when", "needs equals"),
    (STALL, 'types = ["image"]', "types = []", "documents[gas_photo].types", "must name"),
    (STALL, 'types = ["image"]', 'types = ["gif"]', "documents[1].types[0]", "Invalid enum value"),
    (STALL, 'types = ["image"]', "max_mb = 0", "documents[gas_photo].max_mb", "1 to 50"),
    (STALL, 'types = ["image"]', "count_max = 99", "documents[gas_photo].count_max", "1 to 50"),
    (STALL, 'code = "gas_photo"', 'code = "ktp"', "documents[ktp]", "twice"),
    (STALL, 'form = "visit"', "", "forms[visit]", "no action uses it"),
    (STALL, 'form = "visit"', 'form = "visits"', "actions[report_visit].form", "unknown form"),
    (STALL, 'role = "front_desk"', 'role = "janitor"', "stages[check].role", "unknown role 'janitor'"),
    (STALL, 'role = "surveyor"', "", "stages[visit].role", "nobody acts here"),
    (STALL, 'code = "granted"', 'code = "draft"', "stages[draft]", "reserved"),
    (STALL, 'code = "granted"', 'code = "refused"', "stages[refused]", "twice"),
    (STALL, 'to = "granted"', 'to = "refused"\nnote = "required"', "stages[granted]", "no case can ever reach it"),
    (STALL, 'to = "granted"', 'to = "grant"', "actions[grant].to", "unknown stage 'grant'"),
    (STALL, 'from = ["visit"]', 'from = ["visits"]', "actions[report_visit].from", "unknown stage 'visits'"),
    (STALL, 'from = ["visit"]', "from = []", "actions[report_visit].from", "is empty"),
    (STALL, 'from = ["visit"]', 'from = ["draft"]', "actions[report_visit].from", "only submit leaves draft"),
    (STALL, 'from = ["visit"]', 'from = ["granted"]\nto = "visit"', "stages[granted].ending", "continues = true"),
    (STALL, 'ending = "done"', 'ending = "done"\ncontinues = true', "stages[granted].continues", "only for an ending"),
    (STALL, 'ending = "done"', 'role = "signer"', "stages[granted]", "no way out"),
    (STALL, 'ending = "done"', 'ending = "done"\nlimit = { days = 1 }', "stages[granted].limit", "no limit"),
    (STALL, 'waits_for = "applicant"', 'role = "signer"', "actions[request_correction].effect", "waits for"),
    (STALL, 'effect = "resubmit"', "", "actions[request_correction].effect", "needs an action"),
    (STALL, 'roles = ["owner"]', 'roles = ["front_desk"]', "stages[correction].waits_for", "the applicant has no"),
    (STALL, 'effect = "submit"', "", "actions", "exactly one action has the effect submit"),
    (STALL, 'roles = ["surveyor"]', "roles = []", "actions[report_visit].roles", "nobody"),
    (STALL, 'roles = ["surveyor"]', 'roles = ["boss"]', "actions[report_visit].roles", "unknown role 'boss'"),
    (STALL, 'not_by = ["report_visit"]', 'not_by = ["x"]', "actions[grant].not_by", "unknown action 'x'"),
    (STALL, 'note = "required"', "", "actions[refuse].note", "needs a form or a required note"),
    (STALL, 'effect = "correction"', 'effect = "link"', "actions[request_correction].effect", "field case"),
    (STALL, 'effect = "correction"', 'effect = "route"', "actions[request_correction].effect", "without routes"),
    (STALL, 'code = "answer"', 'code = "check"', "limits[check]", "twice"),
    (STALL, 'starts = ["enter:visit"]', "starts = []", "limits[answer].starts", "is empty"),
    (STALL, 'starts = ["enter:visit"]', 'starts = ["visit"]', "limits[answer].starts", "neither enter:"),
    (STALL, 'starts = ["enter:visit"]', 'starts = ["enter:x"]', "limits[answer].starts", "unknown stage 'x'"),
    (STALL, 'starts = ["enter:visit"]', 'starts = ["action:x"]', "limits[answer].starts", "unknown action 'x'"),
    (STALL, 'starts = ["enter:visit"]', 'starts = ["enter:granted"]', "limits[answer].ends", "also starts it"),
    (STALL, "days = 3\n", "days = 0\n", "limits[0].days", ">= 1"),
    ("services/lapor.toml", 'tree = "disperkim"\n', "", "routes.table.tree", "goes to no office"),
    ("services/lapor.toml", 'tree = "disperkim"', 'tree = "moon"', "routes.table.tree", "unknown office"),
    ("services/lapor.toml", 'instead = "setda"', 'instead = "dpu"', "routes.instead", "never names"),
    ("services/lapor.toml", 'instead = "setda"', "", "routes.never", "come together"),
    ("services/lapor.toml", 'point = "point"', 'point = "text"', "joins.point", "must be of type point"),
    (
        "services/krk.toml",
        'roles = ["supervisor"] }',
        'roles = ["signer"] }',
        "actions[request_correction].beyond.roles",
        "not in roles",
    ),
    (
        "services/krk.toml",
        'form = "analysis"\nregulation',
        'form = "x"\nregulation',
        "certificate.form",
        "unknown form",
    ),
    ("services/krk.toml", 'regulation = "regulation"', 'regulation = "x"', "certificate.regulation", "unknown field"),
    ("city.toml", '"Asia/Jakarta"', '"Asia/Semarang"', "timezone", "unknown time zone"),
    ("city.toml", 'closes = "16:00"', 'closes = "06:00"', "office_hours.1", "closes before it opens"),
    ("city.toml", 'closes = "16:00"', 'closes = "16.00"', "office_hours[...].closes", "regex"),
    ("city.toml", "weekend = [6, 7]", "weekend = [5, 6]", "office_hours.5", "also in weekend"),
    ("city.toml", "weekend = [6, 7]", "weekend = [6, 8]", "weekend[1]", "<= 7"),
    ("city.toml", "weekend = [6, 7]", "weekends = [6, 7]", "-", "unknown field `weekends`"),
    ("city.toml", "https://tile", "http://tile", "map.tiles", "must be an https"),
    ("city.toml", "https://tile", "https://{s}.tile", "map.tiles", "must be an https"),
    ("city.toml", "openstreetmap.org/", "openstreetmap.org; script-src */", "map.tiles", "must be an https"),
    ("city.toml", "{z}/{x}/{y}.png", "{z}/{x}.png", "map.tiles", "needs {y} once"),
    ("city.toml", "{z}/{x}/{y}.png", "{z}/{x}/{y}/{x}.png", "map.tiles", "needs {x} once"),
    ("city.toml", "{z}/{x}/{y}.png", "{z}/{x}/{y}{r}.png", "map.tiles", "unknown placeholder {r}"),
    ("city.toml", "lat = -6.9903", "lat = -96.9", "map.lat", ">= -90"),
    ("city.toml", "lat = -6.9903", "lat = nan", "map.lat", ">= -90"),
    ("city.toml", "lon = 110.4229", "lon = 181", "map.lon", "<= 180"),
    ("city.toml", "zoom = 13", "zoom = 23", "map.zoom", "<= 22"),
    ("city.toml", "zoom = 13", "", "map", "missing required field `zoom`"),
    ("city.toml", "zoom = 13", "zoom = 13\nstyle = 1", "map", "unknown field `style`"),
    ("city.toml", 'en = "© OpenStreetMap contributors"', 'en = ""', "map.attribution.en", "empty"),
    ("calendar.toml", 'version = "2026.1"', 'version = ""', "version", "is empty"),
    ("calendar.toml", 'decree = "Keppres 33/2024"', 'decree = ""', "overrides[2024-11-27].decree", "only by a decree"),
    ("calendar.toml", "2024-11-27", "2024-11-31", "line 6", ""),
    ("offices.toml", 'code = "dlh"', 'code = "dpu"', "offices[dpu]", "twice"),
    ("offices.toml", 'en = "Environment Office"', 'en = ""', "offices[dlh].name.en", "empty"),
    (
        "areas.csv",
        "33.74.01.1001,kelurahan,33.74.01,",
        "33.74.01.1001,kelurahan,33.74.99,",
        "areas[33.74.01.1001].parent",
        "unknown kecamatan",
    ),
    ("areas.csv", "33.74.01.1002,", "33.74.01.1001,", "areas[33.74.01.1001]", "twice"),
    ("areas.csv", ",kelurahan,", ",desa,", "kind", "row 17"),
    ("areas.csv", "code,kind,parent,name", "code,name", "header", "must be"),
]


@pytest.mark.parametrize(("file", "old", "new", "key", "reason"), BREAKAGES)
def test_every_breakage_is_named(with_stall: Path, file: str, old: str, new: str, key: str, reason: str) -> None:
    path = with_stall / file
    good = path.read_text()
    assert old in good, "the case does not break anything"
    path.write_text(good.replace(old, new, 1))
    faults = all_faults(with_stall)
    named = [fault for fault in faults if fault.file == file and fault.key.startswith(key) and reason in fault.reason]
    assert named, [str(fault) for fault in faults]
    assert str(named[0]) == f"{file}: {named[0].key}: {named[0].reason}"
    with pytest.raises(CatalogueError) as refused:
        load_city(with_stall)
    assert str(refused.value) == str(faults[0])


def test_good_copy_has_no_fault(with_stall: Path) -> None:
    assert all_faults(with_stall) == []


def test_missing_files_are_named(with_stall: Path) -> None:
    (with_stall / "offices.toml").unlink()
    with pytest.raises(CatalogueError, match=r"^offices\.toml: -: "):
        load_city(with_stall)


def test_a_city_without_services_is_refused(folder: Path) -> None:
    for path in (folder / "services").iterdir():
        path.unlink()
    with pytest.raises(CatalogueError, match=r"^services: -: no service"):
        load_city(folder)


def test_bytes_that_are_no_text_are_refused(folder: Path) -> None:
    (folder / "city.toml").write_bytes(b'code = "\xff"')
    with pytest.raises(CatalogueError, match=r"^city\.toml: byte 8: is not UTF-8"):
        load_city(folder)


def test_a_huge_file_is_refused_unread(folder: Path) -> None:
    (folder / "city.toml").write_bytes(b"#" * 5_000_000)
    with pytest.raises(CatalogueError, match="larger than"):
        load_city(folder)
