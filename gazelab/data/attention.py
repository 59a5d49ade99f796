"""What a machine attended to: a stack of maps over one stimulus, one for each step."""

from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

import numpy as np

from gazelab.data.alignment import Steps

Map: TypeAlias = np.ndarray
"""A two-dimensional array (rows, columns) that covers the whole stimulus."""

EVIDENCE = "evidence"
KINDS = ("saliency", "attention", EVIDENCE)
"""saliency: where the model predicts that people look. attention: what it used itself.
evidence: what it used itself, with a sign: what speaks for a class, and what against it."""

OF_PEOPLE = "people: "
"""How sources begin whose maps are made of the fixations of the project itself."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """How a map was read out of a network that names classes.

    method : id in `gazelab.nets.methods`. target : the class that was asked for: "predicted",
    "expected" or its name; "" where the method knows no class. layer : "" where the method has
    no choice. class_name : the class of this map, "" where there is none. model : its id.
    """

    method: str
    target: str = ""
    layer: str = ""
    class_name: str = ""
    model: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Attention:
    """T maps of one source over one stimulus.

    stimulus : id. source : model id, with the attention method where one was chosen, or the
        name of an imported set of maps.
    kind : one of KINDS; a source may give several.
    maps : (T, h, w) float32, finite, on the source's own grid, which covers the whole stimulus;
        not normalised; >= 0 unless the kind is evidence. A static map has T = 1.
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
    explanation: Explanation | None = None

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
    def of_people(self) -> bool:
        """Whether the maps are made of fixations of the project itself, and by no machine."""
        return self.source.startswith(OF_PEOPLE)

    @property
    def signed(self) -> bool:
        """Whether values below 0 mean something."""
        return self.kind == EVIDENCE

    @property
    def positive(self) -> np.ndarray:
        """(T, h, w), >= 0: the maps as they are compared with people.

        What speaks against a class is no place to look at: it counts as 0.
        """
        return np.maximum(self.maps, 0) if self.signed else self.maps

    @property
    def final(self) -> Map:
        """(h, w): the map of the whole viewing, as it is compared with people.

        That is the last step, or the mean of the steps where each is about a part.
        """
        maps = self.positive
        if not self.parts:
            return maps[-1]
        totals = maps.sum((1, 2), keepdims=True)
        shares = np.divide(maps, totals, out=np.zeros_like(maps), where=totals > 0)
        return np.asarray(shares.mean(0))

    @property
    def beside(self) -> Steps:
        """What `gazelab.data.alignment` needs to know of the steps."""
        return self.parts or len(self.maps)


def names_of_parts(parts: tuple[int, ...]) -> tuple[str, ...]:
    """Return which fixations each part holds, such as "1-2", "3-4", "5-7", "8+"."""
    return (*(_span(*pair) for pair in pairwise(parts)), *(f"{last}+" for last in parts[-1:]))


def _span(first: int, following: int) -> str:
    return str(first) if following - first == 1 else f"{first}-{following - 1}"
