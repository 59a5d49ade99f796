"""The areas of interest on the present picture: draw, name, move, copy, delete them."""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QColor, QIcon, QKeySequence, QPixmap, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from gazelab.app.aois.corners import CornersTable
from gazelab.app.aois.drawing import POLYGON, RECTANGLE, Drawing
from gazelab.app.aois.edits import AoiEdits
from gazelab.app.aois.files import AoiFiles
from gazelab.app.canvas.areas import area_colour
from gazelab.app.canvas.pane import Pane
from gazelab.app.jobs import Jobs
from gazelab.app.viewing import Viewing
from gazelab.data.aoi import places_of_names
from gazelab.errors import SettingsError

_SWATCH_PX = 12


class AoiPanel(QWidget):
    """A list of areas, the corners of the chosen one, and the buttons that change them."""

    def __init__(self, viewing: Viewing, jobs: Jobs, panes: Sequence[Pane]) -> None:
        super().__init__()
        self._viewing = viewing
        self.edits = AoiEdits(viewing, self)
        self.drawing = Drawing(viewing, panes, self)
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Areas of interest on this picture"))
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.corners = CornersTable()
        self.files = AoiFiles(self.edits, jobs)
        self.says = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.says.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._make_buttons()
        self._lay_out()
        self._connect()
        self._refresh(frozenset({"project"}))

    def chosen(self) -> tuple[str, ...]:
        """Return the names of the chosen areas."""
        return tuple(item.text() for item in self.list.selectedItems())

    def _make_buttons(self) -> None:
        self.rectangle = _button(self.tr("&Rectangle"), self.tr("Draw a rectangle"))
        self.polygon = _button(self.tr("Po&lygon"), self.tr("Draw a polygon, corner by corner"))
        self.rename = _button(self.tr("Rena&me"), self.tr("Give it another name (F2)"))
        self.delete = _button(self.tr("&Delete"), self.tr("Delete the chosen areas (Del)"))
        self.copy = _button(
            self.tr("Cop&y to all"),
            self.tr("Copy the chosen areas to all pictures of the same size"),
        )

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addLayout(_row(self.rectangle, self.polygon))
        layout.addWidget(self.says)
        layout.addWidget(self.list, 1)
        layout.addLayout(_row(self.rename, self.delete, self.copy))
        layout.addWidget(self.corners, 1)
        layout.addWidget(self.files)

    def _connect(self) -> None:
        for button, shape in ((self.rectangle, RECTANGLE), (self.polygon, POLYGON)):
            button.clicked.connect(partial(self._draw, shape))
        self.rename.clicked.connect(self._edit_name)
        self.delete.clicked.connect(self._delete)
        self.copy.clicked.connect(self._copy)
        self.corners.moved.connect(self._move)
        self.list.currentItemChanged.connect(lambda item, _: self._choose(item))
        self.list.itemSelectionChanged.connect(self._enable)
        self.list.itemChanged.connect(self._renamed)
        QShortcut(
            QKeySequence(Qt.Key.Key_Delete),
            self.list,
            self._delete,
            context=Qt.ShortcutContext.WidgetShortcut,
        )
        self.drawing.finished.connect(self._drawn)
        self.drawing.changed.connect(self._show_drawing)
        self._viewing.changed.connect(self._refresh)

    # drawing

    def _draw(self, shape: str) -> None:
        if self.drawing.shape == shape:
            self.drawing.cancel()
        else:
            self._viewing.show_layers(areas=True)
            self.drawing.begin(shape)

    def _drawn(self, corners_px: np.ndarray) -> None:
        if self._tried(lambda: self.edits.add(corners_px)):
            self._edit_name()

    def _show_drawing(self) -> None:
        shape = self.drawing.shape
        stop = self.tr("Stop")
        self.rectangle.setText(stop if shape == RECTANGLE else self.tr("&Rectangle"))
        self.polygon.setText(stop if shape == POLYGON else self.tr("Po&lygon"))
        hints = {
            RECTANGLE: self.tr("Drag over the picture. Enter: in its middle; Esc: stop."),
            POLYGON: self.tr(
                "Click corner by corner; Enter or a double click ends it. "
                "Backspace: one back; Esc: stop."
            ),
        }
        nothing = self.tr("None on this picture: draw one, or load a table.")
        self.says.setText(hints.get(shape) or ("" if self.edits.here else nothing))

    # changing

    def _edit_name(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            self.list.setFocus()
            self.list.editItem(item)

    def _renamed(self, item: QListWidgetItem) -> None:
        name = self.edits.here[self.list.row(item)].name
        self._tried(lambda: self.edits.give_name(name, item.text()))

    def _move(self, corners_px: np.ndarray) -> None:
        self._tried(lambda: self.edits.move(self._viewing.state.area, corners_px))

    def _delete(self) -> None:
        self.edits.delete(self.chosen())

    def _copy(self) -> None:
        copied, left_out = self.edits.copy_to_all(self.chosen())
        text = self.tr("Copied to {n} pictures.")
        if copied == 1:
            text = self.tr("Copied to 1 picture.")
        if left_out:
            text += " " + self.tr("Left out, since they have another size: {left}.")
        self.says.setText(text.format(n=f"{copied:,}", left=f"{left_out:,}"))

    def _tried(self, edit: Callable[[], object]) -> bool:
        """Do an edit; where it is refused, say why, show what there is, and return False."""
        try:
            edit()
        except SettingsError as error:
            self._list()
            self.says.setText(str(error))
            return False
        return True

    # showing

    def _refresh(self, fields: frozenset[str]) -> None:
        if fields & {"project", "stimulus", "area"}:
            self._list()

    def _list(self) -> None:
        aois, chosen = self.edits.here, self._viewing.state.area
        places = places_of_names(self.edits.all)
        kept = self.chosen() if chosen in self.chosen() else (chosen,)
        names = [aoi.name for aoi in aois]
        with QSignalBlocker(self.list):
            self._set_count(len(aois))
            self.list.setCurrentRow(names.index(chosen) if chosen in names else -1)
            for row, name in enumerate(names):
                item = self.list.item(row)
                item.setText(name)
                item.setIcon(_swatch(area_colour(places[name])))
                item.setSelected(name in kept)
        corners = [aoi.corners_px for aoi in aois if aoi.name == chosen]
        self.corners.show_corners(corners[0] if corners else self.corners.nothing)
        self._show_drawing()
        self._enable()

    def _set_count(self, count: int) -> None:
        """Keep the rows that stay: one of them may be the one that is being renamed."""
        while self.list.count() > count:
            self.list.takeItem(self.list.count() - 1)
        while self.list.count() < count:
            item = QListWidgetItem(self.list)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)

    def _choose(self, item: QListWidgetItem | None) -> None:
        self._viewing.show(area=item.text() if item is not None else "")

    def _enable(self) -> None:
        stimulus = bool(self._viewing.state.stimulus)
        for button in (self.rectangle, self.polygon, self.files.load):
            button.setEnabled(stimulus)
        for button in (self.delete, self.copy):
            button.setEnabled(bool(self.chosen()))
        self.rename.setEnabled(len(self.chosen()) == 1)
        self.files.save.setEnabled(bool(self.edits.all))


def _button(text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(tip)
    button.setMinimumWidth(button.fontMetrics().horizontalAdvance(text) + 10)
    return button


def _row(*buttons: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(3)
    for button in buttons:
        row.addWidget(button)
    return row


def _swatch(colour: str) -> QIcon:
    pixmap = QPixmap(_SWATCH_PX, _SWATCH_PX)
    pixmap.fill(QColor(colour))
    icon = QIcon(pixmap)
    icon.addPixmap(pixmap, QIcon.Mode.Selected)  # without, it would be tinted
    return icon
