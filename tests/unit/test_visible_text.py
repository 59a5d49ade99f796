"""Every text in the window goes through `tr`, so that it can be translated."""

import ast
import re
from collections.abc import Iterator

import pytest
from sources import MODULES

SETTERS = frozenset(
    """
    setText setPlainText setWindowTitle setToolTip setStatusTip setWhatsThis setPlaceholderText
    setTitle setLabelText setInformativeText setDetailedText setAccessibleName
    setAccessibleDescription setTabText setItemText setButtonText setCancelButtonText
    setSpecialValueText setPrefix setSuffix setHeaderLabels setHorizontalHeaderLabels setIconText
    addAction addMenu addSection addTab addItem addItems addRow addButton showMessage
    information warning critical question about getOpenFileName getOpenFileNames
    getSaveFileName getExistingDirectory getText getItem drawText drawStaticText
    """.split()
)
WIDGETS = frozenset(
    """
    QLabel QPushButton QCheckBox QRadioButton QGroupBox QAction QMenu QDockWidget QMessageBox
    QProgressDialog QTableWidgetItem QListWidgetItem QTreeWidgetItem QStandardItem QStaticText
    QCommandLinkButton QWizardPage
    """.split()
)
TRANSLATING = frozenset({"tr", "translate"})
WORD = re.compile(r"(?!GazeLab\b)\b[A-Za-z]{2}")


def _name(call: ast.Call) -> str:
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def _literals(node: ast.expr) -> Iterator[ast.expr]:
    """Yield the words written out in an expression, unless `tr` or another call has them."""
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str) and WORD.search(node.value):
            yield node
    elif isinstance(node, ast.JoinedStr | ast.List | ast.Tuple):
        for part in getattr(node, "values", getattr(node, "elts", [])):
            yield from _literals(part)
    elif isinstance(node, ast.BinOp):
        yield from _literals(node.left)
        yield from _literals(node.right)
    elif isinstance(node, ast.IfExp):
        yield from _literals(node.body)
        yield from _literals(node.orelse)
    elif isinstance(node, ast.Call) and _name(node) in ("format", "join"):
        yield from _literals(node.func)
    elif isinstance(node, ast.Attribute):
        yield from _literals(node.value)


def untranslated(tree: ast.AST) -> list[str]:
    """Return the texts shown without `tr`, and those given to `tr` with values in them."""
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        if _name(node) in SETTERS | WIDGETS:
            # addItem(text, data): the data are not shown
            for argument in node.args[:1] if _name(node) == "addItem" else node.args:
                found += [f"{x.lineno}: {ast.unparse(x)}" for x in _literals(argument)]
        if _name(node) in TRANSLATING:
            # a painter's translate(x + 1, y) has no words in it
            made_up = [
                x for x in node.args if not isinstance(x, ast.Constant) and any(_literals(x))
            ]
            found += [f"{x.lineno}: tr of {ast.unparse(x)}" for x in made_up]
    return found


def test_every_visible_text_can_be_translated() -> None:
    window = {name: tree for name, tree in MODULES.items() if name.startswith("gazelab.app")}
    assert not [f"{name}:{found}" for name, tree in window.items() for found in untranslated(tree)]


@pytest.mark.parametrize(
    "source",
    [
        "label.setText('Fixation')",
        "label.setText(f'{n} fixations')",
        "QLabel('Fixation', parent)",
        "QtWidgets.QPushButton('Play')",
        "menu.addAction('Open...', slot)",
        "view.setToolTip('a' if x else 'Pause')",
        "self.setWindowTitle('Project ' + title)",
        "label.setText('{} px'.format(n))",
        "table.setHorizontalHeaderLabels([tr('Metric'), 'Value'])",
        "painter.drawText(rectangle, flags, 'simulated')",
        "label.setText(tr(f'{n} fixations'))",
        "label.setText(tr('fixations: ' + n))",
    ],
)
def test_a_planted_text_is_found(source: str) -> None:
    assert len(untranslated(ast.parse(source))) == 1


@pytest.mark.parametrize(
    "source",
    [
        "label.setText(tr('Fixation'))",
        "label.setText(tr('{n} fixations').format(n=n))",
        "label.setText(self.tr('Fixation'))",
        "label.setText(stimulus.id)",
        "label.setText('')",
        "label.setText('×')",
        "self.setWindowTitle(title + ' – GazeLab')",
        "painter.translate(columns / 2, rows / 2)",
        "label.setObjectName('fixation')",
        "combo.addItem(tr('by index'), 'index')",
    ],
)
def test_translated_and_wordless_texts_are_not_found(source: str) -> None:
    assert not untranslated(ast.parse(source))
