import math
from dataclasses import replace

import numpy as np
import pytest
from test_score import BLUR, SHAPE, attention, project, scores  # noqa: F401  (a fixture)

from gazelab.data.geometry import Blur
from gazelab.data.scores import (
    BASELINES,
    GOLD_STANDARD,
    GRID_CEILING,
    HUMAN_DENSITY,
    INTER_OBSERVER,
    ONE_HUMAN,
    UNIFORM,
)
from gazelab.errors import SettingsError
from gazelab.metrics.agreement import FOR_FIXATIONS, TOO_FEW
from gazelab.project.project import Project
from gazelab.report.baselines import baselines_in, gold_standard_told
from gazelab.study.entry import SAME_FIXATIONS
from gazelab.study.importing import ImportPlan, Source, import_files
from gazelab.study.score import ScorePlan, score
from gazelab.task import finish

ALL = ("uniform", "one-human", "gold-standard", "grid-ceiling")


def of(rows, source, metric):
    return {row.stimulus: row for row in rows if (row.source, row.metric) == (source, metric)}


def test_what_is_asked_for_comes_beside_what_was_there(project):  # noqa: F811
    plain, more = scores(project), scores(project, ceilings=ALL)
    known = {row.source for row in plain}
    kept = [row for row in more if row.source in known]
    assert list(map(repr, kept)) == list(map(repr, plain))
    asked = {row.source for row in more} - known
    assert asked == {UNIFORM, ONE_HUMAN, GOLD_STANDARD, HUMAN_DENSITY, f"{GRID_CEILING} 20x15"}
    assert set(baselines_in(more)) == {*asked, *BASELINES}
    assert not any(row.kind for row in more if row.source in asked)
    assert {row.step for row in more if row.source in asked} == {0}


def test_a_uniform_map_knows_nothing(project):  # noqa: F811
    rows = scores(project, ceilings=("uniform",), metrics=("auc", "sauc", "ll", "nss"))
    for metric, value in (("auc", 0.5), ("sauc", 0.5), ("ll", 0.0)):
        found = [row.value for row in of(rows, UNIFORM, metric).values()]
        assert found == pytest.approx([value] * 3, abs=1e-6)
    assert {row.note for row in of(rows, UNIFORM, "nss").values()} == {"the map is constant"}


def test_the_gold_standard_tells_what_was_chosen_in_every_row(project):  # noqa: F811
    known = replace(project, settings=replace(project.settings, px_per_deg=12.0))
    rows = scores(known, ceilings=("gold-standard",), metrics=("ig", "cc"))
    gold = of(rows, GOLD_STANDARD, "ig")
    told = gold_standard_told(rows)
    assert "3 stimuli, 3 participants, 42 fixations" in told
    assert all(row.note.startswith(f"{told}; mean over 3 participants") for row in gold.values())
    (sigma_px,) = {row.sigma_px for row in gold.values()}
    assert told.startswith(f"sigma {sigma_px:g} px ({sigma_px / 12:.3g} deg)")
    assert {row.sigma_deg for row in gold.values()} == {sigma_px / 12}
    undefined = [replace(row, value=math.nan) for row in gold.values()]
    assert gold_standard_told(undefined) == told
    for row in of(rows, GOLD_STANDARD, "cc").values():
        assert math.isnan(row.value)
        assert row.note.endswith(FOR_FIXATIONS)
        assert row.sigma_px == BLUR.sigma_px


def test_one_viewer_alone_makes_no_gold_standard(project):  # noqa: F811
    alone = replace(project, scanpaths=tuple(p for p in project.scanpaths if p.participant == "p"))
    rows = scores(alone, ceilings=("gold-standard", "one-human"), metrics=("ig",))
    for source in (GOLD_STANDARD, ONE_HUMAN):
        assert {row.note for row in of(rows, source, "ig").values()} == {TOO_FEW}
    assert gold_standard_told(rows) == ""


def test_a_share_explained_brings_its_gold_standard_along(project):  # noqa: F811
    rows = scores(project, metrics=("ig-explained",))
    shares = [row.value for row in of(rows, GOLD_STANDARD, "ig-explained").values()]
    assert np.mean(shares) == pytest.approx(1)
    assert GOLD_STANDARD not in {row.source for row in scores(project, metrics=("ig",))}


def test_no_map_of_a_grid_has_a_higher_correlation_than_its_ceiling(project):  # noqa: F811
    rows = scores(project, ceilings=("grid-ceiling",), metrics=("cc", "kl"))
    density, ceiling = of(rows, HUMAN_DENSITY, "cc"), of(rows, f"{GRID_CEILING} 20x15", "cc")
    assert [row.value for row in density.values()] == pytest.approx([1.0] * 3)
    assert ceiling.keys() == {"a", "b"}  # there is no map of "c"
    for row in ceiling.values():
        assert 0.9 < row.value < 1
        assert row.note == f"human density on 20x15 cells; {SAME_FIXATIONS}"
        assert row.value > of(rows, "model", "cc")[row.stimulus].value


def test_a_source_with_several_grids_has_one_ceiling_named_by_it(project):  # noqa: F811
    finer = replace(attention("b", steps=1), maps=np.ones((1, 30, 40), np.float32))
    full = replace(attention("a", "full", steps=1), maps=np.ones((1, *SHAPE), np.float32))
    rows = scores(
        project.with_attention([finer, full]), ceilings=("grid-ceiling",), metrics=("nss",)
    )
    ceilings = {row.source for row in rows if row.source.startswith(GRID_CEILING)}
    assert ceilings == {f"{GRID_CEILING} of model saliency"}


def test_a_baseline_that_is_not_known_is_refused(project):  # noqa: F811
    with pytest.raises(SettingsError, match="no baseline 'gold'"):
        scores(project, ceilings=("gold",))


@pytest.mark.slow
def test_the_gold_standard_of_osie_is_where_it_was_measured(shared_data, tmp_path):
    osie = shared_data / "osie"
    plan = ImportPlan((Source(osie / "fixations.mat"),), tmp_path, images=osie / "stimuli")
    project = Project().with_addition(finish(import_files(plan, Project())))  # noqa: F811
    plan = ScorePlan(blur=Blur(24.0, 1.0), metrics=("ig", "nss"), ceilings=ALL[:3])
    rows = finish(score(project, plan))
    mean = {
        (source, id_): np.mean([row.value for row in of(rows, source, id_).values()])
        for source in (GOLD_STANDARD, INTER_OBSERVER, ONE_HUMAN)
        for id_ in ("ig", "nss")
    }
    (sigma_px,) = {row.sigma_px for row in of(rows, GOLD_STANDARD, "ig").values()}
    assert sigma_px == pytest.approx(14.8, abs=0.2)
    bias = float(gold_standard_told(rows).split(", ")[1].split()[0])
    assert 0.05 < bias < 0.1
    assert mean[GOLD_STANDARD, "ig"] > mean[INTER_OBSERVER, "ig"] + 0.1
    # for all 700 pictures, with a width of 24 px: 2.11 bit
    assert mean[INTER_OBSERVER, "ig"] == pytest.approx(2.11, rel=0.03)
    assert mean[ONE_HUMAN, "nss"] == pytest.approx(2.74, rel=0.05)
