"""Downloading a model: say what, from where, how large and on what terms, and ask first."""

import argparse
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

from gazelab.cli.output import Outcome, Progress, columns
from gazelab.errors import SettingsError
from gazelab.task import finish

if TYPE_CHECKING:
    from gazelab.nets.pretrained import Pretrained


def download_(arguments: argparse.Namespace, progress: Progress) -> Outcome:
    """List what can be downloaded, or download a model after asking."""
    from gazelab.nets.pretrained import pretrained
    from gazelab.study.download import download

    if arguments.model is None:
        return _list()
    wanted = pretrained(arguments.model)
    if not arguments.yes and not _agreed(wanted):
        return Outcome(["Nothing was downloaded."], {"downloaded": False})
    card = finish(download(wanted), progress)
    lines = [
        f"{card.title} is installed in {card.folder}",
        f"`gazelab models info {card.id}` tells its classes, layers and attention methods.",
    ]
    return Outcome(lines, {"downloaded": True, "id": card.id, "folder": card.folder})


def _list() -> Outcome:
    from gazelab.nets.pretrained import PRETRAINED, TERMS, installed

    there = {known.id: installed(known) is not None for known in PRETRAINED}
    rows = [["id", "title", "size", "accuracy", "installed", "address"]]
    rows += [
        [p.id, p.title, _size(p), f"{p.accuracy:.3f}", "yes" if there[p.id] else "no", p.url]
        for p in PRETRAINED
    ]
    lines = [*columns(rows, numbers_from=len(rows[0])), "", TERMS]
    data = [asdict(p) | {"installed": there[p.id]} for p in PRETRAINED]
    return Outcome(lines, {"models": data, "terms": TERMS})


def _agreed(wanted: "Pretrained") -> bool:
    """Tell what is about to be downloaded and ask; raises SettingsError where nobody can answer."""
    from gazelab.nets.pretrained import TERMS

    facts = f"{wanted.title}: {_size(wanted)} from {wanted.url}. {TERMS}"
    if not sys.stdin.isatty():
        raise SettingsError(facts, "Say --yes to download it.")
    print(facts, file=sys.stderr)
    print("Download it? [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().casefold() in ("y", "yes")


def _size(wanted: "Pretrained") -> str:
    return f"{wanted.megabytes:.0f} MB"
