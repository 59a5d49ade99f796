"""Choose what to import, see how it is understood, and change what was guessed."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from gazelab.app.dialogs.mapping import MappingEditor
from gazelab.app.jobs import Job, Jobs
from gazelab.errors import GazeLabError
from gazelab.io.mapping import Mapping
from gazelab.io.readers import reader_named, sniff
from gazelab.io.reading import ReadSettings
from gazelab.io.table import Preview, preview
from gazelab.study.importing import ImportPlan, Source
from gazelab.task import Step, Task

_PATH = Qt.ItemDataRole.UserRole
_FORMAT = Qt.ItemDataRole.UserRole + 1


class ImportDialog(QDialog):
    """Sources with the format each was recognised as, the images, and a table's columns."""

    def __init__(
        self, parent: QWidget | None, project_folder: Path, sources: tuple[Path, ...] = ()
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Import"))
        self.resize(820, 640)
        self._project_folder = project_folder
        self._jobs = Jobs(self)
        self._jobs.failed.connect(self._preview_failed)
        self.sources = QListWidget()
        self.sources.setMinimumHeight(80)
        self.sources.setAccessibleName(self.tr("What to import"))
        self.sources.currentItemChanged.connect(self._source_chosen)
        self.images = QLineEdit(readOnly=True, clearButtonEnabled=True)
        self.images.setAccessibleName(self.tr("Folder of the stimulus images"))
        self.px_per_deg = QDoubleSpinBox(maximum=1000.0, decimals=2)
        self.px_per_deg.setSpecialValueText(self.tr("unknown, or as the data set says"))
        self.message = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.columns = MappingEditor()
        self.columns.changed.connect(self._mapping_changed)
        self._lay_out()
        for source in sources:
            self.add_source(source)
        self._tell()

    @property
    def plan(self) -> ImportPlan:
        """What is chosen now."""
        px_per_deg = self.px_per_deg.value()
        settings = ReadSettings(self.columns.mapping if self.columns.edited else None)
        return ImportPlan(
            sources=tuple(Source(path, settings=settings) for path in self._paths()),
            images=Path(self.images.text()) if self.images.text() else None,
            px_per_deg=px_per_deg if px_per_deg > 0 else None,
            project_folder=self._project_folder,
        )

    @classmethod
    def ask(
        cls, parent: QWidget | None, project_folder: Path, sources: tuple[Path, ...] = ()
    ) -> ImportPlan | None:
        """Ask; None when the user thinks better of it."""
        dialog = cls(parent, project_folder, sources)
        try:
            return dialog.plan if dialog.exec() else None
        finally:
            dialog.close_jobs()
            dialog.deleteLater()

    def close_jobs(self) -> None:
        """End the preview, if one is being read."""
        self._jobs.close()

    def add_source(self, path: Path) -> None:
        """Add a file or folder; what cannot be read is refused with the reason."""
        try:
            reader = sniff(path)
        except GazeLabError as error:
            self.message.setText(str(error))
            return
        item = QListWidgetItem(f"{path.name}    {reader.title}")
        item.setToolTip(str(path))
        item.setData(_PATH, str(path))
        item.setData(_FORMAT, reader.id)
        self.sources.addItem(item)
        self.sources.setCurrentItem(item)
        if reader.id not in ("maps", "images") and not self.images.text():
            beside = next((p for p in _image_folders(path.parent)), None)
            self.images.setText(str(beside) if beside is not None else "")
        self._tell()

    def _lay_out(self) -> None:
        buttons = QVBoxLayout()
        self._button(buttons, self.tr("Add &files…"), self._add_files)
        self._button(buttons, self.tr("Add f&older…"), self._add_folder)
        self._button(buttons, self.tr("&Remove"), self._remove)
        buttons.addStretch()
        top = QHBoxLayout()
        top.addWidget(self.sources, 1)
        top.addLayout(buttons)
        images = QHBoxLayout()
        images.addWidget(self.images, 1)
        self._button(images, self.tr("&Browse…"), self._choose_images)
        form = QFormLayout()
        form.addRow(self.tr("Stimulus images"), images)
        form.addRow(self.tr("Pixels per degree"), self.px_per_deg)
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self._import = self._buttons.addButton(
            self.tr("&Import"), QDialogButtonBox.ButtonRole.AcceptRole
        )
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(
            QLabel(
                self.tr("Recordings (fixations.mat, CSV, TSV), saliency maps or images to import"),
                wordWrap=True,
            )
        )
        layout.addLayout(top, 1)
        layout.addLayout(form)
        layout.addWidget(self.columns, 4)
        layout.addWidget(self.message)
        layout.addWidget(self._buttons)
        self._import.setDefault(True)
        self.columns.hide()

    @staticmethod
    def _button(layout: QHBoxLayout | QVBoxLayout, text: str, slot: Callable[[], None]) -> None:
        button = QPushButton(text, autoDefault=False)
        button.clicked.connect(slot)
        layout.addWidget(button)

    def _paths(self) -> tuple[Path, ...]:
        items = (self.sources.item(row) for row in range(self.sources.count()))
        return tuple(Path(item.data(_PATH)) for item in items)

    def _add_files(self) -> None:
        chosen, _ = QFileDialog.getOpenFileNames(self, self.tr("Recordings"))
        for name in chosen:
            self.add_source(Path(name))

    def _add_folder(self) -> None:
        if chosen := QFileDialog.getExistingDirectory(self, self.tr("Images or saliency maps")):
            self.add_source(Path(chosen))

    def _remove(self) -> None:
        self.sources.takeItem(self.sources.currentRow())
        self._tell()

    def _choose_images(self) -> None:
        if chosen := QFileDialog.getExistingDirectory(self, self.tr("Folder of the images")):
            self.images.setText(chosen)

    def _source_chosen(self, item: QListWidgetItem | None) -> None:
        is_table = item is not None and reader_named(item.data(_FORMAT)).guess is not None
        self.columns.setVisible(is_table)
        if item is not None and is_table:
            self._preview(item, None)

    def _mapping_changed(self, mapping: Mapping) -> None:
        item = self.sources.currentItem()
        if item is not None:
            self._preview(item, mapping)

    def _preview(self, item: QListWidgetItem, mapping: Mapping | None) -> None:
        task = _preview_task(Path(item.data(_PATH)), item.data(_FORMAT), mapping)
        self._jobs.start(self.tr("Preview"), task, self.columns.show_preview, quiet=True)

    def _preview_failed(self, job: Job) -> None:
        self.message.setText(str(job.error))

    def _tell(self) -> None:
        self._import.setEnabled(self.sources.count() > 0)
        if self.sources.count() == 0 and not self.message.text():
            self.message.setText(
                self.tr("Formats are recognised by content. Nothing changes before Import.")
            )


def _preview_task(path: Path, format_id: str, mapping: Mapping | None) -> Task[Preview]:
    yield Step(0, None, path.name)
    guess = reader_named(format_id).guess
    if mapping is None and guess is not None:
        mapping = guess(path)
    return preview(path, mapping)


def _image_folders(folder: Path) -> list[Path]:
    """Return folders beside a recording that probably hold its stimuli."""
    names = ("stimuli", "images", "pictures", "img")
    return [path for name in names if (path := folder / name).is_dir()]
