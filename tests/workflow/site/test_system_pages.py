from sim.claims import claims
from sim.registry import configurations
from workflow.site.results import ResultFolder
from workflow.site.system_pages import ACCELERATORS, baselines_page, system_pages


def test_every_design_stands_on_a_page(results: ResultFolder) -> None:
    text = baselines_page() + "".join(page.text(results) for page in system_pages())
    assert [name for name in configurations() if f"`{name}`" not in text] == []


def test_every_system_has_a_drawing_and_claims() -> None:
    systems = {claim.system for claim in claims().values()}
    for page in system_pages():
        assert page.drawing_path.is_file()
        assert page.system in systems
        assert all((ACCELERATORS / folder / "README.md").is_file() for folder in page.folders)


def test_a_page_says_what_is_assumed_and_how_far_to_trust_it(results: ResultFolder) -> None:
    page = next(page for page in system_pages() if page.name == "s2ta").text(results)
    for heading in ("How it works", "What is assumed", "Its claims", "Trust"):
        assert f"## {heading}\n" in page
    assert "SCALE-Sim 3.0.0" in page
    assert "| `dram_bytes_per_cycle` | no limit |" in page
    assert "True" not in page
