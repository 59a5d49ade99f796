"""A matrix as colours with its values, a tree of its rows, and a legend, painted by us."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetricsF,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
)
from PySide6.QtWidgets import QWidget

from gazelab.app.canvas import colormaps
from gazelab.data.counted import brief
from gazelab.metrics.clustering import Clustering

_K = Qt.Key
_MOVES = {_K.Key_Left: (0, -1), _K.Key_Right: (0, 1), _K.Key_Up: (-1, 0), _K.Key_Down: (1, 0)}
_CHOOSE = (_K.Key_Return, _K.Key_Enter, _K.Key_Space)
_TREE_PX, _GAP_PX, _LEGEND_PX, _LARGEST_CELL_PX = 64, 6, 12, 32
_MOST_LABEL_PX = 90
_BRIGHT = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """What is painted.

    values : (rows, columns), NaN for no value. n_square : how many of the columns are those of
    the rows again; the others stand apart. tree : of the first rows, in this order. bright_low :
    whether the least value is the brightest. ends : words for the dark and the bright end.
    texts : what stands in each cell if there is room for all, row by row.
    """

    rows: Sequence[str]
    columns: Sequence[str]
    values: np.ndarray
    n_square: int
    tree: Clustering | None
    bright_low: bool
    ends: tuple[str, str]
    colours: str = colormaps.DEFAULT
    texts: Sequence[Sequence[str]] = ()

    @property
    def range(self) -> tuple[float, float]:
        """The least and the largest value; NaN where there is none."""
        defined = self.values[np.isfinite(self.values)]
        return (float(defined.min()), float(defined.max())) if len(defined) else (math.nan,) * 2

    def image(self) -> QImage:
        """Return a pixel for each cell, transparent where there is no value."""
        low, high = self.range
        share = (self.values - low) / (high - low) if high > low else self.values * 0.0 + 1.0
        shown = np.isfinite(share)
        codes = np.rint(255 * np.where(shown, 1 - share if self.bright_low else share, 0))
        rgba = np.zeros((*share.shape, 4), np.uint8)
        rgba[..., :3] = colormaps.rgb(self.colours)[codes.astype(np.intp)]
        rgba[..., 3] = 255 * shown
        height, width = share.shape
        image = QImage(rgba.data, width, height, 4 * width, QImage.Format.Format_RGBA8888)
        return image.copy()  # the pixels are those of an array that ends here


@dataclass(frozen=True, slots=True)
class Placed:
    """Where the cells lie: their upper left corner, the sizes of one, and which stand apart."""

    left_px: float
    top_px: float
    width_px: float
    height_px: float
    apart_px: float
    n_square: int

    def cell(self, row: int, column: int) -> QRectF:
        """Return the place of a cell."""
        beyond = column - self.n_square
        x_px = self.left_px + min(column, self.n_square) * self.width_px
        if beyond >= 0:
            x_px += _GAP_PX + beyond * self.apart_px
        width_px = self.width_px if beyond < 0 else self.apart_px
        return QRectF(x_px, self.top_px + row * self.height_px, width_px, self.height_px)


class HeatMap(QWidget):
    """Shows a grid; the cell under the pointer, or that of the keys, is pointed at.

    pointed : emitted with row and column, both -1 for none. chosen : the same, for a click, Space
    or Enter.
    """

    pointed = Signal(int, int)
    chosen = Signal(int, int)

    def __init__(self) -> None:
        super().__init__()
        self.grid: Grid | None = None
        self.current = (-1, -1)
        self._image = QImage()
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def show_grid(self, grid: Grid | None) -> None:
        """Paint another grid."""
        self.grid = grid
        self._image = QImage() if grid is None else grid.image()
        self.point_at(-1, -1)
        self.update()

    def point_at(self, row: int, column: int) -> None:
        """Point at a cell, or at none."""
        if (row, column) != self.current:
            self.current = (row, column)
            self.pointed.emit(row, column)
            self.update()

    def sizeHint(self) -> QSize:  # noqa: D102 - Qt's
        return QSize(420, 240)

    def minimumSizeHint(self) -> QSize:  # noqa: D102 - Qt's
        return QSize(240, 120)

    def placed(self) -> Placed:
        """Return where the cells lie now."""
        assert self.grid is not None
        metrics, grid, n = QFontMetricsF(self.font()), self.grid, self.grid.n_square
        left_px = (_TREE_PX if grid.tree else 0) + _widest(metrics, grid.rows) + 8
        legend_px = 3 * _GAP_PX + _LEGEND_PX + 8 + _widest(metrics, _texts(grid))
        room_px = self.width() - left_px - legend_px
        apart = grid.columns[n:]
        written = [text for row in grid.texts for text in row[n:]]
        apart_px = min(_widest(metrics, [*apart, *written]) + 8, room_px / 3 / max(len(apart), 1))
        room_px = max(room_px - apart_px * len(apart), n)
        labels_px = _widest(metrics, grid.columns[:n])
        for top_px in (metrics.height() + 4, labels_px + 6):  # names stand upright if they must
            height_px = min((self.height() - top_px - 2) / len(grid.rows), _LARGEST_CELL_PX)
            wanted_px = max(2 * height_px, labels_px + 8 if grid.texts else 0)
            width_px = min(wanted_px, room_px / n)
            if labels_px < width_px - 2:
                break
        return Placed(left_px, top_px, width_px, height_px, apart_px, n)

    def cell_at(self, place: QPointF) -> tuple[int, int]:
        """Return row and column at a place of the widget; (-1, -1) outside all cells."""
        if self.grid is None:
            return -1, -1
        placed = self.placed()
        for column in range(len(self.grid.columns)):
            row = int((place.y() - placed.top_px) // placed.height_px)
            if 0 <= row < len(self.grid.rows) and placed.cell(row, column).contains(place):
                return row, column
        return -1, -1

    def event(self, event: QEvent) -> bool:
        """Keep the keys of the map from the shortcuts of the window."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            bare = event.modifiers() == Qt.KeyboardModifier.NoModifier
            if bare and (event.key() in _MOVES or event.key() in _CHOOSE):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move among the cells, or choose one."""
        key = Qt.Key(event.key())
        if self.grid is None or key not in (*_MOVES, *_CHOOSE):
            super().keyPressEvent(event)
        elif key in _CHOOSE and self.current[0] >= 0:
            self.chosen.emit(*self.current)
        else:
            down, right = _MOVES.get(key, (0, 0))
            row, column = (max(at, 0) for at in self.current)
            self.point_at(
                min(max(row + down, 0), len(self.grid.rows) - 1),
                min(max(column + right, 0), len(self.grid.columns) - 1),
            )

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Point at a cell, so that it is seen where the keys are."""
        if self.grid is not None and self.current[0] < 0:
            self.point_at(0, 0)
        super().focusInEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Point at what is under the pointer."""
        self.point_at(*self.cell_at(event.position()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose what is under the pointer."""
        self.point_at(*self.cell_at(event.position()))
        if self.current[0] >= 0:
            self.chosen.emit(*self.current)

    def leaveEvent(self, event: QEvent) -> None:
        """Point at nothing, unless the keys do."""
        if not self.hasFocus():
            self.point_at(-1, -1)
        super().leaveEvent(event)

    def paintEvent(self, _: QPaintEvent) -> None:
        """Paint the tree, the names, the cells and the legend."""
        if self.grid is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
        placed = self.placed()
        if self.grid.tree is not None:
            _paint_tree(painter, self.grid.tree, placed)
        _paint_cells(painter, self._image, placed)
        _paint_texts(painter, self.grid, self._image, placed)
        _paint_labels(painter, self.grid, placed)
        _paint_legend(painter, self.grid, placed)
        if self.current[0] >= 0:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self.palette().color(QPalette.ColorRole.WindowText), 4))
            painter.drawRect(placed.cell(*self.current))
            painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Base), 2))
            painter.drawRect(placed.cell(*self.current))


def _texts(grid: Grid) -> tuple[str, ...]:
    return *(brief(value) for value in grid.range), *grid.ends


def _widest(metrics: QFontMetricsF, texts: Sequence[str]) -> float:
    widest = max((metrics.horizontalAdvance(text) for text in texts), default=0.0)
    return min(widest, _MOST_LABEL_PX)


def _paint_tree(painter: QPainter, tree: Clustering, placed: Placed) -> None:
    """Paint the merges from right to left, as wide as they are high."""
    right_px, highest = _TREE_PX - 2.0, float(tree.merges[-1, 2]) or 1.0
    middle = {int(leaf): placed.cell(k, 0).center().y() for k, leaf in enumerate(tree.order)}
    at = [(right_px, middle[leaf]) for leaf in range(len(tree.order))]
    for first, second, height, _ in tree.merges.tolist():
        x_px = right_px - (right_px - 2) * height / highest
        ends = (at[int(first)], at[int(second)])
        for end in ends:
            painter.drawLine(QPointF(*end), QPointF(x_px, end[1]))
        painter.drawLine(QPointF(x_px, ends[0][1]), QPointF(x_px, ends[1][1]))
        at.append((x_px, (ends[0][1] + ends[1][1]) / 2))


def _paint_cells(painter: QPainter, image: QImage, placed: Placed) -> None:
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
    for first, end in ((0, placed.n_square), (placed.n_square, image.width())):
        if end > first:
            target = placed.cell(0, first).united(placed.cell(image.height() - 1, end - 1))
            painter.drawImage(target, image, QRectF(first, 0, end - first, image.height()))


def _paint_texts(painter: QPainter, grid: Grid, image: QImage, placed: Placed) -> None:
    """Write into the cells, dark on bright and bright on dark, or into none of them."""
    metrics = QFontMetricsF(painter.font())
    widest = max((_widest(metrics, row) for row in grid.texts), default=0.0)
    narrowest = min(placed.width_px, placed.apart_px or placed.width_px)
    if widest > narrowest - 4 or metrics.height() > placed.height_px + 1:
        return
    before = painter.pen()
    for row, texts in enumerate(grid.texts):
        for column, text in enumerate(texts):
            pixel = image.pixelColor(column, row)
            bright = pixel.alpha() and pixel.lightnessF() > _BRIGHT
            painter.setPen(Qt.GlobalColor.black if bright else Qt.GlobalColor.white)
            painter.drawText(placed.cell(row, column), Qt.AlignmentFlag.AlignCenter, text)
    painter.setPen(before)


def _paint_labels(painter: QPainter, grid: Grid, placed: Placed) -> None:
    """Name rows and columns, or so many that they can be read."""
    metrics = QFontMetricsF(painter.font())
    line_px = metrics.height()
    right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    for row in range(0, len(grid.rows), math.ceil(line_px * 0.85 / placed.height_px)):
        y_px = placed.cell(row, 0).center().y() - line_px / 2
        box = QRectF(0, y_px, placed.left_px - 4, line_px)
        painter.drawText(box, right, _short(metrics, grid.rows[row], _MOST_LABEL_PX))
    upright = placed.top_px > line_px + 5
    every = math.ceil(line_px * 0.85 / placed.width_px) if upright else 1
    for column in range(0, grid.n_square, every):
        _paint_column(painter, grid.columns[column], placed.cell(0, column), upright)
    for column in range(grid.n_square, len(grid.columns)):
        _paint_column(painter, grid.columns[column], placed.cell(0, column), upright=False)


def _paint_column(painter: QPainter, name: str, cell: QRectF, upright: bool) -> None:
    metrics = QFontMetricsF(painter.font())
    if not upright:
        box = QRectF(cell.x(), cell.y() - metrics.height() - 2, cell.width(), metrics.height())
        text = _short(metrics, name, cell.width() - 2)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
        return
    painter.save()
    painter.translate(cell.center().x() + metrics.ascent() / 2 - 1, cell.y() - 3)
    painter.rotate(-90)
    painter.drawText(QPointF(0, 0), _short(metrics, name, _MOST_LABEL_PX))
    painter.restore()


def _short(metrics: QFontMetricsF, text: str, most_px: float) -> str:
    return metrics.elidedText(text, Qt.TextElideMode.ElideRight, most_px)


def _paint_legend(painter: QPainter, grid: Grid, placed: Placed) -> None:
    """Paint the colours with the brightest on top, with values and words at their ends."""
    metrics = QFontMetricsF(painter.font())
    last = placed.cell(0, len(grid.columns) - 1)
    height_px = max(len(grid.rows) * placed.height_px, 4 * metrics.height())
    bar = QRectF(last.right() + 2 * _GAP_PX, placed.top_px, _LEGEND_PX, height_px)
    ramp = np.ascontiguousarray(colormaps.rgb(grid.colours)[::-1])
    image = QImage(ramp.data, 1, 256, 3, QImage.Format.Format_RGB888)
    painter.drawImage(bar, image)
    values = grid.range if grid.bright_low else grid.range[::-1]
    for value, words, top_px in (
        (values[0], grid.ends[1], bar.top()),
        (values[1], grid.ends[0], bar.bottom() - 2 * metrics.height()),
    ):
        x_px = bar.right() + 4
        painter.drawText(QPointF(x_px, top_px + metrics.ascent()), brief(value))
        painter.drawText(QPointF(x_px, top_px + metrics.ascent() + metrics.height()), words)
