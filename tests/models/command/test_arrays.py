from pathlib import Path

import numpy as np
import pytest

from models.command.arrays import only_array, read_arrays
from sim import UserError


def test_arrays_by_name(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.ones(2))
    np.savez(tmp_path / "two.npz", a=np.ones(2), b=np.ones(3, dtype=int))
    assert list(read_arrays(tmp_path / "x.npy")) == [""]
    assert {name: len(array) for name, array in read_arrays(tmp_path / "two.npz").items()} == {
        "a": 2,
        "b": 3,
    }


def test_files_without_numbers_are_one_line(tmp_path: Path) -> None:
    (tmp_path / "text.npy").write_text("no numbers")
    np.savez(tmp_path / "none.npz")
    np.save(tmp_path / "objects.npy", np.array([{}], dtype=object), allow_pickle=True)
    np.savez(tmp_path / "torn.npz", a=np.ones(1000))
    whole = (tmp_path / "torn.npz").read_bytes()
    (tmp_path / "torn.npz").write_bytes(whole[:600] + whole[700:])
    for name in ("text.npy", "none.npz", "objects.npy", "torn.npz", "gone.npz"):
        with pytest.raises(UserError, match=name) as refusal:
            read_arrays(tmp_path / name)
        assert "\n" not in str(refusal.value)
    np.save(tmp_path / "whole.npy", np.ones(2, dtype=int))
    with pytest.raises(UserError, match="int64; expected real numbers"):
        only_array(tmp_path / "whole.npy")
