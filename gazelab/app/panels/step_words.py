"""What the page of steps says of a matrix: captions, names of rows and columns, cells."""

from dataclasses import dataclass

from PySide6.QtCore import QObject

from gazelab.app.panels.gradient_settings import gradient_in_words
from gazelab.app.panels.map_and_curve import mean_in_words
from gazelab.data.attention import names_of_parts
from gazelab.data.counted import brief
from gazelab.data.scores import INTER_OBSERVER
from gazelab.metrics.catalog import Metric, metric_of
from gazelab.report.matrix import (
    ALONE,
    CUMULATIVE,
    GRADIENT,
    SAME_FIXATIONS,
    STEP,
    MatrixSummary,
    StepMatrix,
)


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """The matrices, their means, and what is in use and not on the stimuli of the first.

    There are several where the steps of a source are about other parts of the viewing on some
    stimuli; the first is shown, all are written.
    """

    matrices: tuple[StepMatrix, ...]
    summaries: tuple[MatrixSummary, ...]
    n_fixations: int
    n_excluded: int

    @property
    def matrix(self) -> StepMatrix:
        """The matrix that is shown."""
        return self.matrices[0]

    @property
    def n_elsewhere(self) -> int:
        """How many stimuli stand in the other matrices alone."""
        others = {name for matrix in self.matrices[1:] for name in matrix.stimuli}
        return len(others - set(self.matrix.stimuli))

    def cell(self, choice: str, fixation: int, column: int) -> MatrixSummary:
        """Return a cell; fixations count from 1, columns from 0, people behind the steps."""
        _, _, rows, columns = self.matrix.values.shape
        place = self.matrix.choices.index(choice) * rows + fixation - 1
        return self.summaries[place * columns + column]


class StepWords(QObject):
    """Says what is in a matrix, and what its numbers depend on."""

    def caption(self, found: Scored) -> str:
        """Return what was compared, by which variant, and what was left out."""
        metric, matrix = metric_of(found.matrix.metric), found.matrix
        better = {"higher": self.tr("higher is better"), "lower": self.tr("lower is better")}
        text = self.tr(
            "{metric}: {variant}{better}. Mean over {n} images, {fixations} fixations in use of "
            "which the first {k} of a scanpath are shown, {excluded} excluded; {human}. In "
            "brackets: beside the fixation by index; {others}; band: 95 % bootstrap over images."
        )
        elsewhere = self.tr("On {n} more, steps are about other parts: see the tables.")
        text += f" {elsewhere.format(n=found.n_elsewhere)}" if found.n_elsewhere else ""
        others = self.tr("others, same: by all fixations of the other viewers, by those of the row")
        if matrix.gradient.kernel:
            others = self.tr(
                "others, same: of one half of the viewers, by all fixations of the other half, by "
                "its gradient"
            )
        return text.format(
            metric=f"{titled(metric)} ({matrix.source} {matrix.kind})",
            variant=matrix.variant,
            better=f", {better[metric.direction]}" if metric.direction else "",
            n=len(matrix.stimuli),
            fixations=f"{found.n_fixations:,}",
            k=matrix.values.shape[2],
            excluded=f"{found.n_excluded:,}",
            human=self._human(matrix),
            others=others,
        )

    def rows(self, matrix: StepMatrix) -> list[str]:
        """Return the names of the rows."""
        name = self.tr("after {k}") if matrix.gradient.kernel else self.tr("fixation {k}")
        return [name.format(k=k) for k in range(1, matrix.values.shape[2] + 1)]

    def steps(self, matrix: StepMatrix) -> list[str]:
        """Return the names of the steps."""
        if isinstance(matrix.steps, int):
            return [self.tr("step {t}").format(t=t) for t in range(1, matrix.steps + 1)]
        named = self.tr("step {t} ({part})")
        parts = names_of_parts(matrix.steps)
        return [named.format(t=t, part=part) for t, part in enumerate(parts, 1)]

    def predicted_by(self, matrix: StepMatrix, who: str) -> str:
        """Return who predicts, where that is no step."""
        words = {
            INTER_OBSERVER: self.tr("all fixations of the others"),
            SAME_FIXATIONS: self.tr("the same fixations of the others"),
        }
        if matrix.gradient.kernel:
            words = {
                INTER_OBSERVER: self.tr("all fixations of the other half"),
                SAME_FIXATIONS: self.tr("the gradient of the other half"),
            }
        return words[who]

    def cell(self, matrix: StepMatrix, cell: MatrixSummary) -> str:
        """Return the value of a cell, with its variant, unit and n."""
        which = {
            ALONE: self.tr("fixation {k} alone"),
            CUMULATIVE: self.tr("fixations 1 to {k}"),
            GRADIENT: self.tr("gradient after fixation {k}"),
        }
        text = self.tr("{which}, {by}: {mean}, {n} images, {fixations} fixations ({variant})")
        by = self.tr("step {t}").format(t=cell.step)
        said = text.format(
            which=which[cell.fixations].format(k=cell.fixation),
            by=by if cell.predicted_by == STEP else self.predicted_by(matrix, cell.predicted_by),
            mean=mean_in_words(cell),
            variant=cell.variant,
            n=cell.n_stimuli,
            fixations=f"{cell.n_fixations:,}",
        )
        if cell.n_undefined:
            said += self.tr("; undefined on {n} images").format(n=cell.n_undefined)
        return said

    def _human(self, matrix: StepMatrix) -> str:
        if matrix.gradient.kernel:
            return gradient_in_words(matrix.gradient)
        return self.tr("human density: {sigma} px").format(sigma=brief(matrix.blur.sigma_px))


def titled(metric: Metric) -> str:
    """Return the title of a metric with its unit."""
    return metric.title if metric.unit == "1" else f"{metric.title} [{metric.unit}]"
