from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest
import torch
from tiny_models import OPTIONS, picture, tiny_model

from gazelab.data.attention import Explanation
from gazelab.data.image import read_rgb, resized
from gazelab.data.stimulus import Stimulus
from gazelab.errors import ModelError, SettingsError
from gazelab.nets import runtime
from gazelab.nets.card import ModelCard, write_card
from gazelab.nets.catalog import architecture
from gazelab.nets.methods import MethodChoice
from gazelab.nets.runtime import (
    RunResult,
    build,
    choose_device,
    fitted_shape,
    run_model,
    threads_beside_window,
)
from gazelab.task import finish


@pytest.fixture(scope="module")
def card(tmp_path_factory: pytest.TempPathFactory) -> ModelCard:
    return tiny_model(tmp_path_factory.mktemp("model"))


def _pictures(folder: Path, *names: str) -> list[tuple[Stimulus, Path]]:
    return [(picture(folder / name, seed=k), folder / name) for k, name in enumerate(names)]


def _run(card: ModelCard, images: list[tuple[Stimulus, Path]]) -> RunResult:
    return finish(run_model(card, images, "cpu", threads=1))


def test_every_picture_gets_saliency_and_attention_for_every_step(
    card: ModelCard, tmp_path: Path
) -> None:
    result = _run(card, _pictures(tmp_path, "a.png", "b.png"))
    assert [(a.stimulus, a.kind) for a in result.attention] == [
        (name, kind) for name in ("a.png", "b.png") for kind in ("saliency", "attention")
    ]
    assert result.device == "cpu"
    for attention in result.attention:
        assert attention.source == "tiny"
        assert attention.steps == ("1", "2", "3")
        assert attention.maps.dtype == np.float32
        assert np.isfinite(attention.maps).all() and (attention.maps >= 0).all()


@pytest.mark.parametrize("name", ["sam-vgg", "sam-resnet", "mlnet"])
def test_wide_networks_give_the_maps_of_their_plain_form(name: str, tmp_path: Path) -> None:
    card = tiny_model(tmp_path / "model", name)
    images = _pictures(tmp_path, "a.png")
    found = _run(card, images).attention
    assert tuple(attention.kind for attention in found) == card.kinds
    made, net = architecture(name), build(card)
    pixels = resized(read_rgb(images[0][1]), *fitted_shape(card.input, 60, 90))
    x = torch.from_numpy(pixels).permute(2, 0, 1)[None] / 127.5 - 1
    with torch.no_grad():
        (plain,) = made.explain(net, x, ())
    for attention, maps in zip(found, plain, strict=True):
        assert len(attention.maps) == card.steps
        np.testing.assert_allclose(attention.maps, maps.maps, atol=1e-5 * maps.maps.max())


def test_an_unreadable_picture_is_left_out_and_listed(card: ModelCard, tmp_path: Path) -> None:
    images = _pictures(tmp_path, "a.png", "b.png", "c.png")
    images[1][1].write_bytes(b"not a picture")
    result = _run(card, images)
    assert {attention.stimulus for attention in result.attention} == {"a.png", "c.png"}
    ((name, reason),) = result.skipped
    assert name == "b.png"
    assert str(images[1][1]) in reason


def test_maps_do_not_depend_on_the_other_pictures(card: ModelCard, tmp_path: Path) -> None:
    images = _pictures(tmp_path, "a.png", "b.png")
    alone, together = _run(card, images[1:]), _run(card, images)
    np.testing.assert_array_equal(alone.attention[0].maps, together.attention[2].maps)


def test_pictures_of_mixed_sizes_keep_their_order_in_batches(
    card: ModelCard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    images = []
    for number in range(7):
        path = tmp_path / f"{number}.png"
        images.append((picture(path, 60, 90 + 60 * (number % 2), number), path))
    alone = _run(card, images).attention
    monkeypatch.setitem(runtime._BATCH, "cpu", 3)
    together = _run(card, images).attention
    assert [a.key for a in together] == [a.key for a in alone]
    for ours, theirs in zip(together, alone, strict=True):
        np.testing.assert_allclose(ours.maps, theirs.maps, rtol=1e-4, atol=1e-6)


def test_a_portrait_picture_gets_portrait_maps(card: ModelCard, tmp_path: Path) -> None:
    stimulus = picture(tmp_path / "tall.png", rows=120, columns=60)
    saliency = _run(card, [(stimulus, tmp_path / "tall.png")]).attention[0]
    rows, columns = saliency.maps.shape[1:]
    assert rows / columns == pytest.approx(2, rel=0.2)


def test_a_classifier_stretches_every_picture_to_one_size(tmp_path: Path) -> None:
    card = tiny_model(tmp_path / "cam", "cam-mobilenet-v2", ("cup", "bird"))
    stimulus = picture(tmp_path / "tall.png", rows=120, columns=60)
    (attention,) = _run(card, [(stimulus, tmp_path / "tall.png")]).attention
    assert attention.maps.shape == (1, 4, 6)
    assert attention.note.startswith(("class cup", "class bird"))


def test_methods_give_a_source_each(tmp_path: Path) -> None:
    card = tiny_model(tmp_path / "cam", "cam-mobilenet-v2", ("cup", "bird"))
    methods = [
        MethodChoice("grad-cam", "bird", "stage 4", signed=True),
        MethodChoice("cam"),
        MethodChoice("Grad-CAM", "BIRD", "Stage 4", signed=True),
    ]
    images = _pictures(tmp_path, "a.png", "b.png")
    result = finish(run_model(card, images, "cpu", 1, methods))
    found = {(a.stimulus, a.source, a.kind): a for a in result.attention}
    sources = ("tiny: Grad-CAM, class bird, layer stage 4", "tiny: CAM, predicted class")
    assert list(found) == [
        (name, source, kind)
        for name in ("a.png", "b.png")
        for source, kind in zip(sources, ("evidence", "attention"), strict=True)
    ]
    first = result.attention[0]
    assert first.explanation == Explanation("grad-cam", "bird", "stage 4", "bird", "tiny")
    assert first.note.startswith("class bird, probability")


def test_a_picture_of_no_known_class_is_left_out_where_its_class_is_asked_for(
    tmp_path: Path,
) -> None:
    card = tiny_model(tmp_path / "cam", "cam-mobilenet-v2", ("cup", "bird"))
    images = _pictures(tmp_path, "a.png", "b.png", "c.png")
    images = [
        (replace(stimulus, labels=labels), path)
        for (stimulus, path), labels in zip(images, (("Bird",), (), ("cup",)), strict=True)
    ]
    result = finish(run_model(card, images, "cpu", 1, [MethodChoice("cam", "expected")]))
    assert [(a.stimulus, a.explanation.class_name) for a in result.attention] == [
        ("a.png", "bird"),
        ("c.png", "cup"),
    ]
    ((name, reason),) = result.skipped
    assert name == "b.png" and "label" in reason


def test_methods_are_for_models_that_name_classes(card: ModelCard) -> None:
    with pytest.raises(ModelError, match="tiny names no classes"):
        finish(run_model(card, [], "cpu", 1, [MethodChoice("cam")]))


def test_no_pictures_give_no_maps(card: ModelCard) -> None:
    assert _run(card, []).attention == ()


def test_a_missing_gpu_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(ModelError, match="No GPU"):
        choose_device("cuda")
    assert choose_device("auto").type == "cpu"


def test_an_unknown_device_is_refused() -> None:
    with pytest.raises(SettingsError, match="auto, cpu, cuda"):
        choose_device("tpu")


def test_the_number_of_threads_is_put_back_even_after_a_failure(tmp_path: Path) -> None:
    card = tiny_model(tmp_path)
    card.weights_path.write_bytes(b"")
    before = torch.get_num_threads()
    with pytest.raises(ModelError, match="SHA-256"):
        finish(run_model(card, [], "cpu", threads=before + 1))
    assert torch.get_num_threads() == before


def test_a_window_keeps_a_core() -> None:
    assert threads_beside_window() >= 1


@pytest.mark.parametrize("options", [{"channels": 32}, {"colour": 3}])
def test_weights_that_do_not_fit_the_card_are_refused(
    card: ModelCard, tmp_path: Path, options: dict[str, int]
) -> None:
    other = msgspec.structs.replace(tiny_model(tmp_path), options=OPTIONS | options)
    write_card(other, tmp_path)
    with pytest.raises(ModelError, match="do not fit the architecture"):
        _run(other, [])


def test_an_unknown_architecture_is_refused_with_those_there_are(tmp_path: Path) -> None:
    other = msgspec.structs.replace(tiny_model(tmp_path), architecture="sam-xxl")
    with pytest.raises(ModelError, match=r"'sam-xxl'.*sam-s.*cam-mobilenet-v2"):
        _run(other, [])
