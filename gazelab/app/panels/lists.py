"""Searchable lists: the stimuli of the project, and the participants on one stimulus."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
    Signal,
)
from PySide6.QtWidgets import (
    QLabel,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from gazelab.app.viewing import Viewing
from gazelab.data.gaze import Scanpath, TrialKey

Index = QModelIndex | QPersistentModelIndex
_ROLE = Qt.ItemDataRole
_PART = ", "


class NameModel(QAbstractListModel):
    """Names with a short detail behind each; optionally checkable.

    checked_changed : emitted with the tuple of checked names when the user changes one.
    """

    checked_changed = Signal(object)

    def __init__(self, checkable: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[tuple[str, str], ...] = ()
        self._checked: frozenset[str] = frozenset()
        self._checkable = checkable

    @property
    def names(self) -> tuple[str, ...]:
        """The names in order."""
        return tuple(name for name, _ in self._rows)

    def set_rows(self, rows: Sequence[tuple[str, str]]) -> None:
        """Show other (name, detail) rows."""
        if tuple(rows) != self._rows:
            self.beginResetModel()
            self._rows = tuple(rows)
            self.endResetModel()

    def set_checked(self, names: Sequence[str]) -> None:
        """Check exactly these names, without telling."""
        self._checked = frozenset(names)
        if self._rows:
            last = self.index(len(self._rows) - 1)
            self.dataChanged.emit(self.index(0), last, [_ROLE.CheckStateRole])

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, D102 - Qt's
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = _ROLE.DisplayRole) -> Any:  # noqa: D102 - Qt's
        name, detail = self._rows[index.row()]
        if role in (_ROLE.DisplayRole, _ROLE.ToolTipRole):
            return f"{name}    {detail}" if detail else name
        if role == _ROLE.UserRole:
            return name
        if role == _ROLE.CheckStateRole and self._checkable:
            checked = name in self._checked
            return Qt.CheckState.Checked if checked else Qt.CheckState.Unchecked
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:  # noqa: D102 - Qt's
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsUserCheckable if self._checkable else flags

    def setData(  # noqa: D102 - Qt's
        self, index: Index, value: Any, role: int = _ROLE.EditRole
    ) -> bool:
        if role != _ROLE.CheckStateRole or not self._checkable:
            return False
        name = self._rows[index.row()][0]
        on = Qt.CheckState(value) == Qt.CheckState.Checked
        self._checked = self._checked | {name} if on else self._checked - {name}
        self.dataChanged.emit(index, index, [role])
        self.checked_changed.emit(tuple(n for n in self.names if n in self._checked))
        return True


class _NameFirst(QStyledItemDelegate):
    """Leaves to the tooltip what there is no room for: parts of the detail, the last one first."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        """Choose the text that fits."""
        super().initStyleOption(option, index)
        part = QStyle.SubElement.SE_ItemViewItemText
        room = option.widget.style().subElementRect(part, option, option.widget).width()
        margin = option.widget.style().pixelMetric(QStyle.PixelMetric.PM_FocusFrameHMargin) + 1
        name = str(index.data(_ROLE.UserRole))
        while option.fontMetrics.horizontalAdvance(option.text) > room - 2 * margin:
            head, comma, _ = option.text.rpartition(_PART)
            if not comma or len(head) < len(name):
                option.text = name
                break
            option.text = head


class NameList(QWidget):
    """A list with a search field above and a count below.

    chosen : emitted with the name of the row the user moved to.
    """

    chosen = Signal(str)

    def __init__(self, what: str, *, checkable: bool = False) -> None:
        super().__init__()
        self.model = NameModel(checkable, self)
        self._filtered = QSortFilterProxyModel(self)
        self._filtered.setSourceModel(self.model)
        self._filtered.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.search = QLineEdit(clearButtonEnabled=True, placeholderText=self.tr("Search"))
        self.search.setAccessibleName(self.tr("Search {what}").format(what=what))
        self.search.textChanged.connect(self._filter)
        self.view = QListView()
        self.view.setUniformItemSizes(True)
        self.view.setAlternatingRowColors(True)
        self.view.setAccessibleName(what)
        self.view.setModel(self._filtered)
        self.view.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.view.setItemDelegate(_NameFirst(self.view))
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.selectionModel().currentChanged.connect(self._moved)
        self._count = QLabel(textFormat=Qt.TextFormat.PlainText)
        self._count.setContentsMargins(4, 0, 0, 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 4, 4, 2)
        layout.setSpacing(4)
        layout.addWidget(self.search)
        layout.addWidget(self.view, 1)
        layout.addWidget(self._count)

    def set_rows(self, rows: Sequence[tuple[str, str]]) -> None:
        """Show other rows; the choice is set by `set_current`."""
        blocked = self.view.selectionModel().blockSignals(True)
        self.model.set_rows(rows)
        self.view.selectionModel().blockSignals(blocked)
        self._tell_count()

    def set_current(self, name: str) -> None:
        """Mark a row as the current one without telling."""
        if name not in self.model.names or name == self._name_at(self.view.currentIndex()):
            return
        index = self._filtered.mapFromSource(self.model.index(self.model.names.index(name)))
        blocked = self.view.selectionModel().blockSignals(True)
        self.view.setCurrentIndex(index)
        self.view.selectionModel().blockSignals(blocked)
        self.view.viewport().update()
        if index.isValid():
            self.view.scrollTo(index)

    def _filter(self, text: str) -> None:
        self._filtered.setFilterFixedString(text)
        self._tell_count()

    def _tell_count(self) -> None:
        shown, total = self._filtered.rowCount(), self.model.rowCount()
        both = self.tr("{shown} of {total}").format(shown=shown, total=total)
        self._count.setText(str(total) if shown == total else both)

    def _name_at(self, index: QModelIndex) -> str:
        return str(index.data(_ROLE.UserRole) or "") if index.isValid() else ""

    def _moved(self, index: QModelIndex, _: QModelIndex) -> None:
        if name := self._name_at(index):
            self.chosen.emit(name)


class StimulusPanel(NameList):
    """The stimuli of the project; moving through them shows them."""

    def __init__(self, viewing: Viewing) -> None:
        super().__init__(self.tr("Stimuli"))
        self._viewing = viewing
        self.chosen.connect(viewing.show_stimulus)
        viewing.document.changed.connect(self._refill)
        viewing.changed.connect(lambda _: self.set_current(viewing.state.stimulus))

    def _refill(self, parts: frozenset[str]) -> None:
        if "stimuli" in parts:
            self.set_rows([(name, "") for name in self._viewing.document.project.stimuli])
            self.set_current(self._viewing.state.stimulus)


class ParticipantPanel(NameList):
    """Who looked at this stimulus: the current row leads, ticked rows are drawn as well."""

    def __init__(self, viewing: Viewing) -> None:
        super().__init__(self.tr("Participants"), checkable=True)
        self._viewing = viewing
        self._keys: dict[str, TrialKey] = {}
        self.chosen.connect(self._lead)
        self.model.checked_changed.connect(self._show)
        viewing.changed.connect(self._refresh)

    def _lead(self, name: str) -> None:
        key, shown = self._keys[name], self._viewing.state.participants
        others = [p for p in shown if p != key[0]]
        self._viewing.lead(key, others=len(others) > 1 or key[0] in shown)

    def _show(self, names: tuple[str, ...]) -> None:
        before = set(self._viewing.keys)
        keys = sorted((self._keys[name] for name in names), key=lambda key: key in before)
        trials = dict(self._viewing.state.trials) | {key[0]: key[2] for key in reversed(keys)}
        chosen = {key[0] for key in keys}
        first = [p for p in self._viewing.state.participants[:1] if p in chosen]
        people = dict.fromkeys([*first, *(self._keys[name][0] for name in names)])
        self._viewing.show(participants=tuple(people), trials=tuple(trials.items()))

    def _refresh(self, fields: frozenset[str]) -> None:
        if fields & {"project", "stimulus"}:
            self._list_trials()
        if fields & {"project", "stimulus", "participants", "trials"}:
            names = {key: name for name, key in self._keys.items()}
            shown = [names[key] for key in self._viewing.keys]
            self.model.set_checked(shown)
            if self._viewing.leader_key is not None:
                self.set_current(names[self._viewing.leader_key])

    def _list_trials(self) -> None:
        """Show one row for each trial; trials are named where a participant has several."""
        viewing = self._viewing
        keys = viewing.trials.on(viewing.state.stimulus)
        several = Counter(key[0] for key in keys)
        text = self.tr("{who}, trial {trial}")
        self._keys = {
            text.format(who=key[0], trial=key[2]) if several[key[0]] > 1 else key[0]: key
            for key in keys
        }
        known = viewing.document.project.participant_attributes
        paths = {name: viewing.trials.scanpath(key) for name, key in self._keys.items()}
        self.set_rows(
            [
                (name, _PART.join((*known.of(self._keys[name][0]).values(), self._fixations(path))))
                for name, path in paths.items()
            ]
        )

    def _fixations(self, path: Scanpath | None) -> str:
        if path is None:
            return self.tr("samples only")
        count = len(path)
        return self.tr("1 fixation") if count == 1 else self.tr("{n} fixations").format(n=count)
