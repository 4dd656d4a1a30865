# On a cluster all tables and figures share one job: most take a second or two. Local runs ignore
# groups; those of the other steps are in the profiles.
for step in workflow.rules:
    if step.name.endswith(("_table", "_figure")) or step.name.startswith(
        ("figure_", "tables_")
    ):
        step.group = "tables"
