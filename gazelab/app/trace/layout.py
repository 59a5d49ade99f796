"""Where the parts of the trace lie on the screen, in screen pixels."""

from dataclasses import dataclass

from PySide6.QtCore import QRectF
from PySide6.QtGui import QFont, QFontMetricsF

from gazelab.app.trace.span import Span

_GAP_PX = 3.0
_PAD_PX = 6.0


@dataclass(frozen=True, slots=True)
class Layout:
    """A strip with numbers on top, one lane below the other, the axis of time at the foot.

    plot : strip and lanes together, without the words beside and below.
    """

    size: tuple[float, float]
    strip: QRectF
    lanes: tuple[QRectF, ...]
    axis: QRectF
    plot: QRectF
    span: Span

    @classmethod
    def of(cls, font: QFont, size: tuple[float, float], lanes: int, span: Span) -> "Layout":
        """Lay the parts out in (width, height)."""
        metrics = QFontMetricsF(font)
        line = metrics.height()
        left = round(metrics.horizontalAdvance("pupil diameter -8888") + 3 * _PAD_PX)
        width = max(round(size[0]) - left - _PAD_PX, 1.0)
        top = round(line) + 4.0
        strip = QRectF(left, 1.0, width, top - 2)
        axis = QRectF(left, max(size[1] - line - 5, top), width, line + 5)
        room = max(axis.top() - top - _GAP_PX * lanes, lanes * 8.0)
        height = float(int(room / max(lanes, 1)))
        boxes = tuple(
            QRectF(left, top + _GAP_PX + k * (height + _GAP_PX), width, height)
            for k in range(lanes)
        )
        bottom = boxes[-1].bottom() if boxes else top
        plot = QRectF(left, strip.top(), width, bottom - strip.top())
        return cls(size, strip, boxes, axis, plot, span)

    def x_of(self, time_ms: float) -> float:
        """Return where a time lies."""
        return self.plot.left() + self.plot.width() * self.span.share_of(time_ms)

    def ms_of(self, x_px: float) -> float:
        """Return the time at a place."""
        return self.span.time_at((x_px - self.plot.left()) / self.plot.width())
