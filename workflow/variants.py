"""Texts of the column `variant`: how a run differs from its design as configured.

`a=1 b=x` states parameters of the design, `zeros: a=1` a setting that its zeros were modelled with,
and an empty text is the design as configured. Nothing else knows how these texts are put together.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # steps that only write such texts start without pandas
    import pandas as pd

AS_IT_STANDS = ""
OTHER_ZEROS = "zeros: "
"""How a variant starts that ran on zeros modelled with another setting."""


def variant_text(overrides: Mapping[str, object]) -> str:
    """Name a set of parameters, empty for none."""
    return " ".join(f"{name}={value}" for name, value in overrides.items())


def zeros_text(setting: str, value: object) -> str:
    """Name zeros modelled with one other setting."""
    return OTHER_ZEROS + variant_text({setting: value})


def overridden(text: str) -> dict[str, str]:
    """Parameters of the design that a variant states; modelled zeros change none of them."""
    if text.startswith(OTHER_ZEROS):
        return {}
    return dict(_pair(part) for part in text.split())


def varies_several(variants: "pd.Series") -> "pd.Series[bool]":
    """Which variants state more than one parameter; same index."""
    return variants.map(lambda text: len(overridden(text)) > 1).astype(bool)


def parameter_and_value(variants: "pd.Series") -> "pd.DataFrame":
    """Columns `parameter` and `value` of variants that state one thing at most; same index.

    Both are empty for a design as configured; a setting of zeros keeps its start `zeros: `.
    """
    import pandas as pd

    pairs = [_pair(text) for text in variants]
    return pd.DataFrame(pairs, variants.index, ["parameter", "value"], dtype=object)


def zeros_setting(variants: "pd.Series") -> "pd.Series[str]":
    """The variant where it is one of zeros, empty where the run has its zeros; same index."""
    texts = variants.astype(object).fillna(AS_IT_STANDS).astype(str)
    return texts.where(texts.str.startswith(OTHER_ZEROS), AS_IT_STANDS)


def _pair(part: str) -> tuple[str, str]:
    name, _, value = part.partition("=")
    return name, value
