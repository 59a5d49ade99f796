"""The status bar: what is going on, how far, and a way to stop it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QProgressBar, QStatusBar, QToolButton

from gazelab.app.jobs import Job, Jobs


class StatusBar(QStatusBar):
    """Shows the running job with progress and cancel, and whether all is saved."""

    def __init__(self, jobs: Jobs) -> None:
        super().__init__()
        self._jobs = jobs
        self.text = QLabel(textFormat=Qt.TextFormat.PlainText)
        self.bar = QProgressBar(textVisible=False)
        self.bar.setMaximumWidth(180)
        self.bar.setAccessibleName(self.tr("Progress"))
        self.stop = QToolButton()
        self.stop.setText(self.tr("Cancel"))
        self.stop.clicked.connect(jobs.cancel_all)
        self.device = QLabel(textFormat=Qt.TextFormat.PlainText)
        self.saved = QLabel()
        self.addWidget(self.text, 1)
        for widget in (self.bar, self.stop, self.device, self.saved):
            self.addPermanentWidget(widget)
        self._working(False)
        jobs.started.connect(self._progress)
        jobs.progressed.connect(self._progress)
        jobs.finished.connect(lambda job: self._ended(job, self.tr("{job}: done")))
        jobs.failed.connect(lambda job: self._ended(job, self.tr("{job}: failed")))
        jobs.cancelled.connect(
            lambda job: self._ended(job, self.tr("{job}: cancelled, nothing was changed"))
        )

    def say(self, text: str) -> None:
        """Show one line until the next."""
        self.text.setText(text)

    def show_device(self, model: str, device: str) -> None:
        """Show on which device a model ran."""
        self.device.setText(self.tr("{model} ran on {device}").format(model=model, device=device))

    def show_saved(self, saved: bool) -> None:
        """Show whether everything is on disk."""
        self.saved.setText(self.tr("Saved") if saved else self.tr("Saving…"))

    def _progress(self, job: Job) -> None:
        if job.quiet:
            return
        step = job.latest
        self._working(True)
        self.bar.setRange(0, step.total or 0)
        self.bar.setValue(step.done)
        counts = f" {step.done}/{step.total}" if step.total else ""
        note = f": {step.note}" if step.note else ""
        self.text.setText(f"{job.title}{counts}{note}")

    def _ended(self, job: Job, sentence: str) -> None:
        if not job.quiet:
            self._working(self._jobs.current is not None)
            self.text.setText(sentence.format(job=job.title))

    def _working(self, on: bool) -> None:
        self.bar.setVisible(on)
        self.stop.setVisible(on)
