"""Choose what to import, see how it is understood, and change what was guessed."""

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from gazelab.app.dialogs.importing.candidates import Candidates
from gazelab.app.dialogs.importing.source_list import SourceList
from gazelab.app.dialogs.importing.source_view import SourceView
from gazelab.app.jobs import Job, Jobs
from gazelab.errors import GazeLabError
from gazelab.project.project import Addition, Project

_SIZE = QSize(1240, 760)
_FRAME = QSize(16, 48)


class ImportDialog(QDialog):
    """Sources on the left, how one is understood in the middle, what it looks like right.

    addition : what an import brought; None until it is done. Nothing changes before.
    """

    def __init__(
        self,
        parent: QWidget | None,
        project_folder: Path,
        project: Project,
        sources: Iterable[Path] = (),
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Import"))
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self.setAcceptDrops(True)
        self.resize(_SIZE.boundedTo(QGuiApplication.primaryScreen().availableSize() - _FRAME))
        self.addition: Addition | None = None
        self._problem = ""
        self._jobs = Jobs(self)
        self.candidates = Candidates(project_folder, project, self)
        self.list = SourceList(self.candidates)
        self.view = SourceView(self.candidates)
        self.images = QLineEdit(readOnly=True)
        self.px_per_deg = QDoubleSpinBox(maximum=1000.0, decimals=2)
        self.message = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.progress = QProgressBar(textVisible=False, minimum=0, maximum=0)
        self._lay_out()
        self._connect()
        paths = tuple(sources)
        if paths:
            self.candidates.add(paths)
        self._tell()
        self.list.sources.setFocus()

    @classmethod
    def ask(
        cls,
        parent: QWidget | None,
        project_folder: Path,
        project: Project,
        sources: Iterable[Path] = (),
    ) -> Addition | None:
        """Ask; None when the user thinks better of it."""
        dialog = cls(parent, project_folder, project, sources)
        try:
            return dialog.addition if dialog.exec() else None
        finally:
            dialog.close_jobs()
            dialog.deleteLater()

    def close_jobs(self) -> None:
        """End all that is being read or computed."""
        self._jobs.close()
        self.candidates.close()
        self.view.close_jobs()

    def done(self, result: int) -> None:
        """Close; what is being read is wanted no longer."""
        self.close_jobs()
        super().done(result)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files and folders."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Add what was dropped."""
        paths = [Path(u.toLocalFile()) for u in event.mimeData().urls() if u.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            self.candidates.add(paths)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Import with Ctrl+Enter; Enter in a field must not import, only press a button."""
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
            return
        focused = self.focusWidget()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.import_button.click()
        elif isinstance(focused, QPushButton):
            focused.click()

    def _lay_out(self) -> None:
        self.images.setAccessibleName(self.tr("Folder of the stimulus images"))
        self.images.setPlaceholderText(self.tr("those of the project"))
        self.px_per_deg.setSpecialValueText(self.tr("as the source says"))
        self._browse = QPushButton(self.tr("&Browse…"), autoDefault=False)
        self._no_images = QPushButton(self.tr("None"), autoDefault=False)
        self._no_images.setAccessibleName(self.tr("No folder of stimulus images"))
        row = QHBoxLayout()
        row.addWidget(self._browse)
        row.addWidget(self._no_images)
        form = QFormLayout()
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapAllRows)
        form.addRow(self.tr("Folder of the pictures"), self.images)
        form.addRow(row)
        form.addRow(self.tr("Pixels per de&gree"), self.px_per_deg)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.list, 1)
        column.addLayout(form)
        self._parts = QSplitter(childrenCollapsible=False)
        self._parts.addWidget(left)
        self._parts.addWidget(self.view)
        self._parts.setStretchFactor(1, 1)
        self._parts.setSizes([270, 950])
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        cancel = self.buttons.button(QDialogButtonBox.StandardButton.Cancel)
        cancel.setText(self.tr("Cancel"))
        role = QDialogButtonBox.ButtonRole.AcceptRole
        self.import_button = self.buttons.addButton(self.tr("&Import"), role)
        self.import_button.setToolTip(self.tr("Ctrl+Enter"))
        below = QHBoxLayout()
        below.addWidget(self.message, 1)
        below.addWidget(self.progress)
        below.addWidget(self.buttons)
        layout = QVBoxLayout(self)
        layout.addWidget(self._parts, 1)
        layout.addLayout(below)

    def _connect(self) -> None:
        candidates = self.candidates
        self.list.chosen.connect(self.view.show_source)
        self.view.said.connect(self._say)
        candidates.listed.connect(self._forget_problem)
        candidates.changed.connect(self._forget_problem)
        candidates.progressed.connect(lambda _: self._tell())
        candidates.failed.connect(self._say)
        candidates.pictures.changed.connect(self._forget_problem)
        self._browse.clicked.connect(self._choose_images)
        self._no_images.clicked.connect(lambda: candidates.pictures.set_folder(None))
        self.px_per_deg.valueChanged.connect(self._take_px_per_deg)
        self.buttons.accepted.connect(self._import)
        self.buttons.rejected.connect(self.reject)
        self._jobs.failed.connect(self._import_failed)

    def _choose_images(self) -> None:
        if chosen := QFileDialog.getExistingDirectory(self, self.tr("Folder of the pictures")):
            self.candidates.pictures.set_folder(Path(chosen))

    def _take_px_per_deg(self, value: float) -> None:
        self.candidates.px_per_deg = value if value > 0 else None

    def _import(self) -> None:
        """Read nothing again: put together what was read, in the background."""
        self._jobs.start(self.tr("Import"), self.candidates.import_all(), self._imported)
        self._parts.setEnabled(False)
        self._tell()

    def _imported(self, addition: Addition) -> None:
        self.addition = addition
        self.accept()

    def _import_failed(self, job: Job) -> None:
        self._parts.setEnabled(True)
        known = isinstance(job.error, GazeLabError)
        unexpected = self.tr("An unexpected error: {error}").format(error=job.error)
        self._say(str(job.error) if known else unexpected)

    def _say(self, problem: str) -> None:
        self._problem = problem
        self._tell()

    def _forget_problem(self, _: object = None) -> None:
        self._problem = ""
        self._tell()

    def _tell(self) -> None:
        """Say what Import will do, or why it cannot yet."""
        pictures = self.candidates.pictures
        self.images.setText(str(pictures.folder) if pictures.folder is not None else "")
        self._no_images.setEnabled(pictures.folder is not None)
        busy = self.candidates.busy or self._jobs.busy
        lacking = self._lacking()
        self.progress.setVisible(busy)
        self.import_button.setEnabled(not busy and not lacking)
        self.message.setText(self._problem or lacking or self._promise())

    def _lacking(self) -> str:
        """Return why Import is not possible; "" when it is."""
        candidates = self.candidates
        usable = [candidate for candidate in candidates.all if candidate.is_usable]
        if self._jobs.busy:
            return self.tr("Importing …")
        if candidates.busy:
            return self.tr("Reading … Import is possible when everything is read.")
        if not candidates.all and candidates.pictures.reading is None:
            return self.tr(
                "Drop files or a folder here, or add them. Formats are recognised by content; "
                "nothing changes before Import."
            )
        if candidates.pictures.problem:
            text = self.tr("Folder of the pictures: {why}")
            return text.format(why=candidates.pictures.problem)
        if not usable and candidates.pictures.reading is None:
            only = candidates.all[0] if len(candidates.all) == 1 else None
            return only.problem if only is not None else self.tr("None of these can be read.")
        for candidate in usable:
            if hindrance := candidates.hindrance(candidate.path):
                return f"{candidate.path.name}: {hindrance}"
        return ""

    def _promise(self) -> str:
        candidates = self.candidates.all
        usable = sum(candidate.is_usable for candidate in candidates)
        text = self.tr("Import brings in {n} of {m} sources, as one step that can be undone.")
        if usable == len(candidates):
            text = self.tr("Import brings in all {m} sources, as one step that can be undone.")
        if len(candidates) <= 1:
            text = self.tr("Import brings this in, as one step that can be undone.")
        return text.format(n=usable, m=len(candidates))
