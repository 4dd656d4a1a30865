from sim import configurations
from workflow.drawing.styles import accelerator_label


def test_figures_write_an_accelerator_as_its_configuration_says() -> None:
    for name, configuration in configurations().items():
        assert accelerator_label(name) == configuration.title
