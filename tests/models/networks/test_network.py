from models.networks.network import InputForm


def test_the_usual_images_are_those_of_imagenet() -> None:
    form = InputForm(224, 200)
    assert form.shape == (3, 224, 200)
    assert (form.mean, form.std) == ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
    assert not form.bicubic
