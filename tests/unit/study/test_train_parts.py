"""Models trained in time, and models that are measured again."""

from pathlib import Path

import numpy as np
import pytest
from tiny_training import gaze_study, write_config

from gazelab import paths
from gazelab.data.image import read_rgb
from gazelab.errors import SettingsError
from gazelab.metrics.resample import to_grid
from gazelab.nets.card import load_card, verify
from gazelab.nets.runtime import Model, choose_device
from gazelab.study.train import measure, train
from gazelab.task import finish


@pytest.fixture
def study(tmp_path: Path) -> Path:
    return gaze_study(tmp_path)


def _in_time(study: Path, compare: str) -> Path:
    config = write_config(study, extra='[output]\nfolder = "in-time"', id_="tiny-in-time")
    text = config.read_text().replace("sigma_px = 6.0", "sigma_px = 6.0\nparts = [1, 3]")
    config.write_text(text.replace('"noise"', f'"noise"\ncompare = ["{compare}"]'))
    return config


def test_a_model_trained_in_time_is_measured_on_each_part_of_the_viewing(study: Path) -> None:
    static = finish(train(write_config(study, extra='[output]\nfolder = "static"'))).card
    card = finish(train(_in_time(study, "static"))).card
    assert card.parts == (1, 3)
    scores = {(s.source, s.step, s.fixations): s for s in card.scores if s.fixations}
    assert {(step, part) for source, step, part in scores if not source} == {
        (step, part) for step in (1, 2) for part in ("1-2", "3+")
    }
    difference = scores["step 1 less step 2", 0, "1-2"]
    assert difference.value == pytest.approx(
        scores["", 1, "1-2"].value - scores["", 2, "1-2"].value, abs=2e-4
    )
    assert difference.low is not None and difference.high is not None
    assert difference.low <= difference.value <= difference.high
    assert (static.id, 0, "3+") in scores
    assert "NSS (sd), fixations 1-2" in (study / "in-time" / "README.md").read_text()


def test_a_static_model_is_compared_by_its_saliency(study: Path) -> None:
    finish(train(write_config(study, extra='[output]\nfolder = "static"')))
    card = finish(train(_in_time(study, "static"))).card
    model = Model(load_card(study / "static"), choose_device("cpu"))
    rng = np.random.default_rng(0)
    x, y = np.empty((6, 2, 6)), np.empty((6, 2, 6))
    for picture in range(6):
        for viewer in range(2):
            x[picture, viewer], y[picture, viewer] = rng.uniform(0, 64, 6), rng.uniform(0, 48, 6)
    values = []
    for picture in (4, 5):
        pixels = model.fitted(read_rgb(study / "images" / f"p{picture}.png"))
        map_ = model.maps([pixels])[0][0].maps[-1]
        map_ = to_grid(map_, (48, 64))
        at = map_[y[picture, :, :2].astype(int).ravel(), x[picture, :, :2].astype(int).ravel()]
        values.append((at.mean() - map_.mean()) / map_.std())
    found = {(s.source, s.fixations): s.value for s in card.scores}
    assert found["tiny-sam", "1-2"] == pytest.approx(np.mean(values), abs=2e-3)


def test_the_score_of_a_model_in_time_is_that_of_the_mean_of_its_steps(study: Path) -> None:
    finish(train(write_config(study, extra='[output]\nfolder = "static"')))
    card = finish(train(_in_time(study, "static"))).card
    by_step: dict[int, dict[str, float]] = {}
    for s in card.scores:
        if not s.source and not s.fixations and not s.metric.startswith("JS"):
            by_step.setdefault(s.step, {})[s.metric] = s.value
    assert set(by_step) == {0, 1, 2}
    assert by_step[0].keys() == by_step[2].keys()
    assert by_step[0] != by_step[2]


def test_a_model_can_be_measured_again_with_other_words(study: Path) -> None:
    config = write_config(study)
    before = finish(train(config)).card
    config.write_text(config.read_text().replace("Tiny SAM", "Small SAM"))
    again = finish(measure(config)).card
    assert again.title == "Small SAM"
    assert (again.weights, again.scores) == (before.weights, before.scores)
    assert load_card(paths.user_models() / "tiny-sam") == again


def test_a_model_can_be_measured_again_with_other_looks(study: Path) -> None:
    config = write_config(study)
    before = finish(train(config)).card
    text = config.read_text().replace("priors = 4", "priors = 4, mirrored = true, blur_px = 9.0")
    config.write_text(text.replace("size = [64, 64]", "size = [64, 64]\nrun_size = [96, 128]"))
    again = finish(measure(config)).card
    assert again.options["mirrored"] and (again.input.rows, again.input.columns) == (96, 128)
    assert again.weights == before.weights
    assert again.scores != before.scores
    verify(again)
    assert load_card(paths.user_models() / "tiny-sam") == again
    assert finish(train(config)).card == again


def test_measuring_again_does_not_pass_off_other_settings(study: Path) -> None:
    config = write_config(study)
    before = finish(train(config)).card
    config.write_text(config.read_text().replace("sigma_px = 6.0", "sigma_px = 7.0"))
    with pytest.raises(SettingsError, match="another configuration"):
        finish(measure(config))
    assert load_card(paths.user_models() / "tiny-sam") == before
