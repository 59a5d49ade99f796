"""The commands of the file menu: ask, start the job, merge its result into the document.

Dialogs and studies are imported when they are first used: the window is on screen sooner.
"""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QWidget

from gazelab import __version__
from gazelab.app import preferences
from gazelab.app.analyses import Analyses
from gazelab.app.canvas.scene import Scene
from gazelab.app.dialogs.error import show_error
from gazelab.app.dialogs.message import tell, tell_lines
from gazelab.app.document import Document
from gazelab.app.jobs import Job, Jobs
from gazelab.data.image import opencv
from gazelab.paths import user_projects
from gazelab.project import store
from gazelab.project.project import Project
from gazelab.storage import make_folder
from gazelab.task import Step, Task

if TYPE_CHECKING:
    from gazelab.metrics.golden import Verified
    from gazelab.study.attributes import Taken


class Commands(QObject):
    """The slots of the file and help menus.

    shown_scenes : gives what the panes show, for the figures of an export.
    """

    def __init__(self, parent: QWidget, document: Document, jobs: Jobs, analyses: Analyses) -> None:
        super().__init__(parent)
        self._window = parent
        self._document = document
        self._jobs = jobs
        self._analyses = analyses
        self.shown_scenes: Callable[[], tuple[Scene, ...]] = tuple
        jobs.failed.connect(self._tell_failure)

    # project

    def new(self) -> None:
        """Make a project where the user says."""
        make_folder(user_projects())
        chosen, _ = QFileDialog.getSaveFileName(
            self._window,
            self.tr("New project"),
            str(user_projects() / f"study{store.SUFFIX}"),
            self.tr("GazeLab projects (*.gazelab)"),
        )
        if chosen:
            folder = Path(chosen)
            if folder.suffix != store.SUFFIX:
                folder = folder.with_name(folder.name + store.SUFFIX)
            self._start(self.tr("New project"), _create(folder), lambda p: self._show(folder, p))

    def open(self) -> None:
        """Open a project folder the user chooses."""
        chosen = QFileDialog.getExistingDirectory(
            self._window, self.tr("Open a project folder (*.gazelab)"), str(user_projects())
        )
        if chosen:
            self.open_folder(Path(chosen))

    def open_folder(self, folder: Path) -> None:
        """Open the project in `folder`."""
        self._start(self.tr("Open"), _load(folder), lambda p: self._show(folder, p))

    def open_sample(self, made: Path | None = None) -> None:
        """Show the simulated sample project, run a model on it and compare.

        made : the folder that holds the sample already; it is made anew when None.
        """
        from gazelab.study import demo

        folder = made or Path(tempfile.mkdtemp(prefix="gazelab-")) / f"sample{store.SUFFIX}"
        task = _load(folder) if made else demo.make_demo(folder)

        def show(project: Project) -> None:
            self._show(folder, project)
            self._analyses.run_and_compare(demo.MODEL)

        self._start(self.tr("Sample project"), task, show)

    def import_(self, sources: tuple[Path, ...] = ()) -> None:
        """Import recordings, images or maps into the project."""
        from gazelab.app.dialogs.importing.dialog import ImportDialog

        folder, project = self._document.folder, self._document.project
        assert folder is not None
        addition = ImportDialog.ask(self._window, folder, project, sources)
        if addition is not None:
            self._imported(addition)

    def save(self) -> None:
        """Save at once (changes are also saved by themselves)."""
        self._document.save()

    def attributes(self) -> None:
        """Read from a table which participant or stimulus belongs to which group or condition."""
        chosen, _ = QFileDialog.getOpenFileName(
            self._window,
            self.tr("A table of participants or stimuli with their attributes"),
            str(Path.home()),
            self.tr("Tables (*.csv *.tsv *.txt *.xlsx);;All files (*)"),
        )
        if chosen:
            task = _read_attributes(self._document.project, Path(chosen))
            self._start(self.tr("Attributes"), task, self._take_attributes)

    def export(self) -> None:
        """Write tables, manifest and figures into a new folder."""
        chosen = QFileDialog.getExistingDirectory(
            self._window, self.tr("Export into a new folder inside …"), str(Path.home())
        )
        folder = self._document.folder
        if not chosen or folder is None:
            return
        from gazelab.study.export import export

        target = Path(chosen) / f"{folder.stem}-export"
        scenes = self.shown_scenes()
        task = export(self._document.project, folder, target, figures=_drawing(scenes))
        self._start(self.tr("Export"), task, self._exported)

    def export_bids(self) -> None:
        """Write the gaze as a BIDS data set into a new folder."""
        chosen = QFileDialog.getExistingDirectory(
            self._window, self.tr("Export as BIDS into a new folder inside …"), str(Path.home())
        )
        folder = self._document.folder
        if not chosen or folder is None:
            return
        from gazelab.study.bids import export_bids

        task = export_bids(self._document.project, Path(chosen) / f"{folder.stem}-bids")
        self._start(self.tr("Export"), task, self._exported)

    # help

    def keys(self) -> None:
        """Show all shortcuts."""
        from gazelab.app.dialogs.keys import KeysDialog

        KeysDialog(self._window).open()

    def verify_metrics(self) -> None:
        """Find the numbers of reference implementations again on this machine."""
        self._start(self.tr("Verify metrics"), _verifying(), self._verified)

    def about(self) -> None:
        """Say what this program is."""
        text = self.tr(
            "GazeLab {version}\n\nDo people and neural networks look at the same things?\n\n"
            "MIT licence. Nothing is sent anywhere: the program opens no network connection."
        )
        tell(self._window, self.tr("About GazeLab"), text.format(version=__version__))

    # inside

    def _start(self, title: str, task: Task[Any], on_done: Callable[[Any], None]) -> None:
        self._jobs.start(title, task, on_done)

    def _show(self, folder: Path, project: Project) -> None:
        self._document.open(folder, project)
        if not project.simulated:
            preferences.remember_project(folder)

    def _imported(self, addition: Any) -> None:
        self._document.add_imported(addition)
        from gazelab.study.importing import describe

        lines = [line for record in addition.records for line in describe(record)]
        tell_lines(self._window, self.tr("Imported"), lines)

    def _take_attributes(self, taken: "Taken") -> None:
        from gazelab.study.attributes import describe, with_taken

        project = with_taken(self._document.project, taken)
        self._document.edit(self.tr("Attributes"), project)
        tell_lines(self._window, self.tr("Attributes"), describe(taken))

    def _exported(self, folder: Path) -> None:
        tell(
            self._window,
            self.tr("Exported"),
            self.tr("Everything is in\n{folder}").format(folder=folder),
        )

    def _verified(self, rows: "tuple[Verified, ...]") -> None:
        wrong = [row for row in rows if not row.agrees]
        found = self.tr("{found} of {all} numbers of reference implementations were found again.")
        differs = self.tr("{metric}, {of}: {expected} expected, {found} found")
        lines = [found.format(found=len(rows) - len(wrong), all=len(rows))]
        lines += [
            differs.format(
                metric=row.metric,
                of=row.of,
                expected=f"{row.expected:.12g}",
                found=f"{row.found:.12g}",
            )
            for row in wrong
        ]
        tell_lines(self._window, self.tr("Verify metrics"), lines)

    def _tell_failure(self, job: Job) -> None:
        assert job.error is not None
        show_error(self._window, job.title, job.error)


def _drawing(scenes: tuple[Scene, ...]) -> Callable[[Project, Path, Path], None]:
    from gazelab.app.figures import write_scenes

    def draw(_: Project, __: Path, outdir: Path) -> None:
        write_scenes(scenes, outdir)

    return draw


def _read_attributes(project: Project, path: Path) -> "Task[Taken]":
    from gazelab.study.attributes import read_for

    yield Step(0, 1, path.name)
    return read_for(project, path)


def _verifying() -> "Task[tuple[Verified, ...]]":
    yield Step(0)
    from gazelab.metrics.golden import verify  # in the worker: it takes longer than a frame

    found = []
    for row in verify():
        found.append(row)
        yield Step(len(found), note=row.metric)
    return tuple(found)


def _create(folder: Path) -> Task[Project]:
    yield Step(0, 1, folder.name)
    opencv()
    return store.create(folder)


def _load(folder: Path) -> Task[Project]:
    yield Step(0, 1, folder.name)
    opencv()  # its import takes longer than a frame: pictures must not wait for it
    return store.load(folder)
