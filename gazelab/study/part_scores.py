"""How well each step of a model trained in time predicts each part of the viewing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gazelab.data.attention import Attention, names_of_parts
from gazelab.metrics.bootstrap import mean_interval
from gazelab.metrics.comparison import Prediction, Truth
from gazelab.metrics.points import nss
from gazelab.metrics.resample import Cells, cells_of, to_grid
from gazelab.nets.card import CardScore
from gazelab.task import Step, Task

if TYPE_CHECKING:
    from gazelab.nets.training.data import Fixations

PROTOCOL = (
    "NSS of a part of the viewing counts only the fixations with these numbers in their "
    "scanpaths. A difference is the mean over stimuli with its 95 % interval from 10,000 "
    "bootstrap draws of stimuli; a step predicts its own part best when the interval against "
    "every other step lies above 0."
)


@dataclass(frozen=True, slots=True)
class _Source:
    """A map under test: of a step, or of the whole viewing by another model (step 0)."""

    name: str
    step: int
    values: np.ndarray  # (stimuli, parts)


def part_scores(
    seen: Mapping[str, "Fixations"],
    maps: Sequence[Attention],
    others: Mapping[str, Sequence[Attention]],
) -> Task[tuple[CardScore, ...]]:
    """Return NSS of every step on the fixations of every part, and what sets them apart.

    seen : stimulus -> the fixations on it. maps : of a model trained in time.
    others : name -> maps of models that are static, which are compared by their map of the
    whole viewing.
    """
    parts = maps[0].parts
    own = _saliency(maps)
    steps = np.empty((len(own), len(parts), len(parts)))  # (stimuli, steps, parts)
    static = {name: np.empty((len(own), len(parts))) for name in others}
    of_others = {name: _saliency(each) for name, each in others.items()}
    for number, (stimulus, attention) in enumerate(own.items()):
        yield Step(number, len(own), "Scoring the parts of the viewing")
        rows, columns = seen[stimulus].shape
        shape = int(rows), int(columns)
        cells = _cells(seen[stimulus], shape, parts)
        steps[number] = [_nss(map_, cells, shape) for map_ in attention.maps]
        for name in others:
            static[name][number] = _nss(of_others[name][stimulus].final, cells, shape)
    sources = [_Source("", step + 1, steps[:, step]) for step in range(len(parts))]
    baselines = [_Source(name, 0, values) for name, values in static.items()]
    return tuple(_rows([*sources, *baselines], names_of_parts(parts)))


def _saliency(maps: Sequence[Attention]) -> dict[str, Attention]:
    return {a.stimulus: a for a in maps if a.kind == "saliency"}


def _cells(seen: "Fixations", shape: tuple[int, int], parts: tuple[int, ...]) -> list[Cells]:
    """Return the pixels that are fixated in each part."""
    each = [seen.part(parts, step) for step in range(len(parts))]
    return [cells_of(part.x_px, part.y_px, shape, shape) for part in each]


def _nss(map_: np.ndarray, parts: Sequence[Cells], shape: tuple[int, int]) -> list[float]:
    prediction = Prediction(to_grid(map_, shape))
    return [nss(prediction, Truth(shape, cells)) for cells in parts]


def _rows(sources: Sequence[_Source], names: Sequence[str]) -> list[CardScore]:
    rows = [
        _score(source.name, source.step, name, source.values[:, part])
        for source in sources
        for part, name in enumerate(names)
    ]
    for part, name in enumerate(names):
        for source in sources:
            if source.step != part + 1:
                title = f"step {part + 1} less {source.name or f'step {source.step}'}"
                difference = sources[part].values[:, part] - source.values[:, part]
                rows.append(_score(title, 0, name, difference, mean_interval(difference)))
    return rows


def _score(
    source: str,
    step: int,
    fixations: str,
    values: np.ndarray,
    interval: tuple[float, float] | None = None,
) -> CardScore:
    low, high = (None, None) if interval is None else (round(bound, 4) for bound in interval)
    return CardScore(
        metric="NSS",
        value=round(float(np.nanmean(values)), 4),
        unit="sd",
        step=step,
        source=source,
        fixations=fixations,
        low=low,
        high=high,
    )
