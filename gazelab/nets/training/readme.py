"""The README beside a model: its card in words, for people."""

from collections.abc import Sequence

from gazelab.nets.card import CardScore, ModelCard


def model_readme(card: ModelCard) -> str:
    """Return the README of a model as Markdown."""
    blocks = [
        f"# {card.title}",
        "\n".join(f"- {line}" for line in _facts(card)),
        *card.notes,
        *_scores(card),
        "## Where it comes from",
        _provenance(card),
        f"Cite: {card.citation}.",
        _beginning(card),
    ]
    return "\n\n".join(blocks) + "\n"


def _beginning(card: ModelCard) -> str:
    """Return from what the model was made."""
    if card.downloaded is None:
        return (
            "`gazelab train train.toml` in this folder trains it again; `log.csv` holds the "
            "numbers of each epoch."
        )
    made = card.downloaded
    return (
        f"Made from {made.url}, {made.bytes:,} bytes, SHA-256 `{made.sha256}`; "
        f"`gazelab models download {card.id}` makes it again."
    )


def _facts(card: ModelCard) -> list[str]:
    size = f"{card.input.columns} x {card.input.rows} pixels"
    fit = {
        "area": f"scaled to about the area of {size}, aspect ratio kept",
        "stretch": f"stretched to {size}",
    }[card.input.fit]
    facts = [
        f"id `{card.id}`, version {card.version}, architecture `{card.architecture}`, "
        f"{card.parameters:,} parameters",
        f"gives {' and '.join(card.kinds)} in {card.steps} step{'s' * (card.steps > 1)}",
        f"input: RGB, {fit}",
        f"weights: {card.weights.bytes:,} bytes, SHA-256 `{card.weights.sha256}`",
    ]
    if card.classes:
        facts.append(f"{len(card.classes)} classes, see `card.json`")
    return facts


def _scores(card: ModelCard) -> list[str]:
    if not card.scores:
        return []
    whole = [score for score in card.scores if not score.fixations]
    parts = [score for score in card.scores if score.fixations]
    return ["## How good it is", card.protocol, *_table(whole), *_table(parts)]


def _table(scores: Sequence[CardScore]) -> list[str]:
    """Return a table with a row for each source and step, a column for each metric."""
    if not scores:
        return []
    cells = {(s.source, s.step, _column(s)): _cell(s) for s in scores}
    titles = list(dict.fromkeys(map(_column, scores)))
    table = [["", "step", *titles], ["---"] * (2 + len(titles))]
    for source, step in dict.fromkeys(key[:2] for key in cells):
        values = [cells.get((source, step, title), "") for title in titles]
        table.append([source or "this model", str(step or ""), *values])
    return ["\n".join(f"| {' | '.join(row)} |" for row in table)]


def _column(score: CardScore) -> str:
    unit = f" ({score.unit})" if score.unit not in ("", "1") else ""
    return f"{score.metric}{unit}" + (f", fixations {score.fixations}" * bool(score.fixations))


def _cell(score: CardScore) -> str:
    if score.low is None or score.high is None:
        return f"{score.value:.3f}"
    return f"{score.value:.3f} ({score.low:.3f} to {score.high:.3f})"


def _provenance(card: ModelCard) -> str:
    lines = [f"Trained on {card.trained_on} ({card.data_licence or 'licence not stated'})."]
    lines += [
        f"Training started from {origin.name} ({origin.licence}) and changed every layer."
        for origin in card.started_from
    ]
    lines.append(f"The weights are under the licence {card.licence or '(not stated)'}.")
    return " ".join(lines)
