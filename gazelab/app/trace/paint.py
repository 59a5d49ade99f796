"""Paints a frame of the trace: pixels first, then words, numbers and smooth lines over them."""

from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QImage, QPainter, QPalette, QPen

from gazelab.app.canvas.timing import tick_step_ms
from gazelab.app.trace.bands import FIXATION, Bands
from gazelab.app.trace.columns import fitted
from gazelab.app.trace.layout import Layout
from gazelab.app.trace.look import Look
from gazelab.app.trace.pixels import Pixels
from gazelab.app.trace.series import Lane, Series, points
from gazelab.app.trace.words import kind_letter, lane_word
from gazelab.data.gaze import Vector

_FEW_POINTS_SHARE = 4  # at most one sample in so many pixels is drawn as smooth lines
_DOTS_SHARE = 12
_Role = QPalette.ColorRole


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """What a frame shows.

    limits : name of a lane -> value that is marked in it. fitted : whether lanes are as high
    as what is on display, not as the whole recording.
    """

    series: Series
    bands: tuple[Bands, ...]
    limits: dict[str, float]
    fitted: bool = False


def frame(picture: Picture, layout: Layout, look: Look, font: QFont, dpr: float) -> QImage:
    """Return the picture of everything but the playhead."""
    if picture.fitted:
        picture = replace(picture, series=fitted(picture.series, layout.span))
    ticks = time_ticks(layout, QFontMetricsF(font))
    pixels = Pixels(layout, look, dpr)
    pixels.shade(picture.bands)
    pixels.grid(x for x, _ in ticks)
    together = list(zip(picture.series.lanes, layout.lanes, strict=True))
    sparse = _is_sparse(picture.series, layout)
    if not sparse:
        pixels.curves(picture.series)
    image = pixels.image()
    painter = QPainter(image)
    painter.setFont(font)
    for lane, box in together if sparse else ():
        _paint_smooth(painter, picture.series, lane, (box, layout), look.curves[lane.name])
    _paint_limits(painter, picture, layout, look)
    _paint_words(painter, picture, layout, look)
    _paint_ticks(painter, layout, ticks, look)
    for item in picture.bands:
        _paint_numbers(painter, item, layout, look)
    painter.end()
    return image


def _is_sparse(series: Series, layout: Layout) -> bool:
    span = layout.span
    first, last = np.searchsorted(series.t_ms, (span.start_ms, span.stop_ms))
    return bool((last - first) * _FEW_POINTS_SHARE < layout.plot.width())


def _y_of(values: Vector, lane: Lane, box: QRectF) -> Vector:
    share = np.clip((values - lane.low) / (lane.high - lane.low), 0, 1)
    return box.top() + (share if lane.downwards else 1 - share) * (box.height() - 1) + 0.5


def _paint_smooth(
    painter: QPainter, series: Series, lane: Lane, place: tuple[QRectF, Layout], colour: str
) -> None:
    """Paint a few samples as antialiased lines, with a dot on each where there is room."""
    box, layout = place
    span = layout.span
    painter.save()
    painter.setClipRect(QRectF(layout.plot.left(), box.top(), layout.plot.width(), box.height()))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for t_ms, values in points(series, lane, span.start_ms, span.stop_ms):
        x = layout.plot.left() + (t_ms - span.start_ms) * (layout.plot.width() / span.length_ms)
        y = _y_of(values, lane, box)
        ends = np.column_stack((x[:-1], y[:-1], x[1:], y[1:]))
        painter.setPen(QPen(QColor(colour), 1.4))
        painter.drawLines([QLineF(*line) for line in ends.tolist()])
        if len(x) * _DOTS_SHARE < layout.plot.width() or len(x) == 1:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colour))
            for point in zip(x.tolist(), y.tolist(), strict=True):
                painter.drawEllipse(QPointF(*point), 2.0, 2.0)
    painter.restore()


def _paint_limits(painter: QPainter, picture: Picture, layout: Layout, look: Look) -> None:
    """Mark the threshold of a detector in its lane."""
    for lane, box in zip(picture.series.lanes, layout.lanes, strict=True):
        value = picture.limits.get(lane.name)
        if value is not None and lane.low < value < lane.high:
            y = float(_y_of(np.array([value]), lane, box)[0])
            pen = QPen(look.colour(_Role.Highlight), 1.5)
            pen.setDashPattern([5, 4])
            painter.setPen(pen)
            painter.drawLine(QLineF(box.left(), y, box.right(), y))


def _paint_words(painter: QPainter, picture: Picture, layout: Layout, look: Look) -> None:
    """Write the name, the unit and the range of each lane beside it."""
    # text at a point is painted three times as fast as text aligned in a rectangle
    metrics = QFontMetricsF(painter.font())
    for lane, box in zip(picture.series.lanes, layout.lanes, strict=True):
        painter.setPen(look.colour(_Role.WindowText))
        painter.drawText(QPointF(4, _baseline(box.center().y(), metrics)), lane_word(lane))
        top, bottom = _short(lane.high), _short(lane.low)
        if lane.downwards:
            top, bottom = bottom, top
        if box.height() > 2.8 * metrics.height():
            painter.setPen(look.colour(_Role.PlaceholderText))
            for text, y in (
                (top, box.top() + metrics.ascent()),
                (bottom, box.bottom() - metrics.descent()),
            ):
                x = box.left() - 4 - metrics.horizontalAdvance(text)
                painter.drawText(QPointF(x, y), text)


def _baseline(middle_px: float, metrics: QFontMetricsF) -> float:
    """Return the baseline of a line of text around a height."""
    return middle_px + (metrics.ascent() - metrics.descent()) / 2


def _short(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


def time_ticks(layout: Layout, metrics: QFontMetricsF) -> list[tuple[float, str]]:
    """Return (place, words) of round times."""
    span = layout.span
    widest = metrics.horizontalAdvance(f"{span.stop_ms / 1000:.3f} s") + 24
    step_ms = tick_step_ms(span.length_ms, max(int(layout.plot.width() / widest), 1))
    first = int(np.ceil(span.start_ms / step_ms))
    times = [k * step_ms for k in range(first, int(span.stop_ms // step_ms) + 1)]
    return [(layout.x_of(time_ms), f"{time_ms / 1000:.10g} s") for time_ms in times]


def _paint_ticks(
    painter: QPainter, layout: Layout, ticks: list[tuple[float, str]], look: Look
) -> None:
    painter.setPen(look.colour(_Role.WindowText))
    metrics = QFontMetricsF(painter.font())
    y = _baseline(layout.axis.center().y() + 1, metrics)
    for x, text in ticks:
        width = metrics.horizontalAdvance(text)
        left = min(max(x - width / 2, layout.axis.left()), layout.axis.right() - width)
        painter.drawText(QPointF(left, y), text)


def _paint_numbers(painter: QPainter, bands: Bands, layout: Layout, look: Look) -> None:
    """Write the number or the letter of each event into its bar, where there is room."""
    span = layout.span
    shown = bands.touching(span.start_ms, span.stop_ms)
    part = slice(shown.start, shown.stop)
    scale = layout.plot.width() / span.length_ms
    start_ms = np.maximum(bands.start_ms[part] - span.start_ms, 0)
    stop_ms = np.minimum(bands.stop_ms[part] - span.start_ms, span.length_ms)
    metrics = QFontMetricsF(painter.font())
    digit_px = metrics.horizontalAdvance("0")
    y = _baseline(layout.strip.center().y(), metrics)
    painter.setPen(look.colour(_Role.WindowText))
    roomy = np.flatnonzero((stop_ms - start_ms) * scale > digit_px + 3)
    for index in roomy.tolist():
        at, left = shown.start + index, layout.plot.left() + float(start_ms[index]) * scale
        width = float(stop_ms[index] - start_ms[index]) * scale
        if not bands.used[at]:
            bar = QRectF(left, layout.strip.top(), width, layout.strip.height())
            painter.fillRect(bar, QBrush(look.colour(_Role.Shadow), Qt.BrushStyle.BDiagPattern))
        word = str(bands.numbers[at]) if bands.kind == FIXATION else kind_letter(bands.kind)
        room = width - digit_px * len(word)
        if room >= 3:
            painter.drawText(QPointF(left + room / 2, y), word)
