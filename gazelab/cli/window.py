"""The verbs that open the window, and the sample without one."""

import argparse
from pathlib import Path

from gazelab.cli.output import Outcome, Progress
from gazelab.cli.project import SIMULATED, exported, project_folder, scored
from gazelab.task import finish

_DEMO_FOLDER = "gazelab-demo"


def open_(arguments: argparse.Namespace, _progress: Progress) -> Outcome:
    """Open the window, on a project if one is named."""
    folder = project_folder(arguments.project) if arguments.project else None
    from gazelab.app.main import run

    return Outcome((), {}, run(folder))


def demo_(arguments: argparse.Namespace, progress: Progress) -> Outcome:
    """Open the window on the sample project, or run its whole path without a window."""
    if arguments.headless:
        return _headless(Path(arguments.out or _DEMO_FOLDER), progress)
    if arguments.out is None:
        from gazelab.app.main import run

        return Outcome((), {}, run(None, demo=True))
    folder = _sample(_fresh(Path(arguments.out)), progress)
    from gazelab.app.main import run

    return Outcome(
        (f"The sample project is in {folder}",), {"project": str(folder)}, run(folder, demo=True)
    )


def _headless(target: Path, progress: Progress) -> Outcome:
    """Import, run, score by step and export the sample in a new folder."""
    from gazelab.storage import removed_on_failure

    with removed_on_failure(_fresh(target)) as folder:
        return _whole_path(folder, progress)


def _whole_path(folder: Path, progress: Progress) -> Outcome:
    from gazelab.project import store
    from gazelab.study.demo import MODEL
    from gazelab.study.run import run_model
    from gazelab.study.score import ScorePlan

    place = _sample(folder, progress)
    project = store.load(place)
    result = finish(run_model(project, place, MODEL), progress)
    project = project.with_attention(result.attention)
    plan = ScorePlan(blur=project.settings.blur, by_step=True)
    scores = scored(project, place, plan, progress)
    export = exported(store.load(place), place, folder / "export", progress)
    lines = [
        f"{project.title}: {len(project.stimuli)} pictures, {len(project.participants)} viewers; "
        f"{MODEL} ran on {result.device}.",
        *scores.lines,
        "",
        f"project: {place}",
        *(line for line in export.lines if line != SIMULATED),
    ]
    data = {
        "project": str(place),
        "model": MODEL,
        "device": result.device,
        "score": scores.data,
        "export": export.data,
    }
    return Outcome(lines, data)


def _sample(folder: Path, progress: Progress) -> Path:
    from gazelab.project.store import SUFFIX
    from gazelab.study.demo import make_demo

    place = folder / f"sample{SUFFIX}"
    finish(make_demo(place), progress)
    return place


def _fresh(target: Path) -> Path:
    from gazelab.storage import fresh_folder

    return fresh_folder(target)
