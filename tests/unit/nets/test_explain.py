"""Maps of a classifier: whose class, which sign, and what is said of them."""

import numpy as np
import pytest
import torch
from tiny_classifiers import CLASSES, noise, tiny_classifier
from torch import nn

from gazelab.data.attention import EVIDENCE, Explanation
from gazelab.nets.classifier import Classifier, looking
from gazelab.nets.explain import explained, usual_method
from gazelab.nets.methods import METHODS, MethodChoice

SIGNED = [method.id for method in METHODS if method.signed]


def maps_of(method: str, classes=None, classifier: Classifier | None = None, **choice):
    """Return the maps of two pictures of noise."""
    classifier = classifier or tiny_classifier(4)
    made = MethodChoice(method, **{"layer": "late"} | choice)
    return explained(classifier, noise(), CLASSES, made, classes)


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.id)
def test_every_method_gives_a_map_for_each_picture(method) -> None:
    for layer, shape in (("early", (1, 10, 14)), ("late", (1, 5, 7))):
        if method.needs == "weights":
            layer, shape = "late", (1, 5, 7)
        for maps in maps_of(method.id, layer=layer):
            assert maps.maps.shape == shape and maps.maps.dtype == np.float32
            assert np.isfinite(maps.maps).all() and (maps.maps >= 0).all()
            assert maps.kind == "attention"


def test_the_mean_of_a_cam_and_the_bias_are_the_logit() -> None:
    classifier = tiny_classifier(4)
    with torch.no_grad():
        logits = classifier.logits(noise())[0]  # in training mode: other numbers
        classifier.net.eval()
        logits = classifier.logits(noise())
    assert classifier.linear is not None
    for class_, bias in enumerate(classifier.linear.bias.tolist()):
        found = maps_of("cam", [class_, class_], classifier, target="dog", signed=True)
        means = [float(maps.maps.mean(dtype=np.float64)) + bias for maps in found]
        np.testing.assert_allclose(means, logits[:, class_].numpy(), rtol=1e-5, atol=1e-6)


def test_a_map_belongs_to_the_class_that_was_asked_for() -> None:
    first = maps_of("grad-cam", [1, 2], signed=True)
    second = maps_of("grad-cam", [1, 1], signed=True)
    np.testing.assert_array_equal(first[0].maps, second[0].maps)
    assert (first[1].maps != second[1].maps).any()
    assert [maps.explanation.class_name for maps in first] == ["dog", "bird"]


def test_the_predicted_class_is_the_one_with_the_highest_logit() -> None:
    with looking(tiny_classifier(4), "late", noise()) as seen:
        best, chances = seen.logits.argmax(1), torch.softmax(seen.logits, 1)
    for maps, class_, chance in zip(maps_of("hires-cam"), best, chances, strict=True):
        explanation = Explanation("hires-cam", "predicted", "late", CLASSES[class_])
        assert maps.explanation == explanation
        assert maps.note == f"class {CLASSES[class_]}, probability {chance.max():.2f}"


def test_another_class_than_the_predicted_is_told_beside_it() -> None:
    with looking(tiny_classifier(4), "late", noise()) as seen:
        worst, best = int(seen.logits[0].argmin()), int(seen.logits[0].argmax())
    note = maps_of("cam", [worst, worst], target=CLASSES[worst])[0].note
    chances = torch.softmax(seen.logits[0], 0)
    expected = f"{chances[worst]:.2f} ({CLASSES[best]} {chances[best]:.2f})"
    assert note.startswith(f"class {CLASSES[worst]}, probability {expected}")


@pytest.mark.parametrize("method", SIGNED)
def test_a_signed_map_is_evidence_and_its_positive_part_the_plain_map(method: str) -> None:
    signed = maps_of(method, [0, 1], target="cat", signed=True)
    plain = maps_of(method, [0, 1], target="cat")
    assert any((maps.maps < 0).any() for maps in signed)
    for with_sign, without in zip(signed, plain, strict=True):
        assert (with_sign.kind, without.kind) == (EVIDENCE, "attention")
        np.testing.assert_array_equal(np.maximum(with_sign.maps, 0), without.maps)


@pytest.mark.parametrize("signed", [True, False])
def test_no_positive_evidence_is_said(signed: bool) -> None:
    classifier = tiny_classifier()
    assert classifier.linear is not None
    nn.init.constant_(classifier.linear.weight, -1)
    for maps in maps_of("grad-cam", classifier=classifier, signed=signed):
        assert maps.note.endswith("no positive evidence")
        assert maps.maps.any() == signed


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.id)
def test_features_that_are_all_zero_give_a_map_of_zeros_that_says_so(method) -> None:
    classifier = tiny_classifier()
    nn.init.constant_(classifier.net.late[1].weight, 0)
    nn.init.constant_(classifier.net.late[1].bias, 0)
    for maps in maps_of(method.id, classifier=classifier):
        assert not maps.maps.any()
        assert maps.note.endswith("no positive evidence" if method.of_class else "no activation")


def test_what_a_classifier_shows_by_itself() -> None:
    assert usual_method(tiny_classifier()) == MethodChoice("cam", "predicted", "late")
    other = usual_method(tiny_classifier(averaged=False))
    assert other == MethodChoice("grad-cam", "predicted", "late")
