from workflow.site.links import plain_links, table_links


def test_a_link_to_a_file_of_the_checkout_becomes_its_path() -> None:
    text = "[the profile](../workflow/profiles/x.csv) and [x.csv](workflow/profiles/x.csv)"
    assert (
        plain_links(text) == "the profile (`workflow/profiles/x.csv`) and `workflow/profiles/x.csv`"
    )


def test_links_within_the_site_stay() -> None:
    text = "[glossary](glossary.md#verdicts) [paper](https://example.org)"
    assert plain_links(text) == text


def test_a_link_to_a_folder_says_its_path_once() -> None:
    assert plain_links("[sim/components](../sim/components/README.md)") == (
        "`sim/components/README.md`"
    )


def test_the_file_of_a_table_leads_to_its_page() -> None:
    text = "`hass.csv`, `other.csv`, the table `hass`, design `hass` and [`hass.csv`](elsewhere.md)"
    assert table_links(text, ["hass"]) == (
        "[`hass.csv`](tables/hass.md), `other.csv`, the table [`hass`](tables/hass.md), "
        "design `hass` and [`hass.csv`](elsewhere.md)"
    )
