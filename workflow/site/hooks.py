"""What MkDocs runs around a build: the viewer of tables before it, a lighter site after it."""

import base64
import gzip
import json
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

LAST = -200
"""Priority after that of the plugin that makes the index of the search readable from a disk."""
UNUSED = ("**/*.map", "assets/javascripts/lunr", "sitemap.xml*", "search/search_index.json")
"""What a reader never loads: maps for debugging, search in other languages, and a second index."""


def on_post_build(config: Any, **_: Any) -> None:
    """Put the viewer of tables beside its pages, and take out what nobody loads."""
    site = Path(config["site_dir"])
    package = files("itables") / "html"
    script = classic_script((package / "dt_bundle.js").read_text(encoding="utf-8"))
    style = (package / "dt_bundle.css").read_text(encoding="utf-8")
    (site / "assets" / "itables.js").write_text(packed(script, style), encoding="utf-8")
    for pattern in UNUSED:
        for path in sorted(site.glob(pattern), reverse=True):
            _remove(path)
    for path in site.rglob("*.html"):
        path.write_text(without_indents(path.read_text(encoding="utf-8")), encoding="utf-8")


# As mkdocs.plugins.event_priority sets it; the tests' environment has no MkDocs.
on_post_build.mkdocs_priority = LAST  # type: ignore[attr-defined]


def without_indents(html: str) -> str:
    """A page without the white space before lines, which nobody sees outside of `pre`."""
    parts = re.split(r"(<(?:pre|textarea)\b.*?</(?:pre|textarea)>)", html, flags=re.DOTALL)
    return "".join(
        part if number % 2 else re.sub(r"\s*\n\s*", "\n", part) for number, part in enumerate(parts)
    )


def classic_script(module: str) -> str:
    """A module of JavaScript as a script that sets `window.itables`.

    Browsers refuse modules on pages opened from a disk.
    """
    exported = re.search(r"export\s*\{([^}]*)\}\s*;?", module)
    if exported is None:
        raise ValueError("the bundle of itables exports nothing; its version has changed")
    names = [part.split(" as ") for part in exported[1].split(",")]
    entries = ",".join(f'"{names[-1].strip()}":{names[0].strip()}' for names in names)
    body = module.replace(exported[0], f"window.itables={{{entries}}};")
    return f"(()=>{{{body}\n}})();\n"


def packed(script: str, style: str) -> str:
    """A script that holds another one and its style compressed, which assets/tables.js unpacks."""
    held = {"script": _compressed(script), "style": _compressed(style)}
    return f"window.packedViewer = {json.dumps(held)};\n"


def _compressed(text: str) -> str:
    return base64.b64encode(gzip.compress(text.encode(), 9, mtime=0)).decode()


def _remove(path: Path) -> None:
    if path.is_dir():
        for child in sorted(path.rglob("*"), reverse=True):
            child.unlink() if child.is_file() else child.rmdir()
        path.rmdir()
    else:
        path.unlink()
