"""What the program remembers between sessions: recent projects, theme, window layout."""

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

from gazelab.app.style import THEMES
from gazelab.report.quality import LIMITS, Limit

RECENT_MAX = 10
_LAYOUT_VERSION = 1


def _settings() -> QSettings:
    return QSettings("gazelab", "gazelab")


def recent_projects() -> list[Path]:
    """Return projects opened lately that still exist, the latest first."""
    stored = _settings().value("recent", [])
    names = [stored] if isinstance(stored, str) else list(stored or [])  # type: ignore[call-overload]
    return [Path(name) for name in names if isinstance(name, str) and Path(name).is_dir()]


def remember_project(folder: Path) -> None:
    """Put a project at the head of the recent ones."""
    folder = folder.resolve()
    others = [path for path in recent_projects() if path != folder]
    _settings().setValue("recent", [str(p) for p in [folder, *others][:RECENT_MAX]])


def theme() -> str:
    """Return the chosen theme, one of THEMES."""
    value = _settings().value("theme", "system")
    return value if isinstance(value, str) and value in THEMES else "system"


def set_theme(name: str) -> None:
    """Remember the theme."""
    _settings().setValue("theme", name)


def layout() -> tuple[QByteArray, QByteArray] | None:
    """Return the window's (geometry, state), or None when none fits this version."""
    settings = _settings()
    geometry, state = settings.value("geometry"), settings.value(f"state-{_LAYOUT_VERSION}")
    if isinstance(geometry, QByteArray) and isinstance(state, QByteArray):
        return geometry, state
    return None


def remember_layout(geometry: QByteArray, state: QByteArray) -> None:
    """Remember where the window and its docks are."""
    settings = _settings()
    settings.setValue("geometry", geometry)
    settings.setValue(f"state-{_LAYOUT_VERSION}", state)


def forget_layout() -> None:
    """Let the window start with its first layout again."""
    settings = _settings()
    settings.remove("geometry")
    settings.remove(f"state-{_LAYOUT_VERSION}")


def quality_limits() -> tuple[Limit, ...]:
    """Return the limits of data quality, as chosen or as they are at first."""
    return tuple(
        Limit(
            limit.column,
            _number(f"limits/{limit.column}/doubtful", limit.doubtful),
            _number(f"limits/{limit.column}/poor", limit.poor),
        )
        for limit in LIMITS
    )


def set_quality_limits(limits: Iterable[Limit]) -> None:
    """Remember the limits of data quality."""
    settings = _settings()
    for limit in limits:
        settings.setValue(f"limits/{limit.column}/doubtful", limit.doubtful)
        settings.setValue(f"limits/{limit.column}/poor", limit.poor)


def _number(name: str, otherwise: float) -> float:
    try:
        value = float(str(_settings().value(name, otherwise)))
    except ValueError:
        return otherwise
    return value if value >= 0 else otherwise
