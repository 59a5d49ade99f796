import json
from pathlib import Path

import numpy as np
import pytest
from tiny_models import picture
from tiny_training import GAZE, NAMES, gaze_study, write_config

from gazelab import paths
from gazelab.errors import ModelError, SettingsError
from gazelab.nets.card import ModelCard, find_card, load_card, verify
from gazelab.nets.runtime import build
from gazelab.study.train import TrainResult, train
from gazelab.task import finish

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


@pytest.fixture
def study(tmp_path: Path) -> Path:
    return gaze_study(tmp_path)


def _train(
    folder: Path, epochs: int = 1, extra: str = "", resume: bool = False, id_: str = "tiny-sam"
) -> TrainResult:
    return finish(train(write_config(folder, epochs, extra, id_), resume))


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
    task = train(write_config(study, 2, extra))
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


def test_mlnet_learns_saliency_by_its_own_loss(study: Path) -> None:
    text = GAZE.format(id="tiny-mlnet", epochs=1, extra="").replace("sam-s", "mlnet")
    text = text.replace("{ channels = 16, steps = 2, priors = 4 }", '{ backbone = "mobilenet-v2" }')
    text = text.replace("[0.5, 1.0]", '[1.0]\nname = "mlnet"').replace("[1.5, 1.0]", "[1.0]")
    (study / "train.toml").write_text(text)
    card = finish(train(study / "train.toml")).card
    assert card.kinds == ("saliency",)
    assert ("", 0, "NSS") in _values(card)
    assert card.config["loss"]["name"] == "mlnet"


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
            picture(tmp_path / "classes" / name / f"{number}.png", 48, 64, 10 * seed + number)
    (tmp_path / "train.toml").write_text(CLASSES)
    card = finish(train(tmp_path / "train.toml")).card
    assert card.classes == ("bird", "cup")
    assert "trained on 6 pictures, 2 chose the epoch; measured once on 4 others" in card.protocol
    assert 0 <= _values(card)["", 0, "accuracy"] <= 1
    assert [layer.name for layer in card.layers][-2:] == ["stage 7", "head"]


def test_weights_are_stored_at_half_the_size_on_demand(study: Path) -> None:
    full = _train(study, extra='[output]\nfolder = "full"').card
    half = _train(study, extra='[output]\nfolder = "half"\nhalf = true').card
    assert half.weights.bytes < 0.51 * full.weights.bytes
    name = "lstm.gates_state.weight"
    a, b = (build(card).state_dict()[name].numpy() for card in (full, half))
    np.testing.assert_allclose(b, a, rtol=1e-3, atol=1e-6)
