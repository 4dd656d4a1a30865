from sim.accelerators.eyeriss.published import LAYERS
from tests.workflow.studies.sense.small_networks import TRACES, network
from workflow.studies.sense.layers_step import measured_as


def test_measured_tables_join_only_the_networks_that_were_measured() -> None:
    alexnet = network("balanced", LAYERS["alexnet"](), name="alexnet_caffe")
    assert measured_as(alexnet) == "alexnet"
    assert measured_as(TRACES["balanced"]) is None
