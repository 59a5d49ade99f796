"""Looking into a network changes nothing about it, costs no memory, and sees what is there."""

import gc
import os
from pathlib import Path

import pytest
import torch
from tiny_classifiers import CLASSES, noise, tiny_classifier
from torch import nn

from gazelab.nets.classifier import Classifier, layers_of, looking
from gazelab.nets.explain import explained
from gazelab.nets.methods import METHODS, MethodChoice

STATM = Path("/proc/self/statm")


def state(net: nn.Module) -> list[tuple[str, bool, int, list[bool]]]:
    """Return the mode, hooks and requires_grad of every module."""
    return [
        (
            name,
            module.training,
            len(module._forward_hooks) + len(module._forward_pre_hooks),
            [parameter.requires_grad for parameter in module.parameters()],
        )
        for name, module in net.named_modules()
    ]


def mixed(classifier: Classifier) -> nn.Module:
    """Return the network with a part in evaluation and a part that does not learn."""
    classifier.net.early.eval()
    classifier.net.early.requires_grad_(False)
    return classifier.net


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.id)
def test_a_network_is_left_as_it_was(method) -> None:
    classifier = tiny_classifier()
    net = mixed(classifier)
    before, weights = state(net), {k: v.clone() for k, v in net.state_dict().items()}
    explained(classifier, noise(), CLASSES, MethodChoice(method.id, layer="late"))
    assert state(net) == before
    assert torch.is_grad_enabled() and not torch.is_inference_mode_enabled()
    assert all(torch.equal(value, weights[name]) for name, value in net.state_dict().items())
    assert all(parameter.grad is None for parameter in net.parameters())


@pytest.mark.parametrize("gradients", [True, False])
@pytest.mark.parametrize("where", ["in the pass", "in the block"])
def test_a_network_is_left_as_it_was_after_an_error(gradients: bool, where: str) -> None:
    classifier = tiny_classifier()
    net = mixed(classifier)
    before = state(net)
    pixels = noise() if where == "in the block" else torch.zeros(1, 5, 8, 8)
    with (
        pytest.raises(RuntimeError),
        looking(classifier, "late", pixels, gradients=gradients),
    ):
        raise RuntimeError
    assert state(net) == before
    assert torch.is_grad_enabled() and not torch.is_inference_mode_enabled()


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
def test_gradients_are_there_whatever_the_caller_switched_off(mode) -> None:
    classifier, choice = tiny_classifier(), MethodChoice("grad-cam", layer="early")
    (expected,) = explained(classifier, noise(1), CLASSES, choice)
    with mode():
        (found,) = explained(classifier, noise(1).clone(), CLASSES, choice)
    assert (found.maps == expected.maps).all()


@pytest.mark.parametrize("layer", ["early", "late"])
@pytest.mark.parametrize("averaged", [True, False])
def test_gradients_are_those_of_the_whole_graph(layer: str, averaged: bool) -> None:
    """The pass is recorded from the layer on only; an ordinary pass records all of it."""
    classifier = tiny_classifier(5, averaged=averaged)
    net = classifier.net.eval()
    with looking(classifier, layer, noise(), gradients=True) as seen:
        (found,) = torch.autograd.grad(seen.logits[:, 1].sum(), seen.features)
    early = net.early(noise())
    late = net.late(early)
    features = {"early": early, "late": late}[layer]
    pooled = late.mean((2, 3)) if averaged else torch.tanh(net.hidden(late.amax((2, 3))))
    logits = net.linear(pooled)
    (expected,) = torch.autograd.grad(logits[:, 1].sum(), features)
    torch.testing.assert_close(seen.features, features.detach())
    torch.testing.assert_close(seen.logits, logits)
    torch.testing.assert_close(found, expected)


def test_layers_tell_their_sizes() -> None:
    early, late = layers_of(tiny_classifier(), 20, 28)
    assert (early.name, early.rows, early.columns, early.channels) == ("early", 10, 14, 4)
    assert (late.name, late.rows, late.columns, late.channels) == ("late", 5, 7, 6)
    assert (early.averaged, late.averaged) == (False, True)
    assert not layers_of(tiny_classifier(averaged=False), 20, 28)[1].averaged


def test_a_thousand_pictures_leave_nothing_behind() -> None:
    """One picture kept in any way, with its graph, would be some 100 kB."""
    classifier = tiny_classifier()
    choices = [MethodChoice(m.id, layer="late") for m in METHODS if m.needs != "scores"]

    def run(pictures: int) -> None:
        for number in range(pictures):
            choice = choices[number % len(choices)]
            explained(classifier, noise(1, 96, 96, seed=number), CLASSES, choice)

    def alive() -> int:
        gc.collect()
        return sum(issubclass(type(item), torch.Tensor) for item in gc.get_objects())

    run(50)
    tensors, pages = alive(), _pages()
    run(1000)
    assert alive() == tensors
    assert (_pages() - pages) * os.sysconf("SC_PAGE_SIZE") < 20_000_000


def _pages() -> int:
    """Return the pages of memory in use, where the system tells."""
    return int(STATM.read_text().split()[1]) if STATM.exists() else 0
