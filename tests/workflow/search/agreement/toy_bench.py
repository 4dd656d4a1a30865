"""A toy network with views that choose and views that judge: a choice takes a moment."""

from pathlib import Path

from models.compression.quantization import fold_batch_norm
from models.compression.repair.agreement import logits
from models.graph.layer_table import layer_table
from models.graph.stored_tensors import SparseNetwork
from models.imagenet.repaired import Judge, RepairBench
from tests.models.toy import INPUT_SHAPE, toy, toy_images
from workflow.search.agreement.trials import TRIALS, BudgetMethod, PruningTrial

LAYERS = layer_table(toy(), INPUT_SHAPE)


def toy_bench(judged: int = 12, seed: int = 3) -> RepairBench:
    """Twenty views of ten pictures choose; others, drawn by the seed, judge."""
    dense = SparseNetwork(toy())
    fold_batch_norm(dense)
    views, whole = toy_images(judged, seed), toy_images(4, seed + 1)
    return RepairBench(
        dense=dense,
        fitted=toy_images(20, seed=2),
        fitted_pictures=10,
        judge=Judge(views, logits(dense.module, views), whole, None),
        checkpoint=Path("weights.safetensors"),
        folder=Path("pictures"),
        seed=0,
    )


def toy_trial(method: BudgetMethod) -> PruningTrial:
    """The ladder of a method on it."""
    return TRIALS[method](toy_bench(), LAYERS)
