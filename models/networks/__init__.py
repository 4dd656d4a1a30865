"""The CNNs: one definition each, with width and input size as parameters."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from torch import nn

from models.networks.alexnet import alexnet
from models.networks.alexnet_caffe import alexnet_caffe
from models.networks.efficientnet_lite0 import efficientnet_lite0
from models.networks.googlenet import googlenet, googlenet_5x5
from models.networks.lenet import lenet5
from models.networks.mobilenet_v1 import mobilenet_v1
from models.networks.mobilenet_v1_relu6 import mobilenet_v1_relu6
from models.networks.mobilenet_v2 import mobilenet_v2
from models.networks.mobilenet_v3 import mobilenet_v3_large, mobilenet_v3_small
from models.networks.resnet import resnet18, resnet50
from models.networks.resnet50_half import resnet50_half
from models.networks.variant import Variant, initialise, initialise_for_training
from models.networks.vgg import vgg16
from models.networks.yolov5s import yolov5s, yolov5s_relu
from sim.validation import unknown

__all__ = ["NETWORKS", "Variant", "build", "initialise_for_training"]

NETWORKS: Mapping[str, Callable[[Variant], nn.Module]] = MappingProxyType(
    {
        "lenet5": lenet5,
        "alexnet": alexnet,
        "alexnet_caffe": alexnet_caffe,
        "vgg16": vgg16,
        "resnet18": resnet18,
        "resnet50": resnet50,
        "mobilenet_v1": mobilenet_v1,
        "mobilenet_v2": mobilenet_v2,
        "mobilenet_v3_small": mobilenet_v3_small,
        "mobilenet_v3_large": mobilenet_v3_large,
        "googlenet": googlenet,
        "googlenet_5x5": googlenet_5x5,
        "mobilenet_v1_relu6": mobilenet_v1_relu6,
        "efficientnet_lite0": efficientnet_lite0,
        "resnet50_half": resnet50_half,
        "yolov5s": yolov5s,
        "yolov5s_relu": yolov5s_relu,
    }
)


def build(
    name: str,
    *,
    num_classes: int = 1000,
    in_channels: int = 3,
    width: float = 1.0,
    input_size: int = 224,
    batch_norm: bool | None = None,
) -> nn.Module:
    """A freshly initialised network; weights are drawn from torch's global generator.

    At width 1 and 224 pixels the state dict has torchvision's keys and shapes, where torchvision
    has the network. Every activation function is a module of its own that runs once.

    Raises:
        UserError: no such network, or a value is out of range (see Variant).
    """
    if name not in NETWORKS:
        raise unknown("network", name, NETWORKS)
    network = NETWORKS[name](Variant(num_classes, in_channels, width, input_size, batch_norm))
    initialise(network)
    return network
