"""What a machine attended to: a stack of maps over one stimulus, one for each step."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

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
    step_notes : the same for each step, e.g. which classes it found likely; () for none.
    """

    stimulus: str
    source: str
    kind: str
    maps: np.ndarray
    steps: tuple[str, ...]
    note: str = ""
    step_notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.maps.ndim != 3 or len(self.steps) != len(self.maps):
            raise ValueError(f"{self.source}: maps {self.maps.shape}, {len(self.steps)} steps")
        if self.step_notes and len(self.step_notes) != len(self.maps):
            raise ValueError(f"{self.source}: {len(self.step_notes)} notes of steps")

    @property
    def key(self) -> tuple[str, str, str]:
        """What identifies a stack of maps in a project."""
        return self.stimulus, self.source, self.kind

    @property
    def final(self) -> Map:
        """(h, w): the map of the last step."""
        return self.maps[-1]
