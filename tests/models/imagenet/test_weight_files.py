import json
import os
import zipfile
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from models.imagenet.weight_files import read_weights
from sim.errors import UserError

STATE = {"weight": torch.arange(6.0)}


def refused(path: Path, message: str) -> None:
    with pytest.raises(UserError, match=message) as caught:
        read_weights(path)
    assert "\n" not in str(caught.value)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("name", ["a.pth", "a.safetensors", "a.pth.tar", "a.bin", "a.ckpt", "a"])
def test_the_content_decides_what_a_file_is(tmp_path: Path, name: str) -> None:
    torch.save(STATE, tmp_path / name)
    assert torch.equal(read_weights(tmp_path / name)["weight"], STATE["weight"])
    save_file(STATE, tmp_path / name)
    assert torch.equal(read_weights(tmp_path / name)["weight"], STATE["weight"])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"hello", "neither a PyTorch nor a safetensors file"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "pointer of Git LFS"),
        (b"<!DOCTYPE html><html>", "a page of markup"),
        (b"\x1f\x8b\x08\0", "gzip; unpack it first"),
        (b"\x08\x07\x12\x04onnx", "ONNX"),
        (b"\x89HDF\r\n", "HDF5"),
        (b"\x93NUMPY\x01\0", "NumPy array"),
        (b'{"weight_map": {}}', "JSON, perhaps the index of weights in several files"),
        (b"\0" * 100, "neither"),
        (b"\x80\x02.", "not a whole PyTorch file|more than tensors"),
        (b"PK\x03\x04" + b"\0" * 60, "not a whole PyTorch file"),
        (b"\x00\x01\0\0\0\0\0\0{" + b" " * 300, "not a whole safetensors file"),
        (b"\xff\xff\xff\xff\xff\xff\xff\x7f{", "not a whole safetensors file"),
    ],
)
@pytest.mark.parametrize("suffix", ["pth", "safetensors"])
def test_files_of_another_kind(tmp_path: Path, content: bytes, message: str, suffix: str) -> None:
    path = tmp_path / f"net.{suffix}"
    path.write_bytes(content)
    refused(path, message)


def test_what_is_no_file(tmp_path: Path) -> None:
    refused(tmp_path / "none.pth", "no such checkpoint")
    refused(tmp_path, "not a file")
    os.mkfifo(tmp_path / "pipe.pth")
    refused(tmp_path / "pipe.pth", "not a file")
    (tmp_path / "link.pth").symlink_to(tmp_path / "gone.pth")
    refused(tmp_path / "link.pth", "no such checkpoint")


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_unreadable_files(tmp_path: Path) -> None:
    torch.save(STATE, tmp_path / "a.pth")
    (tmp_path / "a.pth").chmod(0)
    refused(tmp_path / "a.pth", "cannot be read")


@pytest.mark.filterwarnings("ignore:.*is deprecated", "ignore:.*torch.jit")
def test_programs_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "script.pt"
    torch.jit.script(torch.nn.Linear(2, 2)).save(path)  # type: ignore[no-untyped-call]
    refused(path, "refused, for it is a TorchScript program")


def test_archives_that_grow_when_unpacked(tmp_path: Path) -> None:
    torch.save(STATE, tmp_path / "a.pth")
    with (
        zipfile.ZipFile(tmp_path / "a.pth") as stored,
        zipfile.ZipFile(tmp_path / "bomb.pth", "w", zipfile.ZIP_DEFLATED) as packed,
    ):
        for member in stored.infolist():
            filler = b"\0" * 10_000_000 if "/data/" in member.filename else b""
            packed.writestr(member.filename, stored.read(member) + filler)
    refused(tmp_path / "bomb.pth", "its members are compressed")


def test_other_archives(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.pth", "w") as archive:
        archive.writestr("word/document.xml", json.dumps({}))
    refused(tmp_path / "a.pth", "not a whole PyTorch file")


def test_a_class_beside_the_records_is_named(tmp_path: Path) -> None:
    torch.save({"weight": STATE["weight"], "when": torch.nn.ReLU()}, tmp_path / "a.pth")
    refused(tmp_path / "a.pth", r"it names torch\.nn\.modules\.activation\.ReLU")
