import numpy as np
import pytest
import torch

from gazelab.nets.cam import CamMobileNetV2
from gazelab.nets.catalog import architecture
from gazelab.nets.explain import explained
from gazelab.nets.methods import MethodChoice

NAMES = tuple("abcde")


@pytest.fixture
def net() -> CamMobileNetV2:
    torch.manual_seed(2)
    net = CamMobileNetV2(5).eval()
    with torch.no_grad():
        net.linear.weight.normal_()
        net.linear.bias.normal_()
    return net


def test_the_mean_of_a_class_map_and_the_bias_are_the_score(net: CamMobileNetV2) -> None:
    pixels = torch.rand(2, 3, 64, 96) * 2 - 1
    with torch.no_grad():
        logits = net(pixels)[0].numpy()
    for class_ in range(5):
        choice = MethodChoice("cam", layer="head", signed=True)
        shown = explained(net.classifier(), pixels, NAMES, choice, [class_, class_])
        bias = float(net.linear.bias.detach()[class_])
        scores = [maps.maps.mean() + bias for maps in shown]
        np.testing.assert_allclose(scores, logits[:, class_], rtol=1e-4, atol=1e-4)


def test_maps_are_finer_than_stride_32(net: CamMobileNetV2) -> None:
    with torch.no_grad():
        assert net(torch.zeros(1, 3, 160, 160))[1].shape == (1, 1280, 10, 10)


def test_a_map_names_its_class_and_holds_the_evidence_for_it(net: CamMobileNetV2) -> None:
    pixels = torch.rand(1, 3, 64, 64) * 2 - 1
    with torch.no_grad():
        ((shown,),) = architecture("cam-mobilenet-v2").explain(net, pixels, NAMES)
        logits, features = net(pixels)
        class_ = int(logits.argmax(1))
        evidence = torch.einsum("nchw,c->nhw", features, net.linear.weight[class_])
    np.testing.assert_allclose(shown.maps, evidence.clamp_min(0).numpy(), rtol=1e-4, atol=1e-4)
    assert shown.kind == "attention"
    assert shown.note.startswith(f"class {NAMES[class_]}, probability")


def test_no_positive_evidence_is_said(net: CamMobileNetV2) -> None:
    with torch.no_grad():
        net.linear.weight.fill_(-1)
        pixels = torch.zeros(1, 3, 64, 64)
        ((shown,),) = architecture("cam-mobilenet-v2").explain(net, pixels, NAMES)
    assert not shown.maps.any()
    assert "no positive evidence" in shown.note
