"""Components by kind and size at one node, and parts that are counted from them.

Arithmetic, registers and comparators are Aladdin's, memories CACTI's, multiplexers and gates
NeuroSim's. Selection logic has a band, because the two libraries of cells are about a factor of two
apart: `low` takes adders from NeuroSim too, `high` makes multiplexers and gates of Aladdin's adder
bits. Memories, registers, multipliers and multiply-accumulate units have no band.

Wires between parts, clock trees and control are not counted.
"""

from dataclasses import dataclass
from math import ceil, log2
from typing import Literal

from sim.components.table import Component, Cost, next_larger
from sim.validation import require_choice, require_positive

Estimate = Literal["low", "basis", "high"]
ESTIMATES: tuple[Estimate, ...] = ("low", "basis", "high")

DRAM_KINDS = ("lpddr4", "hbm2", "hbm3", "ddr3")

SRAM_WORDS = 64
"""CACTI has no memory of fewer words; a smaller store is a file of registers."""

NANDS_PER_ADDER_BIT = 9
NANDS_PER_MULTIPLEXER = 4
"""Two inputs, one bit: three gates and an inverter."""
WIDEST_MULTIPLEXER = 32
WIDEST_REGISTER = 64


@dataclass(frozen=True)
class Library:
    """All components at one node.

    Attributes:
        node_nm: 16, 22, 32, 45 or 65.
        estimate: end of the band for selection logic.
    """

    node_nm: int
    estimate: Estimate = "basis"

    def __post_init__(self) -> None:
        require_choice("estimate", self.estimate, ESTIMATES)
        self._row("register", "aladdin", width=1)

    def _row(
        self,
        kind: str,
        model: str,
        *,
        width: int,
        capacity: int = 0,
        total: int = 0,
        inputs: int = 0,
    ) -> Component:
        return next_larger(kind, model, self.node_nm, (capacity, width, total, inputs))

    def sram(self, capacity_bytes: int, width_bits: int) -> Cost:
        """A memory with one port; energies are those of an access of `width_bits`."""
        require_positive(capacity_bytes=capacity_bytes, width_bits=width_bits)
        return self._row("sram", "cacti", width=width_bits, capacity=capacity_bytes).cost

    def multiplier(self, width_bits: int) -> Cost:
        """Two integers of the same width."""
        return self._row("multiplier", "aladdin", width=width_bits).cost

    def mac(self, width_bits: int, sum_bits: int) -> Cost:
        """A multiplier and the adder of its sum; the accumulator register is not part of it."""
        return self._row("mac", "aladdin", width=width_bits, total=sum_bits).cost

    def adder(self, width_bits: int) -> Cost:
        """Look up the adder of two integers of this width."""
        model = "neurosim" if self.estimate == "low" else "aladdin"
        return self._row("adder", model, width=width_bits).cost

    def comparator(self, width_bits: int) -> Cost:
        """Which of two integers is larger."""
        return self._row("comparator", "aladdin", width=width_bits).cost

    def counter(self, width_bits: int) -> Cost:
        """A register that counts up."""
        return self._row("counter", "aladdin", width=width_bits).cost

    def register(self, width_bits: int) -> Cost:
        """Flip-flops; wider ones than the table has are several."""
        whole, rest = divmod(width_bits, WIDEST_REGISTER)
        cost = Cost()
        if whole:
            cost += whole * self._register(WIDEST_REGISTER)
        return cost + self._register(rest) if rest else cost

    def _register(self, width_bits: int) -> Cost:
        return self._row("register", "aladdin", width=width_bits).cost

    def gates(self, count: int) -> Cost:
        """NAND gates of two inputs that work together once, at the activity of an adder's gates."""
        if self.estimate == "high":
            return self._row("adder", "aladdin", width=1).cost * (count / NANDS_PER_ADDER_BIT)
        return self._row("nand", "neurosim", width=1, inputs=2).cost * count

    def multiplexer(self, inputs: int, width_bits: int) -> Cost:
        """One of several inputs; the energy is that of one value passing through."""
        require_positive(inputs=inputs, width_bits=width_bits)
        if inputs == 1:
            return Cost()
        if self.estimate == "high":
            gates = NANDS_PER_MULTIPLEXER * width_bits
            passed = self.gates(gates * ceil(log2(inputs)))
            built = self.gates(gates * (inputs - 1))
            return Cost(passed.read_pj, 0.0, built.area_um2, built.leakage_uw)
        whole, rest = divmod(width_bits, WIDEST_MULTIPLEXER)
        widths = [WIDEST_MULTIPLEXER] * whole + [rest] * bool(rest)
        rows = (self._row("multiplexer", "neurosim", width=w, inputs=inputs) for w in widths)
        return sum((row.cost for row in rows), Cost())

    def dram_pj_per_byte(self, kind: str) -> float:
        """Energy of a byte read or written, of one of DRAM_KINDS."""
        require_choice("dram", kind, DRAM_KINDS)
        return self._row(kind, "dram", width=8).cost.read_pj
