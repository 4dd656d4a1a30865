"""The site, built strictly and opened from the disk in a browser without network."""

import io
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from tests.workflow.test_report import BROWSERS

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
DOCS_PYTHON = Path(os.environ.get("DOCS_VENV", ROOT / ".venv-docs")) / "bin" / "python"
LARGEST_BYTES = 6_000_000
CLIPPED = """() => {
  const page = document.documentElement;
  const wide = page.scrollWidth > page.clientWidth + 1 ? [`page ${page.scrollWidth}`] : [];
  const scrolls = (node) => node && node !== document.body &&
    (["auto", "scroll"].includes(getComputedStyle(node).overflowX) || scrolls(node.parentElement));
  const texts = ".md-content :is(p, li, td, th, h1, h2, h3, figcaption)";
  const cut = [...document.querySelectorAll(texts)]
    .filter((node) => node.offsetParent && !scrolls(node) &&
      (node.getBoundingClientRect().right > page.clientWidth + 1 ||
       node.scrollWidth > node.clientWidth + 5))
    .map((node) => node.textContent.slice(0, 60));
  return [...wide, ...cut];
}"""
"""Texts of a page that end outside the window or their box, where nothing scrolls to them.

Code at the end of a line has up to 5 px of empty edge outside of its paragraph.
"""
LINKS = """() => [...document.querySelectorAll(":is(.md-content, .md-nav, .md-tabs) a[href]")]
  .map((link) => link.href)"""
FIGURES = """() => Promise.all([...document.querySelectorAll(".md-content img")].map(
  async (image) => {
    image.loading = "eager";
    await image.decode().catch(() => null);
    return {source: image.src, text: image.alt, width: image.naturalWidth};
  }))"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not DOCS_PYTHON.exists():
        pytest.skip("needs the environment of `make site`")
    folder = tmp_path_factory.mktemp("site")
    pages = ["-m", "workflow.site", "--output", str(folder / "pages")]
    build = ["-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder / "html")]
    environment = {
        **os.environ,
        "SITE_PAGES": str(folder / "pages"),
        "NO_MKDOCS_2_WARNING": "1",
        "PYTHONPATH": str(ROOT),
    }
    for arguments in (pages, build):
        done = subprocess.run(  # noqa: S603
            [str(DOCS_PYTHON), *arguments],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
    return folder / "html"


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    driver = pytest.importorskip("playwright.sync_api", reason="needs requirements-browser.txt")
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        pytest.skip(f"none of {', '.join(BROWSERS)} is installed")
    with driver.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield running
        running.close()


def _open(browser: "Browser", width: int) -> tuple["Page", list[str]]:
    """A page of some width, and what it has to complain about."""
    page = browser.new_context(
        offline=True, viewport={"width": width, "height": 900}, accept_downloads=True
    ).new_page()
    said: list[str] = []
    page.on(
        "console",
        lambda message: said.append(message.text) if message.type == "error" else None,
    )
    page.on("pageerror", lambda error: said.append(str(error)))
    # What a page still loads when it is left, such as the search, is broken off: no failure.
    page.on(
        "requestfailed",
        lambda request: (
            None if request.failure == "net::ERR_ABORTED" else said.append(f"no {request.url}")
        ),
    )
    return page, said


def _dead(links: Sequence[str], anchors: dict[Path, str]) -> list[str]:
    """The links that lead to no file, or to no place in one."""
    dead = []
    for link in links:
        if not link.startswith("file://"):
            continue
        address, _, place = link.removeprefix("file://").partition("#")
        path = Path(address)
        if not path.is_file():
            dead.append(link)
        elif place and path.suffix == ".html":
            text = anchors.setdefault(path, path.read_text(encoding="utf-8"))
            if f'id="{place}"' not in text and f"id={place}" not in text:
                dead.append(link)
    return dead


@pytest.mark.parametrize("width", [1400, 390])
def test_every_page_reads_well_at_this_width(site: Path, browser: "Browser", width: int) -> None:
    page, said = _open(browser, width)
    anchors: dict[Path, str] = {}
    for path in sorted(site.rglob("*.html")):
        if path.name == "404.html":  # its links are those of a server's root
            continue
        page.goto(path.as_uri())
        if path.parent.name == "tables" and path.stem != "index":
            page.wait_for_selector(".wide-table tbody tr")
        name = path.relative_to(site)
        assert page.evaluate(CLIPPED) == [], name
        assert _dead(page.evaluate(LINKS), anchors) == [], name
        for figure in page.evaluate(FIGURES):
            assert len(figure["text"]) > 10, f"{name}: {figure['source']} has no text"
            assert figure["width"] > 100, f"{name}: {figure['source']} is not drawn"
        assert said == [], name


def test_the_board_shows_the_claims_of_one_system(site: Path, browser: "Browser") -> None:
    page, _ = _open(browser, 1400)
    page.goto((site / "claims.html").as_uri())
    rows = page.locator("tr[data-system]:visible")
    everything = rows.count()
    page.select_option("select[name=system]", "S2TA")
    assert 0 < rows.count() < everything
    assert {row.get_attribute("data-system") for row in rows.all()} == {"S2TA"}
    conditions = rows.first.locator("dl")
    assert not conditions.is_visible()
    rows.first.locator("summary").click()
    assert conditions.is_visible()


@pytest.mark.parametrize("name", ["index", "claims", "systems/s2ta"])
def test_every_verdict_is_seen_on_a_narrow_screen(
    site: Path, browser: "Browser", name: str
) -> None:
    page, _ = _open(browser, 390)
    page.goto((site / f"{name}.html").as_uri())
    verdicts = page.locator(".claims .verdict")
    assert verdicts.count() > 3
    ends = verdicts.evaluate_all("all => all.map((one) => one.getBoundingClientRect().right)")
    assert 0 < min(ends) <= max(ends) < 390


def test_a_table_sorts_searches_and_downloads(site: Path, browser: "Browser") -> None:
    page, _ = _open(browser, 1400)
    page.goto((site / "tables" / "accuracy.html").as_uri())
    page.wait_for_selector(".wide-table tbody tr")
    with page.expect_download() as download:
        page.click("[data-download=accuracy]")
    original = ROOT / "results" / "reference" / "tables" / "accuracy.csv"
    assert Path(download.value.path()).read_bytes() == original.read_bytes()
    page.fill(".dt-container input[type=search]", "vgg16")
    cells = page.locator(".wide-table tbody td:nth-child(2)").all_inner_texts()
    assert set(cells) == {"vgg16"}


def test_the_search_answers_without_a_server(site: Path, browser: "Browser") -> None:
    page, said = _open(browser, 1400)
    page.goto((site / "index.html").as_uri())
    page.fill("input[name=query]", "clustering")
    page.wait_for_selector(".md-search-result__item", timeout=10_000)
    assert said == []


def test_figures_look_as_they_were_drawn(site: Path, browser: "Browser") -> None:
    page, _ = _open(browser, 1400)
    for drawn in sorted((ROOT / "results" / "reference" / "figures").glob("*.svg")):
        before, after = (_picture(page, path) for path in (drawn, site / "figures" / drawn.name))
        assert before.shape == after.shape, drawn.name
        assert np.abs(before - after).max() < 128, drawn.name


def _picture(page: "Page", path: Path) -> np.ndarray:
    """A figure as a browser shows it, in grey, 0 to 255."""
    page.goto(path.as_uri())
    return np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("L"), dtype=int)


def test_the_site_is_light(site: Path) -> None:
    total = sum(path.stat().st_size for path in site.rglob("*") if path.is_file())
    assert total < LARGEST_BYTES
