from workflow.site.links import plain_links


def test_a_link_to_a_file_of_the_checkout_becomes_its_path() -> None:
    text = "[the profile](../workflow/profiles/x.csv) and [x.csv](workflow/profiles/x.csv)"
    assert (
        plain_links(text) == "the profile (`workflow/profiles/x.csv`) and `workflow/profiles/x.csv`"
    )


def test_links_within_the_site_stay() -> None:
    text = "[glossary](glossary.md#verdicts) [paper](https://example.org)"
    assert plain_links(text) == text
