import pandas as pd
import pytest

from sim import UserError
from workflow.studies.footing.gpu_reference_table import gpu_reference


def test_a_file_of_other_columns_is_one_message() -> None:
    with pytest.raises(UserError, match=r"gpu_reference\.csv: expected the columns device, driver"):
        gpu_reference(pd.DataFrame({"device": ["a GPU"]}))
