"""Numbers worked out with reference implementations, to be found again on any machine.

The maps and fixations are given by formulas, so that anybody can repeat them elsewhere.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from gazelab.data.gaze import Scanpath
from gazelab.metrics.catalog import metric_of
from gazelab.metrics.comparison import Prediction, Truth
from gazelab.metrics.pair import Pair
from gazelab.metrics.similarities import similar, similarity_of

GRID = (24, 32)
SCREEN = (600, 800)
TOLERANCE = 1e-9
HALF_A_DIGIT = 5.1e-7
_FIXATIONS = ((20, 10), (18, 9), (6, 18), (25, 12), (3, 3), (20, 10))
_ELSEWHERE = ((15, 12), (16, 11), (10, 5), (22, 20), (8, 15), (28, 3), (15, 12))
_BLUR = 2

OF_MAPS = {
    "auc": (0.788845486111, 0.811089409722),
    "auc-unfixated": (0.790301441678, 0.812691131498),
    "auc-fixation-thresholds": (0.870249017038, 0.852664919179),
    "sauc": (0.690476190476, 0.72619047619),
    "nss": (1.959809059092, 1.938453336151),
    "nss-merged": (1.626801005322, 1.60481950852),
    "nss-mit": (1.625741545096, 1.603774363826),
    "cc": (0.75548956733, 0.750052158807),
    "sim": (0.591629892706, 0.592105666971),
    "sim-mit": (0.591639333302, 0.592105666971),
    "kl": (1.228464525069, 5.005575157387),
    "kl-rounded": (1.228464525069, 5.005578458109),
    "kl-minimum": (1.22846452509, 7.741403301633),
    "ig-unmixed": (-0.078894320835, -5.771720853118),
    "ig-mit": (-0.331089564347, -7.163283862192),
    "ll": (0.263861760658, -5.428964771624),
    "auc-judd": (0.844298820446, 0.82372214941),
}
"""Metric -> its value for a smooth map, and for the same in ten steps, which makes ties."""

OF_SCANPATHS = {
    "multimatch-shape": (0.971715729, 0.721526339),
    "multimatch-direction": (0.931449515, 0.32978957),
    "multimatch-length": (0.978843506, 0.738360662),
    "multimatch-position": (0.971715729, 0.534071937),
    "multimatch-duration": (0.833333333, 0.775),
    "multimatch-shape-grouped": (0.984188612, 0.713469024),
    "multimatch-direction-grouped": (0.989735499, 0.314699857),
    "multimatch-length-grouped": (0.984050669, 0.698689531),
    "multimatch-position-grouped": (0.97763932, 0.619868444),
    "multimatch-duration-grouped": (0.909090909, 0.75),
    "scanmatch": (0.6707517351250907, 0.0),
    "scanmatch-duration": (0.6438428121746838, 0.0),
    "string-edit": (1.0, 5.0),
    "sequence-score": (0.833333, 0.0),
    "dtw": (166.898112, 1913.955528),
    "frechet": (36.055513, 721.110255),
    "hausdorff": (36.055513, 460.108683),
    "eyenalysis": (1516.666667, 132520.0),
    "eyenalysis-linear": (50.632704, 440.289163),
}
"""Measure -> its value for scanpaths A and B, and for A and C."""
SIX_DIGITS = frozenset(
    {"sequence-score", "dtw", "frechet", "hausdorff", "eyenalysis", "eyenalysis-linear"}
)
"""The measures whose values are known to six digits behind the point."""

SCANPATHS = {
    "A": ((100, 100, 200), (300, 120, 250), (500, 300, 300), (480, 420, 150), (200, 400, 350)),
    "B": (
        (120, 90, 220),
        (280, 150, 200),
        (520, 280, 330),
        (500, 330, 100),
        (490, 430, 180),
        (230, 380, 300),
    ),
    "C": ((700, 500, 200), (650, 80, 200), (90, 560, 400)),
}
"""x and y in pixels of a stimulus of 800 x 600, and the duration in ms."""


@dataclass(frozen=True, slots=True)
class Verified:
    """One number found again, or not. of : what it is the number of."""

    metric: str
    of: str
    expected: float
    found: float

    @property
    def agrees(self) -> bool:
        """Whether both are the same to 1e-9, or to the six digits that are known."""
        tolerance = HALF_A_DIGIT if self.metric in SIX_DIGITS else TOLERANCE
        return abs(self.found - self.expected) <= tolerance


def verify() -> Iterator[Verified]:
    """Compute every number anew and yield it beside what is expected."""
    truth = golden_truth()
    for of, prediction in golden_predictions().items():
        for id_, expected in OF_MAPS.items():
            found, _ = metric_of(id_).evaluate(prediction, truth)
            yield Verified(id_, of, expected[of == "quantised map"], found)
    measures = tuple(map(similarity_of, OF_SCANPATHS))
    for place, other in enumerate("BC"):
        pair = Pair(golden_scanpath("A"), golden_scanpath(other), SCREEN)
        values, _ = similar(pair, measures)
        for (id_, expected), value in zip(OF_SCANPATHS.items(), values, strict=True):
            yield Verified(id_, f"scanpaths A and {other}", expected[place], float(value))


def golden_predictions() -> dict[str, Prediction]:
    """Return the two maps under test."""
    y, x = np.mgrid[: GRID[0], : GRID[1]].astype(float)
    smooth = np.exp(-((x - 20) ** 2 / 50 + (y - 10) ** 2 / 30))
    smooth += 0.3 * np.exp(-((x - 6) ** 2 + (y - 18) ** 2) / 16)
    return {
        "smooth map": Prediction(smooth),
        "quantised map": Prediction(np.round(10 * smooth)),
    }


def golden_truth() -> Truth:
    """Return fixations, with one twice in a pixel, their density, and a baseline."""
    from scipy.ndimage import gaussian_filter

    y, x = np.mgrid[: GRID[0], : GRID[1]].astype(float)
    fixations, others = np.array(_FIXATIONS), np.array(_ELSEWHERE)
    counts = np.zeros(GRID)
    np.add.at(counts, (fixations[:, 1], fixations[:, 0]), 1)
    return Truth(
        GRID,
        fixations[:, 1] * GRID[1] + fixations[:, 0],
        gaussian_filter(counts, _BLUR, mode="constant"),
        others[:, 1] * GRID[1] + others[:, 0],
        np.exp(-((x - 15.5) ** 2 / 128 + (y - 11.5) ** 2 / 72)),
    )


def golden_scanpath(name: str) -> Scanpath:
    """Return scanpath A, B or C."""
    x_px, y_px, duration_ms = np.array(SCANPATHS[name], float).T
    onset_ms = np.cumsum(duration_ms) - duration_ms
    used = np.zeros(len(x_px), np.int8)
    return Scanpath(name, "golden", x_px, y_px, onset_ms, duration_ms, used)
