"""The command `gazelab`: read the arguments, do the verb, print, return the exit code."""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from gazelab.cli.output import Outcome, Progress, one_line, print_json, print_lines, speaks
from gazelab.cli.parser import build_parser
from gazelab.errors import GazeLabError

SPINS = "1000"
"""Rounds that a waiting thread spins before it sleeps: enough from one layer to the next."""

STOPPED = 130
"""Exit code after Ctrl+C, as shells expect it."""

_MODULES = {
    "open": "window",
    "demo": "window",
    "import": "importing",
    "attributes": "attributes",
    "detect": "detecting",
    "run": "project",
    "gradient": "gradient",
    "remove": "removing",
    "score": "project",
    "differences": "differences",
    "similarity": "similarity",
    "aoi": "areas",
    "quality": "quality",
    "exclude": "quality",
    "export": "project",
    "check": "verifying",
    "models": "models",
    "train": "models",
}
"""Verb -> module of this package with a function `VERB_`, imported when it is needed."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; `argv` without the program's name."""
    # Before numpy: its threads wait by spinning, and beside one busy neighbour a second one
    # makes scoring eight times slower. The maps here are too small to gain from it.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    arguments = build_parser().parse_args(argv)
    if arguments.verb == "train":
        # The same trap in torch, which reads this when it is imported: a thread that waits long
        # by spinning takes the core that the other one needs, and a step takes four times as long
        os.environ.setdefault("GOMP_SPINCOUNT", SPINS)
    progress = Progress(sys.stderr)
    try:
        outcome = _perform(arguments, progress)
    except GazeLabError as error:
        return _failed(str(error), arguments, progress)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        return _failed(f"{where}{error.strerror or error}.", arguments, progress)
    except KeyboardInterrupt:
        resumable = arguments.verb == "train"
        said = "continue with --resume" if resumable else "nothing was changed"
        return _failed(f"Stopped; {said}.", arguments, progress, STOPPED)
    except Exception as error:  # a fault of ours: a sentence here, the details in a file
        return _failed(_fault(error), arguments, progress)
    progress.clear()
    return _show(outcome, as_json=arguments.json) if speaks() else outcome.code


def _perform(arguments: argparse.Namespace, progress: Progress) -> Outcome:
    module = import_module(f"gazelab.cli.{_MODULES[arguments.verb]}")
    outcome: Outcome = getattr(module, f"{arguments.verb}_")(arguments, progress)
    return outcome


def _fault(error: Exception) -> str:
    """Write what is needed to find a fault into a file; return the sentence about it."""
    import traceback

    from gazelab import paths, storage

    path = paths.user_log() / "fault.txt"
    try:
        storage.make_folder(path.parent)
        storage.write_text(path, "".join(traceback.format_exception(error)))
        where = f"The details are in {path}."
    except GazeLabError:
        where = ""
    return f"This is a fault in GazeLab ({type(error).__name__}: {error}). {where}"


def _failed(problem: str, arguments: argparse.Namespace, progress: Progress, code: int = 1) -> int:
    progress.clear()
    sentence = one_line(problem)
    if arguments.json:
        print_json({"error": sentence})
    print(f"gazelab: {sentence}", file=sys.stderr)
    return code


def _show(outcome: Outcome, *, as_json: bool) -> int:
    try:
        if as_json:
            print_json(outcome.data)
        else:
            print_lines(outcome.lines)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if outcome.problem:
        print(f"gazelab: {one_line(outcome.problem)}", file=sys.stderr)
    return outcome.code
