import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from models.imagenet import picture_reading
from models.imagenet.picture_reading import evaluation_crop, read_picture
from sim.errors import UserError

RNG = np.random.default_rng(0)
COLOURS = RNG.integers(0, 256, (20, 30, 3), np.uint8)


def refused(path: Path, message: str) -> None:
    with pytest.raises(UserError, match=message) as caught:
        read_picture(path)
    assert "\n" not in str(caught.value)
    assert path.name in str(caught.value)


def torchvision_evaluation(picture: Image.Image, size: int, crop: int) -> Image.Image:
    """Resize(size) and CenterCrop(crop) of torchvision 0.20 on a PIL image, from its source."""
    width, height = picture.size
    short, long = (width, height) if width <= height else (height, width)
    new_short, new_long = size, int(size * long / short)
    wide, tall = (new_short, new_long) if width <= height else (new_long, new_short)
    resized = picture.resize((wide, tall), Image.Resampling.BILINEAR)
    top, left = round((tall - crop) / 2.0), round((wide - crop) / 2.0)
    return resized.crop((left, top, left + crop, top + crop))


@pytest.mark.parametrize(
    ("width", "height"),
    [(500, 375), (375, 500), (224, 224), (100, 60), (1, 1), (17, 900), (333, 334), (256, 257)],
)
def test_scaled_and_cropped_as_torchvision_does(width: int, height: int) -> None:
    pixels = RNG.integers(0, 256, (height, width, 3), np.uint8)
    picture = Image.fromarray(pixels)
    ours = evaluation_crop(Path("a"), picture, 224, 224)
    theirs = torchvision_evaluation(picture, 256, 224)
    assert np.array_equal(np.asarray(ours), np.asarray(theirs))


@pytest.mark.parametrize("size", [(300, 200), (200, 300), (40, 900), (3, 2)])
def test_crops_that_are_not_square_keep_the_shape_of_things(size: tuple[int, int]) -> None:
    crop = evaluation_crop(Path("a"), Image.new("RGB", size, (9, 9, 9)), 96, 160)
    assert crop.size == (160, 96)
    assert np.unique(np.asarray(crop)).tolist() == [9]  # never black from outside


@pytest.mark.parametrize(
    "mode", ["RGB", "RGBA", "RGBX", "P", "L", "LA", "1", "CMYK", "YCbCr", "PA", "HSV"]
)
@pytest.mark.parametrize("suffix", ["png", "tiff", "webp", "bmp", "jpg"])
def test_modes_are_converted_as_torchvision_does(tmp_path: Path, mode: str, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    source = Image.fromarray(COLOURS)
    if mode in ("LA", "PA"):
        source = source.convert(mode[0])
    try:
        source.convert(mode).save(path)
    except (OSError, ValueError):
        pytest.skip(f"no {mode} in {suffix}")
    with Image.open(path) as opened:
        expected = np.asarray(opened.convert("RGB"))
    assert np.array_equal(np.asarray(read_picture(path)), expected)
    assert read_picture(path).mode == "RGB"


def test_transparency_leaves_the_colours_below(tmp_path: Path) -> None:
    alpha = np.dstack([COLOURS, np.zeros((20, 30), np.uint8)])
    Image.fromarray(alpha).save(tmp_path / "a.png")
    assert np.array_equal(np.asarray(read_picture(tmp_path / "a.png")), COLOURS)
    indexed = Image.fromarray(COLOURS[..., 0]).convert("P")
    indexed.save(tmp_path / "b.png", transparency=bytes([0, 128, 255]))
    assert read_picture(tmp_path / "b.png").mode == "RGB"


def deep(tmp_path: Path, suffix: str) -> Path:
    values = np.linspace(0, 65535, 600).astype(np.uint16).reshape(20, 30)
    path = tmp_path / f"deep.{suffix}"
    Image.fromarray(values).save(path)
    return path


@pytest.mark.parametrize("suffix", ["png", "tif"])
def test_sixteen_bits_are_scaled_to_eight(tmp_path: Path, suffix: str) -> None:
    grey = np.asarray(read_picture(deep(tmp_path, suffix)))[..., 0].ravel().astype(float)
    assert np.abs(grey - np.linspace(0, 255, 600)).max() <= 0.51


@pytest.mark.parametrize(("white", "size"), [(1023, 2), (65535, 2), (255, 1), (15, 1)])
def test_netpbm_is_scaled_by_the_white_that_it_states(
    tmp_path: Path, white: int, size: int
) -> None:
    levels = [0, white // 2, white]
    data = b"".join(struct.pack(">H" if size == 2 else "B", level) for level in levels)
    (tmp_path / "a.ppm").write_bytes(f"P5 3 1 {white}\n".encode() + data)
    grey = np.asarray(read_picture(tmp_path / "a.ppm"))[0, :, 0]
    assert np.abs(grey - np.array(levels) * 255 / white).max() <= 1


def tiff(bits: int, kind: int, photometric: int, data: bytes, width: int) -> bytes:
    """A little-endian TIFF of one line and one channel."""
    entries = [
        (256, width),
        (257, 1),
        (258, bits),
        (259, 1),
        (262, photometric),
        (273, 8 + 2 + 12 * 10 + 4),
        (277, 1),
        (278, 1),
        (279, len(data)),
        (339, kind),
    ]
    directory = b"".join(struct.pack("<HHIHH", tag, 3, 1, value, 0) for tag, value in entries)
    return b"II*\0\x08\0\0\0" + struct.pack("<H", len(entries)) + directory + b"\0" * 4 + data


def test_white_of_a_tiff_is_by_its_bits_and_may_be_zero(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    path.write_bytes(tiff(12, 1, 1, bytes([0x00, 0x0F, 0xFF]), 2))  # 0 and 4095
    assert np.asarray(read_picture(path))[0, :, 0].tolist() == [0, 255]
    path.write_bytes(tiff(16, 1, 0, struct.pack("<HH", 0, 65535), 2))
    assert np.asarray(read_picture(path))[0, :, 0].tolist() == [255, 0]


@pytest.mark.parametrize(
    ("bits", "kind", "data"),
    [
        (32, 1, struct.pack("<I", 7)),
        (32, 2, struct.pack("<i", -7)),
        (32, 3, struct.pack("<f", 0.5)),
        (16, 2, struct.pack("<h", -7)),
        (8, 2, b"\x80"),
    ],
)
def test_numbers_without_a_stated_white_are_refused(
    tmp_path: Path, bits: int, kind: int, data: bytes
) -> None:
    path = tmp_path / "a.tif"
    path.write_bytes(tiff(bits, kind, 1, data, 1))
    refused(path, "numbers do not say which is white; expected an image of 8 or 16 bits")


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "tif"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_orientation_of_exif_is_applied(tmp_path: Path, suffix: str, orientation: int) -> None:
    upright = np.zeros((40, 80), np.uint8)
    upright[:20, :40] = 255  # white in the upper left corner
    # What a camera held in each of the eight ways stores of it.
    stored = {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.T,
        6: upright.T[::-1],
        7: upright[::-1, ::-1].T,
        8: upright.T[:, ::-1],
    }[orientation]
    picture = Image.fromarray(np.ascontiguousarray(stored))
    exif = picture.getexif()
    exif[274] = orientation
    picture.save(tmp_path / f"a.{suffix}", exif=exif)
    seen = np.asarray(read_picture(tmp_path / f"a.{suffix}"))[..., 0]
    assert seen.shape == upright.shape
    assert np.abs(seen.astype(int) - upright).mean() < 4


def test_torn_exif_states_no_orientation(tmp_path: Path) -> None:
    Image.fromarray(COLOURS).save(tmp_path / "a.jpg", exif=b"Exif\0\0II*\0\xff\xff\xff\xff")
    assert read_picture(tmp_path / "a.jpg").size == (30, 20)


@pytest.mark.parametrize("kind", ["EPS", "GIF", "ICO", "TGA", "PDF", "SGI", "PCX"])
def test_only_the_listed_formats_are_opened(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ghostscript(*_: object, **__: object) -> None:
        raise AssertionError("Ghostscript was started")

    monkeypatch.setattr("PIL.EpsImagePlugin.Ghostscript", ghostscript)
    path = tmp_path / "a.png"
    Image.fromarray(COLOURS).save(path, format=kind)
    refused(path, "not a whole image of any of BMP, JPEG, PNG, PPM, TIFF, WEBP$")


def test_the_name_may_say_another_of_the_listed_formats(tmp_path: Path) -> None:
    Image.fromarray(COLOURS).save(tmp_path / "a.jpg", format="PNG")
    assert np.array_equal(np.asarray(read_picture(tmp_path / "a.jpg")), COLOURS)


def test_the_first_of_several_frames_is_taken(tmp_path: Path) -> None:
    frames = [Image.fromarray(COLOURS), Image.new("RGB", (30, 20))]
    for suffix in ("tif", "webp", "png"):
        path = tmp_path / f"a.{suffix}"
        options = {"lossless": True} if suffix == "webp" else {}
        frames[0].save(path, save_all=True, append_images=frames[1:], **options)
        assert np.array_equal(np.asarray(read_picture(path)), COLOURS)


def test_pictures_that_would_fill_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    header = struct.pack(">IIBBBBB", 200_000, 200_000, 8, 2, 0, 0, 0)
    png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + header + b"\0" * 4
    (tmp_path / "bomb.png").write_bytes(png)
    refused(tmp_path / "bomb.png", "too large|not a whole image")
    Image.new("1", (12_000, 9_000)).save(tmp_path / "large.png")
    refused(tmp_path / "large.png", r"too large \(12000x9000 pixels")
    with pytest.raises(UserError, match="too large"):
        evaluation_crop(Path("narrow.png"), Image.new("RGB", (1, 60_000)), 224, 224)


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "bmp", "ppm", "tif"])
def test_cut_and_empty_files(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"cut.{suffix}"
    Image.fromarray(COLOURS).save(path)
    whole = path.read_bytes()
    for length in (0, 3, 30, len(whole) // 2, len(whole) - 40):
        path.write_bytes(whole[:length])
        refused(path, "not a whole image")


def test_what_is_no_picture(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"hello")
    refused(tmp_path / "a.png", "not a whole image")
    (tmp_path / "b.png").mkdir()
    refused(tmp_path / "b.png", "not a whole image")
    (tmp_path / "a\nb.png").write_bytes(b"hello")
    with pytest.raises(UserError) as caught:
        read_picture(tmp_path / "a\nb.png")
    assert "\n" not in str(caught.value)


def test_defects_of_decoders_are_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object) -> None:
        raise IndexError("list\nindex out of range")

    Image.fromarray(COLOURS).save(tmp_path / "a.png")
    monkeypatch.setattr(picture_reading, "_in_colour", broken)
    refused(tmp_path / "a.png", "not a whole image")
