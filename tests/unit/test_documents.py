"""What is written for people is true to the program: links, commands and names."""

import re
import shlex
from pathlib import Path

import pytest
from sources import ROOT

from gazelab.cli.parser import build_parser
from gazelab.metrics.catalog import METRICS, VARIANTS

PAGES = sorted(
    {
        *ROOT.glob("*.md"),
        *(ROOT / ".github").rglob("*.md"),
        *(ROOT / "resources" / "guide").glob("*.md"),
    }
)
CODE = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#\s]+)")


def links(page: Path) -> list[str]:
    """Return the links to other files of the project."""
    return [link for link in LINK.findall(page.read_text("utf-8")) if "://" not in link]


def commands(page: Path) -> list[str]:
    """Return the lines of code that call gazelab."""
    code = "\n".join(CODE.findall(page.read_text("utf-8")))
    return [line for line in code.splitlines() if line.startswith("gazelab ")]


def is_understood(command: str) -> bool:
    """Whether the command line takes a command as it is written."""
    try:
        build_parser().parse_args(shlex.split(command, comments=True)[1:])
    except SystemExit:
        return False
    return True


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    assert not [link for link in links(page) if not (page.parent / link).exists()]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_are_understood(page: Path) -> None:
    assert not [command for command in commands(page) if not is_understood(command)]


def test_the_guide_has_commands_and_links() -> None:
    guide = ROOT / "resources" / "guide"
    assert len(commands(guide / "command-line.md")) > 5
    assert "importing.md" in links(guide / "getting-started.md")
    assert not is_understood("gazelab fly")


def test_the_guide_names_every_metric() -> None:
    page = (ROOT / "resources" / "guide" / "command-line.md").read_text("utf-8")
    assert not [metric.id for metric in VARIANTS if f"`{metric.id}`" not in page]
    table = (ROOT / "resources" / "guide" / "comparing.md").read_text("utf-8")
    assert not [metric.title for metric in METRICS if f"| {metric.title} |" not in table]


def test_decisions_are_listed() -> None:
    folder = ROOT / ".github" / "decisions"
    listed = set(links(folder / "README.md"))
    assert listed == {page.name for page in folder.glob("0*.md")} != set()
