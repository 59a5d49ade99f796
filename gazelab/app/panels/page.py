"""What the pages of the analyses have in common: settings, a button, what was found, tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from gazelab.app.dialogs.message import tell
from gazelab.app.jobs import Job, Jobs
from gazelab.app.viewing import Viewing
from gazelab.project.project import Project
from gazelab.task import Task

_MARK = "▲ "


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """Of what an analysis was made: the project as it was, and what was chosen on the page."""

    project: Project
    choice: object


class Page(QWidget):
    """An analysis of the project in the window, computed when it is asked for.

    A page of this kind sets the three fields, adds its own widgets to `settings` (a second row
    to `more_settings`) and `body`, calls `refresh` when something is chosen, and answers what
    is asked of it below.

    name : of the folder of its tables, behind the name of the project. title : of its job.
    parts : fields of `Project` from which it is made; it is stale when one of them changes.
    """

    name: str
    title: str
    parts: tuple[str, ...]

    def __init__(self, viewing: Viewing, jobs: Jobs) -> None:
        super().__init__()
        self.viewing = viewing
        self.found: Any = None
        self.asked: Asked | None = None
        self._jobs = jobs
        self._job: Job | None = None
        self._error = ""
        self.settings, self.more_settings = QHBoxLayout(), QHBoxLayout()
        self.compute_button = QPushButton()
        self.save_button = QPushButton(self.tr("Save &tables…"))
        self.save_button.setToolTip(self.tr("Write CSV files and their dictionary into a folder"))
        self.notice = _words()
        self.caption = _words()
        self.message = _words()
        self.message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.body = QWidget()
        self._stack = QStackedWidget()
        self._lay_out()
        self.compute_button.clicked.connect(self.compute)
        self.save_button.clicked.connect(self.save)
        document = viewing.document
        document.changed.connect(lambda _: self.refresh())
        document.opened.connect(self._start_over)
        jobs.progressed.connect(self._progressed)
        jobs.failed.connect(self._ended)
        jobs.cancelled.connect(self._ended)

    # what a page answers

    def missing(self, project: Project) -> str:
        """Return what there must be first, and how to come by it; "" where nothing is missing."""
        raise NotImplementedError

    def choice(self) -> object:
        """Return what is chosen on the page; it is compared by value."""
        raise NotImplementedError

    def task(self, asked: Asked) -> Task[Any]:
        """Return the task that finds the result."""
        raise NotImplementedError

    def show_found(self, asked: Asked, found: Any) -> None:
        """Show a result in `body`."""
        raise NotImplementedError

    def told(self, asked: Asked, found: Any) -> str:
        """Return what a result was computed from: how many, of what, what was left out.

        It is asked whenever something changes, so it counts nothing itself.
        """
        raise NotImplementedError

    def writing(self, asked: Asked, found: Any, outdir: Path) -> Task[Path]:
        """Return the task that writes the tables as the command does."""
        raise NotImplementedError

    def close_page(self) -> None:
        """Drop what must not outlive the window; most pages hold nothing of the kind."""

    # what it does

    def show_body(self, widget: QWidget) -> None:
        """Fill the body with one widget."""
        layout = QHBoxLayout(self.body)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(widget)

    @property
    def project(self) -> Project:
        """The project as it is now."""
        return self.viewing.document.project

    def compute(self) -> None:
        """Compute what is chosen, or cancel it while it is computed."""
        if self._job is not None:
            self._job.cancel.set()
            return
        asked, self._error = Asked(self.project, self.choice()), ""
        self._job = self._jobs.start(
            self.title, self.task(asked), lambda found: self._arrived(asked, found)
        )
        self.refresh()

    def save(self) -> None:
        """Write the tables into a new folder inside one that is asked for."""
        chosen = QFileDialog.getExistingDirectory(
            self, self.tr("Save tables into a new folder inside …"), str(Path.home())
        )
        folder = self.viewing.document.folder
        if chosen and folder is not None and self.asked is not None:
            target = Path(chosen) / f"{folder.stem}-{self.name}"
            task = self.writing(self.asked, self.found, target)
            self._jobs.start(self.tr("Save tables"), task, self._saved)

    def refresh(self) -> None:
        """Say how things stand: what is missing, stale, under way or shown."""
        missing, running = self.missing(self.project), self._job is not None
        outdated = self._outdated()
        self.compute_button.setText(self.tr("Cance&l") if running else self.tr("Com&pute"))
        self.compute_button.setEnabled(running or not missing)
        self.save_button.setEnabled(self.asked is not None and not outdated and not running)
        self.notice.setText(self._error or (outdated and missing and _MARK + missing) or outdated)
        self.notice.setVisible(bool(self.notice.text()))
        if self.asked is not None:
            simulated = self.tr("Simulated data.") if self.asked.project.simulated else ""
            self.caption.setText(f"{simulated} {self.told(self.asked, self.found)}".strip())
        self.caption.setVisible(self.asked is not None)
        self.message.setText(missing or self.tr("Not computed yet: press Compute."))
        self._stack.setCurrentWidget(self.message if self.asked is None else self.body)

    # inside

    def _outdated(self) -> str:
        if self.asked is None:
            return ""
        pairs = ((getattr(self.asked.project, p), getattr(self.project, p)) for p in self.parts)
        if any(before is not now for before, now in pairs):
            return _MARK + self.tr("The project has changed since: compute again.")
        if self.asked.choice != self.choice():
            return _MARK + self.tr("Other settings are chosen now: compute again.")
        return ""

    def _arrived(self, asked: Asked, found: Any) -> None:
        self._job, self.asked, self.found = None, asked, found
        self.show_found(asked, found)
        self.refresh()

    def _progressed(self, job: Job) -> None:
        if job is self._job and self.asked is None:
            counts = f" {job.latest.done}/{job.latest.total}" if job.latest.total else ""
            self.message.setText(f"{job.title}{counts} …")

    def _ended(self, job: Job) -> None:
        if job is self._job:
            self._job, self._error = None, "" if job.error is None else str(job.error)
            self.refresh()

    def _start_over(self) -> None:
        if self._job is not None:
            self._job.cancel.set()
        self._job = self.asked = self.found = None
        self._error = ""
        self.refresh()

    def _saved(self, folder: Path) -> None:
        text = self.tr("The tables are in\n{folder}").format(folder=folder)
        tell(self.window(), self.tr("Saved"), text)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addLayout(self.settings)
        top.addStretch()
        top.addWidget(self.compute_button)
        top.addWidget(self.save_button)
        self._stack.addWidget(self.message)
        self._stack.addWidget(self.body)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 6)
        layout.addLayout(top)
        layout.addLayout(self.more_settings)
        layout.addWidget(self.notice)
        layout.addWidget(self.caption)
        layout.addWidget(self._stack, 1)


def _words() -> QLabel:
    return QLabel(textFormat=Qt.TextFormat.PlainText, wordWrap=True)


def order_tabs(page: Page, *body: QWidget, more: Sequence[QWidget] = ()) -> None:
    """Let Tab go through the settings of a page, its buttons, and what its body holds.

    more : the widgets in `more_settings`.
    """
    items = (page.settings.itemAt(k) for k in range(page.settings.count()))
    settings = [item.widget() for item in items if item is not None]
    order = (*settings, *more, page.compute_button, page.save_button, *body)
    for before, after in pairwise(order):
        if before is not None and after is not None:
            QWidget.setTabOrder(before, after)
