from sim import configurations
from sim.registry import design_title


def test_figures_write_an_accelerator_as_its_configuration_says() -> None:
    for name, configuration in configurations().items():
        assert design_title(name) == configuration.title
