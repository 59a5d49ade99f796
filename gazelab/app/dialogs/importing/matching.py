"""Which picture each name in a source means: found by name, or linked by a person."""

from PySide6.QtCore import QItemSelectionModel, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QHeaderView,
    QLabel,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from gazelab.study.placing import EMPTY_SCREEN
from gazelab.study.previewing import Match

_BY_NAME = "\0by name"
_NAME = Qt.ItemDataRole.UserRole


class MatchingEditor(QWidget):
    """Names with the pictures they mean, those without one first; chosen ones can be linked.

    linked : emitted with the chosen names and a picture, EMPTY_SCREEN, or None to go by name.
    others_changed : emitted with whether all others are shown on an empty screen.
    """

    linked = Signal(list, object)
    others_changed = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.says = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.names = QTreeWidget()
        self.names.setRootIsDecorated(False)
        self.names.setUniformRowHeights(True)
        self.names.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.names.setHeaderLabels(
            [self.tr("Name in the source"), self.tr("Trials"), self.tr("Picture")]
        )
        self.names.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.names.setAccessibleName(self.tr("Names in the source"))
        self.names.itemSelectionChanged.connect(self._show_link)
        self.target = QComboBox()
        self.target.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.target.setMinimumContentsLength(14)
        self.target.activated.connect(self._link)
        self.others = QCheckBox(self.tr("Show all unmatc&hed on an empty screen"))
        self.others.toggled.connect(self.others_changed)
        label = QLabel(self.tr("Lin&k the chosen names to"))
        label.setBuddy(self.target)
        layout = QVBoxLayout(self)
        layout.addWidget(self.says)
        layout.addWidget(self.names, 1)
        layout.addWidget(label)
        layout.addWidget(self.target)
        layout.addWidget(self.others)
        self._pictures: tuple[str, ...] = ()
        self._found: tuple[Match, ...] | None = None

    def show_pictures(self, pictures: tuple[str, ...]) -> None:
        """Offer these pictures, by id."""
        if pictures == self._pictures and self.target.count():
            return
        self._pictures = pictures
        self.target.clear()
        self.target.addItem(self.tr("the picture of that name"), _BY_NAME)
        self.target.addItem(self.tr("an empty screen"), EMPTY_SCREEN)
        for picture in pictures:
            self.target.addItem(picture, picture)

    def show_matches(self, found: tuple[Match, ...]) -> None:
        """Show names; those that were chosen stay chosen."""
        if found is self._found:
            return
        self._found = found
        chosen = set(self.chosen)
        with QSignalBlocker(self.names):
            self.names.clear()
            self.names.addTopLevelItems([self._item(match) for match in found])
            self._choose(chosen)
        for column in (1, 2):
            self.names.resizeColumnToContents(column)
        header = self.names.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        without = sum(not match.by for match in found)
        self.says.setText(self._summary(len(found), without))
        self._show_link()

    @property
    def chosen(self) -> list[str]:
        """The names that are chosen."""
        return [item.data(0, _NAME) for item in self.names.selectedItems()]

    def _choose(self, names: set[str]) -> None:
        for row in range(self.names.topLevelItemCount()):
            item = self.names.topLevelItem(row)
            if item is not None and item.data(0, _NAME) in names:
                item.setSelected(True)
        first = self.names.topLevelItem(0)
        if first is not None and not self.names.selectedItems():
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect
            self.names.setCurrentItem(first, 0, flags | QItemSelectionModel.SelectionFlag.Rows)

    def _item(self, match: Match) -> QTreeWidgetItem:
        item = QTreeWidgetItem([match.name, str(match.trials), self._picture_words(match)])
        item.setData(0, _NAME, match.name)
        item.setToolTip(0, match.name)
        item.setToolTip(2, self._picture_words(match))
        if not match.by:
            font = self.names.font()
            font.setBold(True)
            item.setFont(2, font)
        return item

    def _picture_words(self, match: Match) -> str:
        picture = match.stimulus.id if match.stimulus is not None else ""
        return {
            "name": picture,
            "link": self.tr("{picture} (linked)").format(picture=picture),
            "empty": self.tr("an empty screen"),
            "": self.tr("⚠ none"),
        }[match.by]

    def _summary(self, number: int, without: int) -> str:
        if not number:
            return self.tr("There are no names in this source.")
        if number == 1:
            return (
                self.tr("The name has no picture: its trials are left out, and counted.")
                if without
                else self.tr("The name has a picture or a screen.")
            )
        if not without:
            return self.tr("Each of the {n} names has a picture or a screen.").format(n=number)
        text = self.tr("{k} of {n} names have no picture: their trials are left out, and counted.")
        return text.format(k=without, n=number)

    def _show_link(self) -> None:
        """Show what the chosen names are linked to."""
        items = self.names.selectedItems()
        self.target.setEnabled(bool(items))
        if items:
            words = items[0].text(2)
            linked = words.removesuffix(self.tr("{picture} (linked)").format(picture=""))
            place = self.target.findText(linked) if linked != words else -1
            empty = words == self.tr("an empty screen")
            self.target.setCurrentIndex(1 if empty else max(place, 0))

    def _link(self, _: int) -> None:
        target = self.target.currentData()
        self.linked.emit(self.chosen, None if target == _BY_NAME else target)
