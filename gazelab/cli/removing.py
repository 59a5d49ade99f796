"""The verb that takes the maps of sources out of a project."""

import argparse

from gazelab.cli.output import Outcome, Progress
from gazelab.cli.project import project_folder
from gazelab.data.counted import counted


def remove_(arguments: argparse.Namespace, _: Progress) -> Outcome:
    """Remove the maps of sources and their scores; pictures and fixations stay."""
    from gazelab.project import store
    from gazelab.study.score import check_sources, is_meant

    folder = project_folder(arguments.project)
    project = store.load(folder)
    check_sources(project, arguments.sources)
    known = dict.fromkeys(source for source, _ in project.sources)
    meant = [source for source in known if is_meant(source, arguments.sources)]
    left = project.without_sources(meant)
    store.save(left, folder)
    maps = len(project.attention) - len(left.attention)
    scores = len(project.scores) - len(left.scores)
    lines = [
        f"removed: {', '.join(meant)}",
        f"{counted(maps, 'stack')} of maps and {counted(scores, 'score')}",
    ]
    return Outcome(
        lines, {"project": str(folder), "removed": meant, "maps": maps, "scores": scores}
    )
