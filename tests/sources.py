"""The syntax trees of the program, for the tests that hold its source to the rules."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def _modules() -> dict[str, ast.Module]:
    found = {}
    for path in sorted((ROOT / "gazelab").rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = ast.parse(path.read_text(encoding="utf-8"), str(path))
    return found


MODULES = _modules()
"""Every module of gazelab by its dotted name."""


def path_of(module: str) -> Path:
    """Return the file of a module."""
    path = ROOT.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def imported_names(tree: ast.AST) -> dict[str, str]:
    """Return what each imported name stands for: `np` -> `numpy`, `replace` -> `os.replace`."""
    names = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                first = alias.name.partition(".")[0]
                names[alias.asname or first] = alias.name if alias.asname else first
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return names


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Yield every call with its name written out: `np.save(x)` gives `numpy.save`.

    What is called on a value instead of a module begins with a dot: `.write_text`.
    """
    names = imported_names(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield _written_out(node.func, names), node


def _written_out(node: ast.expr, names: dict[str, str]) -> str:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if isinstance(node, ast.Name) and (node.id in names or not parts):
        return ".".join([names.get(node.id, node.id), *reversed(parts)])
    return f".{parts[0]}" if parts else ""
