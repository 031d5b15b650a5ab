"""Pages that need no JavaScript: tracking a case, and the simplest complaint form; drawn from the catalogue.

Words of a city and of its services come from the catalogue, problems and explanations from `schemas`; `words.py` has
only what frames them. Nothing here writes a case: a form becomes a command like any other.
"""

from server.pages.view import blueprint

__all__ = ["blueprint"]
