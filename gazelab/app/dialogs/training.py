"""A training run under way: how far it is, its loss, the numbers of each epoch, and a stop."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QPlainTextEdit,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from gazelab.app.jobs import Job, Jobs

_WIDTH, _HEIGHT = 560, 320


class TrainingDialog(QDialog):
    """Watches the only job of `jobs`; closing it only hides it.

    epochs : what the run says at the end of each epoch; it grows.
    """

    def __init__(self, parent: QWidget | None, config: Path, jobs: Jobs, epochs: list[str]) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Training: {name}").format(name=config.name))
        self.resize(_WIDTH, _HEIGHT)
        self._jobs = jobs
        self._epochs = epochs
        self._shown = 0
        self.state = QLabel(textFormat=Qt.TextFormat.PlainText, wordWrap=True)
        self.bar = QProgressBar(textVisible=False)
        self.bar.setAccessibleName(self.tr("Progress"))
        self.numbers = QPlainTextEdit(readOnly=True)
        self.numbers.setAccessibleName(self.tr("Numbers of each epoch"))
        self.numbers.setPlaceholderText(self.tr("The numbers of each epoch will stand here."))
        buttons = QDialogButtonBox()
        self.stop = buttons.addButton(self.tr("&Stop"), QDialogButtonBox.ButtonRole.ActionRole)
        self.stop.setToolTip(self.tr("Keeps what was reached; it can be continued later"))
        self.hide_ = buttons.addButton(self.tr("&Hide"), QDialogButtonBox.ButtonRole.RejectRole)
        layout = QVBoxLayout(self)
        for widget in (self.state, self.bar, self.numbers, buttons):
            layout.addWidget(widget)
        self.hide_.setDefault(True)  # only now, as a part of the dialog, it can be
        self.hide_.setFocus()
        self.stop.clicked.connect(self._stop)
        buttons.rejected.connect(self.reject)
        jobs.started.connect(self._progress)
        jobs.progressed.connect(self._progress)

    def end(self) -> None:
        """Close for good: the run is over."""
        self.close()
        self.deleteLater()

    def _stop(self) -> None:
        self.stop.setEnabled(False)
        self.state.setText(self.tr("Stopping after this step…"))
        self._jobs.cancel_all()

    def _progress(self, job: Job) -> None:
        if not job.cancel.is_set():
            step = job.latest
            self.bar.setRange(0, step.total or 0)
            self.bar.setValue(step.done)
            counts = f" ({step.done}/{step.total})" if step.total else ""
            self.state.setText(f"{step.note}{counts}")
        for line in self._epochs[self._shown :]:
            self.numbers.appendPlainText(line)
        self._shown = len(self._epochs)
