"""The curve "metric against timestep": one line for each source, chance and people with it.

pyqtgraph takes a quarter of a second to import, so it is imported in a thread once the
window is on screen; until then the curve waits.
"""

import importlib
import itertools
import math
import threading
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from gazelab.report.curves import Curve

_POLL_MS = 30
_BAND_ALPHA = 60
_LEGEND_ROW_PX = 18
_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
_SYMBOLS = ("o", "s", "t", "d", "+", "x", "t1", "star", "p", "t2", "h", "t3")
_LOOKS = tuple(zip(itertools.cycle(_COLOURS), _SYMBOLS, strict=False))
"""Colours of Okabe and Ito that are seen on white and on black; each symbol stands once."""


class CurveView(QWidget):
    """Draws curves over steps and marks the step that is shown."""

    def __init__(self) -> None:
        super().__init__()
        self._curves: Sequence[Curve] = ()
        self._title = ""
        self._axis = self.tr("step")
        self._step: int | None = None
        self._plot: Any = None
        self._mark: Any = None
        self._library: Any = None
        self._importer: threading.Thread | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(_POLL_MS)
        self._timer.timeout.connect(self._try_to_build)
        self._empty = QLabel(self.tr("Compare by step to see a curve."))
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setWordWrap(True)
        self._legend: Any = None
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.addWidget(self._empty)
        self.setAccessibleName(self.tr("Curve of a metric over steps"))

    @property
    def is_drawn(self) -> bool:
        """Whether curves are on display."""
        return self._plot is not None and bool(self._curves)

    def show_curves(self, curves: Sequence[Curve], title: str, axis: str = "") -> None:
        """Draw these curves. axis : what is numbered below, steps if it is not said."""
        self._curves, self._title = curves, title
        self._axis = axis or self.tr("step")
        self.setAccessibleDescription(self._in_words())
        if curves and self._plot is None:
            self._start_import()
        self._draw()

    def mark_step(self, step: int | None) -> None:
        """Mark a step (0-based), or none."""
        if step == self._step:
            return
        self._step = step
        if self._mark is not None:
            self._place_mark()

    def close_library(self) -> None:
        """Wait for the import and drop the plot with its menus (the window closes)."""
        self._timer.stop()
        if self._importer is not None:
            self._importer.join()
        if self._plot is not None:
            self._plot.close()
            self._plot.deleteLater()
            self._plot = self._legend = self._mark = None

    def changeEvent(self, event: QEvent) -> None:
        """Follow the palette."""
        if event.type() == QEvent.Type.PaletteChange and self._plot is not None:
            self._draw()
        super().changeEvent(event)

    def _start_import(self) -> None:
        if self._importer is None:
            self._importer = threading.Thread(target=self._import, name="curve", daemon=True)
            self._importer.start()
            self._timer.start()

    def _import(self) -> None:
        self._library = importlib.import_module("pyqtgraph")

    def _try_to_build(self) -> None:
        if self._importer is None or self._importer.is_alive():
            return
        self._timer.stop()
        self._importer.join()
        if self._library is None:
            self._empty.setText(self.tr("The curve cannot be drawn: pyqtgraph is missing."))
            return
        self._plot = self._library.PlotWidget(enableMenu=False)
        self._legend = self._library.LegendItem(labelTextSize="8pt", verSpacing=-7)
        self._legend.setMinimumHeight(0)  # in a low dock names are cut off, and not the axis
        layout = self._plot.getPlotItem().layout
        layout.addItem(self._legend, 2, 3)
        layout.setAlignment(self._legend, Qt.AlignmentFlag.AlignTop)
        self._plot.hideButtons()
        self._plot.setMouseEnabled(False, False)
        self._plot.getAxis("left").enableAutoSIPrefix(False)  # 0.8, not 800 of "x0.001"
        self._layout.addWidget(self._plot)
        self._draw()

    def _draw(self) -> None:
        if self._plot is None:
            return
        self._empty.setVisible(not self._curves)
        self._plot.setVisible(bool(self._curves))
        item = self._plot.getPlotItem()
        item.clear()
        text = self.palette().color(QPalette.ColorRole.Text)
        self._plot.setBackground(self.palette().color(QPalette.ColorRole.Base))
        self._legend.clear()
        self._legend.setLabelTextColor(text)
        for curve, (colour, symbol) in zip(self._curves, itertools.cycle(_LOOKS), strict=False):
            if curve.is_defined:
                self._add(item, curve, QColor(colour), symbol)
        self._legend.setMaximumHeight(_LEGEND_ROW_PX * len(self._legend.items))
        for side in ("bottom", "left"):
            item.getAxis(side).setPen(text)
            item.getAxis(side).setTextPen(text)
        item.setLabel("bottom", self._below())
        item.setLabel("left", self._title)
        steps = sorted({step for curve in self._curves for step in curve.steps})
        item.getAxis("bottom").setTicks([[(step, str(step)) for step in steps]])
        self._mark = self._library.InfiniteLine(angle=90, pen=self._library.mkPen(text, width=1))
        item.addItem(self._mark, ignoreBounds=True)
        self._place_mark()

    def _in_words(self) -> str:
        """Tell the curves to those who cannot see them."""
        return "\n".join(
            f"{curve.name}: "
            + ", ".join(
                f"{step} {self.tr('undefined') if math.isnan(value) else f'{value:.3f}'}"
                for step, value in zip(curve.steps, curve.values, strict=True)
            )
            for curve in self._curves
        )

    def _below(self) -> str:
        undefined = "; ".join(curve.name for curve in self._curves if not curve.is_defined)
        if not undefined:
            return self._axis
        return self.tr("{axis} (undefined: {names})").format(axis=self._axis, names=undefined)

    def _add(self, item: Any, curve: Curve, colour: QColor, symbol: str) -> None:
        style = Qt.PenStyle.SolidLine if curve.is_model else Qt.PenStyle.DashLine
        line = item.plot(
            list(curve.steps),
            list(curve.values),
            pen=self._library.mkPen(colour, width=1, style=style),
            symbol=symbol,
            symbolSize=7,
            symbolPen=colour,
            symbolBrush=colour,
        )
        self._legend.addItem(line, curve.name)
        if curve.low:
            self._add_band(item, curve, colour)

    def _add_band(self, item: Any, curve: Curve, colour: QColor) -> None:
        """Shade the interval of a curve where it has one."""
        there = [k for k, low in enumerate(curve.low) if math.isfinite(low)]
        steps = [curve.steps[k] for k in there]
        edges = [
            self._library.PlotDataItem(steps, [side[k] for k in there])
            for side in (curve.low, curve.high)
        ]
        shade = QColor(colour)
        shade.setAlpha(_BAND_ALPHA)
        item.addItem(self._library.FillBetweenItem(*edges, brush=shade))

    def _place_mark(self) -> None:
        self._mark.setVisible(self._step is not None)
        self._mark.setValue(self._step + 1 if self._step is not None else math.nan)
