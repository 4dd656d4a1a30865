import pytest

pytest.importorskip("itables")

from workflow.site.hooks import classic_script


def test_a_module_becomes_a_script_with_its_names() -> None:
    script = classic_script("var a=1,b=2;export{a as Table,b as default}\n/* rest */")
    assert "export" not in script
    assert 'window.itables={"Table":a,"default":b};' in script


def test_a_bundle_without_exports_is_refused() -> None:
    with pytest.raises(ValueError, match="exports nothing"):
        classic_script("var a=1;")
