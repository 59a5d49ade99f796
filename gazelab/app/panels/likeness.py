"""The matrix of similarities in the window: by one measure, in the order of a tree."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QLabel, QVBoxLayout, QWidget

from gazelab.app.panels.heatmap import Grid, HeatMap
from gazelab.data.counted import brief
from gazelab.metrics.clustering import LINKAGES
from gazelab.metrics.similarities import Similarity
from gazelab.report.likeness_matrix import Clusters, LikenessMatrix, clusters_by


class LikenessView(QWidget):
    """People against people and sources.

    led : emitted with (first, second): participants whose scanpaths are to be seen; second is ""
        for a participant alone. turned : with (participant, source, kind).
    linkage : of the clusters; the page has a place for it.
    """

    led = Signal(str, str)
    turned = Signal(str, str, str)

    def __init__(self) -> None:
        super().__init__()
        self._matrix: LikenessMatrix | None = None
        self._measure: Similarity | None = None
        self._place = 0
        self.rows: tuple[int, ...] = ()
        self.about = QLabel(textFormat=Qt.TextFormat.PlainText, wordWrap=True)
        self.value = QLabel(textFormat=Qt.TextFormat.PlainText)
        self.linkage = QComboBox()
        self.linkage.addItems(LINKAGES)
        self.linkage.setAccessibleName(self.tr("Linkage of the clusters"))
        self.map = HeatMap()
        self.map.setAccessibleName(self.tr("Matrix of similarities"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 0, 0, 0)
        layout.addWidget(self.about)
        layout.addWidget(self.map, 1)
        layout.addWidget(self.value)
        self.linkage.currentIndexChanged.connect(self._relink)
        self.map.pointed.connect(self._tell)
        self.map.chosen.connect(self._choose)

    def show_measure(self, matrix: LikenessMatrix, measure: Similarity, place: int) -> None:
        """Show the measure at a place of the matrix."""
        self._matrix, self._measure, self._place = matrix, measure, place
        found = clusters_by(matrix, measure, place, self.linkage.currentText())
        order = [*found.order, *found.left_out]
        self.rows = tuple(matrix.participants.index(name) for name in order)
        n = len(self.rows)
        columns = [*self.rows, *range(n, n + len(matrix.sources))]
        words = (self.tr("less alike"), self.tr("more alike")) if measure.direction else ("", "")
        grid = Grid(
            rows=order,
            columns=[*order, *_names(matrix.sources)],
            values=matrix.mean[self.rows, :, place][:, columns],
            n_square=n,
            tree=found.tree,
            bright_low=measure.direction == "lower",
            ends=words,
        )
        self.map.show_grid(grid if n else None)
        self.about.setText(self._about(found))
        self._tell(-1, -1)

    def _about(self, found: Clusters) -> str:
        measure = found.measure
        unit = "" if measure.unit == "1" else f" [{measure.unit}]"
        parts = [f"{measure.title}{unit}, {measure.variant}."]
        if found.tree is None:
            parts.append(self.tr("Not clustered: {reason}.").format(reason=found.reason))
        else:
            text = self.tr("Clustered by means of pairs, cophenetic r {r}.")
            parts.append(text.format(r=brief(found.tree.cophenetic)))
        if found.tree is not None and found.left_out:
            text = self.tr("Below the tree, undefined with others: {names}.")
            parts.append(text.format(names=", ".join(found.left_out)))
        return " ".join(parts)

    def _relink(self) -> None:
        if self._matrix is not None and self._measure is not None:
            self.show_measure(self._matrix, self._measure, self._place)

    def _tell(self, row: int, column: int) -> None:
        """Say the value of a cell."""
        text = self.tr("Point at a cell, or move with the arrow keys; Enter shows the scanpaths.")
        if row >= 0:
            text = self._in_words(row, column)
        self.value.setText(text)
        self.map.setAccessibleDescription(text)

    def _in_words(self, row: int, column: int) -> str:
        matrix, measure = self._matrix, self._measure
        assert matrix is not None and measure is not None and self.map.grid is not None
        first, n = self.map.grid.rows[row], len(self.rows)
        second = (
            ", ".join(matrix.sources[column - n]) if column >= n else self.map.grid.rows[column]
        )
        if row == column:
            return self.tr("{name}: participants are not compared with themselves").format(
                name=first
            )
        cell = (self.rows[row], self.rows[column] if column < n else column, self._place)
        text = self.tr("{first} and {second}: {value}{unit}, chance {chance}, mean of {n} pairs")
        if matrix.n_pairs[cell] == 1:
            text = self.tr("{first} and {second}: {value}{unit}, chance {chance}, one pair")
        names = sorted((first, second)) if column < n else (second, first)
        return text.format(
            first=names[0],
            second=names[1],
            value=brief(matrix.mean[cell]),
            unit="" if measure.unit == "1" else f" {measure.unit}",
            chance=brief(matrix.chance[cell]),
            n=matrix.n_pairs[cell],
        )

    def _choose(self, row: int, column: int) -> None:
        assert self._matrix is not None and self.map.grid is not None
        first = self.map.grid.rows[row]
        if column >= len(self.rows):
            self.turned.emit(first, *self._matrix.sources[column - len(self.rows)])
        else:
            self.led.emit(first, "" if row == column else self.map.grid.rows[column])


def _names(sources: Sequence[tuple[str, str]]) -> list[str]:
    """Return short names: without what is the same for all."""
    if len({kind for _, kind in sources}) == 1:
        return [source for source, _ in sources]
    one = len({source for source, _ in sources}) == 1
    return [kind if one else f"{source} {kind}" for source, kind in sources]
