"""How far a network with real weights still answers under a scheme, for the claims on its zeros."""

from dataclasses import dataclass

import pandas as pd

KEPT_POINTS = 1.0
"""Of agreement that masks may cost; the strictest condition that a paper here states (accuracy)."""
JUDGEABLE = ("mobilenet_v1_relu6", "efficientnet_lite0")
"""Networks of ImageNet's classes. Two classes of another task agree whatever is pruned."""


@dataclass(frozen=True)
class Answers:
    """What a scheme's masks cost a network in agreement with the unpruned one.

    Attributes:
        percent: views of judged pictures on which the INT8 network under the scheme agrees.
        dense_percent: the same of the unpruned network in INT8.
        kl_divergence_nats: of the network under the scheme.
        judgeable: whether agreement says something of this network.
    """

    percent: float
    dense_percent: float
    kl_divergence_nats: float
    judgeable: bool

    @classmethod
    def of(cls, judged: pd.DataFrame, network: str, scheme: str) -> "Answers":
        """From table pretrained."""
        rows = judged[(judged["network"] == network) & (judged["numbers"] == "int8")]
        by_scheme = rows.drop_duplicates("scheme", keep="last").set_index("scheme")
        agreed, divergence = by_scheme["agreement_percent"], by_scheme["kl_divergence_nats"]
        return cls(
            float(agreed[scheme]),
            float(agreed["dense"]),
            float(divergence[scheme]),
            network in JUDGEABLE,
        )

    @property
    def lost_points(self) -> float:
        """Points of agreement that the masks cost beyond rounding to INT8."""
        return self.dense_percent - self.percent

    @property
    def kept(self) -> bool:
        """Whether the masks are known to cost no more than KEPT_POINTS."""
        return self.judgeable and self.lost_points <= KEPT_POINTS

    @property
    def in_words(self) -> str:
        """The price, as a clause of a claim's reason."""
        if not self.judgeable:
            return (
                "what the masks cost cannot be judged on its two classes (divergence "
                f"{self.kl_divergence_nats:.4f} nats)"
            )
        return (
            f"repaired without a training set, its masks cost {self.lost_points:.0f} points of "
            f"agreement with the unpruned network ({self.percent:.0f} % of views, INT8 alone "
            f"{self.dense_percent:.0f} %)"
        )
