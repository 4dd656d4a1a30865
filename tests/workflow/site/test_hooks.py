import base64
import gzip
import json

import pytest

pytest.importorskip("itables")

from workflow.site.hooks import classic_script, packed


def test_a_module_becomes_a_script_with_its_names() -> None:
    script = classic_script("var a=1,b=2;export{a as Table,b as default}\n/* rest */")
    assert "export" not in script
    assert 'window.itables={"Table":a,"default":b};' in script


def test_a_bundle_without_exports_is_refused() -> None:
    with pytest.raises(ValueError, match="exports nothing"):
        classic_script("var a=1;")


def test_a_packed_script_holds_the_whole_of_it() -> None:
    held = json.loads(packed("alert(1)", "td{}").partition(" = ")[2].rstrip(";\n"))
    assert gzip.decompress(base64.b64decode(held["script"])) == b"alert(1)"
    assert gzip.decompress(base64.b64decode(held["style"])) == b"td{}"
