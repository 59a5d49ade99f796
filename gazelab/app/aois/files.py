"""Loading areas of interest from a table, and saving them to one."""

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QWidget

from gazelab.app.aois.edits import AoiEdits
from gazelab.app.dialogs.error import show_error
from gazelab.app.jobs import Jobs
from gazelab.data.aoi import Aoi
from gazelab.errors import SettingsError
from gazelab.task import Step, Task


class AoiFiles(QWidget):
    """Two buttons, for the areas of all pictures."""

    def __init__(self, edits: AoiEdits, jobs: Jobs) -> None:
        super().__init__()
        self._edits = edits
        self._jobs = jobs
        self.load = QPushButton(self.tr("L&oad…"))
        self.load.setToolTip(self.tr("Read areas of all pictures from a table"))
        self.save = QPushButton(self.tr("Save…"))
        self.save.setToolTip(self.tr("Write areas of all pictures to a table"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        for button in (self.load, self.save):
            row.addWidget(button)
        self.load.clicked.connect(self._ask_and_load)
        self.save.clicked.connect(self._ask_and_save)

    def _ask_and_load(self) -> None:
        path, _ = QFileDialog.getOpenFileName(
            self.window(), self.tr("Load areas of interest"), str(Path.home()), self._tables
        )
        if path:
            self._jobs.start(self.tr("Load areas"), _reading(Path(path)), self._loaded)

    def _loaded(self, aois: tuple[Aoi, ...]) -> None:
        try:
            self._edits.load(aois)
        except SettingsError as error:
            show_error(self.window(), self.tr("Load areas"), error)

    def _ask_and_save(self) -> None:
        proposed = str(Path.home() / "aois.csv")
        path, _ = QFileDialog.getSaveFileName(
            self.window(), self.tr("Save areas of interest"), proposed, self._tables
        )
        if path:
            task = _writing(Path(path), self._edits.all)
            self._jobs.start(self.tr("Save areas"), task, lambda _: None)

    @property
    def _tables(self) -> str:
        return self.tr("Tables (*.csv *.tsv *.txt);;All files (*)")


def _reading(path: Path) -> Task[tuple[Aoi, ...]]:
    from gazelab.io.aois import read_aois

    yield Step(0, None, path.name)
    return read_aois(path)


def _writing(path: Path, aois: tuple[Aoi, ...]) -> Task[None]:
    from gazelab import storage
    from gazelab.report.areas import aoi_table
    from gazelab.report.tables import csv_of

    yield Step(0, None, path.name)
    storage.write_text(path, csv_of(aoi_table(aois)))
