"""Folders of a user's pictures: which files there are, and which class each belongs to.

Nothing here opens a picture or needs more than Python's own library, so that the workflow can ask
while it plans.

Classes are the folders directly below; their order is that of a class list, or the natural order of
their names: like text, but with numbers by value (2 before 10). PyTorch's own ImageFolder sorts as
text (10 before 2), which is the same for names of one length such as ImageNet's n01440764.
"""

import hashlib
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sim.errors import UserError
from sim.validation import shown

FORMATS = {
    ".jpg": "JPEG",
    ".jpeg": "JPEG",
    ".png": "PNG",
    ".bmp": "BMP",
    ".webp": "WEBP",
    ".ppm": "PPM",
    ".tif": "TIFF",
    ".tiff": "TIFF",
}
"""Endings of names that are taken for pictures, and the format that each usually stands for."""
LONGEST_PATH = 4096


@dataclass(frozen=True)
class PictureFiles:
    """The pictures of a folder in the order in which they are used.

    Attributes:
        files: class by class in turn (the first of each class, then the second of each), each
            class in the natural order of names.
        labels: the class number of each; None = the folder has no classes.
        classes: names of the classes in the order of their numbers; None = likewise.
    """

    files: tuple[Path, ...]
    labels: tuple[int, ...] | None
    classes: tuple[str, ...] | None

    @property
    def order_note(self) -> str | None:
        """How the classes are numbered, in a line; None without classes."""
        if self.classes is None:
            return None
        names = [repr(name) for name in self.classes]
        some = names if len(names) <= 6 else [*names[:3], "...", names[-1]]
        as_text = list(self.classes) == sorted(self.classes)
        warning = "" if as_text else " (sorted as text, as by PyTorch's ImageFolder, they differ)"
        return f"classes 0 to {len(names) - 1} are {', '.join(some)}{warning}"


def natural(name: str) -> tuple[tuple[str | int, ...], str]:
    """A key that sorts names as people do: numbers in them by value, all else as text.

    Names of equal value (1 and 01) are sorted as text.
    """
    parts = re.split(r"(\d+)", name)  # text and numbers take turns, so that like meets like
    return tuple(int(part) if i % 2 else part for i, part in enumerate(parts)), name


def picture_files(
    folder: Path, classes: int | None, class_list: Path | None = None
) -> PictureFiles:
    """Find the pictures of a folder: in one folder per class, or directly in it without classes.

    Hidden entries (names that start with a dot) are left out.

    Args:
        folder: where they are.
        classes: outputs of the network; None = classes are not wanted.
        class_list: file that names the class folders in order; None = their natural order.

    Raises:
        UserError: no folder or not readable, no pictures, folders and files mixed, folders within
            class folders, another number of class folders than the network has classes, a class
            list that does not fit, or a file whose name is not a picture's.
    """
    entries = _entries(folder)
    folders = [path for path in entries if path.is_dir()]
    if folders and len(folders) != len(entries):
        raise UserError(
            f"{folder}: holds both class folders and files; expected one folder per class, "
            "or only images for a run without labels"
        )
    if class_list is not None and not folders:
        raise UserError(f"{folder}: holds no class folders, but {class_list} lists classes")
    names = [path.name for path in folders]
    if classes is not None and folders:
        names = _class_names(folder, names, classes, class_list)
    ranked = [
        (rank, label, path)
        for label, name in enumerate(names)
        if (folder / name).is_dir()
        for rank, path in enumerate(_entries(folder / name))
    ]
    ranked.sort(key=lambda entry: entry[:2])
    files = [path for *_, path in ranked] if folders else entries
    if not files:
        raise UserError(f"{folder}: holds no images")
    for path in files:
        _check_picture(path)
    if classes is None or not folders:
        return PictureFiles(tuple(files), None, None)
    return PictureFiles(tuple(files), tuple(label for _, label, _ in ranked), tuple(names))


def has_class_folders(folder: Path) -> bool:
    """Whether a folder's pictures have labels, so that top-1 can be measured on them.

    False where there is no such folder or it cannot be read: what uses it says so.
    """
    try:
        return any(path.is_dir() for path in _entries(folder))
    except UserError:
        return False


def folder_digest(folder: Path) -> str:
    """A digest of everything below a folder: names, sizes and times of change in nanoseconds.

    For the parameters of a rule that reads the folder, because the time of a folder ignores what
    happens inside its sub-folders: `params: pictures=lambda wildcards: folder_digest(folder)`. Then
    a picture that is added, removed, renamed or replaced is noticed. The pictures themselves are
    not read: a validation set of ImageNet holds 6 GB, and a plan is made anew for every job of a
    cluster. The price: a picture that is only touched is noticed as well, and one that is replaced
    by another of the same size and time is not.

    Returns:
        16 hexadecimal digits; those of nothing where there is no such folder, which Snakemake
        itself reports.
    """
    lines, visited = [], set()
    for parent, folders, files in os.walk(folder, followlinks=True):
        visited.add(os.path.realpath(parent))
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted([*folders, *files]):
            if not name.startswith("."):
                lines.append(_state(Path(parent) / name, folder))
        # a link that leads back to where it lies would be followed for ever
        folders[:] = [f for f in folders if os.path.realpath(Path(parent) / f) not in visited]
    return hashlib.sha256(b"\0".join(lines)).hexdigest()[:16]


def file_digest(path: Path) -> str:
    """A digest of a file's size and time of change, by the same terms as that of a folder.

    Snakemake asks whether a file is newer than what was made of it; one that is moved here from
    elsewhere may be older.
    """
    return hashlib.sha256(_state(path, path.parent)).hexdigest()[:16]


def _state(path: Path, folder: Path) -> bytes:
    try:
        stat = path.stat()
        state = "folder" if path.is_dir() else f"{stat.st_size} {stat.st_mtime_ns}"
    except OSError:  # a link to nothing
        state = "gone"
    return os.fsencode(path.relative_to(folder)) + f" {state}".encode()


def shown_path(path: Path) -> str:
    """A path as it may stand in a message of one line, whatever its name holds."""
    return shown(str(path), LONGEST_PATH)


def _entries(folder: Path) -> list[Path]:
    """What is directly in a folder, in natural order, hidden entries left out."""
    if not folder.is_dir():
        raise UserError(f"{folder}: no such image folder")
    try:
        visible = [path for path in folder.iterdir() if not path.name.startswith(".")]
    except OSError as error:
        raise UserError(f"{folder}: cannot be read ({error.strerror})") from error
    return sorted(visible, key=lambda path: natural(path.name))


def _check_picture(path: Path) -> None:
    name = shown_path(path)
    if path.is_dir():
        raise UserError(f"{name}: a folder; expected images directly in each class folder")
    if path.suffix.lower() not in FORMATS:
        raise UserError(f"{name}: not an image; expected {', '.join(FORMATS)}")
    if not path.is_file():
        raise UserError(f"{name}: not a file (a link to nothing, or a device)")


def _class_names(
    folder: Path, names: Sequence[str], classes: int, class_list: Path | None
) -> list[str]:
    """Names of the classes in the order of the network's outputs."""
    if class_list is None:
        if len(names) != classes:
            raise UserError(
                f"{folder}: holds {len(names)} class folders, the network has {classes} classes; "
                "expected one folder for each (empty ones count), a list of `classes`, or images "
                "without folders"
            )
        return list(names)
    listed = read_class_list(class_list)
    if len(listed) != classes:
        raise UserError(
            f"{class_list}: lists {len(listed)} classes, the network has {classes}; expected one "
            "name per line, in the order of the network's outputs"
        )
    strangers = sorted(set(names) - set(listed))
    if strangers:
        raise UserError(f"{folder}: folder {strangers[0]!r} is not a class of {class_list}")
    return listed


def read_class_list(path: Path) -> list[str]:
    """Names of class folders, one per line, in the order of the network's outputs.

    Raises:
        UserError: no such file, not text in UTF-8, an empty line or a name twice.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: not a readable class list ({error}); expected text") from error
    names = [line.strip() for line in lines]
    while names and not names[-1]:
        names.pop()
    for number, name in enumerate(names, 1):
        if not name or name in names[: number - 1]:
            what = f"{name!r} twice" if name else "nothing"
            raise UserError(f"{path}: line {number} names {what}; expected one class per line")
    return names
