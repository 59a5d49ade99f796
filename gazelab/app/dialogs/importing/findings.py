"""What an import would bring: whether it can be right, how much it is, what is left out."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import (
    QHeaderView,
    QLabel,
    QPlainTextEdit,
    QSplitter,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from gazelab.app.dialogs.importing.words import number_words
from gazelab.io.reading import ROWS_REJECTED
from gazelab.study.plausibility import Sign
from gazelab.study.previewing import Outlook

_TALL_PX = 10_000
_LEFT_OUT = ("rejected", "excluded", ROWS_REJECTED)


Index = QModelIndex | QPersistentModelIndex


class SignsView(QLabel):
    """Says for each sign of plausibility whether it is as it should be."""

    def __init__(self) -> None:
        super().__init__(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.setAccessibleName(self.tr("Plausibility"))
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)

    def show_outlook(self, found: Outlook) -> None:
        """Show the signs of an outlook, doubtful ones first."""
        ordered = sorted(found.signs, key=lambda sign: sign.plausible)
        self.setText("\n".join(map(self._line, ordered)))

    def _line(self, sign: Sign) -> str:
        value = f"{sign.number} {sign.unit}"
        if sign.plausible:
            return self.tr("✓ {name}: {value}").format(name=sign.name, value=value)
        text = self.tr("⚠ {name}: {value} is not plausible. {hint}")
        return text.format(name=sign.name, value=value, hint=sign.hint)


class CountsView(QWidget):
    """The counts of an import, with what is left out marked, and the notes of its reader."""

    def __init__(self) -> None:
        super().__init__()
        self.counts = QTreeWidget()
        self.counts.setRootIsDecorated(False)
        self.counts.setItemDelegate(_Wrapped(self.counts))
        self.counts.setWordWrap(True)
        self.counts.setHeaderLabels([self.tr("What"), self.tr("Number")])
        self.counts.setAccessibleName(self.tr("Counts of this import"))
        header = self.counts.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        header.sectionResized.connect(lambda *_: self.counts.scheduleDelayedItemsLayout())
        self.notes = QPlainTextEdit(readOnly=True, tabChangesFocus=True)
        self.notes.setAccessibleName(self.tr("Notes on this source"))
        splitter = QSplitter(Qt.Orientation.Vertical, childrenCollapsible=False)
        splitter.addWidget(self.counts)
        splitter.addWidget(self.notes)
        splitter.setSizes([300, 120])
        layout = QVBoxLayout(self)
        layout.addWidget(splitter)

    def show_outlook(self, found: Outlook) -> None:
        """Show the counts and notes of an outlook, or why there are none."""
        self.counts.clear()
        self.counts.addTopLevelItems([self._item(*count) for count in found.counts.items()])
        self.notes.setPlainText("\n".join((found.problem, *found.notes)).strip())

    def _item(self, name: str, number: int) -> QTreeWidgetItem:
        item = QTreeWidgetItem([name, number_words(number)])
        item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        item.setToolTip(0, name)
        if any(word in name for word in _LEFT_OUT):
            font = self.counts.font()
            font.setBold(True)
            item.setFont(0, font)
            item.setFont(1, font)
        return item


class _Wrapped(QStyledItemDelegate):
    """Makes rows as high as their text, which the usual one takes to be in one line."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the size of the whole text in the width that the column has."""
        view = self.parent()
        assert isinstance(view, QTreeWidget)
        size = super().sizeHint(option, index)
        margin = 2 * (view.style().pixelMetric(QStyle.PixelMetric.PM_FocusFrameHMargin) + 1)
        area = QRect(0, 0, view.columnWidth(index.column()) - margin, _TALL_PX)
        font = index.data(Qt.ItemDataRole.FontRole)
        metrics = QFontMetrics(font if isinstance(font, QFont) else view.font())
        text = metrics.boundingRect(area, int(Qt.TextFlag.TextWordWrap), str(index.data()))
        return QSize(size.width(), max(size.height(), text.height()))
