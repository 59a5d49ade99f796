"""Download a network that was trained on ImageNet, check it, and make it one of the models."""

import sys
from pathlib import Path

import msgspec

from gazelab import paths, storage
from gazelab.errors import ModelError
from gazelab.nets.card import CARD_FILE, ModelCard, find_card, load_card, verify, write_card
from gazelab.nets.fetch import fetch
from gazelab.nets.pretrained import Pretrained, installed
from gazelab.nets.training.readme import model_readme
from gazelab.study import child_task
from gazelab.task import Step, Task

_FAILURE = "The download", "What has arrived is kept: download it again to go on."
_ARRIVING = ".arriving"
"""Folder, beside the models, of files that have not arrived as a whole."""


def download(wanted: Pretrained) -> Task[ModelCard]:
    """Download a network, or go on with a download that was stopped; return its card.

    The file is compared with the digits of its SHA-256 that are known, with all of them where
    it was downloaded before. What is not the right file is removed. The model is there when its
    card is, which is written last.

    Raises ModelError, SettingsError or WriteError; models that are there stay as they are.
    """
    there = installed(wanted)
    known = _known_sha256(wanted, there)
    if there is not None and _is_whole(there):
        raise ModelError(f"{wanted.title} is installed already, in {there.folder}.")
    path = paths.user_models() / _ARRIVING / wanted.file
    yield from fetch(wanted.url, path, wanted.most_bytes, wanted.title)
    yield Step(0, None, f"checking {wanted.file}")
    _check(path, known)
    yield Step(0, None, f"making a model of {wanted.file}")
    from gazelab.nets.converted import convert  # torch takes a second to import

    card, weights = convert(wanted, path)
    folder = _folder(wanted, there)
    storage.write_bytes(folder / card.weights.file, weights)
    storage.write_text(folder / "README.md", model_readme(card))
    write_card(card, folder)
    storage.remove(path)
    return load_card(folder)


def download_apart(wanted: Pretrained) -> Task[ModelCard]:
    """Download in a child process; closing the task stops it, and what has arrived is kept."""
    yield Step(0, None, f"starting to download {wanted.title}")
    yield from child_task.follow(child_task.command(__name__, wanted), _FAILURE)
    return find_card(wanted.id)


def _made(wanted: Pretrained) -> Task[str]:
    """Download a network in the child; return its id."""
    return (yield from download(wanted)).id


def _known_sha256(wanted: Pretrained, there: ModelCard | None) -> str:
    """Return as many digits as are known; raises ModelError where the id is another model's."""
    if there is None:
        return wanted.sha256_start
    if there.downloaded is None:
        raise ModelError(
            f"The id '{wanted.id}' is taken by the model in {there.folder}.",
            "Move that folder elsewhere first.",
        )
    return there.downloaded.sha256


def _folder(wanted: Pretrained, there: ModelCard | None) -> Path:
    """Return the folder for the model; one that holds another model is left alone."""
    if there is not None:
        return Path(there.folder)
    usual = paths.user_models() / wanted.id
    taken = (usual / CARD_FILE).exists()
    return storage.fresh_folder(usual) if taken else storage.make_folder(usual)


def _is_whole(card: ModelCard) -> bool:
    try:
        verify(card)
    except ModelError:
        return False
    return True


def _check(path: Path, known: str) -> None:
    found = storage.sha256_of(path)
    if not found.startswith(known):
        storage.remove(path)
        raise ModelError(
            f"{path.name}: this is not the file that was meant: its SHA-256 is {found}, and "
            f"should {'be' if len(known) == len(found) else 'begin with'} {known}. It was removed.",
            "Download it again.",
        )


if __name__ == "__main__":
    asked = msgspec.json.decode(sys.argv[1], type=Pretrained)
    sys.exit(child_task.serve(lambda: _made(asked)))
