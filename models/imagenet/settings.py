"""Settings of the suite of full-size networks: the keys of section `imagenet`, sorted by job."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any, Self

from models.compression.full_size import FullSizeScheme, ModelledScheme
from models.compression.schemes import full_size_schemes
from models.imagenet import IMAGENET
from models.imagenet.settings_by_job import (
    ModelledZeros,
    NetworkShape,
    PictureRepair,
    UserInputs,
)
from models.imagenet.training_settings import UserTraining
from sim.errors import UserError
from sim.setting_types import require_types
from sim.validation import require_positive, require_whole, unknown


def _default_schemes() -> Mapping[str, FullSizeScheme]:
    return MappingProxyType({name: settings() for name, settings in full_size_schemes().items()})


@dataclass(frozen=True, kw_only=True)
class FullSizeSettings:
    """Everything that decides a trace of the suite, beside network and scheme.

    Attributes:
        images: images in the trace.
        seed: of weights and generated masks.
        inputs: what the user brings.
        shape: of the network.
        zeros: how they are modelled.
        pictures: how a user's pruned network is repaired and judged.
        training: how it is fine-tuned.
        schemes: settings of each compression scheme, by name.

    Raises:
        UserError: a value is out of range.
    """

    images: int = 2
    seed: int = 0
    inputs: UserInputs = field(default_factory=UserInputs)
    shape: NetworkShape = field(default_factory=NetworkShape)
    zeros: ModelledZeros = field(default_factory=ModelledZeros)
    pictures: PictureRepair = field(default_factory=PictureRepair)
    training: UserTraining = field(default_factory=UserTraining)
    schemes: Mapping[str, FullSizeScheme] = field(default_factory=_default_schemes)

    def __post_init__(self) -> None:
        require_positive(images=self.images)
        require_whole(seed=self.seed)

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """Settings from the keys of section `imagenet`, which are flat; those left out are usual.

        Raises:
            UserError: no such key, or a value is of another type or out of range.
        """
        known = cls().flat()
        for name in values:
            if name not in known:
                raise unknown("setting", name, known)

        require_types(cls, {name: values[name] for name in ("images", "seed") if name in values})

        def part(kind: type[Any]) -> Any:
            require_types(kind, values)
            return kind(**{name: values[name] for name in _names(kind) if name in values})

        return cls(
            **{name: values[name] for name in ("images", "seed") if name in values},
            inputs=part(UserInputs),
            shape=part(NetworkShape),
            zeros=part(ModelledZeros),
            pictures=part(PictureRepair),
            training=part(UserTraining),
            schemes=MappingProxyType({n: part(kind) for n, kind in full_size_schemes().items()}),
        )

    def flat(self) -> dict[str, Any]:
        """Value of every key of the section."""
        of_jobs = (self.inputs, self.shape, self.zeros, self.pictures, self.training)
        parts = (*of_jobs, *self.schemes.values())
        values: dict[str, Any] = {"images": self.images, "seed": self.seed}
        for part in parts:
            values |= {name: getattr(part, name) for name in _names(type(part))}
        return values

    def varied(self, **changes: Any) -> Self:
        """Settings that differ in some keys; errors as `of`."""
        return type(self).of(self.flat() | changes)

    def reads(self, scheme: str, key: str) -> bool:
        """Whether a key matters under a scheme: it is of no scheme, or of this one."""
        readers = {name for name, kind in full_size_schemes().items() if key in _names(kind)}
        return not readers or scheme in readers

    def scheme(self, name: str) -> FullSizeScheme:
        """The settings of a scheme.

        Raises:
            UserError: no such scheme in this suite.
        """
        if name not in self.schemes:
            raise unknown(f"scheme of the {IMAGENET} suite", name, self.schemes)
        return self.schemes[name]

    def modelled_scheme(self, network: str, name: str) -> ModelledScheme:
        """The settings of a scheme that can be modelled.

        Raises:
            UserError: no such scheme, or it needs the trained weights of the network.
        """
        scheme = self.scheme(name)
        if not isinstance(scheme, ModelledScheme):
            raise UserError(
                f"scheme {name} of {network} needs trained weights: give imagenet.networks."
                f"{network} a checkpoint and an image_folder"
            )
        return scheme


def modelled_schemes() -> list[str]:
    """Names of the schemes that need no trained weights."""
    return [name for name, kind in full_size_schemes().items() if issubclass(kind, ModelledScheme)]


def _names(kind: type[Any]) -> list[str]:
    return [entry.name for entry in fields(kind)]
