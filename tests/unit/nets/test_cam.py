import numpy as np
import pytest
import torch

from gazelab.nets.cam import CamMobileNetV2
from gazelab.nets.catalog import architecture


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
        logits, features = net(pixels)
        for class_ in range(5):
            maps = net.class_maps(features, torch.tensor([class_, class_]))
            scores = maps.mean((1, 2)) + net.linear.bias[class_]
            torch.testing.assert_close(scores, logits[:, class_], rtol=1e-4, atol=1e-4)


def test_maps_are_finer_than_stride_32(net: CamMobileNetV2) -> None:
    with torch.no_grad():
        assert net(torch.zeros(1, 3, 160, 160))[1].shape == (1, 1280, 10, 10)


def test_a_map_names_its_class_and_holds_the_evidence_for_it(net: CamMobileNetV2) -> None:
    pixels = torch.rand(1, 3, 64, 64) * 2 - 1
    explain = architecture("cam-mobilenet-v2").explain
    with torch.no_grad():
        ((shown,),) = explain(net, pixels, ("a", "b", "c", "d", "e"))
        logits, features = net(pixels)
        class_ = logits.argmax(1)
        expected = net.class_maps(features, class_).clamp_min(0).numpy()
    np.testing.assert_allclose(shown.maps, expected, rtol=1e-4, atol=1e-4)
    assert shown.kind == "attention"
    assert f"class {'abcde'[int(class_)]}, probability" in shown.note


def test_no_positive_evidence_is_said(net: CamMobileNetV2) -> None:
    with torch.no_grad():
        net.linear.weight.fill_(-1)
        pixels = torch.zeros(1, 3, 64, 64)
        ((shown,),) = architecture("cam-mobilenet-v2").explain(net, pixels, tuple("abcde"))
    assert not shown.maps.any()
    assert "no positive evidence" in shown.note
