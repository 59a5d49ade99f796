"""The page on areas of interest: what people and models did in them."""

from pathlib import Path

from PySide6.QtWidgets import QVBoxLayout

from gazelab.app.aois.results_view import AreaResults, MeasuredAreas
from gazelab.app.jobs import Jobs
from gazelab.app.panels.page import Asked, Page
from gazelab.app.viewing import Viewing
from gazelab.project.project import Project
from gazelab.report.area_summary import summarise_areas
from gazelab.study.areas import measure_areas, write_areas
from gazelab.task import Task


class AreasPage(Page):
    """Measures all areas of the project at once; which of it is shown is chosen afterwards."""

    name = "areas"
    parts = ("stimuli", "scanpaths", "attention", "aois")

    def __init__(self, viewing: Viewing, jobs: Jobs) -> None:
        super().__init__(viewing, jobs)
        self.title = self.tr("Areas of interest")
        self.results = AreaResults(viewing)
        for box in (self.results.kind, self.results.scope):
            self.settings.addWidget(box)
        layout = QVBoxLayout(self.body)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.results)
        self.results.changed.connect(self.refresh)
        viewing.document.opened.connect(lambda: self.results.show_areas(None))
        self.refresh()

    def missing(self, project: Project) -> str:
        """Return how to come by gaze or maps, and by areas, where there are none."""
        if not (project.scanpaths or project.attention):
            return self.tr(
                "No fixations and no maps yet: import recordings (Ctrl+I) or run a model (Ctrl+R)."
            )
        if not project.aois:
            return self.tr("No areas of interest yet: draw them, or load a table, in Areas (I).")
        return ""

    def choice(self) -> object:
        """Return nothing: all is measured at once."""
        return None

    def task(self, asked: Asked) -> Task[MeasuredAreas]:
        """Return the task that measures the areas."""
        return _measured(asked.project)

    def show_found(self, asked: Asked, found: MeasuredAreas) -> None:
        """Show the table that is chosen."""
        self.results.show_areas(found)

    def told(self, asked: Asked, found: MeasuredAreas) -> str:
        """Return what the table on display is of."""
        return self.results.caption

    def writing(self, asked: Asked, found: MeasuredAreas, outdir: Path) -> Task[Path]:
        """Return the task that writes what `gazelab aoi --out` writes."""
        return write_areas(found.each, outdir)


def _measured(project: Project) -> Task[MeasuredAreas]:
    areas = yield from measure_areas(project)
    return MeasuredAreas(areas, summarise_areas(areas))
