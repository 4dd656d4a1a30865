import math
from dataclasses import replace

from sim import Layer
from workflow.maintenance import growth
from workflow.maintenance.growth import Point

SQUARE = [Point("images", n, n, 1000 * n, 0.5 * n**2, 50 + 0.002 * n) for n in (1, 2, 4, 8)]


def test_slopes_are_those_of_the_points() -> None:
    assert math.isclose(growth.exponent(SQUARE), 2)
    assert math.isclose(growth.bytes_per_bit(SQUARE), 2)
    assert growth.bytes_per_bit([replace(each, mask_bits=7) for each in SQUARE]) == 0


def test_a_point_is_a_row_and_each_axis_has_its_slopes() -> None:
    other = [replace(each, axis="designs", mask_bits=5) for each in SQUARE]
    assert growth.row(SQUARE[0]) == "| images | 1 | 0.0 | 0.50 | 50 |"
    lines = growth.slopes([*SQUARE, *other]).splitlines()
    assert lines[2:] == ["| images | 2.00 | 2.0 |", "| designs | 2.00 | - |"]


def test_a_point_holds_the_bits_of_all_masks_and_a_column_is_drawn_per_axis() -> None:
    layer = Layer.conv("conv", 4, 8, 3, input_size=(6, 6))
    measured = growth.point("images", 3, 3, [layer], 3, ["sa", "scnn"])
    assert measured.mask_bits == 8 * 4 * 9 + 3 * 4 * 36
    assert measured.cpu_s > 0
    figure = growth.draw([measured, *SQUARE])
    figure.draw_without_rendering()
    assert len(figure.axes) == 2
    for panel in figure.axes:
        low, high = panel.get_ylim()
        assert sum(low <= tick <= high for tick in panel.get_yticks()) >= 2
