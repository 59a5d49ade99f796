from pathlib import Path

import pytest

from gazelab.errors import SettingsError
from gazelab.nets.training.config import read_config

GOOD = """
[model]
id = "m"
title = "M"
architecture = "sam-s"
[data]
trained_on = "something"
project = "x.gazelab"
[train]
epochs = 3
"""


def _read(folder: Path, text: str) -> object:
    path = folder / "train.toml"
    path.write_text(text, encoding="utf-8")
    return read_config(path)


def test_defaults_fill_what_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "train.toml").write_text(GOOD)
    config = read_config(tmp_path / "train.toml")
    assert config.train.epochs == 3
    assert config.input.size == (240, 320)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (("epochs = 3", "epochs = 3\nepoch = 4"), "epoch"),
        (("[train]", "[augmnt]\nflip = 1\n[train]"), "augmnt"),
        (("epochs = 3", ""), "epochs"),
        (("epochs = 3", "epochs = 'three'"), "epochs"),
        (("epochs = 3", "epochs = 0"), "epochs"),
        (("epochs = 3", "epochs = 3\naverage = 1.0"), "average"),
        (("epochs = 3", "epochs = 3\nrate = -0.1"), "rate"),
        (("epochs = 3", "epochs = 3\nrate = nan"), "rate"),
        (("epochs = 3", "epochs = 3\nmomentum = 1.0"), "momentum"),
        (("epochs = 3", "epochs = 3\noptimiser = 'adam'"), "optimiser"),
        (("epochs = 3", "epochs = 3\nschedule = 'linear'"), "schedule"),
        (("epochs = 3", "epochs = 3\ndevice = 'tpu'"), "device"),
        (("epochs = 3", "epochs = 3\nworkers = -1"), "workers"),
        (("epochs = 3", "epochs = 3\nbatch = 4\naccumulate = 5"), "accumulate"),
        (('project = "x.gazelab"', ""), "exactly one of"),
        (("[train]", "[input]\nsize = [100, 100]\n[train]"), "multiples of 16"),
        (("[train]", "[input]\nrun_size = [0, 64]\n[train]"), "run_size must be multiples"),
        (("[train]", "[loss]\nsteps = [1.0]\n[train]"), "steps and widths"),
        (("[train]", "[train"), "not TOML"),
        (("[train]", "[guidance]\nweight = 1.0\n[train]"), "exactly one of project and fixations"),
        (
            ("[train]", "[guidance]\nfixations = ['f.csv']\n[train]"),
            "fixations and images belong together",
        ),
        (
            ('project = "x.gazelab"', "classes = {folder='f', pattern='p', labels='l.csv'}"),
            "pattern or labels",
        ),
    ],
)
def test_a_mistake_is_named_with_the_file(
    tmp_path: Path, change: tuple[str, str], named: str
) -> None:
    with pytest.raises(SettingsError, match=named) as caught:
        _read(tmp_path, GOOD.replace(*change))
    assert "train.toml" in str(caught.value)


def test_a_missing_configuration_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"nothing\.toml"):
        read_config(tmp_path / "nothing.toml")


def test_options_may_be_numbers_words_and_switches(tmp_path: Path) -> None:
    options = "options = { steps = 3, rate = 0.5, coverage = false, attention = 'sigmoid' }"
    (tmp_path / "train.toml").write_text(GOOD.replace('"sam-s"', f'"sam-s"\n{options}'))
    assert read_config(tmp_path / "train.toml").model.options == {
        "steps": 3,
        "rate": 0.5,
        "coverage": False,
        "attention": "sigmoid",
    }
