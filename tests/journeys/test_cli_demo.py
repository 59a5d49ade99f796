"""The sample on the command line, from import to export, without a window."""

import contextlib
import io
import json
from pathlib import Path

import pytest
from clidata import write_model

from gazelab import paths
from gazelab.cli import main
from gazelab.nets.card import cards, find_card
from gazelab.project import store


@pytest.fixture(scope="module")
def told(tmp_path_factory, qapp) -> dict:
    """Return what the demonstration says, as JSON.

    Where the program's own model is not there, a small one stands in for it.
    """
    place = tmp_path_factory.mktemp("demo")
    with pytest.MonkeyPatch.context() as patch:
        if not any(card.id == "sam-s" for card in cards()):
            patch.setattr(paths, "user_models", lambda: place / "models")
            write_model(place / "models" / "tiny", "sam-s")
        steps = find_card("sam-s").steps
        with contextlib.redirect_stdout(io.StringIO()) as out:
            assert main(["demo", "--headless", "--out", str(place / "out"), "--json"]) == 0
    return {"steps": steps, **json.loads(out.getvalue())}


def test_the_whole_path_is_done_and_called_simulated(told) -> None:
    project = store.load(Path(told["project"]))
    assert project.simulated
    assert len(project.attention) == 24
    assert told["score"]["simulated"] is True
    manifest = json.loads((Path(told["export"]["folder"]) / "manifest.json").read_bytes())
    assert manifest["simulated"] is True
    assert manifest["counts"]["stimuli"] == 12


def test_every_step_has_a_score_beside_the_baselines(told) -> None:
    steps = {(row["source"], row["step"]) for row in told["score"]["summary"]}
    assert {("sam-s", step) for step in range(told["steps"] + 1)} <= steps
    assert {("centre bias", 0), ("inter-observer", 0)} <= steps


def test_the_pictures_are_in_the_export(told) -> None:
    assert {"view.png", "view.svg"} <= set(told["export"]["files"])


def test_nothing_remains_when_it_is_stopped(tmp_path, monkeypatch, capsys) -> None:
    def stop(self, step) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("gazelab.cli.output.Progress.__call__", stop)
    assert main(["demo", "--headless", "--out", str(tmp_path / "out")]) == 130
    assert capsys.readouterr().err == "gazelab: Stopped; nothing was changed.\n"
    assert not (tmp_path / "out").exists()
