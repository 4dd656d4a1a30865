"""The HTML report and the page of tables, opened as a reader opens them: in a browser."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import jinja2
import pytest

from tests.workflow.running import TINY, snakemake

if TYPE_CHECKING:
    from playwright.sync_api import Page

BROWSERS = ("chromium", "chromium-browser", "google-chrome")

TEXT = Path(__file__).parents[2] / "workflow" / "report" / "workflow.rst"


def _text(results_dir: str) -> str:
    """What the report opens on."""
    snakemake = SimpleNamespace(config={"results_dir": results_dir})
    return jinja2.Template(TEXT.read_text()).render(snakemake=snakemake)


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    for arguments in (["--cores", "2"], ["--report", "results/report.html"]):
        done = snakemake(folder, *arguments, **TINY)
        assert done.returncode == 0, done.stdout + done.stderr
    return folder / "results"


@pytest.fixture
def browser_page() -> Iterator["Page"]:
    """A page of a browser without network that fails the test on an error in its console."""
    driver = pytest.importorskip("playwright.sync_api", reason="needs requirements-browser.txt")
    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    if executable is None:
        pytest.skip(f"none of {', '.join(BROWSERS)} is installed")
    with driver.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        context = browser.new_context(offline=True, viewport={"width": 1400, "height": 900})
        page = context.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: said.append(f"error: {error}"))
        yield page
        browser.close()
    assert [line for line in said if line.startswith("error")] == []


@pytest.mark.slow
def test_every_figure_of_the_report_can_be_seen(results: Path, browser_page: "Page") -> None:
    page = browser_page
    page.goto((results / "report.html").as_uri())
    sections = page.locator("nav a").all_inner_texts()
    shown = set()
    for section in sections:
        page.reload()
        page.locator("nav a", has_text=section).first.click()
        for row in page.locator("tr", has_text=".svg").all():
            name = Path(row.locator("td").first.inner_text()).name
            row.locator("a").first.click()
            picture = page.locator(f"img[src*='filename={name};']")
            picture.wait_for(state="visible")
            assert picture.evaluate("image => image.complete && image.naturalWidth > 100"), name
            shown.add(name)
    assert shown == {path.name for path in (results / "figures").glob("*.svg")}


@pytest.mark.slow
def test_a_table_can_be_sorted_and_searched(results: Path, browser_page: "Page") -> None:
    page = browser_page
    page.goto((results / "tables.html").as_uri())
    names = {path.stem for path in (results / "tables").glob("*.csv")}
    page.wait_for_function(f"document.querySelectorAll('.dt-container').length == {len(names)}")
    rows = page.locator("#table_claims tbody tr")
    page.locator("#table_claims_wrapper input[type=search]").fill("s2ta-speedup")
    assert set(rows.locator("td:first-child").all_inner_texts()) == {"s2ta-speedup"}
    page.locator("#table_networks th").first.click()
    first = page.locator("#table_networks tbody td:first-child").all_inner_texts()
    assert first == sorted(first)


@pytest.mark.parametrize("results_dir", ["results", "results/quick", "results/a/b/"])
def test_the_report_links_the_site_from_where_it_lies(results_dir: str) -> None:
    text = _text(results_dir)
    link = text.partition(" <")[2].partition(">`_")[0]
    checkout = Path("/checkout")
    assert (checkout / results_dir / link).resolve() == checkout / "build/site/index.html"
    assert f"``make site RESULTS={results_dir}``" in text


def test_a_report_outside_of_the_checkout_has_no_link() -> None:
    assert "<" not in _text("/scratch/results")
