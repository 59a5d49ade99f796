"""From a server to a model that can be run: checked, converted, and there only when whole."""

import hashlib
import io
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
import torchvision
from servers import Files, serving
from tiny_models import picture, tiny_model

from gazelab import paths
from gazelab.errors import ModelError, SettingsError
from gazelab.nets.card import find_card, problems, verify
from gazelab.nets.catalog import architecture
from gazelab.nets.methods import MethodChoice
from gazelab.nets.pretrained import PRETRAINED, Pretrained, pretrained
from gazelab.nets.runtime import Model, choose_device
from gazelab.nets.training.readme import model_readme
from gazelab.study.download import download, download_apart
from gazelab.task import Step, finish

Weights = tuple[bytes, dict[str, torch.Tensor]]


@pytest.fixture(scope="module")
def weights() -> Weights:
    """Return weights as torchvision publishes them, here random ones."""
    torch.manual_seed(1)
    state = torchvision.models.mobilenet_v2().state_dict()
    buffer = io.BytesIO()
    torch.save(state, buffer)
    return buffer.getvalue(), state


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty folder for the models of a user."""
    monkeypatch.setattr(paths, "user_models", lambda: tmp_path / "models")
    return tmp_path / "models"


@pytest.fixture
def files(weights: Weights) -> Iterator[Files]:
    with serving(Files({"/mobilenet.pth": weights[0]})) as files:
        yield files


@pytest.fixture
def wanted(files: Files, weights: Weights) -> Pretrained:
    return replace(
        pretrained("mobilenet-v2"),
        url=f"{files.address}/mobilenet.pth",
        sha256_start=hashlib.sha256(weights[0]).hexdigest()[:8],
    )


def everything(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_a_download_becomes_a_model_that_names_classes(
    wanted: Pretrained, weights: Weights, home: Path, tmp_path: Path
) -> None:
    steps: list[Step] = []
    card = finish(download(wanted), steps.append)
    assert Step(14, 14, "MB of MobileNetV2, ImageNet") in steps
    assert find_card("mobilenet-v2") == card
    verify(card)
    assert everything(home) == {
        f"mobilenet-v2/{name}" for name in ("card.json", "README.md", "weights.safetensors")
    }
    assert card.downloaded is not None
    assert card.downloaded.sha256 == hashlib.sha256(weights[0]).hexdigest()
    readme = (home / "mobilenet-v2" / "README.md").read_text("utf-8")
    assert readme == model_readme(card) and wanted.url in readme and "train.toml" not in readme
    assert len(card.classes) == len(set(card.classes)) == 1000
    assert card.layers[-1].name == "head" and card.layers[-1].averaged
    assert card.parameters == 3_504_872

    stimulus = picture(tmp_path / "noise.png", 90, 120)
    model = Model(card, choose_device("cpu"), [MethodChoice("cam", "goldfish")])
    pixels = np.zeros((90, 120, 3), np.uint8) + 90
    (attention,) = model.attention([(stimulus, model.fitted(pixels))])
    assert attention.source == "mobilenet-v2: CAM, class goldfish"
    assert np.isfinite(attention.maps).all()


def test_the_network_is_that_of_torchvision(
    wanted: Pretrained, weights: Weights, home: Path
) -> None:
    """The same logits for the same pixels, normalised as torchvision does it."""
    card = finish(download(wanted))
    model = Model(card, choose_device("cpu"))
    pixels = np.random.default_rng(0).integers(0, 256, (224, 224, 3), np.uint8)
    net = torchvision.models.mobilenet_v2()
    net.load_state_dict(weights[1])
    normalise = torchvision.transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
    with torch.inference_mode():
        expected = net.eval()(normalise(torch.from_numpy(pixels).permute(2, 0, 1) / 255)[None])
        found = model._net(model._normalised(pixels[None]))[0]
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-4)


def test_the_wrong_file_is_refused_by_name_and_removed(wanted: Pretrained, home: Path) -> None:
    with pytest.raises(ModelError, match=r"mobilenet\.pth: .*begin with 00000000. It was removed"):
        finish(download(replace(wanted, sha256_start="00000000")))
    assert everything(home) == set()


def test_the_right_name_on_something_else_is_refused(
    wanted: Pretrained, files: Files, home: Path
) -> None:
    content = files.content["/mobilenet.pth"] = b"no weights at all"
    wrong = replace(wanted, sha256_start=hashlib.sha256(content).hexdigest()[:8])
    with pytest.raises(ModelError, match="does not hold the weights of MobileNetV2"):
        finish(download(wrong))
    with pytest.raises(ModelError, match="no model 'mobilenet-v2'"):
        find_card("mobilenet-v2")
    assert not problems()


def test_a_download_that_broke_off_is_finished_later(
    wanted: Pretrained, files: Files, home: Path
) -> None:
    files.cut_at = 5_000_000
    with pytest.raises(ModelError, match="start again"):
        finish(download(wanted))
    assert everything(home) == {".arriving/mobilenet.pth"}
    assert finish(download(wanted)).id == "mobilenet-v2"
    assert files.asked == ["", "bytes=5000000-"]
    assert not any(name.startswith(".arriving") for name in everything(home))


def test_what_is_installed_is_not_downloaded_again_unless_it_is_damaged(
    wanted: Pretrained, files: Files, home: Path
) -> None:
    card = finish(download(wanted))
    with pytest.raises(ModelError, match="installed already"):
        finish(download(wanted))
    assert len(files.asked) == 1
    flipped = bytearray(card.weights_path.read_bytes())
    flipped[-1] ^= 1
    card.weights_path.write_bytes(flipped)
    with pytest.raises(ModelError, match="SHA-256"):
        verify(card)
    verify(finish(download(wanted)))
    assert len(files.asked) == 2


def test_a_second_download_must_be_the_first_file_in_every_digit(
    wanted: Pretrained, files: Files, home: Path
) -> None:
    card = finish(download(wanted))
    card.weights_path.write_bytes(b"")
    files.content["/mobilenet.pth"] += b" "
    other = hashlib.sha256(files.content["/mobilenet.pth"]).hexdigest()
    with pytest.raises(ModelError, match=rf"SHA-256 is {other}, and should be [0-9a-f]{{64}}\."):
        finish(download(replace(wanted, sha256_start=other[:8])))


def test_a_model_of_ones_own_is_not_replaced(wanted: Pretrained, home: Path) -> None:
    own = tiny_model(home / "mobilenet-v2", id_="mobilenet-v2")
    with pytest.raises(ModelError, match="is taken by the model in"):
        finish(download(wanted))
    verify(own)
    (home / "mobilenet-v2" / "card.json").write_text("{}")
    assert finish(download(wanted)).folder == str(home / "mobilenet-v2-2")


@pytest.mark.skipif(sys.platform != "linux", reason="tells the child its home folder by XDG")
def test_in_a_child_process_it_can_be_stopped_at_any_time(
    wanted: Pretrained, files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    stall = files.stall = threading.Event()
    files.cut_at = 3_000_000
    task = download_apart(wanted)
    while next(task).done < 2:
        pass
    task.close()
    stall.set()
    files.stall = None
    arriving = paths.user_models() / ".arriving" / "mobilenet.pth"
    assert 2_000_000 <= arriving.stat().st_size <= 3_000_000
    assert finish(download_apart(wanted)).id == "mobilenet-v2"
    assert not arriving.exists()


def test_an_unknown_id_is_refused_with_those_there_are() -> None:
    with pytest.raises(SettingsError, match=r"'resnet5'.*alexnet, vgg16, resnet50, mobilenet-v2"):
        pretrained("resnet5")


@pytest.mark.parametrize("known", PRETRAINED, ids=lambda known: known.id)
def test_what_is_said_of_a_download_is_what_torchvision_says(known: Pretrained) -> None:
    group, _, entry = known.weights.partition(".")
    stated = getattr(torchvision.models, group)[entry]
    assert known.url == stated.url
    assert f"-{known.sha256_start}." in known.file
    assert known.megabytes == pytest.approx(stated.meta["_file_size"] * 1.048576, rel=1e-3)
    assert known.accuracy == pytest.approx(stated.meta["_metrics"]["ImageNet-1K"]["acc@1"] / 100)
    with torch.device("meta"):
        net = architecture(known.architecture).build({}, 1000)
    assert sum(parameter.numel() for parameter in net.parameters()) == stated.meta["num_params"]
