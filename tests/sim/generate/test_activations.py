"""The generator against statistics of measured masks; the seed must not matter."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.errors import UserError
from sim.generate.activations import MODES, Clustering, activation_mask, channel_counts
from sim.generate.reference import ReferenceMask, reference_masks
from sim.generate.statistics import MaskStatistics, channel_agreement, mask_statistics
from tests.examples import examples

REFERENCES = reference_masks()
SEEDS = range(6)


def mean_statistics(reference: ReferenceMask, clustering: Clustering) -> MaskStatistics:
    shape = (1, reference.channels, reference.side, reference.side)
    each = [
        mask_statistics(
            activation_mask(shape, reference.density, clustering, np.random.default_rng(seed))
        )
        for seed in SEEDS
    ]
    names = vars(each[0])
    return MaskStatistics(**{n: float(np.mean([getattr(s, n) for s in each])) for n in names})


@pytest.mark.parametrize("reference", REFERENCES, ids=lambda r: r.layer)
def test_reference_statistics_with_the_measured_shares(reference: ReferenceMask) -> None:
    clustering = Clustering(
        "spatial", reference.channel_std, reference.dead_channels, reference.full_channels
    )
    made = mean_statistics(reference, clustering)
    assert made.density == pytest.approx(reference.density, abs=1 / reference.channels)
    assert made.channel_std == pytest.approx(reference.channel_std, abs=0.03)
    assert made.dead_channels == pytest.approx(reference.dead_channels, abs=0.01)
    assert made.full_channels == pytest.approx(reference.full_channels, abs=0.01)
    assert made.neighbour_agreement == pytest.approx(reference.neighbour_agreement, abs=0.05)


@pytest.mark.parametrize("reference", REFERENCES, ids=lambda r: r.layer)
def test_reference_statistics_from_the_density_alone(reference: ReferenceMask) -> None:
    """The defaults know nothing of the layer but its density and size."""
    made = mean_statistics(reference, Clustering())
    assert 0.24 <= made.channel_std <= 0.40
    assert made.channel_std == pytest.approx(reference.channel_std, abs=0.065)
    assert made.dead_channels == pytest.approx(reference.dead_channels, abs=0.13)
    assert made.full_channels == pytest.approx(reference.full_channels, abs=0.08)
    assert made.neighbour_agreement == pytest.approx(reference.neighbour_agreement, abs=0.07)


def test_agreement_of_all_references_together() -> None:
    made = [mean_statistics(r, Clustering()).neighbour_agreement for r in REFERENCES]
    measured = [r.neighbour_agreement for r in REFERENCES]
    assert np.mean(made) == pytest.approx(np.mean(measured), abs=0.02)


def test_modes_differ_by_the_structure_they_are_named_for() -> None:
    reference = REFERENCES[3]
    by_mode = {mode: mean_statistics(reference, Clustering(mode)) for mode in MODES}
    iid, channel, spatial = (by_mode[mode] for mode in MODES)
    assert iid.channel_std < 0.07
    assert iid.dead_channels == iid.full_channels == 0
    assert iid.neighbour_agreement == pytest.approx(
        reference.density**2 + (1 - reference.density) ** 2, abs=0.01
    )
    assert channel.neighbour_agreement == pytest.approx(
        channel_agreement(channel.density, channel.channel_std), abs=0.015
    )
    assert spatial.neighbour_agreement > channel.neighbour_agreement + 0.03
    assert iid.zero_runs < channel.zero_runs < spatial.zero_runs
    assert iid.zero_tiles == 0


@settings(max_examples=examples(60), deadline=None)
@given(
    st.tuples(st.integers(1, 3), st.integers(1, 24), st.integers(1, 9), st.integers(1, 9)),
    st.one_of(st.sampled_from([0.0, 1.0, 0.5]), st.floats(0, 1)),
    st.sampled_from(MODES),
    st.integers(0, 99),
)
def test_density_is_exact_and_the_draw_repeats(
    shape: tuple[int, int, int, int], density: float, mode: str, seed: int
) -> None:
    clustering = Clustering(mode)  # type: ignore[arg-type]
    first = activation_mask(shape, density, clustering, np.random.default_rng(seed))
    again = activation_mask(shape, density, clustering, np.random.default_rng(seed))
    assert first.shape == shape
    assert int(first.sum()) == round(density * first.size)
    np.testing.assert_array_equal(first, again)


def test_images_share_channel_densities_but_not_positions() -> None:
    mask = activation_mask((2, 64, 20, 20), 0.5, Clustering(), np.random.default_rng(1))
    first, second = mask.mean(axis=(2, 3))
    assert np.corrcoef(first, second)[0, 1] > 0.8
    assert not np.array_equal(mask[0], mask[1])


@settings(max_examples=examples(60), deadline=None)
@given(st.integers(1, 70), st.integers(1, 60), st.floats(0, 1), st.integers(0, 9))
def test_counts_stay_within_the_map(channels: int, side: int, density: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    counts = channel_counts(channels, side * side, density, Clustering(), rng, side)
    assert counts.sum() == round(density * channels * side * side)
    assert counts.min() >= 0
    assert counts.max() <= side * side


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"mode": "clustered"}, "mode is 'clustered'; expected one of iid, channel, spatial"),
        ({"channel_std": 1.2}, r"channel_std is 1.2; expected a number in \[0, 1\]"),
        ({"dead_share": -0.1}, "dead_share is -0.1"),
        ({"neighbour_correlation": 1.0}, "neighbour_correlation is 1.0"),
    ],
)
def test_bad_clustering(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(UserError, match=message):
        Clustering(**arguments)  # type: ignore[arg-type]


@pytest.mark.parametrize("density", [-0.1, 1.1, float("nan")])
def test_bad_density(density: float) -> None:
    with pytest.raises(UserError, match=r"density is .*; expected a number in \[0, 1\]"):
        activation_mask((1, 8, 4, 4), density, Clustering(), np.random.default_rng(0))


def test_statistics_of_a_mask_written_by_hand() -> None:
    mask = np.zeros((1, 8, 2, 4), np.bool_)
    mask[0, 0] = True  # one full channel
    mask[0, 1, 0, :2] = True  # one channel with a quarter of its values
    made = mask_statistics(mask)
    assert made.density == 10 / 64
    assert (made.dead_channels, made.full_channels) == (6 / 8, 1 / 8)
    assert made.channel_std == pytest.approx(np.std([1, 0.25, 0, 0, 0, 0, 0, 0]))
    assert made.neighbour_agreement == 47 / 48
    assert made.zero_runs == 13 / 16
    assert made.zero_channel_blocks == 0
    assert mask_statistics(np.zeros((1, 16, 4, 4), np.bool_)).zero_tiles == 1
    with pytest.raises(UserError, match="expected \\(images, channels, height, width\\)"):
        mask_statistics(mask[0])


@pytest.mark.parametrize("shape", [(1, 3, 5, 5), (2, 16, 1, 1), (1, 8, 2, 3)])
def test_statistics_of_small_masks_are_nan_where_nothing_can_be_counted(
    shape: tuple[int, int, int, int],
) -> None:
    made = mask_statistics(np.ones(shape, np.bool_))
    assert made.density == made.full_channels == 1
    assert np.isnan(made.zero_tiles) == (shape[1] < 8 or shape[2] * shape[3] < 8)
    assert np.isnan(made.zero_runs) == (shape[3] < 4)
