"""The list of sources: what each is, and how much of it there is or why it is not read."""

import re
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSignalBlocker,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeySequence, QPainter, QPalette, QShortcut
from PySide6.QtWidgets import (
    QFileDialog,
    QGridLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from gazelab.app.dialogs.importing.candidates import Candidates
from gazelab.app.dialogs.importing.words import candidate_words

_PATH = Qt.ItemDataRole.UserRole
_FLAGS = int(Qt.TextFlag.TextWordWrap)
_LEFT_PX = 26
_PAD_PX = 4
_TALL_PX = 10_000

Index = QModelIndex | QPersistentModelIndex


class SourceList(QWidget):
    """Shows the sources and takes others. chosen : emitted with the path of one, or None."""

    chosen = Signal(object)

    def __init__(self, candidates: Candidates) -> None:
        super().__init__()
        self._candidates = candidates
        self._items: dict[Path, QListWidgetItem] = {}
        self.sources = QListWidget()
        self.sources.setItemDelegate(_Wrapped(self.sources))
        self.sources.setAlternatingRowColors(True)
        self.sources.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.sources.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.sources.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.sources.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.sources.setIconSize(QSize(16, 16))
        self.sources.setAccessibleName(self.tr("What to import"))
        self.sources.currentItemChanged.connect(lambda *_: self.chosen.emit(self.current))
        self.remove = self._button(self.tr("&Remove"), self._remove)
        buttons = QGridLayout()
        buttons.addWidget(self._button(self.tr("Add &files…"), self._add_files), 0, 0)
        buttons.addWidget(self._button(self.tr("Add f&older…"), self._add_folder), 0, 1)
        buttons.addWidget(self.remove, 1, 0, 1, 2)
        QShortcut(
            QKeySequence(Qt.Key.Key_Delete),
            self.sources,
            self._remove,
            context=Qt.ShortcutContext.WidgetShortcut,
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.sources, 1)
        layout.addLayout(buttons)
        candidates.listed.connect(self._list)
        candidates.changed.connect(self._describe)
        candidates.progressed.connect(self._describe)
        candidates.pictures.changed.connect(self._describe_all)
        self._list()

    @property
    def current(self) -> Path | None:
        """The source that is chosen."""
        row = self.sources.currentRow()
        return None if row < 0 else Path(self.sources.item(row).data(_PATH))

    def _button(self, text: str, slot: Callable[[], None]) -> QPushButton:
        button = QPushButton(text, autoDefault=False)
        button.clicked.connect(slot)
        return button

    def _add_files(self) -> None:
        chosen, _ = QFileDialog.getOpenFileNames(self, self.tr("Recordings"))
        if chosen:
            self._candidates.add(map(Path, chosen))

    def _add_folder(self) -> None:
        if chosen := QFileDialog.getExistingDirectory(self, self.tr("Folder to look into")):
            self._candidates.add((Path(chosen),))

    def _remove(self) -> None:
        if self.current is not None:
            self._candidates.remove(self.current)

    def _list(self) -> None:
        """Show the sources there are; the one that was chosen stays so."""
        before, row = self.current, self.sources.currentRow()
        with QSignalBlocker(self.sources):
            self._items.clear()
            self.sources.clear()
            for candidate in self._candidates.all:
                item = QListWidgetItem()
                item.setData(_PATH, str(candidate.path))
                item.setToolTip(str(candidate.path))
                self.sources.addItem(item)
                self._items[candidate.path] = item
            paths = [candidate.path for candidate in self._candidates.all]
            kept = paths.index(before) if before in paths else min(max(row, 0), len(paths) - 1)
            self.sources.setCurrentRow(kept)
        self._describe_all()
        self.remove.setEnabled(bool(paths))
        self.chosen.emit(self.current)

    def _describe_all(self) -> None:
        for candidate in self._candidates.all:
            self._describe(candidate.path)

    def _describe(self, path: Path) -> None:
        """Say what a source is."""
        candidate = self._candidates.get(path)
        item = self._items.get(path)
        if candidate is None or item is None:
            return
        hindrance = self._candidates.hindrance(path)
        step = self._candidates.progress(path)
        alike = any(other.name == path.name for other in self._items if other != path)
        name = f"{path.parent.name}/{path.name}" if alike else path.name
        item.setText(f"{name}\n{candidate_words(candidate, step, hindrance)}")
        kinds = QStyle.StandardPixmap
        kind = kinds.SP_FileIcon
        if candidate.problem or not candidate.formats:
            kind = kinds.SP_MessageBoxCritical
        elif hindrance:
            kind = kinds.SP_MessageBoxWarning
        elif path.is_dir():
            kind = kinds.SP_DirIcon
        item.setIcon(self.style().standardIcon(kind))


class _Wrapped(QStyledItemDelegate):
    """Draws an icon and all lines of a text, which the usual one cuts where it wraps them."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the size that the whole text takes."""
        view = self.parent()
        assert isinstance(view, QListWidget)
        area = QRect(0, 0, view.viewport().width() - _LEFT_PX - _PAD_PX, _TALL_PX)
        text = _breakable(str(index.data()))
        height = view.fontMetrics().boundingRect(area, _FLAGS, text).height()
        return QSize(_LEFT_PX, height + 2 * _PAD_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw the row as usual, and the text over it."""
        self.initStyleOption(option, index)
        text, option.text = option.text, ""
        style = option.widget.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        enabled = bool(option.state & QStyle.StateFlag.State_Enabled)
        roles, groups = QPalette.ColorRole, QPalette.ColorGroup
        role = roles.HighlightedText if selected else roles.Text
        group = groups.Normal if enabled else groups.Disabled
        painter.setPen(option.palette.color(group, role))
        painter.setFont(option.font)
        area = option.rect.adjusted(_LEFT_PX, _PAD_PX, -_PAD_PX, -_PAD_PX)
        painter.drawText(area, _FLAGS, _breakable(text))


def _breakable(text: str) -> str:
    """Return a text with places at which long names of files can be broken."""
    return re.sub(r"([_./-])(?=\w)", "\\1\u200b", text)
