import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tiny_models import tiny_model

from gazelab.errors import ModelError
from gazelab.nets.card import cards, find_card, load_card, problems, verify, write_card


def test_a_card_survives_writing_and_reading(tmp_path: Path) -> None:
    card = tiny_model(tmp_path / "tiny")
    write_card(card, tmp_path / "tiny")
    assert load_card(tmp_path / "tiny") == card
    assert "folder" not in json.loads((tmp_path / "tiny" / "card.json").read_text())


def test_an_unknown_model_is_refused_with_the_ids_there_are(tmp_path: Path) -> None:
    tiny_model(tmp_path / "a", id_="first")
    tiny_model(tmp_path / "b", id_="second")
    with pytest.raises(ModelError, match=r"'third'.*first, second"):
        find_card("third", (tmp_path,))
    assert find_card("second", (tmp_path,)).folder == str(tmp_path / "b")


@pytest.mark.parametrize("place", [0.0, 0.5, 0.999])
def test_one_flipped_bit_in_the_weights_is_refused_with_both_hashes(
    tmp_path: Path, place: float
) -> None:
    card = tiny_model(tmp_path)
    data = bytearray(card.weights_path.read_bytes())
    data[int(place * len(data))] ^= 1
    card.weights_path.write_bytes(data)
    with pytest.raises(ModelError) as caught:
        verify(card)
    assert card.weights.sha256 in str(caught.value)
    assert len(set(re.findall(r"\b[0-9a-f]{64}\b", str(caught.value)))) == 2


def test_missing_weights_are_refused_by_name(tmp_path: Path) -> None:
    card = tiny_model(tmp_path)
    card.weights_path.unlink()
    with pytest.raises(ModelError, match=r"weights\.safetensors"):
        verify(card)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"schema": 99}, "newer GazeLab"),
        ({"steps": "many"}, "not a model card"),
        ({"weights": {"file": "../x", "sha256": "", "bytes": 1}}, "beside the card"),
    ],
)
def test_a_card_that_cannot_be_used_says_why(
    tmp_path: Path, change: dict[str, object], sentence: str
) -> None:
    tiny_model(tmp_path)
    path = tmp_path / "card.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(ModelError, match=sentence):
        load_card(tmp_path)


def test_a_damaged_card_does_not_hide_the_others(tmp_path: Path) -> None:
    tiny_model(tmp_path / "good")
    tiny_model(tmp_path / "same id")
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "card.json").write_text("{")
    assert [card.folder for card in cards((tmp_path,))] == [str(tmp_path / "good")]
    reasons = [str(problem) for problem in problems((tmp_path,))]
    assert len(reasons) == 2
    assert "bad" in reasons[0]
    assert "is taken by" in reasons[1]


def test_folders_that_are_not_there_hold_no_models(tmp_path: Path) -> None:
    assert cards((tmp_path / "nowhere",)) == ()


def test_listing_models_does_not_import_torch() -> None:
    code = (
        "import sys; from gazelab.nets.card import cards; cards(); "
        "import gazelab.study.run, gazelab.study.train; sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
