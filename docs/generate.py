"""Writes what the documents take from the code and from committed results, between their markers.

``python docs/generate.py`` brings all documents up to date; ``--check`` only tells which are not; ``--run`` first runs
``scenarios/survive_to_thrive.toml`` and ``cxsim verify-model`` again and keeps their tables as the reference that figures in
the documents come from. ``--claims`` and ``--knockouts`` do the same for the tables behind ``docs/claims.md``, which takes
about ten minutes each.
"""

import argparse
import re
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import claim_document as document
from cxsim.measures.dictionary import FIRMS, OF_BOUNDS, SUMMARY, SWEEP, WHO, month_dictionary, run_dictionary
from cxsim.measures.registry import HEAVY_TAILED, MEANS, MEDIANS, RUN_MEASURES
from cxsim.model.params import Params, Pivot, Spec, Start, Strategy, specs
from cxsim.model.schedule import SCHEDULE
from cxsim.model.state import (
    CUSTOMER_BYTES,
    CUSTOMER_FIELDS,
    FIRM_FIELDS,
    FIRM_MEASURES,
    FIRM_WORKINGS,
    FLOWS,
    Field,
)
from cxsim.narrative.formatting import count, dollars, percent, with_interval
from cxsim.scenario import Scenario, load_scenario
from cxsim.store.rows import rows_from_csv, rows_to_csv
from cxsim.store.tables import from_csv
from cxsim.studies.base import Runner
from cxsim.studies.claims.result import COLUMNS, KINDS, ClaimResult, ClaimRow, results_of
from cxsim.studies.claims.study import ClaimsStudy
from cxsim.studies.claims.table import CLAIMS
from cxsim.studies.claims.words import null_hypothesis
from cxsim.studies.run.answer import Scope, answer, rank
from cxsim.studies.run.execute import assemble, run_scenario
from cxsim.studies.run.summary import Summary, SummaryRow, summarize
from cxsim.studies.verification import VERIFICATIONS, TargetRow

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = (
    "README.md",
    "docs/MODEL.md",
    "docs/assumptions.md",
    "docs/data.md",
    "docs/scenarios.md",
    "docs/claims.md",
)
HEADLINE = ROOT / "scenarios" / "survive_to_thrive.toml"
CLAIMS_TABLE = ROOT / "results" / "reference" / "claims.csv"
KNOCKOUT_TABLE = ROOT / "results" / "reference" / "knockouts.csv"
FACTOR = ("unit of the parameter", "one column for each factor, named by its key: its value at the point")
CLAIM_POINTS = 24  # of the sample behind the committed table of claims
REFERENCE = ROOT / "results" / "reference" / "survive_to_thrive.csv"
VERIFIED = ROOT / "results" / "reference" / "verification.csv"
LIBRARY = {
    "A Verysmallco: survive": ("baseline", "survive_to_thrive", "pivot_moment"),
    "A Smallco: thrive": (
        "young_smallco",
        "crowd_or_loudest",
        "perfect_is_expensive",
        "right_customers",
        "be_all_things",
        "leaky_bucket",
    ),
    "A Largeco: service as an expense": (
        "largeco",
        "largeco_service",
        "three_answers",
        "quarterly_manager",
        "drifting_goal",
        "late_switch",
    ),
    "Several firms in one market": ("one_market", "outstanding_service", "three_rivals", "industry"),
}
BLOCK = re.compile(r"(<!-- generated: ([a-z_]+) -->\n).*?(<!-- end of generated -->)", re.DOTALL)
ASSUMPTION = re.compile(r"\bA-[A-Z]+(?:-[A-Z]+)*\b")


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write a table in Markdown."""
    lines = [header, ["---"] * len(header), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


def code(name: str) -> str:
    """Mark a name as code."""
    return f"`{name}`"


def figure(value: float, spec: Spec) -> str:
    """Write a value of a parameter as a scenario file would, with separators between thousands."""
    if spec.choices:
        return code(spec.choices[int(value)])
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{int(value):,}" if float(value).is_integer() else f"{value:g}"


def bounds(kind: type, spec: Spec) -> str:
    """Write the hard bounds of a parameter."""
    if spec.choices:
        return ", ".join(map(code, spec.choices))
    return "true, false" if kind is bool else f"{figure(spec.low, spec)} to {figure(spec.high, spec)}"


def likely(spec: Spec) -> str:
    """Write the likely range of a parameter."""
    return f"{figure(spec.likely[0], spec)} to {figure(spec.likely[1], spec)}" if spec.likely else ""


def linked(source: str) -> str:
    """Link the ids of assumptions to their sections."""
    return ASSUMPTION.sub(lambda found: f"[{found[0]}](#{found[0].lower()})", source)


def groups() -> dict[str, tuple[type, tuple[object, ...]]]:
    """Every group of parameters by its dotted name, with its definition and defaults."""
    found: dict[str, tuple[type, tuple[object, ...]]] = {
        name: (type(group), group) for name, group in Params()._asdict().items()
    }
    for name, kind in (("strategy", Strategy), ("pivot", Pivot), ("start", Start)):
        found[f"firms.NAME.{name}"] = (kind, kind())
    return found


def parameters_block() -> str:
    """Every parameter, group by group."""
    parts = []
    for group, (kind, defaults) in groups().items():
        rows = [
            [
                code(f"{group}.{name}"),
                spec.unit,
                figure(getattr(defaults, name), spec),
                bounds(of, spec),
                likely(spec),
                spec.meaning,
                linked(spec.source),
            ]
            for name, (of, spec) in specs(kind).items()
        ]
        header = ["parameter", "unit", "default", "bounds", "likely range", "meaning", "source"]
        parts.append(f"### {code(group)}\n\n{kind.__doc__}\n\n{table(header, rows)}")
    return "\n".join(parts)


def levers_block() -> str:
    """What a firm decides, with defaults."""
    rows = []
    for name, kind in (("strategy", Strategy), ("pivot", Pivot), ("start", Start)):
        for lever, (of, spec) in specs(kind).items():
            default = figure(getattr(kind(), lever), spec)
            rows.append([code(f"{name}.{lever}"), spec.unit, default, bounds(of, spec), spec.meaning])
    return table(["lever", "unit", "default", "bounds", "meaning"], rows)


def switches_block() -> str:
    """The off switches."""
    mechanisms = specs(type(Params().mechanisms))
    return table(["switch", "meaning"], ([code(f"mechanisms.{name}"), spec.meaning] for name, (_, spec) in mechanisms.items()))


def fields_table(fields: Mapping[str, Field]) -> str:
    """Name, type, unit and meaning of fields."""
    rows = [[code(name), kind_of(field), field.unit, field.meaning] for name, field in fields.items()]
    return table(["field", "type", "unit", "meaning"], rows)


def kind_of(field: Field) -> str:
    """Name the type of a field with its shape."""
    return field.dtype + "".join(f" x {length}" for length in field.shape)


def customer_fields_block() -> str:
    """State of a customer."""
    return f"{fields_table(CUSTOMER_FIELDS)}\n{CUSTOMER_BYTES} bytes a customer.\n"


def firm_workings_block() -> str:
    """State of a firm that is not recorded."""
    return fields_table(FIRM_WORKINGS)


def phases_block() -> str:
    """The month, phase by phase."""
    rows = [
        [f"{number}. **{phase.name}**", phase.meaning, touched(phase.reads), touched(phase.writes)]
        for number, phase in enumerate(SCHEDULE, 1)
    ]
    return table(["phase", "what happens", "reads", "writes"], rows)


def touched(names: Sequence[str]) -> str:
    """Write fields by entity; all flows, or all fields, in short."""
    if names == ("*",):
        return "any field"
    flows = {f"firms.{name}" for name in FLOWS}
    every, recorded = ({f"firms.{name}" for name in fields} for fields in (FIRM_FIELDS, FIRM_MEASURES))
    parts = []
    for entity in ("customers", "firms"):
        mine = [name for name in names if name.startswith(f"{entity}.")]
        short = []
        if entity == "firms" and every <= set(mine):
            mine, short = [], ["*every field*"]
        elif entity == "firms" and recorded <= set(mine):
            mine, short = [name for name in mine if name not in recorded], ["*every measure*"]
        elif entity == "firms" and flows <= set(mine):
            mine, short = [name for name in mine if name not in flows], ["*every flow* (set to zero)"]
        words = [code(name.removeprefix(f"{entity}.")) for name in mine] + short
        if words:
            parts.append(f"{entity}: {', '.join(words)}")
    others = [code(name) for name in names if "." not in name]
    return "; ".join([*parts, *others]) or "-"


def dictionary(columns: Mapping[str, tuple[str, str]]) -> str:
    """Name, unit and meaning of columns."""
    return table(["column", "unit", "meaning"], ([code(name), *about] for name, about in columns.items()))


def month_columns_block() -> str:
    """Columns of the table of months."""
    return dictionary(month_dictionary())


def run_columns_block() -> str:
    """Columns of the table of runs."""
    return dictionary(run_dictionary())


def summary_columns_block() -> str:
    """Columns of the summary, and the measures in it."""
    kinds = ((MEANS, "mean"), (HEAVY_TAILED, "median, carriers, share_better, share_equal"), (MEDIANS, "median"))
    rows = [[code(name), kind, unit, better(name)] for measures, kind in kinds for name, unit in measures.items()]
    return f"{dictionary(SUMMARY)}\n{table(['measure', 'kind', 'unit', 'better'], rows)}"


def better(name: str) -> str:
    """Say whether more or less of a measure is better, if that can be said."""
    return RUN_MEASURES[name].direction or "-" if name in RUN_MEASURES else "-"


def sweep_run_columns_block() -> str:
    """Columns of the table of runs of a sweep that a single run does not have."""
    return dictionary({**SWEEP, "firm": WHO["firm"], "plan": WHO["plan"], "(factors)": FACTOR})


def sweep_summary_columns_block() -> str:
    """Columns of the summary of a sweep."""
    measures = {f"MEASURE_{bound}": ("unit of the measure", word) for bound, word in OF_BOUNDS.items()}
    return dictionary({"point": SWEEP["point"], "arm": SWEEP["arm"], "(factors)": FACTOR, "firms": FIRMS, **measures})


def headline_block() -> str:
    """The answer of the first scenario, from the committed table."""
    scenario, summary = load_scenario(HEADLINE), Summary(reference_rows())
    firm = scenario.arms[scenario.focal].case.firms[scenario.focal].name
    pivots = [arm.name for arm in scenario.arms if arm.case.firms[scenario.focal].pivot.when]
    asked = Scope(firm, [arm.name for arm in scenario.arms], scenario.months, pivots=pivots)
    titles = {arm.name: arm.title for arm in scenario.arms}
    rows = []
    for arm in rank(summary, asked):
        found = [summary.level(measure, firm, arm) for measure in ("value", "survived", "customers")]
        cells = [with_interval(one, style) for one, style in zip(found, (dollars, percent, count), strict=True) if one]
        rows.append([f"{code(arm)}: {titles[arm]}", *cells])
    header = ["arm", "value", f"in business after {scenario.months} months", "customers at the end"]
    told = answer(summary, asked)
    return f"{table(header, rows)}\n{' '.join(told.sentences[:5])}\n{told.notes[0]}\n"


def library_block() -> str:
    """Every scenario that comes along, by subject: its question, its size, what to look for."""
    return "\n".join(f"## {subject}\n\n{library_table(names)}" for subject, names in LIBRARY.items())


def library_table(names: Iterable[str]) -> str:
    """Scenarios of one subject."""
    rows = []
    for name in names:
        one = load_scenario(ROOT / "scenarios" / f"{name}.toml")
        most = max(arm.case.params.market.customers for arm in one.arms)
        size = f"{len(one.arms)} x {one.replicates} runs, {one.months} months, {most:,} accounts"
        link = f"[{name}](../scenarios/{name}.toml)"
        rows.append([link, f"**{one.title}.** {one.question}", " ".join(one.look_for.split()), size])
    return table(["scenario", "question", "what to look for", "size"], rows)


def reference_rows() -> list[SummaryRow]:
    """Rows of the committed table."""
    return rows_from_csv(SummaryRow, REFERENCE.read_text(encoding="utf-8"))


def summary_of(scenario: Scenario) -> str:
    """Run a scenario and write its summary."""
    outcome = run_scenario(scenario)
    if outcome.failures:
        raise SystemExit(f"{len(outcome.failures)} runs failed; the first: {outcome.failures[0].error}")
    return rows_to_csv(SummaryRow, summarize(assemble(outcome.records).runs))


def verification_block() -> str:
    """What was held against theory, from the committed table; for each group the figure that uses most of its tolerance."""
    rows = from_csv(VERIFIED.read_text(encoding="utf-8"))
    lines = []
    for name, verification in VERIFICATIONS.items():
        mine = [row for row in rows if row["id"] == name]
        passed, missing = (sum(row["verdict"] == verdict for row in mine) for verdict in ("pass", "missing"))
        outcome = f"{passed} of {len(mine)}" + (f", {missing} not measured" if missing else "")
        near = max((row for row in mine if row["measured"]), key=_use_of_tolerance)
        figures = [f"{float(near[column]):.5g}" for column in ("target", "measured")]
        lines.append([name, verification.title, outcome, near["what"], *figures, near["tolerance"]])
    header = ["id", "about", "figures that pass", "closest to its limit", "target", "measured", "tolerance"]
    return table(header, lines)


def _use_of_tolerance(row: Mapping[str, str]) -> float:
    """Share of what is allowed by which a figure is off."""
    off = abs(float(row["measured"]) - float(row["target"]))
    return off / float(row["allowed"]) if off else 0.0


def claim_rows(path: Path) -> list[ClaimRow]:
    """Rows of a committed table of claims or knock-outs."""
    return rows_from_csv(ClaimRow, path.read_text(encoding="utf-8"))


def claim_columns_block() -> str:
    """Columns of the table of claims, and the kinds of its rows."""
    kinds = table(["kind", "what the row tells"], ([code(kind), text] for kind, text in KINDS.items()))
    return f"{dictionary(COLUMNS)}\n{kinds}"


def claims_block() -> str:
    """One line for each claim."""
    rows = claim_rows(CLAIMS_TABLE)
    return f"{table(*document.verdicts(rows))}\n{document.tally(rows)}\n\n{null_hypothesis(rows)}\n"


def claim_details_block() -> str:
    """A section for each claim: what it says, what is compared, and every figure."""
    return "\n".join(map(claim_section, results_of(claim_rows(CLAIMS_TABLE)).values()))


def claim_section(found: ClaimResult) -> str:
    """Write the section of one claim."""
    text, sentences = document.about(CLAIMS[found.id]), document.sentences(found)
    parts = [f"### {found.id}", *text, table(*document.figures(found)).rstrip("\n"), *([sentences] if sentences else [])]
    return "\n\n".join(parts) + "\n"


def knockouts_block() -> str:
    """The knock-out matrix."""
    return table(*document.knockouts(claim_rows(KNOCKOUT_TABLE)))


def run_claims() -> str:
    """Run all claims, and write their table."""
    return rows_to_csv(ClaimRow, ClaimsStudy(points=CLAIM_POINTS).conduct(Runner()).rows)


def run_knockouts() -> str:
    """Fill the knock-out matrix, and write its table."""
    return rows_to_csv(ClaimRow, ClaimsStudy(points=0, knockouts=True).conduct(Runner()).rows)


BLOCKS: dict[str, Callable[[], str]] = {
    "headline": headline_block,
    "library": library_block,
    "parameters": parameters_block,
    "levers": levers_block,
    "switches": switches_block,
    "customer_fields": customer_fields_block,
    "firm_workings": firm_workings_block,
    "phases": phases_block,
    "month_columns": month_columns_block,
    "run_columns": run_columns_block,
    "summary_columns": summary_columns_block,
    "sweep_run_columns": sweep_run_columns_block,
    "sweep_summary_columns": sweep_summary_columns_block,
    "verification": verification_block,
    "claim_columns": claim_columns_block,
    "claims": claims_block,
    "claim_details": claim_details_block,
    "knockouts": knockouts_block,
}


def rendered(text: str) -> str:
    """Fill every block of a document."""
    return BLOCK.sub(lambda found: f"{found[1]}{BLOCKS[found[2]]()}{found[3]}", text)


def replace(path: Path, text: str) -> None:
    """Let a file appear whole or not at all."""
    with tempfile.NamedTemporaryFile("w", dir=path.parent, encoding="utf-8", newline="", delete=False) as draft:
        draft.write(text)
    Path(draft.name).chmod(0o644)
    Path(draft.name).replace(path)


def main() -> None:
    """Bring documents up to date, or tell which are not."""
    parser = argparse.ArgumentParser(description="Write the generated parts of the documents.")
    parser.add_argument("--check", action="store_true", help="change nothing; fail when a document is out of date")
    parser.add_argument("--run", action="store_true", help="first run survive_to_thrive and verify-model again")
    parser.add_argument("--claims", action="store_true", help="first run all claims again and keep their table")
    parser.add_argument("--knockouts", action="store_true", help="first fill the knock-out matrix again and keep its table")
    options = parser.parse_args()
    if options.claims:
        replace(CLAIMS_TABLE, run_claims())
    if options.knockouts:
        replace(KNOCKOUT_TABLE, run_knockouts())
    if options.run:
        REFERENCE.parent.mkdir(exist_ok=True, parents=True)
        replace(REFERENCE, summary_of(load_scenario(HEADLINE)))
        measured = [row for verification in VERIFICATIONS.values() for row in verification.measure(Runner())]
        replace(VERIFIED, rows_to_csv(TargetRow, measured))
    stale = []
    for name in DOCUMENTS:
        before = (ROOT / name).read_text(encoding="utf-8")
        after = rendered(before)
        if after != before:
            stale.append(name)
            if not options.check:
                replace(ROOT / name, after)
    print("\n".join(f"{name}: {'out of date' if options.check else 'written'}" for name in stale) or "all up to date")
    if options.check and stale:
        sys.exit(1)


if __name__ == "__main__":
    main()
