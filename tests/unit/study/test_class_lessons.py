"""Training and measuring classifiers with attention, alone and guided by gaze."""

import csv
from pathlib import Path

import numpy as np
import pytest
from tiny_models import picture

from gazelab.errors import GazeLabError, SettingsError
from gazelab.nets.card import ModelCard
from gazelab.nets.training.config import ClassesTable
from gazelab.study.class_lessons import confusion_text
from gazelab.study.train import train
from gazelab.study.train_data import read_classes
from gazelab.task import finish

CONFIG = """
[model]
id = "tiny"
title = "Tiny"
architecture = "attention-classifier"
options = {{ attention = "{attention}" }}
[data]
trained_on = "noise"
[data.classes]
folder = "pictures"
pattern = "^(?P<class>[a-z]+)_"
train_per_class = 4
validation_per_class = 1
test_per_class = 2
{guidance}
[input]
size = [48, 48]
[train]
epochs = 1
batch = 3
half = false
[output]
folder = "result"
"""

GUIDANCE = """
[guidance]
fixations = ["gaze.csv"]
images = "pictures"
sigma_px = 8.0
weight = 0.1
by = "{by}"
"""


@pytest.fixture
def study(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    rows = ["participant,stimulus,x,y,duration"]
    for seed, kind in enumerate(["cat", "dog"]):
        for number in range(7):
            name = f"{kind}_{number}.png"
            picture(tmp_path / "pictures" / name, 48, 64, seed=10 * seed + number)
            if number == 0:
                continue  # nobody looked at the first ones
            for viewer in ("a", "b"):
                x, y = rng.uniform(0, 64, 4), rng.uniform(0, 48, 4)
                rows += [f"{viewer},{name},{p:.1f},{q:.1f},200" for p, q in zip(x, y, strict=True)]
    (tmp_path / "gaze.csv").write_text("\n".join(rows) + "\n")
    return tmp_path


def _train(
    folder: Path, attention: str = "softmax", guidance: str = GUIDANCE, by: str = "density"
) -> ModelCard:
    text = CONFIG.format(attention=attention, guidance=guidance.format(by=by))
    (folder / "train.toml").write_text(text)
    return finish(train(folder / "train.toml")).card


def _table(path: Path) -> list[list[str]]:
    return list(csv.reader(path.read_text().splitlines()))


def _metrics(card: ModelCard) -> set[str]:
    return {score.metric for score in card.scores if not score.source}


@pytest.mark.parametrize("attention", ["activation", "sigmoid", "supervised", "human"])
def test_a_baseline_is_measured_on_accuracy_people_and_attack(study: Path, attention: str) -> None:
    card = _train(study, attention)
    assert card.classes == ("cat", "dog")
    assert {"accuracy", "entropy of attention", "fooling rate at 4/255", "s-AUC", "IG", "CC"} <= (
        _metrics(card)
    )
    assert "measured once on 4 others" in card.protocol
    assert "Agreement with the gaze at" in card.protocol


def test_without_guidance_nothing_is_said_about_people(study: Path) -> None:
    card = _train(study, guidance="")
    assert "s-AUC" not in _metrics(card)
    assert "gaze" not in card.protocol


@pytest.mark.parametrize("attention", ["supervised", "human"])
def test_attention_from_people_needs_gaze(study: Path, attention: str) -> None:
    with pytest.raises(SettingsError, match="needs gaze"):
        _train(study, attention, guidance="")


def test_supervision_needs_a_weight(study: Path) -> None:
    with pytest.raises(SettingsError, match="weight above 0"):
        _train(study, "supervised", guidance=GUIDANCE.replace("weight = 0.1", ""))


def test_guidance_of_what_does_not_attend_is_refused(study: Path) -> None:
    text = CONFIG.format(attention="", guidance=GUIDANCE.format(by="density"))
    text = text.replace('"attention-classifier"', '"cam-mobilenet-v2"')
    (study / "train.toml").write_text(text.replace('attention = ""', ""))
    with pytest.raises(SettingsError, match="no attention"):
        finish(train(study / "train.toml"))


def test_glimpses_are_trained_step_by_step_on_the_fixations_in_order(study: Path) -> None:
    text = CONFIG.format(attention="", guidance=GUIDANCE.format(by="steps"))
    text = text.replace('"attention-classifier"', '"glimpsenet"')
    text = text.replace('attention = ""', "steps = 3, hidden = 16, prior = true")
    (study / "train.toml").write_text(text)
    result = finish(train(study / "train.toml"))
    names, first = _table(result.folder / "log.csv")
    assert float(dict(zip(names, first, strict=True))["val_guidance"]) > 0
    assert result.card.steps == 3
    steps = {(s.metric, s.step) for s in result.card.scores if not s.source}
    assert {("accuracy", 0), ("accuracy", 3), ("NSS", 1), ("JS of attention", 2)} <= steps


def test_the_confusions_lie_beside_the_card(study: Path) -> None:
    card = _train(study, guidance="")
    rows = _table(Path(card.folder) / "confusion.csv")
    assert rows[0] == ["true class", "cat", "dog"]
    counts = np.array([row[1:] for row in rows[1:]], int)
    assert counts.sum(1).tolist() == [2, 2]
    accuracy = next(s.value for s in card.scores if s.metric == "accuracy")
    assert np.trace(counts) / counts.sum() == pytest.approx(accuracy, abs=1e-4)


def test_confusions_have_a_row_for_each_true_class() -> None:
    text = confusion_text(np.array([0, 0, 1]), np.array([1, 0, 1]), ["a", "b"])
    assert text == "true class,a,b\na,1,1\nb,0,1\n"
    assert confusion_text(np.array([0]), np.array([0]), ["=a"]) == "true class,'=a\n'=a,1\n"


def test_labels_come_from_a_list(study: Path) -> None:
    rows = [
        f"{kind}_{k}.png,{label}"
        for kind, label in (("cat", "pet"), ("dog", "beast"))
        for k in range(7)
    ]
    (study / "labels.csv").write_text("\n".join(["file,class", *rows]))
    table = ClassesTable(
        folder="pictures", labels="labels.csv", train_per_class=3, validation_per_class=1
    )
    split = read_classes(table, study, 1)
    assert split.names == ("beast", "pet")
    assert len(split.train), len(split.test) == (4, 8)
    for path, label in (*split.train, *split.validation, *split.test):
        assert path.name.startswith("dog" if label == 0 else "cat")


def test_parts_of_a_split_share_no_picture_and_a_class_can_be_left_out(study: Path) -> None:
    picture(study / "pictures" / "emu_1.png")
    table = ClassesTable(
        folder="pictures", pattern="^(?P<class>[a-z]+)_", leave_out=("emu",),
        train_per_class=3, validation_per_class=1, test_per_class=2,
    )  # fmt: skip
    split = read_classes(table, study, 1)
    parts = [{path for path, _ in part} for part in (split.train, split.validation, split.test)]
    assert [len(part) for part in parts] == [4, 2, 4]
    assert len(set.union(*parts)) == 10
    assert split.names == ("cat", "dog")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"pattern": "("}, "no regular expression"),
        ({"pattern": "^[a-z]+"}, "no group named `class`"),
        ({"labels": "missing.csv"}, "could not be read"),
        ({"labels": "gaze.csv"}, "line 2"),
        ({"pattern": "^(?P<class>cat)_"}, "too few classes"),
    ],
)
def test_labels_that_make_no_sense_are_refused(
    study: Path, change: dict[str, str], sentence: str
) -> None:
    with pytest.raises(GazeLabError, match=sentence):
        read_classes(ClassesTable(folder="pictures", **change), study, 1)
