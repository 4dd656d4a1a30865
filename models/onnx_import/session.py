"""Running a graph in onnxruntime with the values that one wants to see as its outputs."""

import os
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import onnx
import onnxruntime

from models.onnx_import.files import Array, first_line
from sim.errors import UserError

FATAL_ONLY = 4
NO_MEMORY = (
    "allocate memory",
    "Available memory",
    "bad_alloc",
    "Integer overflow",
    "exceeds the supported maximum",
)
MEMORY_SHARE = 0.8
"""Of the machine's memory, what all values of a run together may take."""


class Session:
    """A network whose outputs are the wanted values; a context that frees what it held.

    Each node computes what is written: nothing is fused or folded, and one thread adds up, so that
    the same file and inputs give the same zeros everywhere.
    """

    def __init__(self, path: Path, model: onnx.ModelProto, wanted: Collection[str]) -> None:
        """Load a network; the wanted values are added to its outputs in place.

        Raises:
            UserError: onnxruntime does not take it.
        """
        self._path = path
        outputs = dict.fromkeys([*(x.name for x in model.graph.output), *wanted])
        del model.graph.value_info[:]  # they may state a batch that is not run
        del model.graph.output[:]
        model.graph.output.extend(onnx.ValueInfoProto(name=name) for name in outputs)
        try:
            self._session: Any = onnxruntime.InferenceSession(
                model.SerializeToString(), _options(path), providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # onnxruntime raises a class of its own for each status
            raise UserError(f"{path}: onnxruntime does not take it: {_reason(error)}") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._session = None

    def run(self, wanted: Collection[str], feeds: Mapping[str, Array]) -> dict[str, Array]:
        """The wanted values of one image; all nodes are run in any case.

        Raises:
            UserError: a node does not take what it gets, or the values do not fit the memory.
        """
        options = onnxruntime.RunOptions()
        options.log_severity_level = FATAL_ONLY
        options.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")
        names = list(wanted) or [self._session.get_outputs()[0].name]
        try:
            values = self._session.run(names, dict(feeds), options)
        except Exception as error:  # as above
            shapes = ", ".join(f"{name} {value.shape}" for name, value in feeds.items())
            raise UserError(
                f"{self._path}: does not run on an image of {shapes}: {_reason(error)}"
            ) from error
        return dict(zip(names, values, strict=True))


def _reason(error: Exception) -> str:
    """What onnxruntime says without the place in its sources."""
    whole = str(error)  # what matters may stand behind a long path
    if any(part in whole for part in NO_MEMORY):
        return "its values do not fit the memory; expected a smaller network or fewer pixels"
    return first_line(error).removeprefix("[ONNXRuntimeError] : ")


def _options(path: Path) -> Any:
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = FATAL_ONLY
    folder = "session.model_external_initializers_file_folder_path"
    options.add_session_config_entry(folder, str(path.parent.resolve()))
    _limit_memory()
    options.add_session_config_entry("session.use_env_allocators", "1")
    return options


@cache
def _limit_memory() -> None:
    """Have onnxruntime stop before the machine has no memory left, whatever sizes a file states."""
    try:
        memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):  # a system that does not say
        return
    place = onnxruntime.OrtMemoryInfo(
        "Cpu", onnxruntime.OrtAllocatorType.ORT_ARENA_ALLOCATOR, 0, onnxruntime.OrtMemType.DEFAULT
    )
    # 1: the arena grows by what is asked for, not to the next power of two
    limits = {"max_mem": int(memory * MEMORY_SHARE), "arena_extend_strategy": 1}
    onnxruntime.create_and_register_allocator(place, onnxruntime.OrtArenaCfg(limits))
