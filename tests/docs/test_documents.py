"""Documents say what the code says: generated tables, names of parameters and functions, figures of results."""

import doctest
import importlib
import math
import pkgutil
import re

import pytest
from documents import ROOT, generator, text_of

import cxsim
from cxsim.measures.dictionary import month_dictionary, run_dictionary
from cxsim.model.params import ROLES, Params, Pivot, Spec, Start, Strategy, specs
from cxsim.model.schedule import PHASES
from cxsim.scenario import load_scenario
from cxsim.store.rows import header
from cxsim.studies.run.execute import assemble, run_scenario
from cxsim.studies.run.summary import SummaryRow, summarize

MODEL, ASSUMPTIONS = text_of("docs/MODEL.md"), text_of("docs/assumptions.md")
GROUPS: dict[str, type] = {name: type(group) for name, group in Params()._asdict().items()}
GROUPS |= {"strategy": Strategy, "pivot": Pivot, "start": Start}
ALL_SPECS = {f"{group}.{name}": spec for group, kind in GROUPS.items() for name, (_, spec) in specs(kind).items()}
SMALL = ["market.customers=400", "months=3", "replicates=2"]


@pytest.mark.parametrize("name", generator().DOCUMENTS)
def test_generated_parts_are_up_to_date(name: str) -> None:
    """If this fails: python docs/generate.py."""
    text = text_of(name)
    assert generator().rendered(text) == text


def test_every_generated_part_is_used_once() -> None:
    used = [block for name in generator().DOCUMENTS for block in re.findall(r"<!-- generated: (\w+) -->", text_of(name))]
    assert sorted(used) == sorted(generator().BLOCKS)


def test_the_library_lists_every_scenario_once() -> None:
    listed = [name for names in generator().LIBRARY.values() for name in names]
    assert sorted(listed) == sorted(path.stem for path in (ROOT / "scenarios").glob("*.toml"))


def test_every_scenario_of_the_library_asks_and_says_where_to_look() -> None:
    for name in (name for names in generator().LIBRARY.values() for name in names):
        scenario = load_scenario(ROOT / "scenarios" / f"{name}.toml")
        assert scenario.question.endswith("?"), name
        assert 1 <= len(re.findall(r"[.?](?=\s|$)", scenario.look_for)) <= 4, name


@pytest.mark.parametrize("name", ALL_SPECS)
def test_every_parameter_says_what_it_is(name: str) -> None:
    spec: Spec = ALL_SPECS[name]
    for text in (spec.meaning, spec.unit, spec.source):
        assert text.strip()
    assert spec.low <= spec.high
    if spec.likely:
        assert spec.low <= spec.likely[0] < spec.likely[1] <= spec.high


def test_every_assumption_has_a_reason_and_is_used() -> None:
    find = generator().ASSUMPTION.findall
    used = {name for spec in ALL_SPECS.values() for name in find(spec.source)}
    sections = dict(re.findall(r"^### (A-[A-Z-]+)\n\n(.*?)(?=\n### |\Z)", ASSUMPTIONS, re.MULTILINE | re.DOTALL))
    cited = {name for path in (ROOT / "src").rglob("*.py") for name in find(path.read_text(encoding="utf-8"))}
    assert set(sections) == used | cited
    for name, reason in sections.items():
        assert 1 <= len(re.findall(r"[.](?=\s|$)", reason.strip())) <= 4, name
    assert set(find(MODEL)) <= set(sections)


def test_the_model_names_every_parameter_and_no_other() -> None:
    prose = re.sub(r"<!-- generated.*?<!-- end of generated -->", "", MODEL, flags=re.DOTALL)
    named = {f"{group}.{name}" for group, name in re.findall(r"\b([a-z]+)\.(?!py\b)([a-z_]+)\b", prose) if group in GROUPS}
    named -= {"entry.firm"}  # the name of a block, no number
    assert named - set(ALL_SPECS) == set()
    levers_in_tables = {name for name in ALL_SPECS if name.startswith(("start.", "pivot."))}
    unnamed = set(ALL_SPECS) - named - levers_in_tables
    assert unnamed <= {"market.customers"}, "no section of the model says what these do"


def test_the_model_points_at_code_that_exists() -> None:
    found = re.findall(r"`((?:[a-z_]+/)+)([a-z_]+)\.py:\s([\w, \n]+)`", MODEL)
    assert len(found) > 20
    for folder, module, names in found:
        code = importlib.import_module(f"cxsim.{folder.replace('/', '.')}{module}")
        for name in re.split(r",\s+", names):
            assert hasattr(code, name), f"{folder}/{module}.py has no {name}"


def test_the_model_has_a_section_for_each_mechanism_with_its_switch() -> None:
    sections = {found[1]: found[0] for found in re.finditer(r"^### (M\d+) .*?(?=^### )", MODEL, re.MULTILINE | re.DOTALL)}
    assert list(sections) == [f"M{n}" for n in range(1, 20)]
    for switch, (_, spec) in specs(GROUPS["mechanisms"]).items():
        number = spec.meaning.partition(":")[0]
        assert f"(`mechanisms.{switch}`)" in sections[number], number
    for section in sections.values():
        assert "Code: `" in section
        assert "Source: " in section.replace("\n", " ")


def test_phases_stand_in_the_order_of_the_schedule() -> None:
    assert tuple(re.findall(r"^\| \d\. \*\*(\w+)\*\*", MODEL, re.MULTILINE)) == PHASES


def test_the_data_dictionary_lists_the_columns_of_a_run() -> None:
    scenario = load_scenario(ROOT / "scenarios" / "survive_to_thrive.toml", SMALL)
    outcome = run_scenario(scenario)
    assert outcome.failures == []
    tables = assemble(outcome.records)
    assert list(tables.months) == list(month_dictionary())
    assert list(tables.runs) == list(run_dictionary())
    assert header(SummaryRow) == list(generator().SUMMARY)
    assert all(f"staff_{role}" in tables.months for role in ROLES)
    about = {row.measure for row in summarize(tables.runs)}
    assert about == set(generator().MEANS) | set(generator().MEDIANS)


def test_readme_figures_are_those_of_this_code() -> None:
    """If results were meant to change: python docs/generate.py --run, and an entry in CHANGELOG.md."""
    wanted = generator().reference_rows()
    found = summarize(assemble(run_scenario(load_scenario(generator().HEADLINE)).records).runs)
    assert [row[:6] for row in found] == [row[:6] for row in wanted]
    for row, kept in zip(found, wanted, strict=True):
        assert row.estimate.n == kept.estimate.n
        for mine, theirs in zip(row.estimate, kept.estimate, strict=True):
            same = math.isclose(mine, theirs, rel_tol=1e-9, abs_tol=1e-9) or (math.isnan(mine) and math.isnan(theirs))
            assert same, f"{row.kind} of {row.measure} under {row.arm}: {mine}, not {theirs}"


@pytest.mark.parametrize("name", sorted(module.name for module in pkgutil.walk_packages(cxsim.__path__, "cxsim.")))
def test_examples_in_docstrings_run(name: str) -> None:
    if name.endswith("__main__"):
        return
    assert doctest.testmod(importlib.import_module(name)).failed == 0
