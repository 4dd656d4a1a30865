import base64
import gzip
import json

from workflow.site.results import ResultFolder
from workflow.site.table_pages import table_pages


def test_a_table_travels_byte_for_byte_with_its_page(results: ResultFolder) -> None:
    pages = table_pages(results)
    script = pages["tables/data/hass.js"]
    packed = json.loads(script.partition(" = ")[2].rstrip(";\n"))
    content = json.loads(gzip.decompress(base64.b64decode(packed)))
    assert content["csv"].encode() == results.table_path("hass").read_bytes()
    assert len(content["columns"]) == len(results.rows("hass")[0])


def test_the_overview_links_every_table(results: ResultFolder) -> None:
    overview = table_pages(results)["tables/index.md"]
    for name in results.tables:
        assert f"]({name}.md)" in overview
