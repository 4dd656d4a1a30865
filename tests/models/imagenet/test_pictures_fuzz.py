"""Any file in place of a picture: its crop is right, or one line says why not."""

import io
import tempfile
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from models.imagenet.pictures import image_folder
from models.networks.network import InputForm
from sim.errors import UserError

FEW, MANY = 40, 3000
FORM = InputForm(24, 32, 3, (0.0,) * 3, (1.0,) * 3)
SUFFIXES = (".png", ".jpg", ".tif", ".webp", ".bmp", ".ppm")
KINDS = ("PNG", "JPEG", "TIFF", "WEBP", "BMP", "PPM", "GIF", "EPS")
MODES = ("RGB", "RGBA", "P", "L", "LA", "1", "CMYK", "I;16", "I", "F")


def encoded(width: int, height: int, mode: str, kind: str, level: int, orientation: int) -> bytes:
    """A picture of one level of grey (in 8 bits); nothing if the format has no such mode."""
    deep = {"I;16": np.uint16(level * 257), "I": np.int32(level), "F": np.float32(level / 255)}
    if mode in deep and kind == "WEBP":
        return b""  # its writer cuts values off
    if mode in deep:
        picture = Image.fromarray(np.full((height, width), deep[mode]))
    else:
        picture = Image.new("L", (width, height), level).convert(mode.replace("LA", "L"))
        picture = picture.convert(mode)
    buffer = io.BytesIO()
    exif = picture.getexif()
    exif[274] = orientation
    try:
        picture.save(buffer, kind, exif=exif)
    except (OSError, ValueError, KeyError):
        return b""
    return buffer.getvalue()


def read(content: bytes, suffix: str) -> torch.Tensor | str:
    """The image, or the line; nothing else may be left beside the file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"a{suffix}"
        path.write_bytes(content)
        try:
            image = image_folder(Path(folder), FORM, None).images()
        except UserError as error:
            message = str(error)
            assert message.isprintable()
            assert message.startswith(str(path))
            return message
        finally:
            assert [entry.name for entry in Path(folder).iterdir()] == [path.name]
    assert image.shape == (1, 3, 24, 32)
    assert bool(torch.isfinite(image).all())
    return image


@st.composite
def pictures(draw: st.DrawFn) -> tuple[str, str, int, bytes]:
    """Mode, format and grey of a picture of any size, and its file."""
    mode, kind = draw(st.sampled_from(MODES)), draw(st.sampled_from(KINDS))
    width, height = draw(st.integers(1, 90)), draw(st.integers(1, 90))
    level = draw(st.integers(0, 255))
    return mode, kind, level, encoded(width, height, mode, kind, level, draw(st.integers(0, 9)))


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A picture's file, cut or with some bytes overwritten, inserted or removed."""
    content = bytearray(draw(pictures())[3])
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, max(0, min(len(content), 400) - 1)))
        kind = draw(st.sampled_from(("cut", "overwrite", "insert", "remove")))
        piece = draw(st.binary(min_size=1, max_size=8))
        if kind == "cut":
            del content[start:]
        elif kind == "overwrite":
            content[start : start + len(piece)] = piece
        elif kind == "insert":
            content[start:start] = piece
        else:
            del content[start : start + draw(st.integers(1, 60))]
    return bytes(content)


def check_picture(case: tuple[str, str, int, bytes], suffix: str) -> None:
    mode, kind, level, content = case
    result = read(content, suffix)
    if not content or kind in ("GIF", "EPS") or mode in ("I", "F"):
        # PNG and PPM write mode I as 16 bits, whose white is stated.
        assert isinstance(result, str) or (mode == "I" and kind in ("PNG", "PPM"))
        return
    assert isinstance(result, torch.Tensor), result
    if mode != "1":  # dithered
        assert float((result - level / 255).abs().max()) <= 3 / 255


ENDINGS = st.sampled_from(SUFFIXES)


@settings(max_examples=FEW, deadline=None)
@given(pictures(), ENDINGS)
def test_pictures_of_any_size_mode_and_format(
    case: tuple[str, str, int, bytes], suffix: str
) -> None:
    check_picture(case, suffix)


@settings(max_examples=FEW, deadline=None)
@given(damaged() | st.binary(max_size=60), ENDINGS)
def test_damaged_pictures(content: bytes, suffix: str) -> None:
    read(content, suffix)


@pytest.mark.slow
@settings(max_examples=MANY, deadline=None)
@given(pictures(), ENDINGS)
def test_thousands_of_pictures(case: tuple[str, str, int, bytes], suffix: str) -> None:
    check_picture(case, suffix)


@pytest.mark.slow
@settings(max_examples=MANY, deadline=None)
@given(damaged() | st.binary(max_size=60), ENDINGS)
def test_thousands_of_damaged_pictures(content: bytes, suffix: str) -> None:
    read(content, suffix)
