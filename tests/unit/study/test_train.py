import json
from pathlib import Path

import numpy as np
import pytest

from gazelab import paths
from gazelab.data.image import opencv
from gazelab.errors import ModelError, SettingsError
from gazelab.nets.card import ModelCard, find_card, load_card, verify
from gazelab.study.train import TrainResult, train
from gazelab.study.train_scores import js_divergence
from gazelab.task import finish

NAMES = [f"p{number}.png" for number in range(6)]

GAZE = """
[model]
id = "{id}"
title = "Tiny SAM"
architecture = "sam-s"
options = {{ channels = 16, steps = 2, priors = 4 }}
[data]
trained_on = "noise"
[data.recordings]
fixations = "fixations.csv"
images = "images"
split = "split.json"
[input]
size = [64, 64]
[loss]
steps = [0.5, 1.0]
widths = [1.5, 1.0]
sigma_px = 6.0
[augment]
crop_min = 0.9
[train]
epochs = {epochs}
batch = 2
half = false
{extra}
"""

CLASSES = """
[model]
id = "tiny-cam"
title = "Tiny CAM"
architecture = "cam-mobilenet-v2"
[data]
trained_on = "noise"
[data.classes]
folder = "classes"
train_per_class = 4
validation_per_class = 1
leave_out = ["clutter"]
[input]
size = [32, 32]
[train]
epochs = 1
batch = 3
half = false
[output]
folder = "result"
"""


def _picture(path: Path, seed: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(seed).integers(0, 256, (48, 64, 3), np.uint8)
    assert opencv().imwrite(str(path), pixels)


@pytest.fixture
def study(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    rows = ["participant,stimulus,x,y,duration"]
    for seed, name in enumerate(NAMES):
        _picture(tmp_path / "images" / name, seed)
        for viewer in ("a", "b"):
            x, y = rng.uniform(0, 64, 6), rng.uniform(0, 48, 6)
            rows += [f"{viewer},{name},{p:.1f},{q:.1f},200" for p, q in zip(x, y, strict=True)]
    (tmp_path / "fixations.csv").write_text("\n".join(rows) + "\n")
    (tmp_path / "split.json").write_text(json.dumps({"train": NAMES[:4], "val": NAMES[4:]}))
    return tmp_path


def _train(
    folder: Path, epochs: int = 1, extra: str = "", resume: bool = False, id_: str = "tiny-sam"
) -> TrainResult:
    config = folder / "train.toml"
    config.write_text(GAZE.format(id=id_, epochs=epochs, extra=extra))
    return finish(train(config, resume))


def _values(card: ModelCard) -> dict[tuple[str, int, str], float]:
    return {(score.source, score.step, score.metric): score.value for score in card.scores}


def test_training_writes_a_model_that_can_be_found_and_is_whole(study: Path) -> None:
    result = _train(study)
    assert result.folder == paths.user_models() / "tiny-sam"
    assert {"card.json", "weights.safetensors", "README.md", "log.csv", "train.toml"} <= {
        path.name for path in result.folder.iterdir()
    }
    card = find_card("tiny-sam")
    assert card == result.card
    verify(card)
    assert card.steps == 2
    values = _values(card)
    assert {step for source, step, _ in values if not source} == {0, 1, 2}
    assert {source for source, _, _ in values} == {"", "centre bias", "inter-observer"}
    assert values["", 0, "NSS"] == values["", 2, "NSS"]
    text = (result.folder / "README.md").read_text()
    assert card.weights.sha256 in text
    assert f"{card.parameters:,} parameters" in text


def test_a_stopped_run_gives_the_same_model_as_one_that_was_not(study: Path) -> None:
    whole = _train(study, epochs=2, extra='[output]\nfolder = "whole"')
    extra = '[output]\nfolder = "stopped"'
    (study / "train.toml").write_text(GAZE.format(id="tiny-sam", epochs=2, extra=extra))
    task = train(study / "train.toml")
    for step in task:
        if "epoch 2" in step.note:
            task.close()
            break
    assert not (study / "stopped" / "card.json").exists()
    resumed = _train(study, epochs=2, extra=extra, resume=True)
    assert resumed.card.weights == whole.card.weights
    assert resumed.card.scores == whole.card.scores
    assert load_card(study / "stopped") == resumed.card
    assert not list((study / "stopped" / "checkpoints").iterdir())


def test_there_is_nothing_to_continue_before_a_run(study: Path) -> None:
    with pytest.raises(ModelError, match="no checkpoint"):
        _train(study, extra='[output]\nfolder = "new"', resume=True)


def test_the_id_of_a_bundled_model_is_not_taken(
    study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _train(study, extra='[output]\nfolder = "bundled/tiny"')
    monkeypatch.setattr(paths, "shipped", lambda _: study / "bundled")
    with pytest.raises(SettingsError, match="bundled"):
        _train(study)


def test_an_unreadable_training_picture_is_left_out_and_listed(study: Path) -> None:
    path = study / "images" / NAMES[0]
    path.write_bytes(path.read_bytes()[:200])  # the header is whole, so the import takes it
    result = _train(study, extra='[output]\nfolder = "result"')
    assert [skipped.name for skipped, _ in result.skipped] == [NAMES[0]]


@pytest.mark.parametrize(
    ("split", "sentence"),
    [
        ({"train": NAMES[:4], "val": NAMES[3:]}, "both for training and for validation"),
        ({"train": NAMES[:4], "val": ["other.png"]}, "at least one stimulus each"),
        ({"train": NAMES}, "lists `train` and `val`"),
        ([], "not a split"),
    ],
)
def test_a_split_that_makes_no_sense_is_refused(study: Path, split: object, sentence: str) -> None:
    (study / "split.json").write_text(json.dumps(split))
    with pytest.raises(SettingsError, match=sentence):
        _train(study)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("steps = [0.5, 1.0]\nwidths = [1.5, 1.0]", "steps = [1.0]\nwidths = [1.0]"), "2 steps"),
        (('"sam-s"', '"cam-mobilenet-v2"'), "learns classes"),
        (("channels = 16", "colours = 16"), "colours"),
        (("batch = 2", "batch = 9"), "at least 9"),
    ],
)
def test_a_configuration_that_does_not_fit_is_refused(
    study: Path, change: tuple[str, str], sentence: str
) -> None:
    text = GAZE.format(id="tiny", epochs=1, extra='[output]\nfolder = "result"')
    (study / "train.toml").write_text(text.replace(*change))
    with pytest.raises((SettingsError, ModelError), match=sentence):
        finish(train(study / "train.toml"))
    assert not list((study / "result").glob("*.*"))


def test_a_classifier_is_measured_on_pictures_it_never_saw(tmp_path: Path) -> None:
    for seed, name in enumerate(["cup", "bird", "clutter"]):
        for number in range(6):
            _picture(tmp_path / "classes" / name / f"{number}.png", 10 * seed + number)
    (tmp_path / "train.toml").write_text(CLASSES)
    card = finish(train(tmp_path / "train.toml")).card
    assert card.classes == ("bird", "cup")
    assert "trained on 6 pictures, 2 chose the epoch; measured once on the other 4" in card.protocol
    assert 0 <= _values(card)["", 0, "accuracy"] <= 1
    assert [layer.name for layer in card.layers][-2:] == ["stage 7", "head"]


def test_js_divergence_is_one_bit_apart_and_zero_together() -> None:
    a, b = np.array([[1.0, 0.0]]), np.array([[0.0, 3.0]])
    assert js_divergence(a, b) == pytest.approx(1)
    assert js_divergence(a, 5 * a) == pytest.approx(0)
    assert np.isnan(js_divergence(a, np.zeros((1, 2))))
