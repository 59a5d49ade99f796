from collections.abc import Iterator
from pathlib import Path

import pytest
import safetensors.torch
import torch
from torch import Tensor, nn

from gazelab.errors import ModelError
from gazelab.nets.imagenet import as_imagenet, read_state
from gazelab.nets.resnet import ResNet50
from gazelab.nets.start import load_start
from gazelab.nets.vgg import Vgg16

PIXELS = torch.rand(1, 3, 64, 96, generator=torch.Generator().manual_seed(1)) * 2 - 1


class Holder(nn.Module):
    def __init__(self, backbone: nn.Module) -> None:
        super().__init__()
        self.backbone = backbone


@pytest.fixture(autouse=True)
def one_thread_without_gradients() -> Iterator[None]:
    with torch.no_grad():
        yield


@pytest.fixture(scope="module")
def their_vgg() -> nn.Module:
    from torchvision.models import vgg16

    torch.manual_seed(2)
    return vgg16(weights=None, init_weights=False).eval()


@pytest.fixture(scope="module")
def their_resnet() -> nn.Module:
    from torchvision.models import resnet50

    torch.manual_seed(3)
    net = resnet50(weights=None).eval()
    with torch.no_grad():
        for module in net.modules():
            if isinstance(module, nn.BatchNorm2d):
                assert module.running_mean is not None and module.running_var is not None
                module.running_mean.uniform_(-0.2, 0.2)
                module.running_var.uniform_(0.5, 2)
                module.weight.uniform_(0.3, 0.8)
                module.bias.uniform_(-0.2, 0.2)
    return net


def _theirs(pixels: Tensor) -> Tensor:
    from torchvision.transforms.v2.functional import normalize

    return normalize(pixels / 2 + 0.5, [0.485, 0.456, 0.406], [0.229, 0.224, 0.225])


def test_pixels_become_what_the_weights_expect() -> None:
    torch.testing.assert_close(as_imagenet(PIXELS), _theirs(PIXELS))


def test_vgg_gives_the_features_of_torchvision(their_vgg: nn.Module) -> None:
    net = Vgg16()
    net.load_torchvision(their_vgg.state_dict())
    features = their_vgg.features
    assert isinstance(features, nn.Sequential)
    x = _theirs(PIXELS)
    for found, last in zip(net(PIXELS), (17, 24, 30), strict=True):
        torch.testing.assert_close(found, features[:last](x))


def test_resnet_gives_the_features_of_torchvision(their_resnet: nn.Module) -> None:
    net = ResNet50()
    net.load_torchvision(their_resnet.state_dict())
    x = _theirs(PIXELS)
    for name in "conv1 bn1 relu maxpool layer1 layer2 layer3 layer4".split():
        x = getattr(their_resnet, name)(x)
    assert x.std() > 0.01
    torch.testing.assert_close(net(PIXELS), x, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("size", [(64, 96), (112, 48), (16, 16), (80, 240)])
def test_dilated_features_lie_on_the_stride_8_grid(size: tuple[int, int]) -> None:
    grid = size[0] // 8, size[1] // 8
    pixels = torch.zeros(1, 3, *size)
    assert ResNet50(dilated=True)(pixels).shape == (1, 2048, *grid)
    third, fourth, last = Vgg16(fine=True, dilation=2)(pixels)
    assert third.shape == (1, 256, *grid)
    assert fourth.shape == last.shape == (1, 512, *grid)


def test_dilation_sees_at_each_second_cell_what_the_plain_stage_sees(
    their_vgg: nn.Module,
) -> None:
    plain, dilated = Vgg16(), Vgg16(fine=True, dilation=2)
    for net in (plain, dilated):
        net.load_torchvision(their_vgg.state_dict())
    pixels = torch.rand(1, 3, 256, 256) * 2 - 1
    coarse, fine = plain(pixels)[2], dilated(pixels)[2]
    torch.testing.assert_close(fine[..., ::2, ::2], coarse)


def test_every_3x3_convolution_of_the_last_stages_of_resnet_is_dilated() -> None:
    convs = ResNet50(dilated=True).convolutions()
    found = [
        {conv.dilation[0] for name, conv in convs.items() if name.startswith(f"layer{number}.")
         and conv.kernel_size == (3, 3)}
        for number in (1, 2, 3, 4)
    ]  # fmt: skip
    assert found == [{1}, {1}, {2}, {4}]


def test_weights_are_read_from_the_files_people_have(
    tmp_path: Path, their_resnet: nn.Module
) -> None:
    state = their_resnet.state_dict()
    torch.save(state, tmp_path / "a.pth")
    safetensors.torch.save_file(state, tmp_path / "a.safetensors")
    downloaded = {f"net.{name}": tensor for name, tensor in state.items()}
    (tmp_path / "resnet50").mkdir()
    safetensors.torch.save_file(downloaded, tmp_path / "resnet50" / "weights.safetensors")
    for name in ("a.pth", "a.safetensors", "resnet50"):
        net = ResNet50()
        load_start(Holder(net), tmp_path / name)
        assert net.stem.bias is not None
        torch.testing.assert_close(
            net.stem.bias,
            state["bn1.bias"]
            - state["bn1.running_mean"]
            * state["bn1.weight"]
            / (state["bn1.running_var"] + 1e-5).sqrt(),
        )


def test_networks_of_torchvision_take_their_own_files(
    tmp_path: Path, their_resnet: nn.Module
) -> None:
    from torchvision.models import resnet50

    torch.save(their_resnet.state_dict(), tmp_path / "a.pth")
    net = resnet50(weights=None).eval()
    load_start(Holder(net), tmp_path / "a.pth")
    torch.testing.assert_close(net(PIXELS), their_resnet(PIXELS))
    torch.save({"conv1.weight": torch.zeros(1)}, tmp_path / "b.pth")
    with pytest.raises(ModelError, match=r"b\.pth.*do not fit"):
        load_start(Holder(net), tmp_path / "b.pth")


@pytest.mark.parametrize("net", [Vgg16, ResNet50])
def test_weights_of_another_network_are_refused(net: type[Vgg16 | ResNet50]) -> None:
    state = {"features.0.weight": torch.zeros(64, 3, 3, 3), "features.0.bias": torch.zeros(64)}
    with pytest.raises(ModelError, match="do not fit"):
        net().load_torchvision(state)


def test_a_file_that_is_no_weights_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.pth").write_bytes(b"PK\x03\x04 nothing")
    torch.save({"epoch": 3}, tmp_path / "b.pth")
    for name in ("a.pth", "b.pth", "missing.pth", "missing.safetensors"):
        with pytest.raises(ModelError, match=name):
            read_state(tmp_path / name)


def test_code_in_a_weights_file_is_not_run(tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple:
            return (Path.touch, (tmp_path / "sprung",))

    torch.save({"a": Trap()}, tmp_path / "a.pth")
    with pytest.raises(ModelError):
        read_state(tmp_path / "a.pth")
    assert not (tmp_path / "sprung").exists()


def test_a_network_without_such_a_backbone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="cannot start"):
        load_start(nn.Linear(1, 1), tmp_path)
