"""Files that are being read in the background for the import wizard, by path."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from gazelab.app.jobs import Job, Jobs
from gazelab.errors import GazeLabError
from gazelab.study.previewing import sentence
from gazelab.task import Step, Task


class ReadingJobs(QObject):
    """Runs one task for each path; a later one for the same path takes its place.

    progressed : emitted with the path. failed : emitted with the path and a sentence.
    """

    progressed = Signal(object)
    failed = Signal(object, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = Jobs(self)
        self._jobs.progressed.connect(self._job_progressed)
        self._jobs.failed.connect(self._job_failed)
        self._under_way: dict[Path, Job] = {}

    @property
    def busy(self) -> bool:
        """Whether anything is under way."""
        return bool(self._under_way)

    def progress(self, path: Path) -> Step | None:
        """Return how far the task for a path is; None without one."""
        job = self._under_way.get(path)
        return None if job is None else job.latest

    def start(
        self, path: Path, task: Task[Any], done: Callable[[Any], None], *, at_once: bool = False
    ) -> None:
        """Run a task; `done(result)` is called unless it is stopped.

        at_once : beside the others, not after them.
        """
        self.stop(path)

        def finished(result: Any) -> None:
            del self._under_way[path]
            done(result)

        self._under_way[path] = self._jobs.start(path.name, task, finished, quiet=at_once)

    def stop(self, path: Path) -> None:
        """Want the result for a path no longer."""
        job = self._under_way.pop(path, None)
        if job is not None:
            job.cancel.set()

    def close(self) -> None:
        """Stop everything and wait for it."""
        for path in list(self._under_way):
            self.stop(path)
        self._jobs.close()

    def _path_of(self, job: Job) -> Path | None:
        return next((path for path, other in self._under_way.items() if other is job), None)

    def _job_progressed(self, job: Job) -> None:
        path = self._path_of(job)
        if path is not None:
            self.progressed.emit(path)

    def _job_failed(self, job: Job) -> None:
        path = self._path_of(job)
        if path is not None:
            del self._under_way[path]
            self.failed.emit(path, self._said(job.error))

    def _said(self, error: BaseException | None) -> str:
        if isinstance(error, GazeLabError):
            return sentence(error)
        return self.tr("An unexpected error: {error}").format(error=error)
