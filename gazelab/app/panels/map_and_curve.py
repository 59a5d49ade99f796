"""A map of cells with what the pointed cell says below it, and a curve beside both."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSplitter, QVBoxLayout, QWidget

from gazelab.app.panels.curve import CurveView
from gazelab.app.panels.heatmap import HeatMap


class MapAndCurve(QSplitter):
    """The body of a page that shows a matrix and a line through it."""

    def __init__(self, name: str) -> None:
        super().__init__(childrenCollapsible=False)
        self.map = HeatMap()
        self.map.setAccessibleName(name)
        self.value = QLabel(textFormat=Qt.TextFormat.PlainText, wordWrap=True)
        self.curve = CurveView()
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 4, 0)
        column.addWidget(self.map, 1)
        column.addWidget(self.value)
        self.addWidget(left)
        self.addWidget(self.curve)
        self.setSizes([560, 470])

    def say(self, text: str) -> None:
        """Say of a cell what there is to say, also to those who cannot see it."""
        self.value.setText(text)
        self.map.setAccessibleDescription(text)
