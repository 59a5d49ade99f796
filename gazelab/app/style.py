"""Light and dark: Fusion with two palettes of our own, and icons in the text colour."""

from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QProxyStyle, QStyle, QStyleOption, QWidget

from gazelab.paths import shipped

THEMES = ("system", "light", "dark")
_ICON_SIZES_PX = (16, 20, 32, 48)

_TICK_BOXES = (
    QStyle.PrimitiveElement.PE_IndicatorCheckBox,
    QStyle.PrimitiveElement.PE_IndicatorItemViewItemCheck,
)

_LIGHT = {
    "Window": "#f3f4f5",
    "WindowText": "#1b1f24",
    "Base": "#ffffff",
    "AlternateBase": "#eef0f2",
    "ToolTipBase": "#fffbe6",
    "ToolTipText": "#1b1f24",
    "Text": "#1b1f24",
    "PlaceholderText": "#66707c",
    "Button": "#e7e9ec",
    "ButtonText": "#1b1f24",
    "BrightText": "#ffffff",
    "Light": "#ffffff",
    "Midlight": "#e7e9ec",
    "Mid": "#b3bac2",
    "Dark": "#8d96a0",
    "Shadow": "#5c6570",
    "Highlight": "#1f6fb2",
    "HighlightedText": "#ffffff",
    "Link": "#1f6fb2",
    "LinkVisited": "#6b4a9a",
}
_DARK = {
    "Window": "#25282c",
    "WindowText": "#e6e8ea",
    "Base": "#1b1d20",
    "AlternateBase": "#212428",
    "ToolTipBase": "#3a3f45",
    "ToolTipText": "#e6e8ea",
    "Text": "#e6e8ea",
    "PlaceholderText": "#98a1ab",
    "Button": "#33373c",
    "ButtonText": "#e6e8ea",
    "BrightText": "#ffffff",
    "Light": "#4a5057",
    "Midlight": "#3d4248",
    "Mid": "#4a5057",
    "Dark": "#17191b",
    "Shadow": "#0e0f10",
    "Highlight": "#3f8ed0",
    "HighlightedText": "#0e1114",
    "Link": "#74b3e6",
    "LinkVisited": "#b49ae0",
}
_GREYED = {"light": "#8d96a0", "dark": "#737b84"}


def apply_theme(app: QApplication, theme: str) -> None:
    """Give the whole program the light or the dark palette ("system" follows the desktop)."""
    name = theme if theme in ("light", "dark") else _of_the_desktop()
    if not isinstance(app.style(), OutlinedFusion):
        app.setStyle(OutlinedFusion("fusion"))
    app.setPalette(_palette(name))


class OutlinedFusion(QProxyStyle):
    """Fusion with an outline around empty tick boxes, which it loses on dark colours."""

    def drawPrimitive(
        self,
        element: QStyle.PrimitiveElement,
        option: QStyleOption,
        painter: QPainter,
        widget: QWidget | None = None,
    ) -> None:
        """Draw as Fusion does, then the outline of a tick box."""
        super().drawPrimitive(element, option, painter, widget)
        if element in _TICK_BOXES and is_dark(option.palette):
            painter.save()
            painter.setPen(option.palette.color(QPalette.ColorRole.PlaceholderText))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(option.rect.adjusted(0, 0, -1, -1), 2, 2)
            painter.restore()


def is_dark(palette: QPalette) -> bool:
    """Whether a palette is a dark one."""
    return palette.window().color().lightness() < 128


def icon(name: str, palette: QPalette) -> QIcon:
    """Return the icon `name` of `resources/icons` drawn in the palette's text colour."""
    svg = (shipped("resources") / "icons" / f"{name}.svg").read_text("utf-8")
    result = QIcon()
    for group, mode in (
        (QPalette.ColorGroup.Active, QIcon.Mode.Normal),
        (QPalette.ColorGroup.Disabled, QIcon.Mode.Disabled),
    ):
        colour = palette.color(group, QPalette.ColorRole.ButtonText).name()
        renderer = QSvgRenderer(QByteArray(svg.replace("currentColor", colour).encode()))
        for size_px in _ICON_SIZES_PX:
            result.addPixmap(_drawn(renderer, size_px), mode)
    return result


def _drawn(renderer: QSvgRenderer, size_px: int) -> QPixmap:
    pixmap = QPixmap(QSize(size_px, size_px))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    renderer.render(painter)
    painter.end()
    return pixmap


def _of_the_desktop() -> str:
    scheme = QGuiApplication.styleHints().colorScheme()
    return "dark" if scheme == Qt.ColorScheme.Dark else "light"


def _palette(name: str) -> QPalette:
    palette = QPalette()
    for role, colour in (_DARK if name == "dark" else _LIGHT).items():
        palette.setColor(QPalette.ColorRole[role], QColor(colour))
    greyed = QColor(_GREYED[name])
    for role in ("WindowText", "Text", "ButtonText", "HighlightedText"):
        palette.setColor(QPalette.ColorGroup.Disabled, QPalette.ColorRole[role], greyed)
    return palette
