"""`keyless evidence kql`: queries that count in Log Analytics what is too large to move."""

from __future__ import annotations

import click

from keyless.cli.failure import Failure

_DAYS = 90


@click.command("kql")
@click.argument("categories", nargs=-1, metavar="[CATEGORY]...")
@click.option(
    "--days",
    type=click.IntRange(1, 730),
    default=_DAYS,
    show_default=True,
    help="How many days back the query looks.",
)
def command(categories: tuple[str, ...], days: int) -> None:
    """Print queries for Log Analytics that count logs by caller, operation, resource, outcome and day.

    CATEGORY is the name of a query, as the comment above each says; none for all of them. Run them one at a
    time, export what they give as CSV or JSON, and read that with `keyless evidence import`.
    """
    from keyless.evidence.logs.kql.queries import QUERIES
    from keyless.model.nearest import nearest, quoted_list

    by_name = {one.name.casefold(): one for one in QUERIES}
    names = [one.name for one in QUERIES]
    for wanted in categories:
        if wanted.casefold() not in by_name:
            near = nearest(wanted, names)
            advice = f"did you mean {quoted_list(near)}?" if near else f"they are {quoted_list(names, 'and')}"
            raise Failure(f"there is no query `{wanted}`: {advice}", 2)
    chosen = [by_name[one.casefold()] for one in categories] or list(QUERIES)
    click.echo("\n\n".join(one.text(days) for one in dict.fromkeys(chosen)))
