"""Where this system keeps a user's data, and in it the profiles."""

import os
from pathlib import Path


def home_folder() -> Path:
    """TENGGAT_HOME, else the system's own place."""
    if given := os.environ.get("TENGGAT_HOME"):
        return Path(given)
    import platformdirs

    return Path(platformdirs.user_data_dir("tenggat", appauthor=False))
