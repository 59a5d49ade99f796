"""The rules of .github/ARCHITECTURE.md on imports, read from the source of every module."""

import ast
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import pytest
from sources import MODULES, ROOT

ORDER: tuple[frozenset[str], ...] = (
    frozenset({"errors", "paths", "task", "storage"}),
    frozenset({"data"}),
    frozenset({"gaze"}),
    frozenset({"io", "metrics", "nets", "sample"}),
    frozenset({"project"}),
    frozenset({"report"}),
    frozenset({"study"}),
    frozenset({"app"}),
    frozenset({"cli"}),
    frozenset({"__main__"}),
)
"""The rooms of gazelab from the bottom up. A room imports from itself and from below."""

STRANGERS = ORDER[3]
"""Rooms of one layer that do not import one another."""

ROOM_OF = {"PySide6": "app", "shiboken6": "app", "pyqtgraph": "app"} | {
    "cv2": "data",  # imported by `gazelab.data.image.opencv` alone, which guards Qt from it
    "torch": "nets",
    "torchvision": "nets",
}
"""Libraries that only one room may import, wherever in a module."""

HEAVY = frozenset({"torch", "torchvision", "pyqtgraph", "pandas", "matplotlib", "scipy", "h5py"})
"""Libraries that are not imported while the program starts, only where they are used."""

SLOW_TO_START = (
    "torch",
    "torchvision",
    "pandas",
    "matplotlib",
    "scipy.stats",
    "scipy.io",
    "pyqtgraph",
)


Rule = Callable[[str, ast.Module], list[str]]


@dataclass(frozen=True)
class Import:
    """One import: the dotted name, its line, and whether it runs when the module does."""

    name: str
    line: int
    at_start: bool

    @property
    def top(self) -> str:
        return self.name.partition(".")[0]


def imports(tree: ast.AST, at_start: bool = True) -> Iterator[Import]:
    """Yield every import, in functions and under TYPE_CHECKING too."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(alias.name, node.lineno, at_start)
        elif isinstance(node, ast.ImportFrom):
            base = "." * node.level + (node.module or "")
            for alias in node.names:
                yield Import(f"{base}.{alias.name}", node.lineno, at_start)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield from imports(node, at_start=False)
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            for child in node.body:
                yield from imports(ast.Module([child], []), at_start=False)
            for child in node.orelse:
                yield from imports(ast.Module([child], []), at_start)
        else:
            yield from imports(node, at_start)


def room(name: str) -> str:
    """Return the room a dotted name of gazelab lies in, "" for the package itself."""
    return [*name.split("."), ""][1]


def layer(of_room: str) -> int | None:
    """Return the place of a room in ORDER, or None for a room that is not stated there."""
    return next((place for place, rooms in enumerate(ORDER) if of_room in rooms), None)


def wrong_direction(module: str, tree: ast.AST) -> list[str]:
    """Return the imports that point upwards, sideways between strangers, or are relative."""
    here = room(module)
    found = []
    for item in imports(tree):
        if item.name.startswith("."):
            found.append(f"{module}:{item.line}: relative import {item.name}")
        if item.top != "gazelab" or room(item.name) in ("", here, "__version__"):
            continue
        there = room(item.name)
        ours, theirs = layer(here), layer(there)
        if here == "":
            found.append(f"{module}:{item.line}: the package itself imports {item.name}")
        elif ours is None or theirs is None:
            found.append(f"{module}:{item.line}: {here} or {there} is not in ORDER")
        elif theirs > ours or (here in STRANGERS and there in STRANGERS):
            found.append(f"{module}:{item.line}: {here} imports {there}")
    return found


def out_of_room(module: str, tree: ast.AST) -> list[str]:
    """Return the imports of libraries that belong to another room."""
    return [
        f"{module}:{item.line}: {item.top} belongs to {ROOM_OF[item.top]}"
        for item in imports(tree)
        if item.top in ROOM_OF and room(module) != ROOM_OF[item.top]
    ]


def heavy_at_start(module: str, tree: ast.AST) -> list[str]:
    """Return the heavy libraries that importing the module would load by itself."""
    return [
        f"{module}:{item.line}: {item.name} at module level"
        for item in imports(tree)
        if item.at_start and item.top in HEAVY and ROOM_OF.get(item.top) != room(module)
    ]


def starts(trees: dict[str, ast.Module]) -> dict[str, list[Import]]:
    """Return for each module the imports that run when it does."""
    return {name: [i for i in imports(tree) if i.at_start] for name, tree in trees.items()}


def loaded_with(module: str, at_start: dict[str, list[Import]]) -> set[str]:
    """Return the modules of gazelab that importing `module` loads, itself included."""
    loaded: set[str] = set()
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name in loaded:
            continue
        if "." in name:  # a package comes with its modules, a module with the names in it
            waiting.append(name.rpartition(".")[0])
        if name in at_start:
            loaded.add(name)
            waiting += [i.name for i in at_start[name] if i.top == "gazelab"]
    return loaded


def heavy_by_way_of(module: str, at_start: dict[str, list[Import]]) -> list[str]:
    """Return the heavy modules of other rooms that importing `module` would load."""
    return [
        f"{module} loads {other}, which loads {item.top}"
        for other in sorted(loaded_with(module, at_start))
        if room(other) != room(module)
        for item in at_start[other]
        if item.top in HEAVY
    ]


def test_there_is_something_to_check() -> None:
    assert {"gazelab.errors", "gazelab.data.gaze", "gazelab.project.project"} <= set(MODULES)


@pytest.mark.parametrize("rule", [wrong_direction, out_of_room, heavy_at_start])
def test_imports(rule: Rule) -> None:
    assert not [found for module, tree in MODULES.items() for found in rule(module, tree)]


def test_no_heavy_library_is_loaded_by_way_of_another_room() -> None:
    at_start = starts(MODULES)
    assert not [found for module in MODULES for found in heavy_by_way_of(module, at_start)]


def test_every_room_is_in_the_order() -> None:
    rooms = {room(module) for module in MODULES} - {""}
    assert rooms <= set().union(*ORDER)


def test_the_architecture_page_states_the_same_order() -> None:
    page = (ROOT / ".github" / "ARCHITECTURE.md").read_text(encoding="utf-8")
    diagram = page.split("```")[1]
    stated = [line.strip(" <").split("   ")[0].split() for line in diagram.splitlines()]
    listed = [frozenset(words) for words in stated if words]
    ours = [*ORDER[:7], ORDER[7] | ORDER[8]]
    assert listed == ours


PLANTED = [
    (wrong_direction, "gazelab.data.x", "from gazelab.project.project import Project"),
    (wrong_direction, "gazelab.data.x", "def f():\n    import gazelab.io.table"),
    (wrong_direction, "gazelab.io.x", "from gazelab.metrics import maps"),
    (wrong_direction, "gazelab.nets.x", "from gazelab import io"),
    (wrong_direction, "gazelab.app.x", "from gazelab.cli import main"),
    (wrong_direction, "gazelab.gaze.x", "if TYPE_CHECKING:\n    from gazelab.app.x import Y"),
    (wrong_direction, "gazelab.data.x", "from .gaze import Scanpath"),
    (wrong_direction, "gazelab.attic.x", "from gazelab.errors import GazeLabError"),
    (wrong_direction, "gazelab", "from gazelab.errors import GazeLabError"),
    (out_of_room, "gazelab.report.x", "from PySide6.QtGui import QImage"),
    (out_of_room, "gazelab.study.x", "def f():\n    import torch"),
    (out_of_room, "gazelab.metrics.x", "if TYPE_CHECKING:\n    import torchvision.models"),
    (heavy_at_start, "gazelab.io.x", "import pandas as pd"),
    (heavy_at_start, "gazelab.gaze.x", "from scipy import ndimage"),
    (heavy_at_start, "gazelab.io.x", "try:\n    import h5py\nexcept ImportError:\n    pass"),
    (heavy_at_start, "gazelab.io.x", "class A:\n    from scipy.io import loadmat"),
]


@pytest.mark.parametrize(("rule", "module", "source"), PLANTED)
def test_a_planted_violation_is_found(rule: Rule, module: str, source: str) -> None:
    assert len(rule(module, ast.parse(source))) == 1


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("gazelab.io.x", "from gazelab.data.gaze import Scanpath\nfrom gazelab.io.y import z"),
        ("gazelab.cli", "def f():\n    from gazelab.app.main import run"),
        ("gazelab.nets.x", "import torch"),
        ("gazelab.gaze.x", "def f():\n    from scipy import ndimage"),
        ("gazelab.report.x", "from gazelab import __version__"),
    ],
)
def test_what_is_allowed_is_not_found(module: str, source: str) -> None:
    tree = ast.parse(source)
    assert not [*wrong_direction(module, tree), *out_of_room(module, tree)]
    assert not heavy_at_start(module, tree)


def test_a_planted_detour_to_a_heavy_library_is_found() -> None:
    sources = {
        "gazelab": "",
        "gazelab.nets": "",
        "gazelab.nets.sam": "import torch",
        "gazelab.nets.catalog": "from gazelab.nets.sam import Sam",
        "gazelab.study": "from gazelab.nets import catalog",
        "gazelab.report": "def f():\n    from gazelab.nets import catalog",
    }
    at_start = starts({name: ast.parse(source) for name, source in sources.items()})
    assert len(heavy_by_way_of("gazelab.study", at_start)) == 1
    assert not heavy_by_way_of("gazelab.report", at_start)
    assert not heavy_by_way_of("gazelab.nets.catalog", at_start)


def loaded_in_a_new_process(module: str, names: Iterable[str]) -> set[str]:
    """Return those of `names` that are loaded after `module` was imported."""
    program = f"import sys, {module}; print(*(n for n in {tuple(names)!r} if n in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=120,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


@pytest.mark.parametrize(
    ("module", "absent"),
    [
        ("gazelab.app.main", SLOW_TO_START),
        ("gazelab.cli", (*SLOW_TO_START, "PySide6", "scipy", "cv2")),
        ("gazelab.project.project", (*SLOW_TO_START, "PySide6", "scipy", "cv2")),
    ],
)
def test_starting_leaves_heavy_libraries_out(module: str, absent: tuple[str, ...]) -> None:
    if module not in MODULES:
        pytest.skip(f"{module} is not there yet")
    assert not loaded_in_a_new_process(module, absent)


def test_the_look_into_a_new_process_sees_what_is_loaded() -> None:
    assert loaded_in_a_new_process("json", ("json", "torch")) == {"json"}
