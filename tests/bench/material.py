"""Realistic cases, from a seed: what a city's people would type, in records of 1.3 to 1.8 KB."""

import random
import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from schemas.catalogue.model import City

WORDS = re.findall(
    r"\w+",
    "jalan rusak berlubang dekat pasar lampu padam sejak kemarin saluran air tersumbat sampah menumpuk bangunan"
    " rumah tinggal dua lantai sertifikat hak milik lahan kosong batas sungai sempadan mohon segera ditindaklanjuti",
)
CATEGORIES = ("road", "street_light", "drainage", "waste", "parking")


def words(rng: random.Random, n: int) -> str:
    return " ".join(rng.choices(WORDS, k=n))


def new_id(rng: random.Random) -> str:
    return str(UUID(int=rng.getrandbits(128), version=4))


def complaint(rng: random.Random, city: City) -> dict[str, Any]:
    """The fields of one complaint."""
    service = city.service("lapor")
    categories = [option.code for option in service.field("category").options]
    areas = [area.code for area in city.areas if area.kind == "kelurahan"]
    return {
        "kind": "complaint",
        "category": rng.choice([c for c in categories if c in CATEGORIES] or categories),
        "title": words(rng, 6),
        "text": words(rng, 28),
        "where": "map",
        "point": {"lat": round(-7.0 + rng.random() / 10, 6), "lon": round(110.3 + rng.random() / 10, 6)},
        "area": rng.choice(areas),
        "anonymous": "no",
        "name": "Warga " + rng.choice("ABCDEFG"),
        "phone": f"0812{rng.randrange(10**8):08d}",
    }


def complaints(seed: int, n: int, city: City) -> Iterator[tuple[str, dict[str, Any]]]:
    """(case id, fields), n times."""
    rng = random.Random(seed)
    for _ in range(n):
        yield new_id(rng), complaint(rng, city)
