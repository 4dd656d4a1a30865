import csv
import json
import os
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from models.command import main
from sim import Layer, LayerTrace, NetworkTrace, Provenance, TracedLayer, read_trace, write_trace
from tests.models.onnx_import.exported_networks import FOLDER, exact_inputs

Capture = pytest.CaptureFixture[str]
NETWORK = """
from torch import nn
def tiny():
    return nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(8 * 36, 10))
def broken():
    raise KeyError("weights")
number = 3
"""


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    rng = np.random.default_rng(1)
    layer = Layer.conv("<conv>", 8, 8, 3, input_size=6)
    masks = (rng.random(layer.weight_shape) < 0.5, rng.random((1, *layer.input_shape)) < 0.5)
    origin = Provenance("yours", "a & b", "dense", "measured", "measured", "toy")
    path = tmp_path / "toy.safetensors"
    write_trace(path, NetworkTrace(origin, (TracedLayer(LayerTrace(layer, *masks)),)))
    return path


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "mine.py").write_text(NETWORK)
    inputs = np.random.default_rng(0).normal(size=(4, 3, 8, 8)).astype(np.float32)
    np.save(tmp_path / "x.npy", inputs)
    np.savez(tmp_path / "two.npz", a=inputs, b=inputs)
    np.savez(tmp_path / "named.npz", images=inputs)
    np.save(tmp_path / "objects.npy", np.array([{}], dtype=object), allow_pickle=True)
    np.save(tmp_path / "whole.npy", np.ones((1, 3, 8, 8), dtype=int))
    np.save(tmp_path / "number.npy", np.float32(3))
    (tmp_path / "text.onnx").write_text("no network")
    (tmp_path / "empty").mkdir()
    (tmp_path / "d.safetensors").mkdir()
    (tmp_path / "m 'y'.yaml").write_text("wide:\n  base: template\n  parameters: {groups: 2}\n")
    return tmp_path


def test_run_prints_a_line_per_design_and_what_the_columns_mean(
    trace: Path, capsys: Capture
) -> None:
    assert main(["run", str(trace), "--accelerators", "sa, sparten"]) == 0
    out = capsys.readouterr().out
    assert [line.split()[0] for line in out.splitlines()[4:6]] == ["sa", "sparten"]
    assert "never idles" in out


def test_run_writes_a_table_and_a_page_without_markup_from_names(
    trace: Path, tmp_path: Path, capsys: Capture
) -> None:
    folder = tmp_path / "new" / "out"
    assert main(["run", str(trace), "--accelerators", "sa", "--out", str(folder)]) == 0
    rows = list(csv.DictReader((folder / "layers.csv").open()))
    assert [row["layer"] for row in rows] == ["<conv>", "all layers"]
    page = (folder / "index.html").read_text()
    assert "a &amp; b" in page
    assert "&lt;conv&gt;" in page
    assert "<conv>" not in page
    assert "http" not in page


def test_json_output_is_all_that_is_on_stdout(trace: Path, capsys: Capture) -> None:
    assert main(["run", str(trace), "--accelerators", "sa", "--json"]) == 0
    assert [row["layer"] for row in json.loads(capsys.readouterr().out)] == [
        "<conv>",
        "all layers",
    ]


def test_trace_records_a_module_of_a_file(files: Path) -> None:
    out = files / "t.safetensors"
    inputs = ["--inputs", str(files / "x.npy"), "--images", "3", "--out", str(out)]
    assert main(["trace", f"{files / 'mine.py'}:tiny", *inputs]) == 0
    assert [(t.layer.kind, t.images) for t in read_trace(out).traces] == [
        ("conv", 3),
        ("linear", 3),
    ]


BESIDE = """
from __future__ import annotations
from dataclasses import dataclass
from torch import nn
from sizes_of_mine import KERNEL
@dataclass
class Settings:
    kernel: int = KERNEL
def net():
    return nn.Sequential(nn.Conv2d(3, 8, Settings().kernel), nn.ReLU(), nn.Conv2d(8, 2, 1))
"""


def test_a_file_of_a_module_imports_what_lies_beside_it_and_has_dataclasses(files: Path) -> None:
    (files / "sizes_of_mine.py").write_text("KERNEL = 3")
    (files / 'my "net".py').write_text(BESIDE)
    out, before = files / "a trace.safetensors", list(sys.path)
    inputs = ["--inputs", str(files / "x.npy"), "--out", str(out)]
    assert main(["trace", f'{files}/my "net".py:net', *inputs]) == 0
    assert len(read_trace(out).traces) == 2
    assert sys.path == before


def test_a_folder_that_cannot_be_written_to_is_refused_before_anything_runs(
    trace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: path != tmp_path)
    assert main(["run", str(trace), "--out", str(tmp_path / "a" / "b")]) == 2
    assert f"b: {tmp_path} cannot be written to" in capsys.readouterr().err
    assert not (tmp_path / "a").exists()


def test_names_that_steer_a_terminal_or_are_no_text_are_written_out(
    tmp_path: Path, capsys: Capture
) -> None:
    layer = Layer.linear("a\ud800", 8, 8)
    masks = (np.ones(layer.weight_shape, bool), np.ones((1, *layer.input_shape), bool))
    origin = Provenance("yours", "red\x1b[31m\n", "dense", "measured", "measured", "toy")
    path = tmp_path / "odd.safetensors"
    write_trace(path, NetworkTrace(origin, (TracedLayer(LayerTrace(layer, *masks)),)))
    assert main(["run", str(path), "--accelerators", "sa", "--out", str(tmp_path / "o")]) == 0
    assert capsys.readouterr().out.startswith(r"red\x1b[31m\n, dense: toy")
    assert r"a\ud800" in (tmp_path / "o" / "layers.csv").read_text(encoding="utf-8")
    assert r"a\ud800" in (tmp_path / "o" / "index.html").read_text(encoding="utf-8")


def test_a_design_that_does_not_run_is_named_beside_json(
    trace: Path, files: Path, capsys: Capture
) -> None:
    names = f"sparten,{files / 'm '}'y'.yaml"
    assert main(["run", str(trace), "--accelerators", names, "--at", "1024", "--json"]) == 0
    captured = capsys.readouterr()
    assert {row["accelerator"] for row in json.loads(captured.out)} == {"sparten"}
    assert captured.err.startswith("not run: wide: has no size on the common footing")


ONNX = FOLDER / "tokens.onnx"


def test_trace_records_an_onnx_file_on_arrays_and_on_pictures(
    tmp_path: Path, capsys: Capture
) -> None:
    np.savez(tmp_path / "x.npz", x=exact_inputs(4))
    out = tmp_path / "t.safetensors"
    arguments = ["trace", str(ONNX), "--out", str(out), "--inputs"]
    assert main([*arguments, str(tmp_path / "x.npz"), "--images", "3"]) == 0
    assert {layer.images for layer in read_trace(out).traces} == {3}
    assert main([*arguments, str(tmp_path / "x.npz"), "--int8"]) == 0
    assert "rounded to INT8" in read_trace(out).provenance.data
    (tmp_path / "pictures").mkdir()
    Image.new("RGB", (20, 12), (200, 100, 0)).save(tmp_path / "pictures" / "a.png")
    assert main([*arguments, str(tmp_path / "pictures")]) == 0
    assert read_trace(out).traces[0].activation.shape == (1, 3, 8, 8)
    assert "note: pictures are cropped as torchvision does" in capsys.readouterr().err


@pytest.mark.parametrize("what", ["designs", "networks", "schemes"])
def test_list_has_a_sentence_for_each(what: str, capsys: Capture) -> None:
    assert main(["list", what, "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert len(rows) > 5
    assert all(row["description"] for row in rows)


def test_show_gives_status_and_source_of_every_parameter(capsys: Capture) -> None:
    assert main(["show", "s2ta_aw", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert {row["status"] for row in rows} <= {"published", "derived", "assumed"}
    assert all(row["source"] for row in rows)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run", "no.safetensors"], "no such trace"),
        (["run", "resnet_50"], "did you mean 'resnet50'"),
        (["run", "{trace}", "--accelerators", "spartan"], "did you mean 'sparten'"),
        (["run", "{trace}", "--images", "0"], "images"),
        (["run", "{trace}", "--node", "7"], "at 7 nm; there is: 16"),
        (["run", "{trace}", "--scheme", "dbb"], "--scheme does not go with a trace"),
        (["run", "{trace}", "--inputs", "x.npy"], "--inputs does not go with a trace"),
        (["run", "{trace}", "--images", "2"], "--images does not go with a trace"),
        (["run", "{trace}", "--int8"], "--int8 does not go with a trace"),
        (["run", "{trace}", "--float"], "--float does not go with a trace"),
        (["run", "{trace}", "--accelerators", ""], "unknown accelerator ''"),
        (["run", "{trace}", "--accelerators", "{dir}/m 'y'.yaml", "--at", "1024"], "no design run"),
        (["run", "gone.safetensors", "--out", "{trace}"], "toy.safetensors is a file"),
        (["run", "gone.safetensors", "--out", "{trace}/new"], "toy.safetensors is a file"),
        (["trace", "gone.onnx", "--out", "{trace}/t.safetensors"], "toy.safetensors is a file"),
        (["trace", "gone.onnx", "--out", "{dir}/d.safetensors"], "is a folder; expected a file"),
        (["run", "{dir}/mine.py:tiny"], "needs --inputs"),
        (["run", "{dir}/mine.py:tiny", "--inputs", "{dir}"], "is a folder"),
        (["run", "{dir}/mine.py:huge", "--inputs", "{dir}/x.npy"], "defines no 'huge'"),
        (["run", "{dir}/mine.py:broken", "--inputs", "{dir}/x.npy"], "KeyError"),
        (["run", "{dir}/mine.py:number", "--inputs", "{dir}/x.npy"], "is of type int"),
        (["run", "{dir}/mine.py:tiny", "--inputs", "{dir}/number.npy"], "holds one number"),
        (["run", "{dir}/mine.py:tiny", "--inputs", "{dir}/none.npy"], "no such file"),
        (["run", "{dir}/mine.py:tiny", "--inputs", "{dir}/mine.py"], "not an .npy or .npz"),
        (["run", "{dir}/mine.py:tiny", "--inputs", "{dir}/two.npz"], "holds 2 arrays"),
        (["run", "{dir}/mine.py:tiny", "--inputs", "{dir}/objects.npy"], "not an .npy or .npz"),
        (["run", "{dir}/mine.py:tiny", "--inputs", "{dir}/whole.npy"], "real numbers"),
        (["trace", "{trace}", "--out", "t.txt"], "ends in .safetensors"),
        (["run", "gone.onnx", "--accelerators", "spartan"], "did you mean 'sparten'"),
        (["run", "gone.onnx", "--accelerators", "no.yaml"], "no.yaml: cannot be read"),
        (["run", "gone.onnx", "--node", "7"], "at 7 nm; there is: 16"),
        (["run", "gone.onnx", "--at", "7"], "the common footing has"),
        (["run", "{dir}/mine.py"], "mine.py:NAME"),
        (["run", "no.onnx"], "no.onnx: no such file"),
        (["run", "NO.ONNX"], "NO.ONNX: no such file"),
        (["run", "NO.Safetensors"], "no such trace"),
        (["run", "{onnx}"], "needs --inputs"),
        (
            ["run", "{onnx}", "--inputs", "{dir}/x.npy", "--images", "5"],
            "is 5; {dir}/x.npy holds 4",
        ),
        (
            ["run", "{dir}/mine.py:tiny", "--inputs", "{dir}/x.npy", "--images", "5"],
            "--images is 5; {dir}/x.npy holds 4",
        ),
        (
            ["run", "{onnx}", "--inputs", "{dir}/x.npy", "--scheme", "blockwise"],
            "chooses by labelled images",
        ),
        (["run", "{onnx}", "--checkpoint", "{dir}/x.npy"], "--checkpoint does not go with"),
        (["run", "{onnx}", "--inputs", "{dir}/whole.npy"], "takes float32, scaled as in training"),
        (["run", "{onnx}", "--inputs", "{dir}/two.npz"], "unknown input 'a'; there is: x"),
        (["run", "{onnx}", "--inputs", "{dir}/named.npz"], "unknown input 'images'; there is: x"),
        (["run", "{onnx}", "--inputs", "{dir}/number.npy"], "the array is one number"),
        (["run", "{onnx}", "--inputs", "{dir}/empty"], "holds no images"),
        (["run", "{dir}/text.onnx", "--inputs", "{dir}/x.npy"], "not a whole ONNX file"),
    ],
)
def test_mistakes_are_one_line_and_exit_code_2(
    arguments: list[str], message: str, trace: Path, files: Path, capsys: Capture
) -> None:
    texts = [text.format(trace=trace, dir=files, onnx=ONNX) for text in arguments]
    assert main(texts) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("error: ")
    assert captured.err.count("\n") == 1
    assert message.format(dir=files) in captured.err
