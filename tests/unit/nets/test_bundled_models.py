"""What ships in `models/` is whole, says what it is, and is as good as its card says."""

import hashlib
from pathlib import Path

import msgspec
import numpy as np
import pytest
import torch
from tiny_models import picture

from gazelab import paths
from gazelab.data.attention import names_of_parts
from gazelab.errors import ModelError
from gazelab.nets.card import ModelCard, cards, problems, verify
from gazelab.nets.runtime import build, run_model
from gazelab.nets.training.config import TrainConfig, read_config
from gazelab.nets.training.readme import model_readme
from gazelab.task import finish

FOLDERS = (paths.shipped("models"),)
CARDS = cards(FOLDERS)


def test_the_models_are_bundled_and_no_card_is_damaged() -> None:
    assert [card.id for card in CARDS] == [
        "attention-activation",
        "attention-human",
        "attention-sigmoid",
        "attention-softmax",
        "attention-supervised",
        "cam",
        "glimpsenet",
        "sam-s",
        "sam-t",
        "sam-z",
    ]
    assert not problems(FOLDERS)


def test_each_step_in_time_is_the_best_for_its_own_part_of_the_viewing() -> None:
    (card,) = (card for card in CARDS if card.parts)
    scores = {(s.source, s.step, s.fixations): s for s in card.scores if s.fixations}
    for own, part in enumerate(names_of_parts(card.parts), 1):
        found = {step: scores["", step, part].value for step in range(1, card.steps + 1)}
        assert max(found, key=found.__getitem__) == own
    for own, part in enumerate(names_of_parts(card.parts)[:2], 1):
        others = [f"step {k}" for k in range(1, card.steps + 1) if k != own]
        for other in [*others, *["sam-s"][: own == 1]]:
            low = scores[f"step {own} less {other}", 0, part].low
            assert low is not None and low > 0


@pytest.fixture(params=CARDS, ids=lambda card: card.id)
def card(request: pytest.FixtureRequest) -> ModelCard:
    found: ModelCard = request.param
    return found


def test_the_weights_are_those_of_the_card(card: ModelCard) -> None:
    verify(card)
    assert card.weights_path.stat().st_size == card.weights.bytes < 20_000_000
    net = build(card)
    assert sum(parameter.numel() for parameter in net.parameters()) == card.parameters
    assert all(torch.isfinite(tensor).all() for tensor in net.state_dict().values())


def test_one_flipped_byte_in_the_weights_is_refused_with_both_hashes(
    card: ModelCard, tmp_path: Path
) -> None:
    data = bytearray(card.weights_path.read_bytes())
    place = np.random.default_rng(len(data)).integers(len(data))
    data[place] ^= 0xFF
    (tmp_path / card.weights.file).write_bytes(data)
    damaged = msgspec.structs.replace(card, folder=str(tmp_path))
    with pytest.raises(ModelError) as refused:
        build(damaged)
    for told in (card.weights.file, card.weights.sha256, hashlib.sha256(data).hexdigest()):
        assert told in str(refused.value)


def test_the_readme_says_what_the_card_says(card: ModelCard) -> None:
    assert (Path(card.folder) / "README.md").read_text("utf-8") == model_readme(card)


def test_the_configuration_beside_the_model_is_the_one_it_was_trained_with(
    card: ModelCard,
) -> None:
    beside = read_config(Path(card.folder) / "train.toml")
    assert beside == msgspec.convert(card.config, TrainConfig)


def test_licence_and_provenance_are_stated(card: ModelCard) -> None:
    assert card.licence and card.data_licence and card.citation and card.protocol
    assert all(origin.name and origin.licence for origin in card.started_from)


def test_a_model_runs_on_any_picture(card: ModelCard, tmp_path: Path) -> None:
    stimulus = picture(tmp_path / "noise.png", 150, 90)
    images = [(stimulus, tmp_path / "noise.png")]
    gaze = np.ones((4, 6), np.float32)
    result = finish(run_model(card, images, "cpu", threads=1, gaze=lambda _: gaze))
    assert tuple(attention.kind for attention in result.attention) == card.kinds
    for attention in result.attention:
        assert len(attention.maps) == card.steps
        assert np.isfinite(attention.maps).all()


def test_every_layer_was_changed_by_training(card: ModelCard, shared_data: Path) -> None:
    from gazelab.nets.backbones import MobileNetV2, load_imagenet

    trained = build(card).backbone
    assert isinstance(trained, MobileNetV2)
    start = MobileNetV2(head=trained.head is not None, stages=len(trained.stages))
    load_imagenet(start, shared_data / "weights")
    for before, after in zip(start.parameters(), trained.parameters(), strict=True):
        assert not torch.equal(before, after)
