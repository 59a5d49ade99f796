"""The attention gradient of people: the verb, and what others are told of it."""

import argparse
from typing import TYPE_CHECKING

from gazelab.cli.output import Outcome, Progress, refuse
from gazelab.cli.project import SIMULATED, project_folder
from gazelab.data.counted import counted
from gazelab.errors import SettingsError
from gazelab.task import finish

if TYPE_CHECKING:
    from gazelab.gaze.gradient import FixationGradient
    from gazelab.report.gradient import GradientUsed
    from gazelab.study.gradient import GradientPlan

KERNELS = ("gaussian", "exponential", "acuity", "spotlight")
_EVERYBODY = "all"


def add_gradient_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what compares with the attention gradient after each fixation."""
    parser.add_argument(
        "--gradient",
        metavar="KERNEL",
        choices=KERNELS,
        help="with --matrix: compare steps with the attention gradient of people after each "
        "fixation, by CC or other metrics of maps; with --conditional: score it as well, by the "
        "fixation that follows; " + ", ".join(KERNELS),
    )
    parser.add_argument(
        "--width-deg",
        metavar="D",
        type=float,
        help="for --gradient: width of the kernel in degrees (1; acuity 2.3, spotlight 2 "
        "otherwise)",
    )
    parser.add_argument(
        "--rho",
        metavar="R",
        type=float,
        help="for --gradient: what is left of it one fixation later, 0 to 1 (0.5)",
    )


def fixation_gradient_of(arguments: argparse.Namespace) -> "FixationGradient | None":
    """Return the gradient that --gradient asks for, None without it.

    Raises SettingsError for one that cannot be, and for its options without it.
    """
    if arguments.gradient is None:
        refuse(
            {"--width-deg": arguments.width_deg, "--rho": arguments.rho},
            "needs --gradient.",
            "Such as --gradient gaussian.",
        )
        return None
    refuse(
        {"--sigma-deg": arguments.sigma_deg, "--sigma-px": arguments.sigma_px},
        "has no meaning with --gradient.",
        "--width-deg is the width of its kernel.",
    )
    from gazelab.gaze.gradient import FixationGradient, kernel_of

    rho = 0.5 if arguments.rho is None else arguments.rho
    return FixationGradient(kernel_of(arguments.gradient, arguments.width_deg), rho)


def gradient_lines(used: "GradientUsed") -> list[str]:
    """Return how the gradient was made, and how far it reaches."""
    from gazelab.gaze.gradient import kernel_of

    about = kernel_of(used.kernel, used.width_deg).falloff.about
    return [
        f"attention gradient: {used.kernel}, {about} at e deg from a fixation, w = "
        f"{used.width_deg:g} deg, {used.px_per_deg:g} pixels in one; {used.rho:g} of it is left "
        "one fixation later",
        f"effective range: 50 % of the mass within {used.range_50_deg:.2f} deg, 90 % within "
        f"{used.range_90_deg:.2f} deg of a fixation",
    ]


def gradient_(arguments: argparse.Namespace, progress: Progress) -> Outcome:
    """Make maps of the attention gradient of people and store them beside those of models."""
    from gazelab.project import store
    from gazelab.study.gradient import make_gradients

    folder = project_folder(arguments.project)
    project = store.load(folder)
    plan = _plan(arguments)
    result = finish(make_gradients(project, plan), progress)
    store.save(project.with_attention(result.attention), folder)
    ranges = {share: plan.kernel.radius_deg(share / 100, result.field_deg) for share in (50, 90)}
    maps = sum(len(item.maps) for item in result.attention)
    pictures = counted(len(result.attention), "picture")
    lines = [SIMULATED] if project.simulated else []
    lines += [
        f"{plan.source}: {counted(maps, 'map')} of {pictures}",
        f"{plan.kernel.falloff.about} at e deg from a fixation, w = {plan.kernel.width_deg:g} deg",
        f"effective range: 50 % of the mass within {ranges[50]:.2f} deg, 90 % within "
        f"{ranges[90]:.2f} deg of a fixation (of what lies within {result.field_deg:.1f} deg)",
    ]
    if result.left_out:
        lines.append(f"left out: {counted(len(result.left_out), 'viewing')} without durations")
    data = {
        "project": str(folder),
        "simulated": project.simulated,
        "source": plan.source,
        "stimuli": len(result.attention),
        "maps": maps,
        "kernel": plan.kernel.falloff.id,
        "falloff": plan.kernel.falloff.about,
        "width_deg": plan.kernel.width_deg,
        "range_50_deg": ranges[50],
        "range_90_deg": ranges[90],
        "field_deg": result.field_deg,
        "left_out": [
            {"participant": who, "stimulus": stimulus, "reason": reason}
            for who, stimulus, reason in result.left_out
        ],
    }
    return Outcome(lines, data)


def _plan(arguments: argparse.Namespace) -> "GradientPlan":
    from gazelab.gaze.gradient import kernel_of
    from gazelab.study.gradient import GradientPlan

    if arguments.rho is not None and not arguments.by_fixation:
        raise SettingsError("--rho needs --by-fixation.", "In time, --tau-ms says how it decays.")
    if arguments.tau_ms is not None and arguments.by_fixation:
        raise SettingsError("--tau-ms does not go with --by-fixation.", "Use --rho.")
    who = arguments.participant
    return GradientPlan(
        kernel=kernel_of(arguments.kernel, arguments.width_deg),
        tau_ms=500.0 if arguments.tau_ms is None else arguments.tau_ms,
        by_fixation=arguments.by_fixation,
        rho=0.5 if arguments.rho is None else arguments.rho,
        steps=arguments.steps,
        participant="" if who == _EVERYBODY else who,
    )
