"""Modules, classes and functions stay small enough to be read at a glance."""

import ast
from collections.abc import Iterator
from statistics import quantiles

import pytest
from sources import MODULES, path_of

MODULE_LINES = 400
CLASS_LINES = 250
CLASS_METHODS = 20
BODY_LINES = 50
BODY_LINES_P95 = 43
ARGUMENTS = 7

Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(tree: ast.AST) -> Iterator[Function]:
    """Yield every function and method, nested ones too."""
    for node in ast.walk(tree):
        if isinstance(node, Function):
            yield node


def body_lines(function: Function) -> int:
    """Return the lines of a function's body, its docstring not counted."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    if not body:
        return 0
    first, last = body[0], body[-1]
    return (last.end_lineno or last.lineno) - first.lineno + 1


def arguments(function: Function) -> int:
    """Return how many arguments a caller meets: not `self` or `cls`."""
    parts = function.args
    named = [*parts.posonlyargs, *parts.args, *parts.kwonlyargs]
    own = bool(named) and named[0].arg in ("self", "cls")
    return len(named) - own + (parts.vararg is not None) + (parts.kwarg is not None)


def too_big(module: str, tree: ast.AST) -> list[str]:
    """Return the classes and functions over a budget."""
    found = []
    for function in functions(tree):
        where = f"{module}:{function.lineno}: {function.name}"
        if body_lines(function) > BODY_LINES:
            found.append(f"{where} has a body of {body_lines(function)} lines")
        if arguments(function) > ARGUMENTS:
            found.append(f"{where} takes {arguments(function)} arguments")
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            methods = sum(isinstance(child, Function) for child in node.body)
            if lines > CLASS_LINES or methods > CLASS_METHODS:
                found.append(f"{module}: {node.name} has {lines} lines, {methods} methods")
    return found


def test_modules_are_short() -> None:
    lines = {name: len(path_of(name).read_text("utf-8").splitlines()) for name in MODULES}
    assert not {name: count for name, count in lines.items() if count > MODULE_LINES}


def test_classes_and_functions_are_small() -> None:
    assert not [found for module, tree in MODULES.items() for found in too_big(module, tree)]


def test_long_bodies_are_rare() -> None:
    lengths = [body_lines(f) for tree in MODULES.values() for f in functions(tree)]
    assert quantiles(lengths, n=20)[-1] <= BODY_LINES_P95


@pytest.mark.parametrize(
    "source",
    [
        "def f():\n" + "    x = 1\n" * 51,
        "class A:\n    def f(self):\n" + "        x = 1\n" * 51,
        "def f(a, b, c, d, e, f, g, h): ...",
        "def f(a, b, c, d, *, e, f, g, **h): ...",
        "class A:\n" + "    x = 1\n" * 250,
        "class A:\n" + "".join(f"    def f{n}(self): ...\n" for n in range(21)),
    ],
)
def test_a_planted_giant_is_found(source: str) -> None:
    assert len(too_big("x", ast.parse(source))) == 1


@pytest.mark.parametrize(
    "source",
    [
        'def f():\n    """Do.\n' + "    more\n" * 60 + '    """\n' + "    x = 1\n" * 50,
        "class A:\n    def f(self, a, b, c, d, e, f, g): ...",
        "class A:\n" + "    x = 1\n" * 249,
        "class A:\n" + "".join(f"    def f{n}(self): ...\n" for n in range(20)),
    ],
)
def test_what_fits_is_not_found(source: str) -> None:
    assert not too_big("x", ast.parse(source))
