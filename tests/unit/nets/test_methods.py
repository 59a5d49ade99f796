"""Methods by name: what a choice may be, and what its maps are called."""

import pytest

from gazelab.data.stimulus import Stimulus
from gazelab.errors import SettingsError
from gazelab.nets.card import LayerSpec, ModelCard, load_card
from gazelab.nets.methods import (
    METHODS,
    MethodChoice,
    checked,
    class_named,
    expected_class,
    method_of,
    methods_for,
    source_of,
)
from gazelab.paths import shipped


@pytest.fixture(scope="module")
def cam() -> ModelCard:
    return load_card(shipped("models") / "cam")


@pytest.fixture
def plain(cam: ModelCard) -> ModelCard:
    """Return the card of a network that does not end in an average."""
    import msgspec

    layers = tuple(
        LayerSpec(name=name, rows=4, columns=4, channels=2) for name in ("conv 1", "conv 2")
    )
    return msgspec.structs.replace(cam, layers=layers)


def test_every_method_says_what_it_is_and_whose() -> None:
    assert len({method.id for method in METHODS}) == len(METHODS) == 9
    for method in METHODS:
        assert method.about.endswith(".") and "(20" in method.citation
        assert method_of(method.title.upper()) is method


def test_an_unknown_method_is_refused_with_those_there_are() -> None:
    with pytest.raises(SettingsError, match=r"'gradcam'.*cam, grad-cam, grad-cam\+\+"):
        method_of("gradcam")


def test_names_are_completed_as_the_card_writes_them(cam: ModelCard) -> None:
    choice = MethodChoice("Grad-CAM", "Car-Side", "STAGE 6")
    assert checked(choice, cam) == MethodChoice("grad-cam", "car_side", "stage 6")
    assert checked(MethodChoice("grad-cam"), cam).layer == "head"
    assert checked(MethodChoice("cam", layer="stage 1"), cam).layer == "head"
    assert checked(MethodChoice("eigen-cam", "dalmatian"), cam).target == ""


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        (MethodChoice("cam", "dalmation"), "dalmatian"),
        (MethodChoice("cam", "qqq"), "models info cam"),
        (MethodChoice("cam", "side"), "Close to it: .*car_side"),
        (MethodChoice("grad-cam", layer="stage 9"), "stage 1, stage 2, .*, head"),
        (MethodChoice("layer-cam", signed=True), "cam, grad-cam, hires-cam, xgrad-cam"),
    ],
)
def test_what_there_is_not_is_refused_with_what_there_is(
    cam: ModelCard, choice: MethodChoice, said: str
) -> None:
    with pytest.raises(SettingsError, match=said):
        checked(choice, cam)


def test_there_is_no_true_cam_without_an_average(plain: ModelCard) -> None:
    assert [m.id for m in methods_for(plain)] == [m.id for m in METHODS if m.id != "cam"]
    with pytest.raises(SettingsError, match="average over positions"):
        checked(MethodChoice("cam"), plain)


def test_a_model_without_classes_has_no_methods() -> None:
    assert methods_for(load_card(shipped("models") / "sam-s")) == ()


def test_a_source_names_method_class_and_layer(cam: ModelCard) -> None:
    def source(*choice: str) -> str:
        return source_of("cam", checked(MethodChoice(*choice), cam))

    assert source("grad-cam", "dalmatian", "stage 6") == (
        "cam: Grad-CAM, class dalmatian, layer stage 6"
    )
    assert source("cam") == "cam: CAM, predicted class"
    assert source("layer-cam", "expected") == "cam: LayerCAM, expected class, layer head"
    assert source("eigen-cam", "dalmatian") == "cam: Eigen-CAM, layer head"


def test_a_class_with_the_exact_name_wins(cam: ModelCard) -> None:
    import msgspec

    both = msgspec.structs.replace(cam, classes=("Cardigan", "cardigan"))
    assert class_named("Cardigan", both) == "Cardigan"
    assert class_named("cardigan", both) == "cardigan"


@pytest.mark.parametrize(
    ("id_", "labels", "expected"),
    [
        ("dalmatian/image_0001.jpg", (), "dalmatian"),
        ("set/car side/1.jpg", (), "car_side"),
        ("dalmatian/1.jpg", ("simulated", "Lobster"), "lobster"),
        ("dalmatian.jpg", (), ""),
        ("dog/1.jpg", ("nothing",), ""),
    ],
)
def test_the_expected_class_is_a_label_or_a_folder(
    cam: ModelCard, id_: str, labels: tuple[str, ...], expected: str
) -> None:
    stimulus = Stimulus(id_, id_, 10, 10, "", labels)
    assert expected_class(stimulus, cam.classes) == expected
