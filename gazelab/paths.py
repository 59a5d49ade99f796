"""Where things lie: what ships with the program, and the user's own folders."""

from pathlib import Path

import platformdirs

_PACKAGE = Path(__file__).resolve().parent


def shipped(name: str) -> Path:
    """Return the folder `resources` or `models` that ships with the program.

    A wheel holds both inside the package; a checkout has them beside it.
    """
    inside = _PACKAGE / name
    return inside if inside.is_dir() else _PACKAGE.parent / name


def user_models() -> Path:
    """Return the folder for models the user trained or added (may not exist yet)."""
    return Path(platformdirs.user_data_dir("gazelab", appauthor=False)) / "models"


def user_projects() -> Path:
    """Return the folder proposed for new projects (may not exist yet)."""
    return Path(platformdirs.user_documents_dir()) / "GazeLab"


def user_presets() -> Path:
    """Return the folder of the user's ways to read tables (may not exist yet)."""
    return Path(platformdirs.user_config_dir("gazelab", appauthor=False)) / "presets"


def user_log() -> Path:
    """Return the folder for log files (may not exist yet)."""
    return Path(platformdirs.user_log_dir("gazelab", appauthor=False))
