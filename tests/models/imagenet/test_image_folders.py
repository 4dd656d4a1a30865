import os
from pathlib import Path

import pytest

from models.imagenet.image_folders import (
    folder_digest,
    has_class_folders,
    natural,
    picture_files,
    read_class_list,
)
from sim.errors import UserError


def made(root: Path, *names: str) -> Path:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.mkdir() if name.endswith("/") else path.write_bytes(b"picture")
    return root


@pytest.mark.parametrize(
    ("names", "ordered"),
    [
        (["10", "2", "0", "11", "1"], ["0", "1", "2", "10", "11"]),
        (["n02", "n01", "n10"], ["n01", "n02", "n10"]),
        (["class10", "class9", "Class1"], ["Class1", "class9", "class10"]),
        (["01", "1", "2"], ["01", "1", "2"]),
        (["b", "a", "10a", "9b"], ["9b", "10a", "a", "b"]),
        (["v1.10", "v1.9", "v1"], ["v1", "v1.9", "v1.10"]),
    ],
)
def test_natural_order(names: list[str], ordered: list[str]) -> None:
    assert sorted(names, key=natural) == ordered


def test_classes_take_turns_in_natural_order(tmp_path: Path) -> None:
    made(tmp_path, "10/1.png", "2/10.jpg", "2/9.jpg", "1/", ".git/x", "2/.hidden")
    pictures = picture_files(tmp_path, 3)
    assert pictures.classes == ("1", "2", "10")
    assert [(p.parent.name, p.name) for p in pictures.files] == [
        ("2", "9.jpg"),
        ("10", "1.png"),
        ("2", "10.jpg"),
    ]
    assert pictures.labels == (1, 2, 1)
    unlabelled = picture_files(tmp_path, None)
    assert (unlabelled.labels, unlabelled.classes, unlabelled.order_note) == (None, None, None)
    assert unlabelled.files == pictures.files


def test_a_class_list_orders_and_may_name_more_than_there_are(tmp_path: Path) -> None:
    folder = made(tmp_path / "val", "cat/1.png", "dog/1.png")
    (tmp_path / "list").write_text("\ufeffdog\nbird\ncat\n\n", encoding="utf-8")
    pictures = picture_files(folder, 3, tmp_path / "list")
    assert pictures.labels == (0, 2)
    assert pictures.classes == ("dog", "bird", "cat")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"dog\ncat\n", "lists 2 classes, the network has 3"),
        (b"dog\ncat\ndog\n", "line 3 names 'dog' twice"),
        (b"dog\n\ncat\n", "line 2 names nothing"),
        (b"dog\nbird\nfish\n", "folder 'cat' is not a class of"),
        (b"\xff\xfe\0", "not a readable class list"),
    ],
)
def test_class_lists_that_do_not_fit(tmp_path: Path, content: bytes, message: str) -> None:
    folder = made(tmp_path / "val", "cat/1.png", "dog/1.png")
    (tmp_path / "list").write_bytes(content)
    with pytest.raises(UserError, match=message):
        picture_files(folder, 3, tmp_path / "list")
    with pytest.raises(UserError, match="not a readable class list"):
        read_class_list(tmp_path)


@pytest.mark.parametrize(
    ("names", "classes", "message"),
    [
        ((), None, "holds no images"),
        (("cat/",), 1, "holds no images"),
        (("cat/1.png",), 10, "holds 1 class folders, the network has 10 classes"),
        (("cat/1.png", "loose.png"), 1, "both class folders and files"),
        (("notes.txt",), None, r"notes\.txt: not an image; expected \.jpg"),
        (("cat/deeper/1.png",), 1, "deeper: a folder; expected images directly"),
        (("cat/a.png/1.png",), 1, r"a\.png: a folder"),
        (("Thumbs.db",), None, r"Thumbs\.db: not an image"),
        (("a.eps",), None, r"a\.eps: not an image"),
        (("png",), None, "png: not an image"),
        (("a\nb.txt",), None, r"a\\nb\.txt': not an image"),
    ],
)
def test_folders_that_do_not_fit(
    tmp_path: Path, names: tuple[str, ...], classes: int | None, message: str
) -> None:
    with pytest.raises(UserError, match=message) as caught:
        picture_files(made(tmp_path, *names), classes)
    assert "\n" not in str(caught.value)


def test_what_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no such image folder"):
        picture_files(tmp_path / "none", None)
    os.mkfifo(tmp_path / "pipe.png")
    with pytest.raises(UserError, match=r"pipe\.png: not a file"):
        picture_files(tmp_path, None)
    (tmp_path / "pipe.png").unlink()
    (tmp_path / "gone.png").symlink_to(tmp_path / "nothing")
    with pytest.raises(UserError, match=r"gone\.png: not a file"):
        picture_files(tmp_path, None)


def test_which_folders_have_labels(tmp_path: Path) -> None:
    assert not has_class_folders(tmp_path / "none")
    assert not has_class_folders(made(tmp_path / "flat", "1.png", ".git/config"))
    assert has_class_folders(made(tmp_path / "val", "cat/1.png"))


def test_the_digest_of_a_folder_changes_with_what_it_holds(tmp_path: Path) -> None:
    folder = made(tmp_path / "val", "cat/1.png", "dog/1.png")
    picture = folder / "cat" / "1.png"
    digests = [folder_digest(folder)]
    assert folder_digest(folder) == digests[0]
    assert len(digests[0]) == 16
    times = os.stat(picture)

    def keep_time() -> None:
        os.utime(picture, ns=(times.st_atime_ns, times.st_mtime_ns))

    picture.write_bytes(b"another")  # of the same size
    digests.append(folder_digest(folder))
    picture.write_bytes(b"longer than before")
    keep_time()
    digests.append(folder_digest(folder))
    made(folder, "cat/2.png")
    digests.append(folder_digest(folder))
    (folder / "cat" / "2.png").rename(folder / "dog" / "2.png")
    digests.append(folder_digest(folder))
    made(folder, "eel/")
    digests.append(folder_digest(folder))
    (folder / "dog" / "2.png").unlink()
    digests.append(folder_digest(folder))
    (folder / "gone.png").symlink_to(tmp_path / "nothing")
    digests.append(folder_digest(folder))
    digests.append(folder_digest(tmp_path / "none"))
    assert len(set(digests)) == len(digests)
    before = folder_digest(folder)
    made(folder, ".DS_Store", ".cache/x")
    assert folder_digest(folder) == before
    (folder / "back").symlink_to(folder)  # one that leads in a circle, or two, end as well
    (folder / "cat" / "back").symlink_to(folder)
    assert folder_digest(folder) != before
