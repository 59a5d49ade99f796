"""Paints the rows of the timeline: a note, fixations, attention steps, an axis of time."""

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QCoreApplication, QLineF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPainter, QPalette, QPen, QPolygonF

from gazelab.app.canvas import marks
from gazelab.app.canvas.timing import Band, fixation_at, step_bands, tick_step_ms
from gazelab.data.alignment import Steps, number_of, step_of_fixation
from gazelab.data.gaze import Scanpath

_PAD_PX = 8.0
_LEAST_BAR_PX = 2.0
_Role = QPalette.ColorRole


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """What the timeline shows. colour : "#rrggbb". duration_ms : where it ends."""

    scanpath: Scanpath | None
    colour: str
    steps: Steps
    alignment: str
    duration_ms: float

    @property
    def bands(self) -> list[Band]:
        """The spans of the attention steps."""
        if self.scanpath is None:
            return []
        return step_bands(self.scanpath, self.steps, self.alignment)


@dataclass(frozen=True, slots=True)
class Rows:
    """Where the rows lie, in screen pixels, and how time maps to the horizontal."""

    note: QRectF
    bars: QRectF
    steps: QRectF
    axis: QRectF
    duration_ms: float

    @classmethod
    def of(cls, font: QFont, width: float, duration_ms: float, names: tuple[str, ...]) -> "Rows":
        """Lay the rows out for a font, a width and the names written before the rows."""
        metrics = QFontMetricsF(font)
        line = metrics.height()
        left = max(map(metrics.horizontalAdvance, names)) + 2 * _PAD_PX
        span = max(width - left - 2 * _PAD_PX, 1.0)
        tops = (4.0, line + 15, 2.7 * line + 19, 4 * line + 25)  # the playhead needs 9 px
        heights = (line, 1.7 * line, 1.3 * line, line + 4)
        note, bars, steps, axis = (
            QRectF(left, top, span, height) for top, height in zip(tops, heights, strict=True)
        )
        return cls(note, bars, steps, axis, duration_ms)

    @property
    def height(self) -> float:
        """The height of all rows."""
        return self.axis.bottom() + 4

    def x_of(self, time_ms: float) -> float:
        """Return where a time lies."""
        share = time_ms / self.duration_ms if self.duration_ms > 0 else 0.0
        return self.bars.left() + self.bars.width() * share

    def ms_of(self, x_px: float) -> float:
        """Return the time at a place, limited to the timeline."""
        share = (x_px - self.bars.left()) / self.bars.width()
        return min(max(share, 0.0), 1.0) * self.duration_ms

    def span(self, row: QRectF, start_ms: float, stop_ms: float) -> QRectF:
        """Return the part of a row between two times, wide enough to be seen.

        What lies before the onset of the stimulus is at the left end of the row.
        """
        left, right = (max(self.x_of(time_ms), row.left()) for time_ms in (start_ms, stop_ms))
        return QRectF(left, row.top(), max(right - left, _LEAST_BAR_PX), row.height())


def row_names() -> tuple[str, str]:
    """Return the names of the two rows."""
    translate = QCoreApplication.translate
    return translate("canvas", "Fixations"), translate("canvas", "Steps")


def note_of(track: Track) -> str:
    """Return the line above the rows: what is shown and what it assumes."""
    translate = QCoreApplication.translate
    if track.scanpath is None or len(track.scanpath) == 0:
        return translate("canvas", "No fixations to show.")
    parts = []
    if track.scanpath.origin.synthetic_onsets:
        parts.append(translate("canvas", "onsets synthesised from durations"))
    if track.scanpath.origin.simulated:
        parts.append(translate("canvas", "simulated"))
    excluded = int((~track.scanpath.used).sum())
    if excluded:
        parts.append(translate("canvas", "{0} excluded (hatched)").format(excluded))
    beyond = number_of(track.steps) - len(track.scanpath)
    if number_of(track.steps) and track.alignment == "unlinked":
        parts.append(translate("canvas", "steps are not linked to time"))
    elif track.alignment == "index" and isinstance(track.steps, int) and beyond > 0:
        parts.append(translate("canvas", "{0} steps without a fixation").format(beyond))
    return " · ".join(parts)


def paint_rows(painter: QPainter, rows: Rows, track: Track, palette: QPalette) -> None:
    """Paint everything that stays while the playhead moves."""
    note = note_of(track)
    metrics = QFontMetricsF(painter.font())
    painter.setPen(palette.color(_Role.WindowText))
    short = metrics.elidedText(note, Qt.TextElideMode.ElideRight, rows.note.width())
    painter.drawText(rows.note, Qt.AlignmentFlag.AlignVCenter, short)
    for row, name in zip((rows.bars, rows.steps), row_names(), strict=True):
        label = QRectF(_PAD_PX, row.top(), row.left() - 2 * _PAD_PX, row.height())
        painter.drawText(label, Qt.AlignmentFlag.AlignVCenter, name)
        painter.fillRect(row, palette.color(_Role.Base))
    if track.scanpath is None or rows.duration_ms <= 0:
        return
    _paint_axis(painter, rows, palette)
    _paint_bars(painter, rows, track.scanpath, track.colour)
    for band in track.bands:
        _paint_band(painter, rows, band, palette, False)


def paint_playhead(
    painter: QPainter, rows: Rows, track: Track, position_ms: float, palette: QPalette
) -> None:
    """Paint the playhead, and mark the fixation and the step it stands on."""
    if track.scanpath is None or rows.duration_ms <= 0:
        return
    text = palette.color(_Role.WindowText)
    index = fixation_at(track.scanpath, position_ms)
    if index is not None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(text, 2))
        painter.drawRect(_bar(rows, track.scanpath, index).adjusted(0, -1, 0, 1))
    band = _band_beside(track, index)
    if band is not None:
        _paint_band(painter, rows, band, palette, True)
    x = rows.x_of(position_ms)
    painter.setPen(QPen(text, 1.5))
    painter.drawLine(QLineF(x, rows.bars.top() - 3, x, rows.axis.top()))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(text)
    top = rows.bars.top() - 3
    corners = ((x - 6, top - 7), (x + 6, top - 7), (x, top + 1))
    painter.drawPolygon(QPolygonF([QLineF(*corner, 0, 0).p1() for corner in corners]))


def _band_beside(track: Track, fixation: int | None) -> Band | None:
    """Return the band of the step beside a fixation, the one the machine pane shows."""
    if track.scanpath is None or fixation is None or number_of(track.steps) < 1:
        return None
    step = step_of_fixation(track.scanpath, fixation, track.steps, track.alignment)
    return next((band for band in track.bands if band.step == step), None)


def _bar(rows: Rows, scanpath: Scanpath, index: int) -> QRectF:
    start, duration = float(scanpath.onset_ms[index]), float(scanpath.duration_ms[index])
    return rows.span(rows.bars, start, start + (duration if duration > 0 else 0.0))


def told_apart(scanpath: Scanpath, pixel_ms: float) -> np.ndarray:
    """Return the indices of fixations that show: wide ones, and one of each kind in a pixel."""
    column = np.floor(np.nan_to_num(scanpath.onset_ms) / pixel_ms).astype(np.int64)
    _, first = np.unique(2 * column + scanpath.used, return_index=True)
    wide = np.flatnonzero(scanpath.duration_ms > _LEAST_BAR_PX * pixel_ms)
    return np.union1d(first, wide)


def _paint_bars(painter: QPainter, rows: Rows, scanpath: Scanpath, colour: str) -> None:
    fill, ink = QColor(colour), marks.ink(colour)
    metrics = QFontMetricsF(painter.font())
    in_use = scanpath.used.tolist()
    for index in told_apart(scanpath, rows.duration_ms / rows.bars.width()).tolist():
        bar, used = _bar(rows, scanpath, index), in_use[index]
        painter.setPen(QPen(QColor(0, 0, 0, 120), 1))
        painter.setBrush(fill if used else QBrush(fill, Qt.BrushStyle.BDiagPattern))
        painter.drawRect(bar)
        text = str(index + 1)
        if used and metrics.horizontalAdvance(text) + 4 <= bar.width():
            painter.setPen(ink)
            painter.drawText(bar, Qt.AlignmentFlag.AlignCenter, text)


def _paint_band(
    painter: QPainter, rows: Rows, band: Band, palette: QPalette, current: bool
) -> None:
    area = rows.span(rows.steps, band.start_ms, band.stop_ms)
    text = palette.color(_Role.HighlightedText if current else _Role.ButtonText)
    painter.setPen(QPen(palette.color(_Role.Mid), 1))
    if band.step is None:
        painter.setBrush(QBrush(palette.color(_Role.Mid), Qt.BrushStyle.BDiagPattern))
        painter.drawRect(area)
        return
    painter.setBrush(palette.color(_Role.Highlight if current else _Role.Button))
    painter.drawRect(area)
    name = str(band.step + 1)
    if QFontMetricsF(painter.font()).horizontalAdvance(name) + 4 <= area.width():
        painter.setPen(text)
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, name)


def _paint_axis(painter: QPainter, rows: Rows, palette: QPalette) -> None:
    metrics = QFontMetricsF(painter.font())
    widest = metrics.horizontalAdvance(_seconds(rows.duration_ms)) + 3 * _PAD_PX
    step_ms = tick_step_ms(rows.duration_ms, int(rows.axis.width() / widest))
    painter.setPen(palette.color(_Role.WindowText))
    time_ms, right = 0.0, rows.axis.right() + 2 * _PAD_PX
    while time_ms <= rows.duration_ms * 1.0001:
        x, text = rows.x_of(time_ms), _seconds(time_ms)
        painter.drawLine(QLineF(x, rows.axis.top() - 2, x, rows.axis.top() + 2))
        width = metrics.horizontalAdvance(text) + 1
        left = min(x - width / 2, right - width)
        area = QRectF(left, rows.axis.top() + 2, width, rows.axis.height() - 2)
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, text)
        time_ms += step_ms


def _seconds(time_ms: float) -> str:
    return f"{time_ms / 1000:.10g} s"
