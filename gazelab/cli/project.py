"""The verbs on a project: run, score, export, check."""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gazelab.cli.output import Outcome, Progress
from gazelab.data.counted import counted
from gazelab.errors import ModelError, ProjectError, SettingsError
from gazelab.task import finish

if TYPE_CHECKING:
    from gazelab.data.attention import Attention
    from gazelab.data.geometry import Blur
    from gazelab.nets.methods import MethodChoice
    from gazelab.nets.runtime import RunResult
    from gazelab.project.project import Project
    from gazelab.study.score import ScorePlan

SIMULATED = "Simulated: these fixations were made up, not recorded from people."


def run_(arguments: argparse.Namespace, progress: Progress) -> Outcome:
    """Run a model on the pictures of a project and store its maps."""
    from gazelab.project import store

    folder = project_folder(arguments.project)
    project = store.load(folder)
    result = model_maps(project, folder, arguments, progress)
    if result is None:
        return Outcome(())
    store.save(project.with_attention(result.attention), folder)
    pictures = len({attention.stimulus for attention in result.attention})
    kinds = sorted({f"{len(item.maps)} {item.kind}" for item in result.attention})
    sources = list(dict.fromkeys(attention.source for attention in result.attention))
    lines = [
        f"{arguments.model} ran on {result.device}: {', '.join(kinds)} maps for each of "
        f"{pictures:,} pictures."
    ]
    lines += [_told(source, result.attention) for source in sources if arguments.method]
    lines += [f"left out: {reason}" for _, reason in result.skipped]
    data = {
        "project": str(folder),
        "model": arguments.model,
        "device": result.device,
        "stimuli": pictures,
        "maps": kinds,
        "sources": sources,
        "skipped": [{"stimulus": name, "reason": reason} for name, reason in result.skipped],
    }
    return Outcome(lines, data)


def model_maps(
    project: "Project", folder: Path, arguments: argparse.Namespace, progress: Progress
) -> "RunResult | None":
    """Return what a model makes of the pictures; ModelError when of none.

    None in a process that only helps another one: see `run_model_in_team`.
    """
    from gazelab.nets.card import find_card
    from gazelab.nets.steps import with_steps
    from gazelab.study.run import run_model_in_team

    task = run_model_in_team(
        project,
        folder,
        with_steps(find_card(arguments.model), arguments.steps or 0),
        device=arguments.device,
        stimuli_glob=arguments.stimuli,
        methods=_methods(arguments),
    )
    result = finish(task, progress)
    if result is not None and not result.attention:
        raise ModelError(f"No picture could be used. {result.skipped[0][1]}")
    return result


def _methods(arguments: argparse.Namespace) -> "tuple[MethodChoice, ...]":
    """Return the attention methods that were asked for."""
    from gazelab.nets.methods import PREDICTED, MethodChoice

    rest = {
        "--class": arguments.target,
        "--layer": arguments.layer,
        "--signed": arguments.signed,
    }
    if not arguments.method and any(rest.values()):
        given = ", ".join(option for option, value in rest.items() if value)
        raise SettingsError(f"{given} needs --method.", "Such as --method grad-cam.")
    return tuple(
        MethodChoice(name, arguments.target or PREDICTED, arguments.layer or "", arguments.signed)
        for name in arguments.method
    )


def _told(source: str, attention: "Sequence[Attention]") -> str:
    """Return a source by name, and on how many pictures it found nothing that speaks for it."""
    maps = [item for item in attention if item.source == source]
    empty = sum(not item.maps.max() > 0 for item in maps)
    return f"  {source}" + (
        f" (nothing positive on {empty:,} of {len(maps):,} pictures)" if empty else ""
    )


def score_(arguments: argparse.Namespace, progress: Progress) -> Outcome:
    """Score the maps of a project, store the scores, and tell the means.

    With --matrix, steps are compared with fixation numbers, with --conditional fixations are
    scored one by one, and nothing is stored.
    """
    from gazelab.cli.conditional import conditional_of
    from gazelab.cli.matrix import matrix_of, refuse_matrix_options
    from gazelab.project import store
    from gazelab.study.score import ScorePlan

    folder = project_folder(arguments.project)
    project = store.load(folder)
    chosen: dict[str, Any] = {}
    metrics = metric_ids(arguments.metric)
    if arguments.matrix:
        return matrix_of(project, blur_of(project, arguments), arguments, metrics, progress)
    if arguments.conditional:
        return conditional_of(project, arguments, metrics, progress)
    refuse_matrix_options(arguments)
    if metrics:
        chosen["metrics"] = metrics
    plan = ScorePlan(
        blur=blur_of(project, arguments),
        models=tuple(arguments.model) if arguments.model else None,
        ceilings=tuple(arguments.baseline or ()),
        by_step=arguments.by_step,
        alignment=arguments.alignment or project.settings.alignment,
        weight_by_duration=project.settings.weight_by_duration,
        **chosen,
    )
    if arguments.jobs is not None and arguments.jobs < 1:
        raise SettingsError("It takes at least one thread.", "Such as --jobs 2.")
    return scored(project, folder, plan, progress, fresh=arguments.fresh, jobs=arguments.jobs)


def scored(
    project: "Project",
    folder: Path,
    plan: "ScorePlan",
    progress: Progress,
    *,
    fresh: bool = False,
    jobs: int | None = None,
) -> Outcome:
    """Score a project by a plan, save it, and return the tables of means."""
    from gazelab.cli.scores import baseline_lines, people_lines, score_data, score_lines, zero_lines
    from gazelab.project import store
    from gazelab.report.baselines import gold_standard_told
    from gazelab.report.summary import summarise
    from gazelab.study.rescoring import rescore
    from gazelab.study.side_by_side import cores

    task = rescore(project, plan, fresh=fresh, jobs=jobs or cores())
    scoring = finish(task, progress)
    scores = scoring.scores
    project = project.with_scores(scores, scoring.computed)
    store.save(project, folder)
    summaries = summarise(scores)
    lines = [*score_lines(summaries, plan.blur), *baseline_lines(scores)]
    lines += [*zero_lines(scores), *people_lines(scores)]
    if scoring.n_unchanged:
        lines.append(f"{scoring.n_unchanged} of {scoring.n_stimuli} pictures unchanged")
    if project.simulated:
        lines.insert(0, SIMULATED)
    data = {
        "project": str(folder),
        "simulated": project.simulated,
        "sigma_px": plan.blur.sigma_px,
        "sigma_deg": plan.blur.sigma_deg,
        "gold_standard": gold_standard_told(scores) or None,
        "pictures": scoring.n_stimuli,
        "pictures_unchanged": scoring.n_unchanged,
        "summary": score_data(summaries),
    }
    return Outcome(lines, data)


def metric_ids(names: "Sequence[str] | None") -> tuple[str, ...]:
    """Return the ids of metrics from their ids or titles, in any case."""
    return tuple(map(_metric_id, names or ()))


def _metric_id(name: str) -> str:
    from gazelab.metrics.catalog import METRICS, VARIANTS

    for metric in (*METRICS, *VARIANTS):
        if name.casefold() in (metric.id.casefold(), metric.title.casefold()):
            return metric.id
    return name


def blur_of(project: "Project", arguments: argparse.Namespace) -> "Blur":
    """Return the blur of --sigma-px or --sigma-deg, or that of the project."""
    from gazelab.data.geometry import Blur

    px_per_deg = project.settings.px_per_deg
    for option, value in (("--sigma-px", arguments.sigma_px), ("--sigma-deg", arguments.sigma_deg)):
        if value is not None and not 0 < value < float("inf"):
            raise SettingsError(f"{option} must be more than 0.")
    if arguments.sigma_px is not None:
        return Blur.from_px(arguments.sigma_px, px_per_deg)
    if arguments.sigma_deg is None:
        return project.settings.blur
    if px_per_deg != px_per_deg:
        raise SettingsError(
            "The project does not know how many pixels are one degree.",
            "Use --sigma-px, or import with --px-per-degree.",
        )
    return Blur.from_deg(arguments.sigma_deg, px_per_deg)


def export_(arguments: argparse.Namespace, progress: Progress) -> Outcome:
    """Write the export of a project into a new folder."""
    from gazelab.project import store

    folder = project_folder(arguments.project)
    outdir = Path(arguments.outdir)
    if arguments.bids:
        return _exported_bids(store.load(folder), outdir, progress)
    return exported(store.load(folder), folder, outdir, progress, samples=arguments.samples)


def _exported_bids(project: "Project", outdir: Path, progress: Progress) -> Outcome:
    """Write a BIDS data set and tell what is in it, and what is not."""
    from gazelab.study.bids import export_bids

    written = finish(export_bids(project, outdir), progress)
    sizes = {key: len(recording) for key, recording in project.recordings.items()}
    kept = [path for path in project.scanpaths if sizes.get(path.key)]
    left = [path for path in project.scanpaths if not sizes.get(path.key)]
    counts = {
        "recordings": sum(size > 0 for size in sizes.values()),
        "samples": sum(sizes.values()),
        "fixations": sum(map(len, kept)),
        "trials_left_out": len(left),
        "fixations_left_out": sum(map(len, left)),
    }
    lines = [
        f"{written}: a BIDS data set of {counted(counts['recordings'], 'recording')} with "
        f"{counted(counts['samples'], 'sample')} and {counted(counts['fixations'], 'fixation')}"
    ]
    if left:
        lines.append(
            f"Left out: {counted(len(left), 'trial')} without gaze samples, with "
            f"{counted(counts['fixations_left_out'], 'fixation')}, since BIDS keeps fixations "
            "beside their samples."
        )
    return Outcome(lines, {"folder": str(written), **counts})


def exported(
    project: "Project", folder: Path, outdir: Path, progress: Progress, *, samples: bool = False
) -> Outcome:
    """Export a project; pictures are left out, with the reason, where they cannot be drawn."""
    from gazelab.study.export import export

    reasons: list[str] = []
    task = export(project, folder, outdir, figures=_figures(reasons), samples=samples)
    written: Path = finish(task, progress)
    files = sorted(path.name for path in written.iterdir())
    lines = [f"{written}: {', '.join(files)}"]
    lines += [f"The pictures were left out: {reason}" for reason in reasons]
    if project.simulated:
        lines.append(SIMULATED)
    data = {
        "folder": str(written),
        "files": files,
        "figures_left_out": reasons[0] if reasons else None,
        "simulated": project.simulated,
    }
    return Outcome(lines, data)


def _figures(reasons: list[str]) -> "Callable[[Project, Path, Path], None]":
    """Return a way to draw pictures that notes why it could not, and never fails."""

    def draw(project: "Project", folder: Path, outdir: Path) -> None:
        try:
            from gazelab.app.figures import write_view

            write_view(project, folder, outdir)
        except Exception as error:  # no library of the window may cost anyone their numbers
            reasons.append(f"{type(error).__name__}: {error}")

    return draw


def dropped_scores(project: "Project") -> list[str]:
    """Return what is said when scores that a project had, and maps of people, no longer hold."""
    maps = dropped_maps(project)
    if not project.scores:
        return maps
    return ["The scores no longer held and were dropped; `gazelab score` makes them anew.", *maps]


def dropped_maps(project: "Project") -> list[str]:
    """Return what is said when maps that a project had of people no longer hold."""
    if not any(attention.of_people for attention in project.attention.values()):
        return []
    return ["The maps of people no longer held and were dropped: `gazelab gradient` again."]


def project_folder(name: str, *, new: bool = False) -> Path:
    """Return the folder of a project; `.gazelab` may be left out of its name.

    new : there need be no project yet.
    """
    from gazelab.project import store

    folder = Path(name)
    named = folder.with_name(folder.name + store.SUFFIX) if folder.name else folder
    for candidate in (folder, named):
        if store.is_project(candidate):
            return candidate
    if new:
        return folder if folder.suffix == store.SUFFIX else named
    if not folder.exists():
        raise ProjectError(f"{folder}: there is no such project.", "`gazelab import` makes one.")
    return folder
