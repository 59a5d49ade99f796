"""The metrics verified on the command line."""

from test_cli_study import ask

from gazelab.cli import main
from gazelab.metrics import golden


def test_the_metrics_are_verified_on_this_machine(capsys) -> None:
    assert main(["check", "--metrics"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert out.splitlines()[-1] == "72 numbers, 0 of them not found again."
    assert ask(capsys, "check", "--metrics") == {"numbers": 72, "wrong": []}


def test_a_number_that_is_not_found_again_fails_the_check(capsys, monkeypatch) -> None:
    monkeypatch.setitem(golden.OF_MAPS, "nss", (1.9, golden.OF_MAPS["nss"][1]))
    assert main(["check", "--metrics"]) == 1
    out, err = capsys.readouterr()
    (wrong,) = [line for line in out.splitlines() if "WRONG" in line]
    assert wrong.split()[:4] == ["nss", "smooth", "map", "1.9"]
    assert "1 number of the metrics not found again" in err


def test_nothing_to_check_is_said(capsys) -> None:
    assert main(["check"]) == 1
    assert "Name a project, --metrics, or --anchors." in capsys.readouterr().err
