"""The verbs on models: list, info, verify, download, train."""

import argparse
import re
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gazelab.cli.output import Outcome, Progress, columns
from gazelab.cli.stopping import stopping
from gazelab.errors import ModelError, SettingsError
from gazelab.task import finish

if TYPE_CHECKING:
    from gazelab.nets.card import ModelCard
    from gazelab.nets.methods import Method


def models_(arguments: argparse.Namespace, progress: Progress) -> Outcome:
    """List the models, tell all of one, verify weights, or download a model."""
    if arguments.action == "download":
        from gazelab.cli.downloads import download_

        return download_(arguments, progress)
    if arguments.action == "info":
        return _info(arguments.model)
    if arguments.action == "verify":
        return _verify(arguments.model)
    return _list()


def train_(arguments: argparse.Namespace, progress: Progress) -> Outcome:
    """Train a model by a configuration file, or measure it again."""
    from gazelab.study.train import measure, train

    config = Path(arguments.config)
    task = measure(config) if arguments.measure else train(config, resume=arguments.resume)
    with stopping(progress) as on_step:
        result = finish(task, on_step)
    lines = [f"{result.card.title} was written to {result.folder}", *_scores(result.card)]
    lines += [f"left out: {path}: {reason}" for path, reason in result.skipped]
    data = {
        "model": _data(result.card),
        "folder": str(result.folder),
        "skipped": [{"file": str(path), "reason": reason} for path, reason in result.skipped],
    }
    return Outcome(lines, data)


def _list() -> Outcome:
    from gazelab.nets.card import cards, problems

    known = cards()
    rows = [["id", "title", "maps", "steps", "trained on"]]
    rows += [[c.id, c.title, ", ".join(c.kinds), str(c.steps), _name_of(c.trained_on)] for c in known]
    faults = [str(problem) for problem in problems()]
    lines = columns(rows, numbers_from=len(rows[0])) if known else ["No model is installed."]
    lines += [f"cannot be used: {fault}" for fault in faults]
    lines += ["", "`gazelab models download` lists models that can be downloaded."]
    return Outcome(lines, {"models": [_data(card) for card in known], "problems": faults})


def _name_of(data: str) -> str:
    """Return the name at the start of what a card says of its data; `info` shows the rest."""
    return re.split(r"[:,(]", data, maxsplit=1)[0].strip()


def _info(model: str | None) -> Outcome:
    from gazelab.nets.card import cards, find_card
    from gazelab.nets.methods import methods_for

    if model is None:
        known = ", ".join(card.id for card in cards()) or "none"
        raise SettingsError("Which model?", f"Models: {known}.")
    card = _with_layers(find_card(model))
    started = "; ".join(f"{origin.name} ({origin.licence})" for origin in card.started_from)
    facts = {
        "title": card.title,
        "id": f"{card.id}, version {card.version}",
        "architecture": f"{card.architecture}, {card.parameters:,} parameters",
        "maps": f"{', '.join(card.kinds)}; {card.steps} steps",
        "trained on": card.trained_on,
        "its licence": card.data_licence,
        "started from": started,
        "licence": card.licence,
        "cite": card.citation,
        "weights": f"{card.weights_path}, {card.weights.bytes / 1e6:.1f} MB",
        "SHA-256": card.weights.sha256,
        "classes": ", ".join(card.classes),
        "layers": ", ".join(f"{x.name} ({x.columns}x{x.rows})" for x in card.layers),
        "measured": card.protocol,
    }
    lines = [f"{name + ':':14}{fact}" for name, fact in facts.items() if fact]
    methods = methods_for(card)
    lines += [*_scores(card), *card.notes, *_methods(methods)]
    return Outcome(lines, {"model": _data(card), "methods": [asdict(m) for m in methods]})


def _with_layers(card: "ModelCard") -> "ModelCard":
    """Return a card with the layers of its classifier, also where it was written without."""
    if card.layers or not card.classes:
        return card
    import msgspec

    from gazelab.nets.explainer import card_layers

    return msgspec.structs.replace(card, layers=card_layers(card))


def _methods(methods: "Sequence[Method]") -> list[str]:
    if not methods:
        return []
    lines = [f"  {m.id}: {m.about} {m.citation}." for m in methods]
    return ["attention methods, for `gazelab run --method`:", *lines]


def _verify(model: str | None) -> Outcome:
    from gazelab.nets.card import cards, find_card, problems, verify

    chosen = (find_card(model),) if model else cards()
    faults = [] if model else [str(problem) for problem in problems()]
    whole = []
    for card in chosen:
        try:
            verify(card)
            whole.append(card.id)
        except ModelError as error:
            faults.append(str(error))
    lines = [f"{id_}: the weights are those of the card" for id_ in whole] + faults
    data = {"verified": whole, "problems": faults}
    if not chosen and not faults:
        raise ModelError("No model is installed.")
    more = f" And {len(faults) - 1} more." if len(faults) > 1 else ""
    return Outcome(lines, data, 1 if faults else 0, faults[0] + more if faults else "")


def _scores(card: "ModelCard") -> list[str]:
    lines = []
    for score in card.scores:
        step = f" step {score.step}" if score.step else ""
        unit = f" {score.unit}" if score.unit not in ("", "1") else ""
        source = f"{score.source}: " if score.source else ""
        lines.append(f"  {source}{score.metric}{step}: {score.value:g}{unit}")
    return lines


def _data(card: "ModelCard") -> dict[str, Any]:
    import msgspec

    data: dict[str, Any] = msgspec.to_builtins(card)
    return data
