"""Running models and comparing them with people.

Dialogs and scoring are imported when they are first used: the window is on screen sooner.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from gazelab.app.dialogs.message import tell, tell_lines
from gazelab.app.document import Document
from gazelab.app.jobs import Jobs
from gazelab.app.training import Training
from gazelab.app.viewing import Viewing
from gazelab.data.attention import KINDS
from gazelab.project import store
from gazelab.project.project import Project
from gazelab.task import Step, Task

if TYPE_CHECKING:
    from gazelab.nets.card import ModelCard
    from gazelab.study.apart import RunOutcome, RunRequest
    from gazelab.study.rescoring import Scoring
    from gazelab.study.score import ScorePlan


class Analyses(QObject):
    """The slots of the analyse menu.

    ran : emitted with model id and device after a model has run.
    """

    ran = Signal(str, str)

    def __init__(self, parent: QWidget, document: Document, viewing: Viewing, jobs: Jobs) -> None:
        super().__init__(parent)
        self._window = parent
        self._document = document
        self._viewing = viewing
        self._jobs = jobs
        self.training = Training(parent)

    @property
    def slots(self) -> dict[str, Callable[[], object]]:
        """What carries out the commands of the analyse menu."""
        return {
            "run": self.run,
            "download": self.download,
            "train": self.training.ask,
            "compare": self.compare,
            "remove_maps": self.remove_maps,
        }

    def run(self) -> None:
        """Ask for a model and run it."""
        from gazelab.app.dialogs.run import RunDialog
        from gazelab.nets.card import cards
        from gazelab.study.apart import RunRequest

        first_saliency = tuple(sorted(cards(), key=lambda card: "saliency" not in card.kinds))
        choice = RunDialog.ask(self._window, first_saliency, len(self._document.project.stimuli))
        if choice is not None:
            stimuli = () if choice.all_stimuli else (self._viewing.state.stimulus,)
            folder = self._document.folder
            assert folder is not None
            request = RunRequest(
                str(folder),
                choice.model_id,
                choice.device,
                stimuli,
                choice.methods,
                choice.steps,
            )
            self._run(request, then=lambda: None)

    def download(self) -> None:
        """Ask for a model and download it."""
        from gazelab.app.dialogs.download import DownloadDialog
        from gazelab.study.download import download_apart

        wanted = DownloadDialog.ask(self._window)
        if wanted is not None:
            title = self.tr("Download {model}").format(model=wanted.title)
            self._jobs.start(title, download_apart(wanted), self._downloaded)

    def _downloaded(self, card: "ModelCard") -> None:
        text = self.tr("{title} is installed: choose it when you run a model.")
        tell(self._window, self.tr("Downloaded"), text.format(title=card.title))

    def compare(self) -> None:
        """Ask how to compare and compute the scores."""
        from gazelab.app.dialogs.compare import CompareDialog

        plan = CompareDialog.ask(self._window, self._document.project)
        if plan is not None:
            self._compare(plan)

    def remove_maps(self) -> None:
        """Ask whose maps are to go, and remove them."""
        from gazelab.app.dialogs.removing import RemoveMapsDialog

        sources = RemoveMapsDialog.ask(self._window, self._document.project)
        if sources:
            left = self._document.project.without_sources(sources)
            self._document.edit(self.tr("Remove maps"), left)

    def run_and_compare(self, model_id: str) -> None:
        """Run a model on everything, then compare every step with people."""
        from gazelab.study.apart import RunRequest

        self._run(RunRequest(str(self._document.folder), model_id), then=self.compare_all)

    def compare_all(self) -> None:
        """Compare all there is by all metrics, by step, with the project's settings."""
        from gazelab.study.score import ScorePlan

        settings = self._document.project.settings
        self._compare(
            ScorePlan(
                blur=settings.blur,
                by_step=True,
                alignment=settings.alignment,
                weight_by_duration=settings.weight_by_duration,
            )
        )

    def _run(self, request: "RunRequest", *, then: Callable[[], None]) -> None:
        model = request.model_id

        def merge(outcome: "RunOutcome") -> None:
            self._merge(model, outcome)
            then()

        task = _saved_then_run(self._document.project, request)
        self._jobs.start(self.tr("Run {model}").format(model=model), task, merge)

    def _merge(self, model: str, outcome: "RunOutcome") -> None:
        self._document.add_attention(outcome.attention)
        if outcome.attention:
            best = min(outcome.attention, key=lambda attention: KINDS.index(attention.kind))
            self._viewing.show(source=best.source, kind=best.kind, step=0)
        if outcome.skipped:
            lines = [f"{name}: {reason}" for name, reason in outcome.skipped]
            tell_lines(self._window, self.tr("Stimuli left out"), lines)
        self.ran.emit(model, outcome.device)

    def _compare(self, plan: "ScorePlan") -> None:
        from gazelab.study.rescoring import rescore
        from gazelab.study.side_by_side import cores

        beside_window = max(1, cores() - 1)
        task = rescore(self._document.project, plan, jobs=beside_window)
        self._jobs.start(self.tr("Compare"), task, self._take)

    def _take(self, scoring: "Scoring") -> None:
        self._document.set_scores(scoring.scores, scoring.computed)


def _saved_then_run(project: Project, request: "RunRequest") -> Task["RunOutcome"]:
    from gazelab.study.apart import run_model_apart

    folder = Path(request.project_folder)
    yield Step(0, None, folder.name)
    store.save(project, folder)  # the child reads the project from the disk
    return (yield from run_model_apart(request))
