"""The docks around the panes as one table: where each lies, and behind which other."""

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow, QWidget

_CONTEXT = "docks"
_LEFT = Qt.DockWidgetArea.LeftDockWidgetArea
_RIGHT = Qt.DockWidgetArea.RightDockWidgetArea
_BOTTOM = Qt.DockWidgetArea.BottomDockWidgetArea


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a dock lies; readable_px : so high it must be to be read, once it is asked for."""

    title: str
    area: Qt.DockWidgetArea
    behind: str = ""
    readable_px: int = 280


def _t(text: str) -> str:
    return QT_TRANSLATE_NOOP(_CONTEXT, text)  # type: ignore[return-value]


_PLACES = {
    "stimuli": _Place(_t("Stimuli"), _LEFT),
    "participants": _Place(_t("Participants"), _LEFT),
    "layers": _Place(_t("Layers"), _RIGHT),
    "compare": _Place(_t("Compare"), _BOTTOM),
    "quality": _Place(_t("Data quality"), _BOTTOM, "compare"),
    "trace": _Place(_t("Gaze trace"), _BOTTOM, "quality"),
    "analyses": _Place(_t("Analyses"), _BOTTOM, "trace", 360),
    "detection": _Place(_t("Detection"), _RIGHT, "layers"),
}


def add_docks(window: QMainWindow, panels: Mapping[str, QWidget]) -> list[QDockWidget]:
    """Put each panel into a dock of the window, named as in the table, and return the docks."""
    # before the docks: beside those at the sides the lower ones would widen the window
    window.setCorner(Qt.Corner.BottomLeftCorner, _BOTTOM)
    window.setCorner(Qt.Corner.BottomRightCorner, _RIGHT)
    docks: dict[str, QDockWidget] = {}
    for name, place in _PLACES.items():
        dock = docks[name] = QDockWidget(QCoreApplication.translate(_CONTEXT, place.title))
        dock.setObjectName(name)
        dock.setWidget(panels[name])
        window.addDockWidget(place.area, dock)
        if place.behind:
            window.tabifyDockWidget(docks[place.behind], dock)
    for name in ("layers", "compare"):
        docks[name].raise_()
    across, down = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
    window.resizeDocks([docks["stimuli"], docks["layers"]], [180, 230], across)
    window.resizeDocks([docks["compare"]], [190], down)
    return list(docks.values())


def bring(window: QMainWindow, name: str, focus: QWidget) -> None:
    """Show a dock of the window, high enough to be read, and let what is in it take the keys."""
    dock = next(dock for dock in window.findChildren(QDockWidget) if dock.objectName() == name)
    dock.show()
    dock.raise_()
    readable_px = _PLACES[name].readable_px
    if dock.height() < readable_px:
        window.resizeDocks([dock], [readable_px], Qt.Orientation.Vertical)
    focus.setFocus()
