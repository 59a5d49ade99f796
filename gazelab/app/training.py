"""Training a model from the window: choose a configuration, watch it, stop it, go on with it.

A training may take hours, so it has jobs of its own and leaves those of the window free.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from gazelab.app.dialogs.error import show_error
from gazelab.app.dialogs.message import tell
from gazelab.app.jobs import Job, Jobs
from gazelab.errors import GazeLabError
from gazelab.paths import user_models
from gazelab.task import Task

if TYPE_CHECKING:
    from gazelab.app.dialogs.training import TrainingDialog
    from gazelab.study.train import TrainResult


class Training(QObject):
    """The command "Train a model": one run at a time, in a process of its own."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.jobs = Jobs(self)
        self.dialog: TrainingDialog | None = None
        self._window = parent
        self.jobs.finished.connect(self._ended)
        self.jobs.cancelled.connect(self._stopped)
        self.jobs.failed.connect(self._failed)

    def ask(self) -> None:
        """Show the run that is under way, or ask for a configuration and train by it."""
        if self.dialog is not None:
            self.dialog.show()
            self.dialog.raise_()
            self.dialog.activateWindow()
            return
        chosen, _ = QFileDialog.getOpenFileName(
            self._window,
            self.tr("Train a model by a configuration"),
            str(Path.home()),
            self.tr("Training configurations (*.toml)"),
        )
        if chosen:
            self.start(Path(chosen))

    def start(self, config: Path) -> None:
        """Train by a configuration; ask first whether a run that was stopped goes on."""
        from gazelab.study.train import was_stopped

        try:
            resume = was_stopped(config) and self._asked_to_resume(config)
        except GazeLabError as error:
            show_error(self._window, self.tr("Training"), error)
            return
        if resume is not None:
            self._run(config, resume)

    def close(self) -> None:
        """Stop the run where it is, to be continued (the window closes)."""
        self.jobs.cancelled.disconnect(self._stopped)
        self.jobs.close()
        self._forget()

    def _run(self, config: Path, resume: bool) -> None:
        from gazelab.app.dialogs.training import TrainingDialog
        from gazelab.study.train_apart import train_apart

        notes: list[str] = []
        self.dialog = TrainingDialog(self._window, config, self.jobs, notes)
        task = _noting_epochs(train_apart(config, resume), notes)
        self.jobs.start(self.tr("Training"), task, self._trained)
        self.dialog.show()

    def _asked_to_resume(self, config: Path) -> bool | None:
        """Ask whether to go on or to start anew; None for neither."""
        box = QMessageBox(self._window)
        box.setWindowTitle(self.tr("Train a model"))
        box.setText(self.tr("A run of {name} was stopped before.").format(name=config.name))
        go_on = box.addButton(self.tr("&Continue it"), QMessageBox.ButtonRole.AcceptRole)
        anew = box.addButton(self.tr("&Start anew"), QMessageBox.ButtonRole.DestructiveRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(go_on)
        box.exec()
        clicked = box.clickedButton()
        box.deleteLater()
        return clicked is go_on if clicked in (go_on, anew) else None

    def _trained(self, result: "TrainResult") -> None:
        card = result.card
        final = [s for s in card.scores if not s.source and not s.step]
        listed = result.folder.parent == user_models()
        known = self.tr("It is in the list of models now, as {id}.").format(id=card.id)
        lines = [
            self.tr("{title} was written to {folder}.").format(
                title=card.title, folder=result.folder
            ),
            *([known] if listed else []),
            *(f"{score.metric}: {score.value:g}" for score in final),
            *(
                self.tr("left out: {file}: {reason}").format(file=path, reason=reason)
                for path, reason in result.skipped
            ),
        ]
        tell(self._window, self.tr("Trained"), "\n".join(lines))

    def _failed(self, job: Job) -> None:
        assert job.error is not None
        self._forget()
        show_error(self._window, job.title, job.error)

    def _stopped(self, _: Job) -> None:
        self._forget()
        tell(
            self._window,
            self.tr("Training stopped"),
            self.tr("What it had reached is kept. Train by the same configuration to continue."),
        )

    def _ended(self, _: Job) -> None:
        self._forget()

    def _forget(self) -> None:
        if self.dialog is not None:
            self.dialog.end()
            self.dialog = None


def _noting_epochs(task: Task["TrainResult"], notes: list[str]) -> Task["TrainResult"]:
    """Pass a task on and keep what it says at the end of each epoch."""
    try:
        while True:
            step = next(task)
            if ", val_loss " in step.note and step.note not in notes[-1:]:
                notes.append(step.note)
            yield step
    except StopIteration as end:
        result: TrainResult = end.value
        return result
    finally:
        task.close()
