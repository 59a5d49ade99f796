"""The built wheel works outside the checkout, with everything it needs inside it."""

import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest
from sources import ROOT

from gazelab import __version__

LOADS_WHAT_SHIPS = """
import hashlib, json, sys
from pathlib import Path
from safetensors.numpy import load_file
import gazelab
from gazelab.paths import shipped

assert Path(gazelab.__file__).is_relative_to(sys.prefix), gazelab.__file__
pages = sorted((shipped("resources") / "guide").glob("*.md"))
assert all(page.read_text(encoding="utf-8").startswith("# ") for page in pages), pages
models = sorted(path.parent for path in shipped("models").glob("*/card.json"))
for model in models:
    card = json.loads((model / "card.json").read_bytes())
    weights = model / "weights.safetensors"
    assert hashlib.sha256(weights.read_bytes()).hexdigest() in json.dumps(card), model
    assert load_file(weights), model
print(len(pages), len(models), gazelab.__version__)
"""


def run(*command: str | Path, cwd: Path) -> str:
    """Run a command away from the checkout and return what it printed."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    done = subprocess.run(
        list(map(str, command)), cwd=cwd, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel with the build tools that are installed."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "pip", "wheel", ROOT, "-q", "--no-deps", "-w", folder]
    run(*build, "--no-build-isolation", cwd=folder)
    (built,) = folder.glob("gazelab-*.whl")
    return built


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel into a new environment that borrows the libraries of this one."""
    folder = tmp_path_factory.mktemp("installed")
    run(sys.executable, "-m", "venv", "--without-pip", folder, cwd=folder)
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    where = "import sysconfig; print(sysconfig.get_path('purelib'))"
    site = Path(run(python, "-c", where, cwd=folder).strip())
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "-q"]
    run(*pip, "--no-deps", "--no-index", wheel, cwd=folder)
    # a plain path entry: it adds the libraries, but runs none of their .pth files, so an
    # editable install of the checkout does not come along
    libraries = sysconfig.get_path("purelib")
    (site / "borrowed.pth").write_text(libraries + "\n", encoding="utf-8")
    return python


@pytest.mark.slow
def test_installed_program_loads_what_ships_with_it(python: Path, tmp_path: Path) -> None:
    pages, models, version = run(python, "-c", LOADS_WHAT_SHIPS, cwd=tmp_path).split()
    assert int(pages) == len(list((ROOT / "resources" / "guide").glob("*.md"))) > 0
    assert int(models) == len(list((ROOT / "models").glob("*/card.json"))) > 0
    assert version == __version__


@pytest.mark.slow
def test_installed_command_explains_itself(python: Path, tmp_path: Path) -> None:
    command = python.with_name("gazelab.exe" if os.name == "nt" else "gazelab")
    assert "import" in run(command, "--help", cwd=tmp_path)


@pytest.mark.slow
def test_wheel_holds_the_program_and_no_tests(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"gazelab"}
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_versions_agree() -> None:
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"\nversion: {__version__}\n" in citation
    assert f"## [{__version__}]" in changes
