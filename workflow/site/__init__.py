"""The site: pages made from the committed tables, figures, claims, configurations and schemas.

`python -m workflow.site` writes Markdown pages and their data; MkDocs makes HTML of them. No number
on a page is typed by hand: it comes from a table, or the page says which command prints it.
"""
