"""The document: the project in the window, its folder, its undo stack and its saving."""

import threading
from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from gazelab.app.jobs import Jobs
from gazelab.data.attention import Attention
from gazelab.data.exclusion import ExclusionRule
from gazelab.data.scores import ComputedScores, Score
from gazelab.project import store
from gazelab.project.project import Addition, Project, Settings
from gazelab.task import Step, Task

PARTS = (
    "title",
    "stimuli",
    "recordings",
    "scanpaths",
    "set_aside",
    "events",
    "rules",
    "attention",
    "scores",
    "aois",
    "records",
    "participant_attributes",
    "stimulus_attributes",
    "settings",
)
AUTOSAVE_MS = 1500


class Document(QObject):
    """Holds the one project that is open; every change is one named, undoable edit.

    changed : emitted with the frozenset of PARTS that differ.
    opened : emitted when another project, or none, took the place of the last.
    saved : emitted with True when everything is on disk, with False when something is not.
    """

    changed = Signal(object)
    opened = Signal()
    saved = Signal(bool)

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.project = Project()
        self.folder: Path | None = None
        self.undo_stack = QUndoStack(self)
        self._jobs = jobs
        self._saver = _Saver()
        self._revision = 0
        self._autosave = QTimer(self)
        self._autosave.setSingleShot(True)
        self._autosave.setInterval(AUTOSAVE_MS)
        self._autosave.timeout.connect(self.save)

    @property
    def is_open(self) -> bool:
        """Whether a project is open."""
        return self.folder is not None

    def open(self, folder: Path, project: Project) -> None:
        """Show another project that lies in `folder`."""
        self._leave()
        self.folder = folder
        self._swap(project, save=False)
        self.opened.emit()
        self.saved.emit(True)

    def close(self) -> None:
        """Leave the project; nothing is open then."""
        self._leave()
        self.folder = None
        self._swap(Project(), save=False)
        self.opened.emit()

    def edit(self, text: str, project: Project) -> None:
        """Put `project` in place of the present one as an undoable edit named `text`."""
        self.undo_stack.push(_Swap(self, text, self.project, project))

    def add_imported(self, addition: Addition) -> None:
        """Merge what an import brought."""
        self.edit(self.tr("Import"), self.project.with_addition(addition))

    def add_attention(self, maps: Iterable[Attention]) -> None:
        """Merge maps that a model made."""
        self.edit(self.tr("Run model"), self.project.with_attention(maps))

    def set_scores(self, scores: Iterable[Score], computed: ComputedScores | None = None) -> None:
        """Take new scores in place of the old, and what the next scoring may use."""
        self.edit(self.tr("Compare"), self.project.with_scores(scores, computed))

    def set_rules(self, text: str, rules: Iterable[ExclusionRule]) -> None:
        """Take other rules of exclusion as an edit named `text`."""
        self.edit(text, self.project.with_rules(rules))

    def set_settings(self, settings: Settings) -> None:
        """Take other settings."""
        if settings != self.project.settings:
            self.edit(self.tr("Change settings"), self.project.with_settings(settings))

    def save(self) -> None:
        """Write the project to its folder in the background."""
        self._autosave.stop()
        if self.folder is None:
            return
        revision = self._revision
        task = self._saver.save(revision, self.project, self.folder)
        self._jobs.start(
            self.tr("Save"),
            task,
            lambda _: self.saved.emit(revision == self._revision),
            quiet=True,
        )

    def flush(self) -> None:
        """Write now, before the window closes or another project is opened."""
        if self._autosave.isActive() and self.folder is not None:
            self._autosave.stop()
            for _ in self._saver.save(self._revision, self.project, self.folder):
                pass

    def _leave(self) -> None:
        """Write what is waiting; what is still being computed belongs to no other project."""
        self._jobs.cancel_all()
        self.flush()
        self.undo_stack.clear()

    def _swap(self, project: Project, *, save: bool = True) -> None:
        parts = frozenset(
            part for part in PARTS if getattr(project, part) is not getattr(self.project, part)
        )
        self.project = project
        self._revision += 1
        if save:
            self._autosave.start()
            self.saved.emit(False)
        self.changed.emit(parts)


class _Swap(QUndoCommand):
    """One edit: two immutable projects that take each other's place."""

    def __init__(self, document: Document, text: str, before: Project, after: Project) -> None:
        super().__init__(text)
        self._document = document
        self._before = before
        self._after = after

    def redo(self) -> None:
        self._document._swap(self._after)

    def undo(self) -> None:
        self._document._swap(self._before)


class _Saver:
    """Writes projects; an older revision that comes late never replaces a newer one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._newest = -1

    def save(self, revision: int, project: Project, folder: Path) -> Task[None]:
        yield Step(0, 1, folder.name)
        with self._lock:
            if revision > self._newest:
                store.save(project, folder)
                self._newest = revision
