"""Section `imagenet`: networks of the papers' size, with modelled zeros or a user's checkpoint."""

from dataclasses import dataclass

from workflow.layout import Layout, as_json, for_network


@dataclass(frozen=True)
class FullSize:
    """Networks of the papers' size."""

    layout: Layout

    def settings(self, network: str, seeding: str = "") -> str:
        """Settings of a network's trace, as JSON: the suite's, then its own.

        A sweep's seed replaces any other.
        """
        chosen, own = for_network(self.layout.config["imagenet"], network)
        seed = {"seed": self.layout.seed(seeding)}
        return as_json({**seed, **chosen, **own, **(seed if seeding else {})})

    def has_thresholds(self, network: str) -> bool:
        """Whether a network can be pruned blockwise.

        That takes a user's checkpoint, and thresholds or images to find one on.
        """
        own = self.layout.config["imagenet"]["networks"].get(network, {})
        bounded = own.get("blockwise_thresholds") or own.get("image_folder")
        return bool(own.get("checkpoint") and bounded)
