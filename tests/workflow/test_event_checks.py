from pathlib import Path

import pandas as pd
import pytest

from sim import NetworkTrace, UserError, accelerator
from workflow.events import read_events, simulate_network, write_events


@pytest.fixture
def frame(toy: NetworkTrace) -> pd.DataFrame:
    return simulate_network(toy, "sa", accelerator("sa"))


def written(frame: pd.DataFrame, path: Path) -> Path:
    """A file as a user might leave it: without a seal."""
    frame.to_csv(path, index=False)
    return path


def test_what_was_written_is_read(frame: pd.DataFrame, toy: NetworkTrace, tmp_path: Path) -> None:
    other = simulate_network(toy, "scnn", accelerator("scnn"))
    write_events([frame, other], tmp_path / "a.csv")
    read = read_events([tmp_path / "a.csv"])
    assert list(read["cycles"]) == [*frame["cycles"], *other["cycles"]]
    assert "" not in (tmp_path / "a.csv").read_text().split(",")  # no count is left blank


def test_names_of_layers_are_text(frame: pd.DataFrame, tmp_path: Path) -> None:
    path = written(frame.assign(layer=["0.1", "0.10", "01"]), tmp_path / "a.csv")
    assert list(read_events([path])["layer"]) == ["0.1", "0.10", "01"]


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("cycles", None, "line 3: column 'cycles' holds no finite number of at least 0"),
        ("cycles", -1, "line 3: column 'cycles' holds no finite number of at least 0"),
        ("cycles", 1.5, "line 3: column 'cycles' is no whole number"),
        ("cycles", 7, "line 3: idle causes do not add up to all multiplier-cycles"),
        ("dram_weight_read_bytes", None, "line 3: column 'dram_weight_read_bytes' holds no finite"),
        ("images", 0, "line 3: no image"),
        ("effectual_macs", 10**6, "line 3: more effectual multiplications than dense ones"),
        ("layer", None, "line 3: column 'layer' is blank"),
        ("network", None, "line 3: column 'network' is blank"),
        ("dram_weight_read_bytes", 0.5, "line 3: column 'dram_weight_read_bytes' is no whole"),
        ("weight_source", "guessed", "line 3: column 'weight_source' is none of measured, mod"),
        ("weight_source", "modelled", "line 3: another of images, weight_source, activation_sou"),
        ("layer_kind", "convolution", "line 3: column 'layer_kind' is none of conv, linear"),
        ("images", 9, "line 3: another of images, weight_source, activation_source than the same"),
    ],
)
def test_an_impossible_cell_is_named(
    frame: pd.DataFrame, tmp_path: Path, column: str, value: object, message: str
) -> None:
    frame = frame.astype({column: object})
    frame.loc[1, column] = value
    path = written(frame, tmp_path / "a.csv")
    with pytest.raises(UserError, match=message) as refused:
        read_events([path])
    assert str(path) in str(refused.value)


def test_a_file_that_was_cut_within_its_last_number_is_refused(
    frame: pd.DataFrame, tmp_path: Path
) -> None:
    path = written(frame, tmp_path / "a.csv")
    whole = path.read_bytes()
    path.write_bytes(whole[:-2])
    with pytest.raises(UserError, match=r"a\.csv: the last line is not whole"):
        read_events([path])
    path.write_bytes(whole[: whole.index(b"\n") + 1])
    with pytest.raises(UserError, match=r"a\.csv: holds no row"):
        read_events([path])


@pytest.mark.parametrize(
    ("column", "value"), [("weight_source", "modelled"), ("layer_kind", "conv")]
)
def test_designs_that_say_otherwise_what_a_layer_is_are_told(
    frame: pd.DataFrame, toy: NetworkTrace, tmp_path: Path, column: str, value: str
) -> None:
    other = simulate_network(toy, "scnn", accelerator("scnn")).assign(**{column: value})
    paths = [written(frame, tmp_path / "a.csv"), written(other, tmp_path / "b.csv")]
    with pytest.raises(UserError, match=f"digits/toy/dbb: {column} of layer .* differs between"):
        read_events(paths)


def test_a_column_that_stands_twice_is_named(frame: pd.DataFrame, tmp_path: Path) -> None:
    path = written(pd.concat([frame, frame[["cycles"]]], axis=1), tmp_path / "a.csv")
    with pytest.raises(UserError, match=r"a\.csv: column 'cycles' stands twice; delete"):
        read_events([path])


def test_a_missing_column_and_a_doubled_row_are_named(frame: pd.DataFrame, tmp_path: Path) -> None:
    path = written(frame.drop(columns="images"), tmp_path / "a.csv")
    with pytest.raises(UserError, match="no column 'images'"):
        read_events([path])
    path = written(pd.concat([frame, frame.iloc[:1]]), tmp_path / "b.csv")
    with pytest.raises(UserError, match="line 5: the row repeats an earlier one"):
        read_events([path])


def test_a_layer_that_one_accelerator_lacks_is_noticed(frame: pd.DataFrame, tmp_path: Path) -> None:
    paths = [
        written(frame, tmp_path / "sa.csv"),
        written(frame.iloc[1:].assign(accelerator="cut"), tmp_path / "cut.csv"),
    ]
    with pytest.raises(UserError, match="digits/toy/dbb: cut has 2 of 3 layers"):
        read_events(paths)


def test_rows_of_one_run_with_different_bounds_are_refused(
    frame: pd.DataFrame, tmp_path: Path
) -> None:
    other = frame.assign(accelerator="other")
    other.loc[0, "effectual_macs"] -= 2
    other.loc[0, "idle_edge_multiplier_cycles"] += 2
    paths = [written(frame, tmp_path / "sa.csv"), written(other, tmp_path / "other.csv")]
    with pytest.raises(UserError, match="effectual_macs of layer conv differ"):
        read_events(paths)


def test_files_with_and_without_a_footing_are_read_together(
    frame: pd.DataFrame, tmp_path: Path
) -> None:
    write_events([frame], tmp_path / "configured.csv")
    write_events([frame.assign(footing="1024_multipliers")], tmp_path / "footing.csv")
    events = read_events([tmp_path / "configured.csv", tmp_path / "footing.csv"])
    assert len(events) == 2 * len(frame)


def test_variants_of_modelled_zeros_may_differ_but_only_in_their_effectual_products(
    frame: pd.DataFrame, tmp_path: Path
) -> None:
    other = frame.assign(variant="zeros: spread=2", effectual_macs=frame["effectual_macs"] - 1)
    other["idle_zero_operand_multiplier_cycles"] += 1
    path = written(pd.concat([frame.assign(variant=""), other]), tmp_path / "a.csv")
    assert len(read_events([path])) == 2 * len(frame)
    path = written(
        pd.concat([frame.assign(variant=""), other.assign(variant="rows=2")]), tmp_path / "b.csv"
    )
    with pytest.raises(UserError, match="ran on different zeros"):
        read_events([path])


def test_a_file_is_found_among_others_of_the_same_columns(
    frame: pd.DataFrame, tmp_path: Path
) -> None:
    def renamed(name: str) -> pd.DataFrame:
        return frame.assign(network=name)

    right = [written(renamed(name), tmp_path / f"{name}.csv") for name in "abc"]
    wrong = renamed("d").astype({"cycles": object})
    wrong.loc[1, "cycles"] = -1
    for other, message in [
        (wrong, r"d\.csv, line 3: column 'cycles' holds no finite"),
        (frame.iloc[:0], r"d\.csv: holds no row"),
    ]:
        with pytest.raises(UserError, match=message):
            read_events([*right[:2], written(other, tmp_path / "d.csv"), right[2]])


def test_files_that_hold_the_same_rows_are_no_fault_of_either(
    frame: pd.DataFrame, tmp_path: Path
) -> None:
    both = [written(frame, tmp_path / f"{name}.csv") for name in "ab"]
    assert len(read_events(both)) == 2 * len(frame)
