"""Say from which value on data quality is doubtful, and from which on poor."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QGridLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from gazelab.app.panels.quality_model import MARKS, QualityModel
from gazelab.report.quality import LIMITS, Limit

_MOST = 100_000.0


class LimitsDialog(QDialog):
    """Two numbers for each limited column."""

    def __init__(self, parent: QWidget | None, limits: tuple[Limit, ...]) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Limits of data quality"))
        self.boxes = {limit.column: (QDoubleSpinBox(), QDoubleSpinBox()) for limit in limits}
        words = QualityModel(self)
        grid = QGridLayout()
        grid.addWidget(QLabel(self.tr("{mark} doubtful above").format(mark=MARKS[1])), 0, 1)
        grid.addWidget(QLabel(self.tr("{mark} poor above").format(mark=MARKS[2])), 0, 2)
        for row, (column, boxes) in enumerate(self.boxes.items(), 1):
            title = words.title(column)
            grid.addWidget(QLabel(title, textFormat=Qt.TextFormat.PlainText), row, 0)
            for place, box in enumerate(boxes, 1):
                box.setRange(0, _MOST)
                box.setDecimals(1 if column.endswith("percent") else 2)
                box.setAccessibleName(f"{title} {MARKS[place]}")
                grid.addWidget(box, row, place)
        self._fill(limits)
        says = QLabel(
            self.tr(
                "The limits at first are rules of thumb. They only mark values; nothing is "
                "excluded by them. They are remembered on this computer."
            ),
            wordWrap=True,
        )
        standard = QDialogButtonBox.StandardButton
        self.buttons = QDialogButtonBox(standard.Ok | standard.Cancel | standard.RestoreDefaults)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        defaults = self.buttons.button(standard.RestoreDefaults)
        defaults.clicked.connect(lambda: self._fill(LIMITS))
        layout = QVBoxLayout(self)
        layout.addLayout(grid)
        layout.addWidget(says)
        layout.addWidget(self.buttons)

    @property
    def limits(self) -> tuple[Limit, ...]:
        """What is chosen now."""
        return tuple(
            Limit(column, doubtful.value(), poor.value())
            for column, (doubtful, poor) in self.boxes.items()
        )

    @classmethod
    def ask(cls, parent: QWidget | None, limits: tuple[Limit, ...]) -> tuple[Limit, ...] | None:
        """Ask; None when the user thinks better of it."""
        dialog = cls(parent, limits)
        try:
            return dialog.limits if dialog.exec() else None
        finally:
            dialog.deleteLater()

    def _fill(self, limits: tuple[Limit, ...]) -> None:
        for limit in limits:
            doubtful, poor = self.boxes[limit.column]
            doubtful.setValue(limit.doubtful)
            poor.setValue(limit.poor)
