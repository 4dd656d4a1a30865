"""Convolution groups that share a cluster."""

from dataclasses import dataclass

from sim.layer import Layer


@dataclass(frozen=True)
class Bundles:
    """Convolution groups that share a cluster.

    Filters of one group see the same input and can be served by one broadcast. Groups with fewer
    filters than a cluster has units are bundled: the chunk then holds the channels of all groups
    of the bundle, and each filter has zeros where another group's channels are. A depthwise layer
    on 32 units thus becomes bundles of 32 channels. How the published design runs grouped layers
    is not stated; this needs no change of its hardware.

    Attributes:
        groups: convolution groups in one bundle.
        count: bundles of the layer.
        filters: filters in a bundle.
    """

    groups: int
    count: int
    filters: int

    @classmethod
    def of(cls, layer: Layer, units: int) -> "Bundles":
        """Equal bundles of as many groups as leave a unit for each of their filters."""
        fitting = range(1, max(1, units // layer.group_filters) + 1)
        groups = max(number for number in fitting if layer.groups % number == 0)
        return cls(groups, layer.groups // groups, groups * layer.group_filters)
