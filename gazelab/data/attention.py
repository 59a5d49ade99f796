"""What a machine attended to: a stack of maps over one stimulus, one for each step."""

from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

import numpy as np

from gazelab.data.alignment import Steps

Map: TypeAlias = np.ndarray
"""A two-dimensional array (rows, columns) that covers the whole stimulus."""

KINDS = ("saliency", "attention")
"""saliency: where the model predicts that people look. attention: what it used itself."""


@dataclass(frozen=True, slots=True, eq=False)
class Attention:
    """T maps of one source over one stimulus.

    stimulus : id. source : model id, or the name of an imported set of maps.
    kind : one of KINDS; a model may give both.
    maps : (T, h, w) float32, finite, >= 0, on the source's own grid, which covers the whole
        stimulus; not normalised. A static map has T = 1.
    steps : T names, such as "1" ... "4".
    note : what a reader must know, e.g. the class a map belongs to.
    parts : where each step was made for a part of the viewing, the first fixation of each,
        counted from 1; empty where each step is about the whole viewing.
    step_notes : the same for each step, e.g. which classes it found likely; () for none.
    """

    stimulus: str
    source: str
    kind: str
    maps: np.ndarray
    steps: tuple[str, ...]
    note: str = ""
    parts: tuple[int, ...] = ()
    step_notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.maps.ndim != 3 or len(self.steps) != len(self.maps):
            raise ValueError(f"{self.source}: maps {self.maps.shape}, {len(self.steps)} steps")
        if self.parts and len(self.parts) != len(self.steps):
            raise ValueError(f"{self.source}: {len(self.parts)} parts, {len(self.steps)} steps")
        if self.step_notes and len(self.step_notes) != len(self.maps):
            raise ValueError(f"{self.source}: {len(self.step_notes)} notes of steps")

    @property
    def key(self) -> tuple[str, str, str]:
        """What identifies a stack of maps in a project."""
        return self.stimulus, self.source, self.kind

    @property
    def final(self) -> Map:
        """(h, w): the map of the whole viewing.

        That is the last step, or the mean of the steps where each is about a part.
        """
        if not self.parts:
            return self.maps[-1]
        totals = self.maps.sum((1, 2), keepdims=True)
        shares = np.divide(self.maps, totals, out=np.zeros_like(self.maps), where=totals > 0)
        return np.asarray(shares.mean(0))

    @property
    def beside(self) -> Steps:
        """What `gazelab.data.alignment` needs to know of the steps."""
        return self.parts or len(self.maps)


def names_of_parts(parts: tuple[int, ...]) -> tuple[str, ...]:
    """Return which fixations each part holds, such as "1-2", "3-4", "5-7", "8-"."""
    return (*(_span(*pair) for pair in pairwise(parts)), *(f"{last}-" for last in parts[-1:]))


def _span(first: int, following: int) -> str:
    return str(first) if following - first == 1 else f"{first}-{following - 1}"
