"""The pictures that a trace of a full-size network is recorded or modelled on."""

from torch import Tensor

from models.imagenet.image_folders import has_class_folders, picture_files
from models.imagenet.pictures import (
    ATTRIBUTION,
    bundled_photographs,
    image_folder,
    require_photographs,
)
from models.imagenet.settings import FullSizeSettings
from models.networks import network_record
from sim.errors import UserError


def first_pictures(network: str, settings: FullSizeSettings) -> tuple[Tensor, str]:
    """The images of the trace, and what they are: the user's, or the bundled photographs.

    Raises:
        UserError: fewer images than the settings ask for, or as `models.imagenet.pictures`.
    """
    form, path = settings.shape.form(network), settings.inputs.folder
    if path is None:
        return bundled_photographs(settings.images, form), ATTRIBUTION
    folder = image_folder(path, form, None)
    if len(folder.files) < settings.images:
        raise UserError(f"images is {settings.images}; {path} holds {len(folder.files)}")
    return folder.images(0, settings.images), folder.description


def check_pictures(network: str, settings: FullSizeSettings) -> None:
    """Refuse images that the trace of a network could not use, from their names and number alone.

    Raises:
        UserError: fewer images than the settings ask for, class folders that do not fit the
            network, or as `models.imagenet.image_folders.picture_files`.
    """
    inputs = settings.inputs
    measured = inputs.checkpoint is not None
    if inputs.folder is None:
        if measured or settings.zeros.activation_masks == "photographs":
            require_photographs(settings.images)
        return
    labelled = inputs.class_list is not None or has_class_folders(inputs.folder)
    if measured and labelled and not network_record(network).detector:
        classes = settings.shape.classes(network)
        files = picture_files(inputs.folder, classes, inputs.class_list).files
    else:
        files = picture_files(inputs.folder, None).files
    if len(files) < settings.images:
        raise UserError(f"images is {settings.images}; {inputs.folder} holds {len(files)}")
