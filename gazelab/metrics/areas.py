"""Areas of interest: what people did in them, and what a map holds of them."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from gazelab.data.aoi import Aoi
from gazelab.data.attention import Map
from gazelab.data.gaze import Scanpath
from gazelab.metrics.resample import to_grid
from gazelab.metrics.segmentation import NO_CURVE, Curve, Segmenting

ELSEWHERE = ""
"""Where a fixation is that lies in no area."""
NEVER = "never fixated"


@dataclass(frozen=True, slots=True)
class AoiGaze:
    """What one scanpath did in one area.

    n_fixations : inside. n_visits : runs of fixations inside, one after another. dwell_ms,
    dwell_share : sum of their durations, and its share of that of all fixations; NaN where a
    duration is not known. first_ms : onset of the first one inside; first_fixation : its place,
    from 1. Both are NaN where there is none.
    """

    n_fixations: int
    n_visits: int
    dwell_ms: float
    dwell_share: float
    first_ms: float
    first_fixation: float


@dataclass(frozen=True, slots=True)
class AoiAttention:
    """What one map holds of one area, and how well it cuts it out.

    mass : share of the map inside. area : share of the stimulus. gain : mass / area, 1 for an
    even map; NaN for an area without pixels. hit : 1 when the peak of the map is inside, or one
    of its equal peaks, else 0. (Pointing game: Zhang et al. 2018, IJCV 126, 1084-1102) These are
    NaN where the map is 0 everywhere, all but `area`.
    curve, f_adaptive, mae : of the area as an object that the map is to segment, see
    `gazelab.metrics.segmentation`; NaN for a map that is the same everywhere.
    """

    mass: float
    area: float
    gain: float
    hit: float
    f_adaptive: float = math.nan
    mae: float = math.nan
    curve: Curve = NO_CURVE


def gaze_in(aoi: Aoi, path: Scanpath) -> AoiGaze:
    """Return what a scanpath, of fixations in use only, did in an area."""
    inside = aoi.holds(path.x_px, path.y_px)
    at = np.flatnonzero(inside)
    total_ms = float(path.duration_ms.sum())
    dwell_ms = float(path.duration_ms[inside].sum())
    return AoiGaze(
        len(at),
        int(np.count_nonzero(inside & ~np.concatenate([[False], inside[:-1]]))),
        dwell_ms,
        dwell_ms / total_ms if total_ms > 0 else math.nan,
        float(path.onset_ms[at[0]]) if len(at) else math.nan,
        float(at[0] + 1) if len(at) else math.nan,
    )


def transitions(aois: Sequence[Aoi], path: Scanpath) -> Counter[tuple[str, str]]:
    """Count how often a fixation in one area was followed by one in another, or the same.

    Of areas that overlap the first holds a fixation; outside of all it is ELSEWHERE.
    """
    names = np.full(len(path), ELSEWHERE, object)
    for aoi in reversed(aois):
        names[aoi.holds(path.x_px, path.y_px)] = aoi.name
    return Counter(pairwise(names))


def attention_in(aoi: Aoi, map_: Map, shape: tuple[int, int]) -> AoiAttention:
    """Return what a map over a stimulus of (rows, columns) holds of an area.

    A pixel belongs to the area that holds its middle.
    """
    return attention_in_pixels([aoi.pixels(shape)], map_)[0]


def attention_in_pixels(
    areas: Sequence[np.ndarray], map_: Map, *, segmenting: bool = True
) -> list[AoiAttention]:
    """Return the same for several areas at once, each (rows, columns) bool of its pixels.

    segmenting : whether the areas are also taken as objects, which takes most of the time.
    """
    if not areas:
        return []
    values = to_grid(map_, areas[0].shape).astype(np.float64)
    total, highest = float(values.sum()), float(values.max())
    cut = Segmenting(values) if segmenting else None
    found = []
    for pixels in areas:
        area = float(pixels.mean())
        mass, hit = math.nan, math.nan
        if total > 0:
            inside = values[pixels]
            mass, hit = float(inside.sum()) / total, float((inside == highest).any())
        gain = mass / area if area else math.nan
        of_object = (cut.adaptive_f(pixels), cut.error(pixels), cut.curve(pixels)) if cut else ()
        found.append(AoiAttention(mass, area, gain, hit, *of_object))
    return found
