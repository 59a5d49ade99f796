"""Only `storage` changes files, only `fetch` uses the network, nothing runs code out of a file."""

import ast
import re

import pytest
from sources import MODULES, calls, imported_names

STORAGE = "gazelab.storage"

WRITING = frozenset(
    """
    cv2.imwrite cv2.imwritemulti cv2.VideoWriter json.dump tempfile.NamedTemporaryFile
    tempfile.TemporaryFile tempfile.mkstemp tempfile.mkdtemp tempfile.TemporaryDirectory
    numpy.save numpy.savez numpy.savez_compressed numpy.savetxt numpy.memmap torch.save
    safetensors.numpy.save_file safetensors.torch.save_file scipy.io.savemat sqlite3.connect
    os.replace os.rename os.renames os.remove os.unlink os.rmdir os.removedirs os.mkdir
    os.makedirs os.truncate os.link os.symlink os.chmod os.mkfifo PySide6.QtCore.QSaveFile
    PySide6.QtCore.QFile PySide6.QtCore.QTemporaryFile PySide6.QtCore.QTemporaryDir
    .write_text .write_bytes .touch .mkdir .rmdir .unlink .rename
    .symlink_to .hardlink_to .chmod .tofile .to_csv .to_excel .to_json .to_parquet .savefig
    .setFileName logging.FileHandler logging.handlers.RotatingFileHandler
    """.split()
)
"""Calls that change a file or folder."""

SHUTIL_THAT_ONLY_LOOKS = frozenset({"shutil.disk_usage", "shutil.which"})
OPENING = frozenset({"open", "io.open", "os.open", "gzip.open", "bz2.open", "lzma.open", ".open"})
FILES_WITH_A_MODE = frozenset({"zipfile.ZipFile", "tarfile.open", "h5py.File", "os.fdopen"})
PICTURE_WRITERS = frozenset({".save", "PySide6.QtGui.QImageWriter"})
PICTURES = re.compile(r"image|pixmap|picture|figure|grab|screenshot|svg", re.IGNORECASE)

ALLOWED = {
    ("gazelab.app.main", "logging.handlers.RotatingFileHandler"): "a log grows line by line",
    ("gazelab.cli.command", "os.open"): "the null device, after the reader of a pipe has gone",
    ("gazelab.app.commands", "tempfile.mkdtemp"): "the sample lies in the temporary folder",
    ("gazelab.study.apart", "tempfile.TemporaryDirectory"): "handed over by a child, then gone",
    ("gazelab.study.run", "tempfile.TemporaryDirectory"): "handed over by processes, then gone",
    ("gazelab.io.child", "os.fdopen"): "a child answers through its standard output",
}
"""(module, call) -> why this call is no way around `storage`."""

DANGEROUS_MODULES = frozenset(
    """
    pickle cPickle _pickle dill cloudpickle joblib shelve marshal yaml socket ssl http
    urllib.request ftplib smtplib requests httpx aiohttp torch.hub PySide6.QtNetwork
    PySide6.QtWebEngineWidgets
    """.split()
)
"""Modules that run code out of files, or reach for the network."""

NETWORK = "gazelab.nets.fetch"
"""The one module that opens the network, when a person has asked for a download."""

FETCHING = ("urllib.request", "http.client")
"""What it does so with."""

DANGEROUS_CALLS = frozenset(
    """
    eval exec compile __import__ os.system os.popen subprocess.getoutput
    subprocess.getstatusoutput torch.jit.load torch.hub.load
    torch.hub.load_state_dict_from_url torch.utils.model_zoo.load_url
    torchvision.models.get_model_weights
    """.split()
)


def _modes(call: ast.Call) -> list[ast.expr]:
    return [*call.args[:2], *(k.value for k in call.keywords if k.arg == "mode")]


def _opens_for_writing(name: str, call: ast.Call) -> bool:
    if name == "os.open":
        return any(flag in ast.dump(call) for flag in ("O_WRONLY", "O_RDWR", "O_CREAT"))
    literals = [m.value for m in _modes(call) if isinstance(m, ast.Constant)]
    modes = [m for m in literals if isinstance(m, str) and re.fullmatch("[rwaxbt+]{1,3}", m)]
    unknown = name == "open" and len(call.args) > 1 and not modes
    return unknown or any(set(mode) & set("wax+") for mode in modes)


def _saves_a_picture(call: ast.Call) -> bool:
    """Whether `x.save(target)` looks like a picture saved to a file, not to a buffer."""
    if not call.args:
        return False
    to_buffer = "buffer" in ast.unparse(call.args[0]).lower()
    return bool(PICTURES.search(ast.unparse(call.func))) and not to_buffer


def writes(module: str, tree: ast.AST) -> list[str]:
    """Return the calls that change files, in any module but `storage`."""
    found = []
    for name, call in calls(tree):
        replaces = name == ".replace" and len(call.args) == 1 and not call.keywords
        on_disk = name.startswith("shutil.") and name not in SHUTIL_THAT_ONLY_LOOKS
        opens = name in OPENING | FILES_WITH_A_MODE and _opens_for_writing(name, call)
        picture = name in PICTURE_WRITERS and _saves_a_picture(call)
        changes = name in WRITING or replaces or on_disk or opens or picture
        if changes and module != STORAGE and (module, name) not in ALLOWED:
            found.append(f"{module}:{call.lineno}: {ast.unparse(call)[:60]}")
    return found


def _has(call: ast.Call, argument: str, value: bool) -> bool:
    return any(
        keyword.arg == argument
        and isinstance(keyword.value, ast.Constant)
        and keyword.value.value is value
        for keyword in call.keywords
    )


def dangers(module: str, tree: ast.AST) -> list[str]:
    """Return the imports and calls that could run code out of a file or reach the network."""
    found = [
        f"{module}: imports {name}"
        for name in imported_names(tree).values()
        if any(name == bad or name.startswith(f"{bad}.") for bad in DANGEROUS_MODULES)
        and not (module == NETWORK and name.startswith(FETCHING))
    ]
    for name, call in calls(tree):
        unsafe_load = name == "torch.load" and not _has(call, "weights_only", True)
        pickled = any(k.arg == "allow_pickle" for k in call.keywords) and not _has(
            call, "allow_pickle", False
        )
        in_a_shell = any(k.arg == "shell" for k in call.keywords) and not _has(call, "shell", False)
        if name in DANGEROUS_CALLS or unsafe_load or pickled or in_a_shell:
            found.append(f"{module}:{call.lineno}: {ast.unparse(call)[:60]}")
    return found


def test_only_storage_changes_files() -> None:
    assert not [found for module, tree in MODULES.items() for found in writes(module, tree)]


def test_nothing_runs_code_out_of_a_file_or_uses_the_network() -> None:
    assert not [found for module, tree in MODULES.items() for found in dangers(module, tree)]


def test_only_one_module_opens_the_network_and_only_downloads_use_it() -> None:
    assert dangers("gazelab.elsewhere", MODULES[NETWORK])
    users = [
        m for m, tree in MODULES.items() if f"{NETWORK}.fetch" in imported_names(tree).values()
    ]
    assert users == ["gazelab.study.download"]


def test_every_exception_is_still_needed() -> None:
    used = {(module, name) for module, tree in MODULES.items() for name, _ in calls(tree)}
    assert set(ALLOWED) <= used


def test_storage_itself_is_seen_to_write() -> None:
    assert writes("gazelab.elsewhere", MODULES[STORAGE])


@pytest.mark.parametrize(
    "source",
    [
        "open(p, 'w')",
        "open(p, mode='ab')",
        "open(p, 'r+')",
        "open(p, mode_of(p))",
        "p.open('w')",
        "import gzip\ngzip.open(p, 'wt')",
        "import os\nos.open(p, os.O_WRONLY)",
        "p.write_text('x')",
        "(folder / 'x').write_bytes(b'')",
        "p.mkdir(parents=True)",
        "p.unlink()",
        "p.replace(q)",
        "import os\nos.replace(a, b)",
        "from os import replace as swap\nswap(a, b)",
        "import numpy as np\nnp.save(p, x)",
        "from numpy import savez\nsavez(p, x=x)",
        "x.tofile(p)",
        "import cv2\ncv2.imwrite(p, x)",
        "image.save(str(p))",
        "self.grab().save('view.png')",
        "from PySide6.QtGui import QImageWriter\nQImageWriter(name)",
        "import json\njson.dump(x, f)",
        "import shutil\nshutil.copy(a, b)",
        "import zipfile\nzipfile.ZipFile(p, 'w')",
        "import h5py\nh5py.File(p, 'a')",
        "from safetensors.torch import save_file\nsave_file(x, p)",
        "frame.to_csv(p)",
        "generator.setFileName(p)",
    ],
)
def test_a_planted_write_is_found(source: str) -> None:
    assert len(writes("gazelab.app.x", ast.parse(source))) == 1


@pytest.mark.parametrize(
    "source",
    [
        "open(p)",
        "open(p, 'rb')",
        "p.open()",
        "p.open(encoding='utf-8')",
        "from gazelab import storage\nstorage.write_text(p, 'x')",
        "from gazelab.storage import write_bytes\nwrite_bytes(p, b'')",
        "text.replace('a', 'b')",
        "from dataclasses import replace\nreplace(x, a=1)",
        "image.save(buffer, 'PNG')",
        "from PySide6.QtGui import QImageWriter\nQImageWriter(buffer, kind)",
        "painter.save()",
        "from gazelab.project import store\nstore.save(project, p)",
        "import json\njson.dumps(x)",
        "import zipfile\nzipfile.ZipFile(p)",
        "import shutil\nshutil.disk_usage(p)",
    ],
)
def test_reading_and_storage_are_no_writes(source: str) -> None:
    assert not writes("gazelab.app.x", ast.parse(source))


@pytest.mark.parametrize(
    "source",
    [
        "import pickle",
        "def f():\n    from pickle import loads",
        "import urllib.request as web",
        "from PySide6.QtNetwork import QTcpSocket",
        "eval(text)",
        "exec(text)",
        "import torch\ntorch.load(p)",
        "import torch\ntorch.load(p, weights_only=False)",
        "from torch import load\nload(p, map_location='cpu')",
        "import torch\ntorch.hub.load('a', 'b')",
        "import numpy as np\nnp.load(p, allow_pickle=True)",
        "import numpy as np\nnp.load(p, allow_pickle=trusted)",
        "import subprocess\nsubprocess.run(text, shell=True)",
        "import os\nos.system(text)",
        "import yaml",
    ],
)
def test_a_planted_danger_is_found(source: str) -> None:
    assert len(dangers("gazelab.x", ast.parse(source))) == 1


@pytest.mark.parametrize(
    "source",
    [
        "model.eval()",
        "import re\nre.compile('a')",
        "import torch\ntorch.load(p, weights_only=True)",
        "import numpy as np\nnp.load(p, allow_pickle=False)",
        "from urllib.parse import quote",
        "import subprocess\nsubprocess.run([a, b])",
    ],
)
def test_harmless_calls_are_no_danger(source: str) -> None:
    assert not dangers("gazelab.x", ast.parse(source))
