"""The verb on the attention gradient of people."""

import argparse
from typing import TYPE_CHECKING

from gazelab.cli.output import Outcome, Progress
from gazelab.cli.project import SIMULATED, project_folder
from gazelab.data.counted import counted
from gazelab.errors import SettingsError
from gazelab.task import finish

if TYPE_CHECKING:
    from gazelab.study.gradient import GradientPlan

_EVERYBODY = "all"


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
