"""What a detector found in a trial, beside what came with the file."""

import math
from collections.abc import Iterable

import numpy as np
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from gazelab.data.gaze import Scanpath
from gazelab.data.recording import Events
from gazelab.gaze.detect import Detection

NOT_THERE = "–"


class FindingsTable(QWidget):
    """A few numbers in two columns."""

    def __init__(self) -> None:
        super().__init__()
        names = (
            self.tr("Fixations"),
            self.tr("Median duration"),
            self.tr("Saccades"),
            self.tr("Blinks"),
            self.tr("Samples in no event"),
            self.tr("Samples lost"),
        )
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(1)
        self.heads = [_number(), _number()]
        self.cells = [[_number() for _ in names] for _ in self.heads]
        for row, name in enumerate(names):
            grid.addWidget(QLabel(name), row + 1, 0)
        for column, head in enumerate(self.heads):
            head.setWordWrap(True)
            grid.addWidget(head, 0, column + 1)
            for row, cell in enumerate(self.cells[column]):
                cell.setAccessibleName(names[row])
                grid.addWidget(cell, row + 1, column + 1)
        grid.setColumnStretch(0, 1)

    def show_numbers(self, column: int, head: str, numbers: Iterable[str]) -> None:
        """Show other numbers in a column."""
        self.heads[column].setText(head)
        for cell, text in zip(self.cells[column], numbers, strict=True):
            cell.setText(text)

    def clear(self, column: int) -> None:
        """Show that there are no numbers."""
        self.show_numbers(column, self.heads[column].text(), [NOT_THERE] * len(self.cells[column]))


def numbers_of_detection(found: Detection) -> list[str]:
    """Return the numbers of what a detector found."""
    total = max(found.samples.total, 1)
    shares = (found.samples.unassigned / total, found.samples.lost / total)
    return [*numbers_of(found.scanpath, found.events), *(f"{share:.1%}" for share in shares)]


def numbers_beside(scanpath: Scanpath | None, events: Iterable[Events]) -> list[str]:
    """Return the numbers of what came with the file; it does not say them of its samples."""
    return [*numbers_of(scanpath, events), NOT_THERE, NOT_THERE]


def numbers_of(scanpath: Scanpath | None, events: Iterable[Events]) -> list[str]:
    """Return how many fixations, how long, and how many events of each kind."""
    counts = {item.kind: str(len(item)) for item in events}
    if "microsaccade" in counts:
        text = QCoreApplication.translate("detectors", "{large} + {micro} micro")
        large = counts.get("saccade", "0")
        counts["saccade"] = text.format(large=large, micro=counts["microsaccade"])
    kinds = [counts.get(kind, NOT_THERE) for kind in ("saccade", "blink")]
    if scanpath is None:
        return [NOT_THERE, NOT_THERE, *kinds]
    durations = scanpath.duration_ms[np.isfinite(scanpath.duration_ms)]
    median_ms = float(np.median(durations)) if len(durations) else math.nan
    length = NOT_THERE if math.isnan(median_ms) else f"{median_ms:.0f} ms"
    return [str(len(scanpath)), length, *kinds]


def _number() -> QLabel:
    label = QLabel(NOT_THERE, textFormat=Qt.TextFormat.PlainText)
    label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom)
    return label
