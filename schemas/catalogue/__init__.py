"""The service catalogue: what a city does for people, as data."""

from schemas.catalogue.errors import CatalogueError
from schemas.catalogue.load import all_faults, city_folder, load_city
from schemas.catalogue.model import City, Service

__all__ = ["CatalogueError", "City", "Service", "all_faults", "city_folder", "load_city"]
