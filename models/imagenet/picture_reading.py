"""A user's picture as 8-bit colours, scaled and cropped as torchvision's evaluation of ImageNet.

Colours come as `Image.convert("RGB")` makes them, as in torchvision: transparency is left out,
palettes are looked up, CMYK is converted without a profile. Beyond torchvision, grey of 9 to 16
bits is scaled by its depth (convert would cut it off at 255), and the orientation that a camera
wrote into EXIF is applied. Of several frames or pages, the first is taken. What has no stated white
(floating point, 32 bits, signed numbers) is refused.
"""

import warnings
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, UnidentifiedImageError

from models.imagenet.image_folders import FORMATS, shown_path
from models.networks.network import InputForm
from sim.errors import UserError
from sim.validation import shown

RESIZED = 256 / 224
"""Shorter side of the scaled picture over that of the crop, as torchvision evaluates at 224."""
MOST_PIXELS = 100_000_000
"""Of a picture, and of its scaled form, which a very narrow one makes large."""
DECODERS = sorted(set(FORMATS.values()))
DEEP_GREY = ("I;16", "I;16B", "I;16L", "I;16N")
TIFF_BITS, TIFF_PHOTOMETRIC, TIFF_SAMPLE_FORMAT = 258, 262, 339
TIFF_UNSIGNED, TIFF_WHITE_IS_ZERO = 1, 0
ORIENTATION = 274
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""From EXIF's orientation to what undoes it (Exif 2.32, tag 0x0112)."""


def read_picture(path: Path) -> Image.Image:
    """One picture upright, in mode RGB.

    Raises:
        UserError: not a whole picture of the listed formats, whatever its name says; larger than
            MOST_PIXELS; or of numbers that have no stated white.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # torn EXIF and the like
            # Only these decoders ever see a file: others start programs (EPS) or are rarely used.
            # A file, not its path: Pillow 13 maps a path's bytes and mistakes turned TIFFs then.
            with path.open("rb") as file, Image.open(file, formats=DECODERS) as opened:
                _check_size(path, *opened.size)
                _check_numbers(path, opened)
                opened.load()
                turn, picture = _turn(opened), _in_colour(opened)
                return picture if turn is None else picture.transpose(turn)
    except UserError:
        raise
    except UnidentifiedImageError as error:
        raise UserError(
            f"{shown_path(path)}: not a whole image of any of {', '.join(DECODERS)}"
        ) from error
    except Image.DecompressionBombError as error:
        raise UserError(f"{shown_path(path)}: too large ({shown(str(error))})") from error
    except Exception as error:  # a damaged file can make a decoder raise anything
        reason = shown(str(error).replace(str(path), path.name)) or type(error).__name__
        raise UserError(f"{shown_path(path)}: not a whole image ({reason})") from error


def evaluation_crop(
    path: Path, picture: Image.Image, height: int, width: int, *, bicubic: bool = False
) -> Image.Image:
    """The middle of a picture scaled so that the crop takes 224/256 of it along the tighter side.

    For a square crop this is torchvision's Resize and CenterCrop (224 of 256), pixel for pixel:
    the shorter side is set, the longer one cut off to whole pixels, with antialiasing.

    Args:
        path: of the picture, for the message.
        picture: of any size; small ones are enlarged.
        height: of the crop in pixels.
        width: likewise.
        bicubic: how pictures are resized; bilinearly without it.

    Raises:
        UserError: the picture is so narrow that its scaled form has more than MOST_PIXELS.
    """
    if height * picture.width >= width * picture.height:  # the height is the tighter side
        tall = max(round(height * RESIZED), height)
        wide = max(int(tall * picture.width / picture.height), width)
    else:
        wide = max(round(width * RESIZED), width)
        tall = max(int(wide * picture.height / picture.width), height)
    _check_size(path, wide, tall)
    resampling = Image.Resampling.BICUBIC if bicubic else Image.Resampling.BILINEAR
    resized = picture.resize((wide, tall), resampling)
    top, left = round((tall - height) / 2), round((wide - width) / 2)
    return resized.crop((left, top, left + width, top + height))


def network_values(picture: Image.Image, form: InputForm) -> npt.NDArray[np.float32]:
    """A picture of the network's size as values (C, H, W) in its scaling."""
    plain = picture.convert("L" if form.channels == 1 else "RGB")
    values = np.asarray(plain, dtype=np.float32).reshape(form.height, form.width, form.channels)
    mean, std = (np.array(numbers, dtype=np.float32) for numbers in (form.mean, form.std))
    scaled = (values / 255 - mean) / std
    return np.ascontiguousarray(scaled.transpose(2, 0, 1))


def _check_size(path: Path, width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise UserError(
            f"{shown_path(path)}: too large ({width}x{height} pixels, as it is or scaled); "
            f"expected at most {MOST_PIXELS:,}"
        )


def _check_numbers(path: Path, picture: Image.Image) -> None:
    """Refuse modes whose numbers do not say what is white."""
    depth = {"I": "32-bit whole numbers", "F": "floating-point numbers", "LAB": "LAB colours"}
    tags = getattr(picture, "tag_v2", {})
    if set(tags.get(TIFF_SAMPLE_FORMAT, (TIFF_UNSIGNED,))) - {TIFF_UNSIGNED}:
        depth = {picture.mode: "signed or floating-point numbers"}
    # A PPM of up to 16 bits is opened as 32 bits, but already scaled to 65535.
    if picture.mode in depth and not (picture.mode == "I" and picture.format == "PPM"):
        raise UserError(
            f"{shown_path(path)}: {depth[picture.mode]} do not say which is white; "
            "expected an image of 8 or 16 bits, such as PNG"
        )


def _in_colour(picture: Image.Image) -> Image.Image:
    if picture.mode not in (*DEEP_GREY, "I"):
        return picture.convert("RGB")
    tags = getattr(picture, "tag_v2", {})
    white = 2 ** max(tags.get(TIFF_BITS, (16,))) - 1
    values = np.asarray(picture).astype(np.int64)
    if tags.get(TIFF_PHOTOMETRIC) == TIFF_WHITE_IS_ZERO:
        values = white - values
    grey = np.rint(values * (255 / white)).clip(0, 255).astype(np.uint8)
    return Image.fromarray(grey).convert("RGB")


def _turn(picture: Image.Image) -> Image.Transpose | None:
    """What brings a picture upright; EXIF that cannot be read states no orientation."""
    try:
        return TURNS.get(picture.getexif().get(ORIENTATION, 1))
    except Exception:  # the parser of EXIF raises many kinds
        return None
