"""How long it takes to choose the KDE gold standard, and what is chosen.

Run from the root of the project, with the shared data beside it:
    OMP_NUM_THREADS=1 python tests/benchmark/bench_gold.py [STIMULI]
STIMULI is how many pictures of OSIE, all 500 if left out. Then: what choosing on every second
picture and judging on the rest loses, in bits a fixation.
"""

import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np

from gazelab.metrics.gold_standard import (
    GoldStandard,
    Viewers,
    choose_gold_standard,
    density_of_others,
)
from gazelab.project.project import Project
from gazelab.study.ceilings import viewers_on
from gazelab.study.importing import ImportPlan, Source, import_files
from gazelab.study.viewings import pool_of, viewings_of
from gazelab.task import finish

OSIE = Path(__file__).resolve().parents[3] / "shared" / "data" / "osie"


def gain_bit(stimuli: list[Viewers], gold: GoldStandard) -> float:
    """Return the mean gain over the centre bias of viewers who are left out."""
    means = []
    for one in stimuli:
        (kernel,) = density_of_others(one, np.array([gold.sigma_px]))
        mixture = (1 - gold.centre_bias - gold.uniform) * kernel
        mixture += gold.centre_bias * one.centre_bias + gold.uniform / np.prod(one.shape)
        means.append(one.counted @ np.log2(mixture / one.centre_bias))
    return float(np.mean(means))


def chosen(stimuli: list[Viewers]) -> GoldStandard:
    gold = finish(choose_gold_standard(stimuli))
    assert gold is not None
    return gold


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        plan = ImportPlan((Source(OSIE / "fixations.mat"),), Path(folder), images=OSIE / "stimuli")
        project = Project().with_addition(finish(import_files(plan, Project())))
    viewings = viewings_of(project, by_duration=False)
    start = time.perf_counter()
    pool = pool_of(viewings)
    some = list(viewings.values())[: int(sys.argv[1]) if len(sys.argv) > 1 else None]
    stimuli = [viewers for viewing in some for viewers in viewers_on(viewing, pool)]
    between = time.perf_counter()
    gold = chosen(stimuli)
    end = time.perf_counter()
    print(f"centre bias {between - start:.2f} s, search {end - between:.2f} s")
    print(gold.told(24.0))
    halves = stimuli[::2], stimuli[1::2]
    own = np.mean([gain_bit(half, chosen(half)) for half in halves])
    crossed = np.mean([gain_bit(halves[1 - k], chosen(half)) for k, half in enumerate(halves)])
    print(
        f"IG {gain_bit(stimuli, gold):.4f} bit; chosen on other pictures {crossed - own:+.5f} bit"
    )


if __name__ == "__main__":
    main()
