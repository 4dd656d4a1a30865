from pathlib import Path
from typing import Any

import pytest

from sim import configurations
from workflow.plan.digest import Digests
from workflow.plan.layout import Layout, as_json
from workflow.plan.sections.comparison import ComparedDesigns
from workflow.plan.sections.footing import CommonFooting
from workflow.plan.sections.imagenet import FullSize
from workflow.plan.sections.training import Training
from workflow.plan.sweeps import Sweeps

ROOT = Path(__file__).parents[3]
CONFIG: dict[str, Any] = {
    "results_dir": "out",
    "seed": 3,
    "threads": 1,
    "trace_images": 2,
    "sweep_suites": ["digits"],
    "training": {
        "digits": {
            "recipe": {"epochs": 5, "batch_size": 8},
            "fine_tuning": {"fine_tune_epochs": 6},
            "networks": {"a": {"width": 1.0}, "b": {"width": 0.5, "epochs": 9}},
        }
    },
    "compression": {
        "dense": {},
        "dbb": {"weight_bound": 4, "networks": {"b": {"weight_bound": 2}}},
    },
    "sweeps": {
        "plain": {"accelerators": ["x"], "parameters": {"p": [1, 2, 3]}, "networks": ["b"]},
        "seeded": {
            "accelerators": ["x", "y"],
            "parameters": {"p": [1]},
            "suites": ["imagenet"],
            "seeds": [3, 4],
        },
    },
    "points_per_job": 2,
    "imagenet": {"images": 1, "networks": {"b": {"width": 0.5, "seed": 7}}},
    "runs": [
        {"suite": "digits", "networks": ["a", "b"], "schemes": ["dense", "dbb"]},
        {"suite": "imagenet", "networks": ["b"], "schemes": ["dbb"]},
    ],
}


@pytest.fixture
def layout() -> Layout:
    return Layout(CONFIG)


def test_a_networks_own_values_replace_the_suites_and_schemes(layout: Layout) -> None:
    training = Training(layout)
    assert '"epochs": 5' in as_json(training.settings("digits", "a"))
    assert '"epochs": 9' in as_json(training.settings("digits", "b"))
    assert '"seed": 3' in as_json(training.settings("digits", "b"))
    assert '"weight_bound": 4' in as_json(training.compression("digits", "a", "dbb"))
    assert training.compression("digits", "b", "dbb") == {
        "fine_tune_epochs": 6,
        "seed": 3,
        "threads": 1,
        "weight_bound": 2,
    }


def test_runs_are_selected_by_each_part(layout: Layout) -> None:
    assert len(layout.runs()) == 5
    assert layout.runs(suites=["imagenet"]) == [("imagenet", "b", "dbb")]
    assert layout.runs(networks=["a"], schemes=["dbb"]) == [("digits", "a", "dbb")]
    assert len(layout.metrics()) == 4  # modelled suites have no accuracy
    assert layout.events(["x", "y"], networks=["a"], schemes=["dense"]) == [
        "out/events/digits/a/dense/x.csv",
        "out/events/digits/a/dense/y.csv",
    ]


def test_swept_suites_take_the_sweep_files_and_others_the_plain_ones(layout: Layout) -> None:
    assert layout.swept(["x"], networks=["b"], schemes=["dbb"]) == [
        "out/sweeps/digits/b/dbb/x.csv",
        "out/events/imagenet/b/dbb/x.csv",
    ]


def test_a_sweeps_files_are_runs_times_seeds_times_accelerators_in_chunks() -> None:
    assert Sweeps(CONFIG).points(["plain"]) == [
        f"out/points/plain/{run}/x/{chunk}.csv"
        for run in ("digits/b/dense", "digits/b/dbb", "imagenet/b/dbb")
        for chunk in (0, 1)
    ]
    assert Sweeps(CONFIG).points(["seeded"]) == [
        f"out/points/seeded/imagenet{seeding}/b/dbb/{name}/0.csv"
        for name in ("x", "y")
        for seeding in ("", "-seed4")  # 3 is the configuration's own: the trace is shared
    ]
    assert Sweeps(CONFIG).chunk("plain", "0") == '[{"p": 1}, {"p": 2}]'
    assert Sweeps(CONFIG).chunk("plain", "1") == '[{"p": 3}]'


def test_a_sweeps_seed_reaches_every_step(layout: Layout) -> None:
    training, full_size = Training(layout), FullSize(layout)
    assert '"seed": 14' in as_json(training.settings("digits", "a", "-seed14"))
    assert '"seed": 14' in as_json(training.compression("digits", "a", "dbb", "-seed14"))
    assert '"seed": 14' in as_json(full_size.settings("b", "-seed14"))
    assert '"seed": 7' in as_json(full_size.settings("b"))
    assert '"seed": 3' in as_json(full_size.settings("c"))


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({}, False),
        ({"checkpoint": "a.pth"}, False),
        ({"image_folder": "val"}, False),
        ({"checkpoint": "a.pth", "image_folder": "val"}, False),
        ({"checkpoint": "a.pth", "image_folder": "labelled"}, True),
        ({"checkpoint": "a.pth", "blockwise_thresholds": "t.yaml"}, True),
    ],
)
def test_blockwise_takes_a_checkpoint_and_what_bounds_thresholds(
    keys: dict[str, str], expected: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "val").mkdir()
    (tmp_path / "labelled" / "0").mkdir(parents=True)
    (tmp_path / "labelled" / "0" / "a.png").touch()
    monkeypatch.chdir(tmp_path)
    full_size = FullSize(Layout({**CONFIG, "imagenet": {"networks": {"b": keys}}}))
    assert full_size.has_thresholds("b") == expected
    assert not full_size.has_thresholds("a")


def test_every_registered_accelerator_has_a_code_digest_of_its_own_folder() -> None:
    folders = {entry.folder: name for name, entry in configurations().items()}
    digests = {Digests(ROOT).simulation(name) for name in folders.values()}
    assert len(digests) == len(folders)


def test_footing_takes_those_of_the_runs_that_it_names_and_adds_what_has_no_events() -> None:
    blocks = [{"suite": "digits", "networks": ["a", "z"], "schemes": ["dense", "dbb"]}]
    compared = {"compared_schemes": ["dbb"], "accelerators": ["scnn", "sparten_gb_s"]}
    mine = CommonFooting(Layout({**CONFIG, **compared, "footing_runs": blocks}))
    assert mine.files() == [
        "out/footing/digits/a/dense.csv",
        "out/footing/digits/a/dbb.csv",
    ]
    assert mine.configured_files() == ["out/events/digits/a/dbb/scnn.csv"]
    assert mine.added_as_configured("dense") == []
    added = mine.added_as_configured("dbb")
    assert "sense" in added
    assert "scnn" not in added


def test_runs_that_are_compared_only_are_traced_and_compared_but_in_no_study_of_a_paper() -> None:
    block = {"suite": "digits", "networks": ["t"], "schemes": ["dbb"], "compared_only": True}
    config = CONFIG | {
        "runs": [*CONFIG["runs"], block],
        "footing_runs": [{"suite": "digits", "networks": ["a", "t"], "schemes": ["dbb"]}],
        "compared_schemes": ["dbb"],
        "accelerators": ["x"],
    }
    layout = Layout(config)
    run = ("digits", "t", "dbb")
    assert run not in layout.runs()
    assert run in layout.every_run()
    assert layout.traces()[-1] == "out/traces/digits/t/dbb.safetensors"
    assert layout.metrics()[-1] == "out/networks/digits/t/dbb.json"
    assert layout.events(["x"], schemes=["dbb"]) == Layout(CONFIG).events(["x"], schemes=["dbb"])
    footing, compared = CommonFooting(layout), ComparedDesigns(layout)
    assert footing.files() == ["out/footing/digits/a/dbb.csv"]
    assert footing.every_file() == [*footing.files(), "out/footing/digits/t/dbb.csv"]
    assert compared.compared_only() == ["out/events/digits/t/dbb/x.csv", footing.every_file()[-1]]
    assert compared.compared_only()[0] in compared.events()
    assert Sweeps(config).points(["plain"]) == Sweeps(CONFIG).points(["plain"])
