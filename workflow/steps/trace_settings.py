"""What a trace job is told; apart from the job, so that a plan needs no PyTorch to say it."""

from dataclasses import dataclass

from sim.validation import require_positive


@dataclass(frozen=True)
class TraceSettings:
    """How much of a network's run a trace records.

    Attributes:
        images: the first so many test images.
        threads: of torch.

    Raises:
        UserError: a value is out of range.
    """

    images: int = 4
    threads: int = 1

    def __post_init__(self) -> None:
        require_positive(images=self.images, threads=self.threads)
