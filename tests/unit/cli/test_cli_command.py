"""How the command ends: exit codes, sentences, and what happens when it is stopped."""

import json

import pytest

from gazelab.app import main as app_main
from gazelab.cli import command, main
from gazelab.cli.output import Outcome
from gazelab.errors import ReadError


@pytest.fixture
def ending(monkeypatch):
    """Make `gazelab check p` end in a chosen way."""

    def set_end(end) -> None:
        def perform(arguments, progress):
            if isinstance(end, BaseException):
                raise end
            return end

        monkeypatch.setattr(command, "_perform", perform)

    return set_end


def test_a_problem_is_one_sentence_on_standard_error(ending, capsys) -> None:
    ending(ReadError("No usable\ncolumn for x.", "f.csv", 3, "Say which it is."))
    assert main(["check", "p"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err == "gazelab: f.csv, line 3: No usable column for x. Say which it is.\n"


def test_with_json_the_problem_is_json_too(ending, capsys) -> None:
    ending(ReadError("Broken.", "f.csv"))
    assert main(["check", "p", "--json"]) == 1
    out, err = capsys.readouterr()
    assert json.loads(out) == {"error": "f.csv: Broken."}
    assert err == "gazelab: f.csv: Broken.\n"


def test_stopping_says_what_became_of_the_work(ending, capsys) -> None:
    ending(KeyboardInterrupt())
    assert main(["check", "p"]) == 130
    assert capsys.readouterr().err == "gazelab: Stopped; nothing was changed.\n"
    assert main(["train", "c.toml"]) == 130
    assert capsys.readouterr().err == "gazelab: Stopped; continue with --resume.\n"


def test_a_problem_of_the_system_is_a_sentence(ending, capsys) -> None:
    ending(PermissionError(13, "Permission denied", "/x/y"))
    assert main(["check", "p"]) == 1
    assert capsys.readouterr().err == "gazelab: /x/y: Permission denied.\n"


def test_a_fault_of_the_program_is_a_sentence_with_the_details_in_a_file(
    ending, capsys, tmp_path, monkeypatch
) -> None:
    monkeypatch.setattr("gazelab.paths.user_log", lambda: tmp_path / "log")
    ending(TypeError("x is y"))
    assert main(["check", "p"]) == 1
    err = capsys.readouterr().err
    path = tmp_path / "log" / "fault.txt"
    assert err == (
        f"gazelab: This is a fault in GazeLab (TypeError: x is y). The details are in {path}.\n"
    )
    assert "Traceback" in path.read_text(encoding="utf-8")


def test_a_bad_result_has_its_own_code_and_sentence(ending, capsys) -> None:
    ending(Outcome(["two lines", "of text"], {"a": 1}, 1, "2 things are wrong."))
    assert main(["check", "p"]) == 1
    assert capsys.readouterr() == ("two lines\nof text\n", "gazelab: 2 things are wrong.\n")
    assert main(["--json", "check", "p"]) == 1
    assert json.loads(capsys.readouterr().out) == {"a": 1}


def test_the_window_is_opened_on_a_project_or_the_sample(monkeypatch, tmp_path) -> None:
    opened = []

    def run(folder=None, *, demo=False):
        opened.append((folder, demo))
        return 0

    monkeypatch.setattr(app_main, "run", run)
    (tmp_path / "s.gazelab").mkdir()
    (tmp_path / "s.gazelab" / "project.json").write_text("{}")
    assert main([]) == main(["demo"]) == main(["open", str(tmp_path / "s")]) == 0
    assert opened == [(None, False), (None, True), (tmp_path / "s.gazelab", False)]


def test_the_sample_can_be_made_in_a_chosen_place(monkeypatch, tmp_path, capsys) -> None:
    opened = []
    monkeypatch.setattr(app_main, "run", lambda folder, *, demo: opened.append(folder) or 0)
    assert main(["demo", "--out", str(tmp_path / "here")]) == 0
    assert opened == [tmp_path / "here" / "sample.gazelab"]
    assert (opened[0] / "project.json").is_file()
    assert str(opened[0]) in capsys.readouterr().out
