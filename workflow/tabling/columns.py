"""What a column of a table may hold, by the unit in its name; every table is checked on writing."""

import pandas as pd
import pandera.pandas as pa

from sim import UserError

_NOT_NEGATIVE = (
    r".*(_bytes|_bytes_per_image|_pj|_pj_per_image|_mj_per_image|_cycles|_cycles_per_image|_macs)$"
)

COLUMNS = pa.DataFrameSchema(
    {
        r"^(suite|network|scheme|accelerator|layers|claim|verdict|sweep)$": pa.Column(
            str, nullable=False, regex=True, required=False
        ),
        r"^(weight|activation)_source$": pa.Column(
            checks=pa.Check.isin(["measured", "modelled"]),
            nullable=True,
            regex=True,
            required=False,
        ),
        r".*(?<!points)_percent$": pa.Column(
            checks=pa.Check.in_range(0, 100), nullable=True, regex=True, required=False
        ),
        r".*(_density|utilisation)$": pa.Column(
            checks=pa.Check.in_range(0, 1), nullable=True, regex=True, required=False
        ),
        r".*_bound_of_8$": pa.Column(int, pa.Check.in_range(0, 8), regex=True, required=False),
        _NOT_NEGATIVE: pa.Column(checks=pa.Check.ge(0), nullable=True, regex=True, required=False),
        r".*(speedup.*|_reduction.*)$": pa.Column(
            checks=pa.Check.gt(0), nullable=True, regex=True, required=False
        ),
        r"^seed$": pa.Column(int, pa.Check.ge(0), regex=True, required=False),
        r"^(images|test_images|multipliers)$": pa.Column(
            int, pa.Check.ge(1), regex=True, required=False
        ),
    }
)


def checked(frame: pd.DataFrame, what: str) -> pd.DataFrame:
    """The frame itself, if every column holds what its name promises.

    Raises:
        UserError: the frame has no row, or a column breaks its rule; names the column and cases.
    """
    if frame.empty:
        raise UserError(f"{what}: the table has no row")
    try:
        COLUMNS.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as error:
        cases = error.failure_cases.head(5)
        lines = [
            f"{row.column}: {row.failure_case} fails {row.check}" for row in cases.itertuples()
        ]
        raise UserError(f"{what}: " + "; ".join(lines)) from error
    return frame
