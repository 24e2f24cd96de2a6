"""``cxsim compare``: hold results against each other, seed by seed where seeds match."""

import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from cxsim.cli.options import ResultOptions, result_options
from cxsim.cli.results import add_lacking_report, png, say_end, say_where

if TYPE_CHECKING:
    from cxsim.store import Origin, ResultFolder, Table
    from cxsim.studies.compare.comparison import Pair, Side

TABLE = "comparison.csv"
MOST_NAME = 120
SHOWN_FIELDS = 12


@dataclass(frozen=True, kw_only=True)
class Options(ResultOptions):
    """What the user asked for."""

    dirs: tuple[str, ...]
    firm: str | None


@click.command(
    "compare",
    help="Compare the results of cxsim run in each DIR with those in the first.\n\n"
    "Arms are held against those of the same name. Where the replicate seeds are the same, differences are taken seed by seed; "
    "where they are not, the samples are independent, which is told. Runs must be of the same length.",
    epilog="Example: cxsim compare results/survive_to_thrive results/cheaper_variety",
)
@click.argument("dirs", nargs=-1, required=True, metavar="DIR DIR...")
@click.option("--firm", metavar="NAME", help="The firm to answer about, instead of the focal firm of the first DIR.")
@result_options(out="Folder of the comparison, instead of results/compare_A_B.")
def command(**given: Any) -> None:
    """Read the results, compare them, keep that, and tell it."""
    from cxsim import store
    from cxsim.studies.compare.comparison import firm_of, pairs_of, sides
    from cxsim.studies.run.stored import read_run

    options = Options(**given)
    if len(options.dirs) < 2:
        raise click.UsageError("a comparison needs at least two folders of results")
    compared = sides([read_run(store.existing_folder(one)) for one in options.dirs])
    pairs, focal = pairs_of(compared), firm_of(compared, options.firm)
    place = options.place(_name(compared))
    if any(side.kept.place.path.resolve() == place.path.resolve() for side in compared):
        raise click.UsageError(f"--out {place.shown} is one of the results that are compared; name another folder")
    origin = _origin(compared, pairs, focal, options)
    there = store.find(place, store.identity(origin.scenario_digest, origin.seeds), options.force)
    if there is None:
        _make(compared, pairs, focal, origin, place, options)
    else:
        options.say(f"This comparison is already in {place.shown}: nothing was done. Add --force to make it again.")
    _tell(place, options, add_lacking_report(place, options))


def _name(compared: "Sequence[Side]") -> str:
    from cxsim.store.folder import SAFE_NAME

    name = "_".join(["compare", *(side.kept.place.path.name for side in compared)])
    return name if len(name) <= MOST_NAME and SAFE_NAME.fullmatch(name) else f"compare_{len(compared)}_results"


def _origin(compared: "Sequence[Side]", pairs: "Sequence[Pair]", firm: str, options: Options) -> "Origin":
    """Say what was compared; the digest covers the content of every folder, and how it is compared."""
    from cxsim import store
    from cxsim.studies.compare.comparison import differing, remarks

    sources = [_source(side) for side in compared]
    judged = store.sources_digest(("studies/compare/comparison.py", "studies/compare/sentences.py"))
    asked: dict[str, Any] = {
        "firm": firm,
        "months": compared[0].kept.asked.months,
        "results": sources,
        "pairs": [{"name": pair.name, "arms": dict(pair.arms)} for pair in pairs],
        "differing": [field._asdict() for field in differing(compared, pairs)],
        "judged_by": judged,
    }
    seeds = dict.fromkeys(seed for side in compared for seed in side.kept.manifest["replicate_seeds"])
    return store.Origin(
        scenario=asked,
        scenario_digest=hashlib.sha256(json.dumps(asked).encode()).hexdigest(),
        name="compare",
        seed=compared[0].kept.manifest["seed"],
        seeds=list(seeds),
        engine="none",
        command=options.command(["compare", *options.dirs], {"firm": options.firm, "out": options.out}),
        started=datetime.now(UTC).isoformat(timespec="seconds"),
        seconds=0.0,
        notes=list(remarks(compared, pairs)),
    )


def _source(side: "Side") -> dict[str, Any]:
    manifest = side.kept.manifest
    about = {name: manifest[name] for name in ("name", "command", "identity", "seed")}
    return {"label": side.label, **about, "replicates": len(manifest["replicate_seeds"])}


def _make(
    compared: "Sequence[Side]", pairs: "Sequence[Pair]", firm: str, origin: "Origin", place: "ResultFolder", options: Options
) -> None:
    from cxsim import store
    from cxsim.studies.compare.comparison import ComparisonRow, compare

    clock = time.perf_counter()
    rows = compare(compared, pairs)
    tables, plots = _overlaid(compared, pairs, firm, options.plots)
    origin = origin._replace(seconds=time.perf_counter() - clock)
    store.write(place, origin, tables, store.to_cells(ComparisonRow, rows), plots, TABLE)


def _overlaid(
    compared: "Sequence[Side]", pairs: "Sequence[Pair]", firm: str, plots: bool
) -> "tuple[Mapping[str, Table], Mapping[str, bytes]]":
    """Lay the results of each pair over each other: series and values as tables, and the figures."""
    from cxsim import store
    from cxsim.studies.compare.comparison import overlay
    from cxsim.studies.compare.overlays import series_table, stacked, values_table

    pictures = {pair.name: overlay(compared, pair, firm) for pair in pairs}
    tables = {
        "series": store.Table(stacked([series_table(name, picture) for name, picture in pictures.items()])),
        "values": store.Table(stacked([values_table(name, picture) for name, picture in pictures.items()])),
    }
    if not plots:
        return tables, {}
    from cxsim.plots import figures

    images = {
        f"{name}_{pair}" if len(pairs) > 1 else name: png(figure)
        for pair, picture in pictures.items()
        for name, figure in figures(picture).items()
    }
    return tables, images


def _tell(place: "ResultFolder", options: Options, report: str) -> None:
    """Print what differs, the answer in words, and the table, from what is stored."""
    from cxsim import store
    from cxsim.narrative.formatting import grid
    from cxsim.studies.compare.comparison import ComparisonRow, Field
    from cxsim.studies.compare.sentences import fields_table, sentences, table

    manifest = store.read_manifest(place)
    asked = manifest["scenario"]
    rows = store.read_rows(place, ComparisonRow, TABLE)
    labels = [one["label"] for one in asked["results"]]
    fields = [Field(**field) for field in asked["differing"]]
    with say_where(place):
        options.say(f"\n{' and '.join(labels[1:])} compared with {labels[0]}\n")
        shown = fields_table(fields[:SHOWN_FIELDS], labels)
        for line in grid(*shown) if fields else ["The scenarios have the same values in all results."]:
            options.say(line)
        if len(fields) > SHOWN_FIELDS:
            options.say(f"... and {len(fields) - SHOWN_FIELDS} more values that differ; manifest.json lists all")
        options.say()
        for sentence in sentences(rows, asked["firm"], asked["months"]):
            options.say(sentence)
        options.say()
        for line in grid(*table(rows, asked["firm"])):
            options.say(line)
        options.say("Means with 95 % intervals, closed firms included; * the interval of the difference leaves out zero.")
        for note in manifest["notes"]:
            options.say(f"Note: {note}")
        say_end(place, options, report)
