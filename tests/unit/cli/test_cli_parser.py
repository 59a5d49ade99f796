"""The verbs are stable, explain themselves, and cost nothing to show."""

import subprocess
import sys

import pytest

from gazelab import __version__
from gazelab.cli import main
from gazelab.cli.parser import build_parser

VERBS = (
    "open",
    "demo",
    "import",
    "run",
    "score",
    "similarity",
    "aoi",
    "quality",
    "exclude",
    "export",
    "models",
    "train",
    "check",
)
HEAVY = ("numpy", "scipy", "cv2", "torch", "torchvision", "PySide6", "pyqtgraph", "msgspec")


@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_explains_itself_with_an_example(verb: str, capsys) -> None:
    with pytest.raises(SystemExit) as end:
        main([verb, "--help"])
    text = capsys.readouterr().out
    assert end.value.code == 0
    assert f"example:\n  gazelab {verb}" in text
    assert "--json" in text


@pytest.mark.parametrize("verb", VERBS)
def test_the_example_of_each_verb_is_understood(verb: str, capsys) -> None:
    with pytest.raises(SystemExit):
        main([verb, "--help"])
    words = capsys.readouterr().out.rpartition("example:\n  gazelab ")[2].split()
    assert build_parser().parse_args(words).verb == verb


def test_the_list_of_verbs_is_whole(capsys) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    text = capsys.readouterr().out
    assert all(f"\n    {verb} " in text for verb in VERBS)


def test_without_a_verb_the_window_is_meant() -> None:
    arguments = build_parser().parse_args([])
    assert (arguments.verb, arguments.project) == ("open", None)


@pytest.mark.parametrize("words", [["--json", "check", "p"], ["check", "p", "--json"]])
def test_json_may_stand_before_or_behind_the_verb(words: list[str]) -> None:
    assert build_parser().parse_args(words).json is True


def test_version(capsys) -> None:
    with pytest.raises(SystemExit) as end:
        main(["--version"])
    assert end.value.code == 0
    assert capsys.readouterr().out.strip() == f"gazelab {__version__}"


@pytest.mark.parametrize(
    "words",
    [
        ["fly"],
        ["run", "p"],
        ["score", "p", "--sigma-px", "2", "--sigma-deg", "1"],
        ["score", "p", "--alignment", "sideways"],
        ["import"],
    ],
)
def test_wrong_usage_is_2(words: list[str], capsys) -> None:
    with pytest.raises(SystemExit) as end:
        main(words)
    assert end.value.code == 2
    assert "error:" in capsys.readouterr().err


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys\n"
        "from gazelab.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        f"sys.stderr.write(' '.join(name for name in {HEAVY} if name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert "usage: gazelab" in done.stdout
