"""Which problem is made of the examples, by what an architecture learns."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gazelab.nets.training.attended import AttendedProblem
from gazelab.nets.training.config import TrainConfig
from gazelab.nets.training.masked import MaskProblem
from gazelab.nets.training.problems import ClassProblem, Problem, SaliencyProblem


@dataclass(frozen=True, slots=True)
class Material:
    """Files of pictures, each with what is to be learned of it.

    learns : what can be learned from it, as in `Architecture.learns`. classes : their number,
    0 where nothing is named.
    """

    learns: tuple[str, ...]
    train: Sequence[tuple[Path, Any]]
    validation: Sequence[tuple[Path, Any]]
    classes: int = 0

    def examples(self, pictures: Mapping[Path, np.ndarray]) -> "Examples":
        """Return the examples whose pictures could be read."""
        return Examples(
            [path.name for path, _ in self.train if path in pictures],
            [(pictures[path], what) for path, what in self.train if path in pictures],
            [(pictures[path], what) for path, what in self.validation if path in pictures],
        )


@dataclass(frozen=True, slots=True)
class Examples:
    """Pictures in memory, (rows, columns, 3) uint8, each with what is to be learned of it.

    names : of the training pictures.
    """

    names: Sequence[str]
    train: Sequence[tuple[np.ndarray, Any]]
    validation: Sequence[tuple[np.ndarray, Any]]


def _saliency(config: TrainConfig, examples: Examples) -> Problem:
    return SaliencyProblem(
        examples.names,
        examples.train,
        examples.validation,
        config.input.size,
        config.loss,
        config.augment,
    )


def _classes(config: TrainConfig, examples: Examples) -> Problem:
    return ClassProblem(
        examples.names,
        [(pixels, known.label) for pixels, known in examples.train],
        [(pixels, known.label) for pixels, known in examples.validation],
        config.input.size,
        config.train.label_smoothing,
        config.augment,
    )


def _attended(config: TrainConfig, examples: Examples) -> Problem:
    return AttendedProblem(examples.names, examples.train, examples.validation, config)


def _masks(config: TrainConfig, examples: Examples) -> Problem:
    return MaskProblem(examples.names, examples.train, examples.validation, config)


PROBLEMS: dict[str, Callable[[TrainConfig, Examples], Problem]] = {
    "saliency": _saliency,
    "classes": _classes,
    "attended classes": _attended,
    "masks": _masks,
}
"""The key is what an architecture learns; the value builds the problem from the examples."""
