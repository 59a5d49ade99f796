"""What is seen before a project is open: make one, open one, try the sample."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QIcon
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from gazelab.paths import shipped


class StartPage(QWidget):
    """Three buttons and the recent projects.

    chosen : emitted with the folder of a recent project.
    """

    chosen = Signal(Path)

    def __init__(self, actions: list[QAction]) -> None:
        super().__init__()
        title = QLabel(self.tr("GazeLab"))
        font = title.font()
        font.setPointSizeF(font.pointSizeF() * 2.2)
        title.setFont(font)
        picture = QLabel()
        picture.setPixmap(QIcon(str(shipped("resources") / "icons" / "gazelab.svg")).pixmap(56, 56))
        head = QHBoxLayout()
        head.addWidget(picture)
        head.addSpacing(8)
        head.addWidget(title)
        head.addStretch()
        question = QLabel(
            self.tr(
                "Do people and neural networks look at the same things? "
                "Image by image, fixation by fixation."
            ),
            wordWrap=True,
        )
        buttons = QHBoxLayout()
        for action in actions:
            button = QPushButton(action.text())
            button.clicked.connect(action.trigger)
            button.setMinimumHeight(36)
            buttons.addWidget(button)
        self._recent_title = QLabel(self.tr("Recent projects"))
        self.recent = QListWidget()
        self.recent.setFrameShape(QFrame.Shape.NoFrame)
        self.recent.setAccessibleName(self.tr("Recent projects"))
        self.recent.itemActivated.connect(self._open)
        self.recent.itemClicked.connect(self._open)
        inside = QWidget(maximumWidth=620)
        column = QVBoxLayout(inside)
        column.setSpacing(10)
        column.addLayout(head)
        column.addWidget(question)
        column.addSpacing(12)
        column.addLayout(buttons)
        column.addSpacing(16)
        column.addWidget(self._recent_title)
        column.addWidget(self.recent, 1)
        column.addStretch()
        row = QHBoxLayout(self)
        row.setContentsMargins(32, 64, 32, 32)
        row.addStretch()
        row.addWidget(inside, 10)
        row.addStretch()

    def set_recent(self, folders: list[Path]) -> None:
        """Show these projects as the recent ones."""
        self.recent.clear()
        for folder in folders:
            item = QListWidgetItem(f"{folder.stem}    {folder.parent}")
            item.setData(Qt.ItemDataRole.UserRole, str(folder))
            self.recent.addItem(item)
        self._recent_title.setVisible(bool(folders))
        self.recent.setVisible(bool(folders))

    def _open(self, item: QListWidgetItem) -> None:
        self.chosen.emit(Path(item.data(Qt.ItemDataRole.UserRole)))
