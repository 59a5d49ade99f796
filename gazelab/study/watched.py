"""Training pictures with the gaze at them, where there is any, and attention scored by it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from gazelab.data.attention import Attention
from gazelab.data.stimulus import Stimulus
from gazelab.nets.card import CardScore, ModelCard
from gazelab.nets.training.config import GuidanceTable
from gazelab.project.project import Project
from gazelab.study import train_scores
from gazelab.study.train_data import Gaze, GazeSplit, fixations_at, read_guidance
from gazelab.task import Task

if TYPE_CHECKING:
    from gazelab.nets.training.data import Fixations


@dataclass(frozen=True, slots=True)
class Watched:
    """Which stimulus of the recordings each picture is; none where nobody looked at it."""

    gaze: Gaze = field(default_factory=lambda: Gaze(Project(), Path()))
    sigma_px: float = float("nan")
    stimuli: Mapping[Path, Stimulus] = field(default_factory=dict)

    def fixations(self, picture: Path) -> "Fixations | None":
        """Return the gaze at a picture."""
        if picture not in self.stimuli:
            return None
        return fixations_at(self.gaze.project, self.stimuli[picture], self.sigma_px)

    def agreement(
        self, card: ModelCard, stacks: Mapping[Path, np.ndarray]
    ) -> Task[tuple[tuple[CardScore, ...], str]]:
        """Score attention, (steps, rows, columns) by picture, by the gaze; say in words how."""
        there = {self.stimuli[path]: maps for path, maps in stacks.items() if path in self.stimuli}
        if not there:
            return (), ""
        maps = [
            Attention(stimulus.id, card.id, "attention", stack, _names(stack))
            for stimulus, stack in there.items()
        ]
        split = GazeSplit(self.gaze.project, self.gaze.folder, (), tuple(there))
        scores = yield from train_scores.saliency_scores(split, maps, self.sigma_px)
        protocol = (
            f"Agreement with the gaze at {len(there)} of them: human density with sigma "
            f"{self.sigma_px:g} px of the picture; every fixation counts; s-AUC against all "
            "fixations on the others; IG over the centre bias of the others."
        )
        return tuple(score for score in scores if not score.metric.startswith("JS")), protocol


def read_watched(
    table: GuidanceTable | None, base: Path, pictures: Sequence[Path]
) -> Task[Watched]:
    """Read the gaze that a configuration names. Raises ReadError, ProjectError."""
    if table is None:
        return Watched()
    gaze = yield from read_guidance(table, base)
    return Watched(gaze, table.sigma_px, gaze.stimuli_of(pictures))


def _names(stack: np.ndarray) -> tuple[str, ...]:
    return tuple(str(step + 1) for step in range(len(stack)))
