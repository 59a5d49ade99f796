"""Every architecture that names classes can be opened at every layer it lists."""

import numpy as np
import pytest
import torch

from gazelab.nets.catalog import ARCHITECTURES, Architecture
from gazelab.nets.classifier import Classifier, layers_of, looking
from gazelab.nets.explain import explained
from gazelab.nets.methods import MethodChoice

NAMES = tuple("abcde")
OPENED = [made for made in ARCHITECTURES if made.classifier is not None]


@pytest.fixture(scope="module", params=OPENED, ids=lambda made: made.name)
def made(request: pytest.FixtureRequest) -> Architecture:
    found: Architecture = request.param
    return found


@pytest.fixture(scope="module")
def classifier(made: Architecture) -> Classifier:
    torch.manual_seed(0)
    assert made.classifier is not None and made.learns in ("classes", "attended classes")
    return made.classifier(made.build({}, len(NAMES)))


@pytest.fixture
def pixels() -> torch.Tensor:
    return torch.rand((1, 3, 64, 96), generator=torch.Generator().manual_seed(2)) * 2 - 1


def test_layers_go_from_the_picture_to_the_end(classifier: Classifier) -> None:
    layers = layers_of(classifier, 64, 96)
    cells = [layer.rows * layer.columns for layer in layers]
    assert cells == sorted(cells, reverse=True)
    assert len(layers) > 3 and cells[0] > 50
    assert [layer.averaged for layer in layers] == [
        *([False] * (len(layers) - 1)),
        classifier.linear is not None,
    ]


def test_every_layer_has_gradients(classifier: Classifier, pixels: torch.Tensor) -> None:
    for layer in classifier.layers:
        with looking(classifier, layer, pixels, gradients=True) as seen:
            (gradients,) = torch.autograd.grad(seen.logits[:, 3].sum(), seen.features)
        assert seen.logits.shape == (1, len(NAMES))
        assert gradients.shape == seen.features.shape
        assert torch.isfinite(gradients).all() and gradients.any()


def test_where_there_is_a_cam_grad_cam_is_that_over_the_positions(
    classifier: Classifier, pixels: torch.Tensor
) -> None:
    if classifier.linear is None:
        pytest.skip("no average over positions")
    last = next(reversed(classifier.layers))
    (cam,) = explained(classifier, pixels, NAMES, MethodChoice("cam", layer=last), [1])
    (grad,) = explained(classifier, pixels, NAMES, MethodChoice("grad-cam", layer=last), [1])
    np.testing.assert_allclose(grad.maps, cam.maps / cam.maps.size, rtol=1e-4, atol=1e-7)
    with looking(classifier, last, pixels) as seen:
        logit = float(seen.logits[0, 1])
    (signed,) = explained(
        classifier, pixels, NAMES, MethodChoice("cam", layer=last, signed=True), [1]
    )
    bias = float(classifier.linear.bias.detach()[1])
    assert float(signed.maps.mean(dtype=np.float64)) + bias == pytest.approx(logit, abs=1e-4)


def test_what_it_shows_by_itself_names_the_class(
    made: Architecture, classifier: Classifier, pixels: torch.Tensor
) -> None:
    if made.learns != "classes":
        pytest.skip("shows the attention that it was built with")
    with torch.inference_mode():
        ((maps,),) = made.explain(classifier.net.eval(), pixels, NAMES)
    assert maps.kind == "attention" and maps.note.startswith("class ")
    assert maps.explanation is not None
    assert maps.explanation.method == ("cam" if classifier.linear else "grad-cam")
