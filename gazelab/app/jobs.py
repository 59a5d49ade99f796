"""Jobs: tasks driven in worker threads, watched by a timer in the window's thread.

A worker never touches Qt. Every 50 ms the timer looks at what the workers have left and
emits the signals, so that a late worker can neither flood nor outlive the window.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from gazelab.errors import GazeLabError
from gazelab.task import Step, Task

POLL_MS = 50
QUIT_WAIT_S = 5.0
log = logging.getLogger(__name__)


@dataclass(eq=False)
class Job:
    """One task under way. `latest`, `result` and `error` are written by its worker only."""

    title: str
    task: Task[Any]
    on_done: Callable[[Any], None]
    quiet: bool = False
    latest: Step = field(default_factory=lambda: Step(0))
    result: Any = None
    error: BaseException | None = None
    cancel: threading.Event = field(default_factory=threading.Event)
    thread: threading.Thread | None = None

    def drive(self) -> None:
        """Run the task to its end, its error or its cancellation (in the worker)."""
        try:
            while not self.cancel.is_set():
                self.latest = next(self.task)
            self.task.close()
        except StopIteration as end:
            self.result = end.value
        except BaseException as error:  # whatever happens in a worker is told, never lost
            self.error = error


class Jobs(QObject):
    """Runs jobs one after another; quiet ones (saving) beside them."""

    started = Signal(object)
    progressed = Signal(object)
    finished = Signal(object)
    failed = Signal(object)
    cancelled = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: deque[Job] = deque()
        self._running: list[Job] = []
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self._poll)

    @property
    def current(self) -> Job | None:
        """The job in the foreground, if any."""
        return next((job for job in self._running if not job.quiet), None)

    @property
    def busy(self) -> bool:
        """Whether any job runs or waits."""
        return bool(self._running or self._waiting)

    def start(
        self, title: str, task: Task[Any], on_done: Callable[[Any], None], *, quiet: bool = False
    ) -> Job:
        """Queue a task; `on_done(result)` is called in the window's thread."""
        job = Job(title, task, on_done, quiet)
        if quiet:
            self._launch(job)
        else:
            self._waiting.append(job)
            self._launch_next()
        return job

    def cancel_all(self) -> None:
        """Ask every foreground job to stop and forget those that wait."""
        for job in self._running:
            if not job.quiet:
                job.cancel.set()
        while self._waiting:
            job = self._waiting.popleft()
            job.cancel.set()
            self.cancelled.emit(job)

    def close(self) -> None:
        """Stop foreground jobs and wait for all workers to end (the window closes)."""
        self.cancel_all()
        for job in list(self._running):
            if job.thread is not None:
                job.thread.join(QUIT_WAIT_S)
        self._poll()
        self._timer.stop()

    def _launch_next(self) -> None:
        if self._waiting and self.current is None:
            self._launch(self._waiting.popleft())

    def _launch(self, job: Job) -> None:
        job.thread = threading.Thread(target=job.drive, name=f"job: {job.title}", daemon=True)
        self._running.append(job)
        job.thread.start()
        self._timer.start()
        self.started.emit(job)

    def _poll(self) -> None:
        for job in list(self._running):
            assert job.thread is not None
            if job.thread.is_alive():
                self.progressed.emit(job)
            else:
                job.thread.join()
                self._running.remove(job)
                self._conclude(job)
        self._launch_next()
        if not self.busy:
            self._timer.stop()

    def _conclude(self, job: Job) -> None:
        if job.error is not None:
            if not isinstance(job.error, GazeLabError):
                log.error("job %r failed", job.title, exc_info=job.error)
            self.failed.emit(job)
        elif job.cancel.is_set():
            self.cancelled.emit(job)
        else:
            job.on_done(job.result)
            self.finished.emit(job)
