"""The legend of the trace: what the shading behind the lanes means."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from gazelab.app.trace.bands import BLINK, KINDS, SACCADE
from gazelab.app.trace.look import Look
from gazelab.app.trace.words import kind_letter, kind_word

_SWATCH_PX = 20.0
_GAP_PX = 6.0
_HATCH = {SACCADE: Qt.BrushStyle.BDiagPattern, BLINK: Qt.BrushStyle.FDiagPattern}


class TraceLegend(QWidget):
    """A swatch and a word for each kind of event."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        words = [_word(kind) for kind in KINDS]
        self.setAccessibleName(self.tr("Shading: {kinds}").format(kinds=", ".join(words)))

    def sizeHint(self) -> QSize:
        """Return the size of all swatches with their words."""
        metrics = QFontMetricsF(self.font())
        words = sum(metrics.horizontalAdvance(_word(kind)) for kind in KINDS)
        width = words + len(KINDS) * (_SWATCH_PX + 3 * _GAP_PX)
        return QSize(round(width), round(metrics.height() + 4))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the swatches."""
        painter = QPainter(self)
        look = Look.of(self.palette())
        metrics = QFontMetricsF(self.font())
        x = 0.0
        for kind in KINDS:
            swatch = QRectF(x, 3, _SWATCH_PX, self.height() - 6)
            painter.fillRect(swatch, QColor(look.tints[kind]))
            if kind in _HATCH:
                painter.fillRect(swatch, QBrush(QColor(look.hatches[kind]), _HATCH[kind]))
            painter.setPen(QPen(look.colour(QPalette.ColorRole.Shadow), 1))
            painter.drawRect(swatch)
            painter.setPen(look.colour(QPalette.ColorRole.WindowText))
            baseline = (self.height() + metrics.ascent() - metrics.descent()) / 2
            painter.drawText(QPointF(swatch.right() + _GAP_PX, baseline), _word(kind))
            x = swatch.right() + metrics.horizontalAdvance(_word(kind)) + 3 * _GAP_PX
        painter.end()


def _word(kind: str) -> str:
    return f"{kind_word(kind)} ({kind_letter(kind)})" if kind in _HATCH else kind_word(kind)
