"""Scenario and sweep files with slips of every kind, and what an answer of ``cxsim check`` to one of them must be."""

import contextlib
import io
import random
import re
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

from cxsim.cli import check
from cxsim.scenario.dollars import is_money
from cxsim.scenario.schema import allowed_values, canonical, parameters
from cxsim.studies.sweep.check import MOST_CHECKED, check_points

HEAD = 'title = "T"\nquestion = "Q?"\n'
VALUES = r'''
    0 | 1 | -1 | 12 | 3.5 | -0.0 | 1e9 | 1e999 | nan | -inf | true | "12" | "" | "never" | "month" | "signal"
    | "\u001b[2J" | '\' | [] | [1] | [1, "a"] | ["a", "a"] | [[]] | [[[[1], 2], {}], [{}]] | [1, 2 | [,] | {}
    | {a = 1} | {a.b.c = {d = []}} | {a = 1, a = 2} | {values = [1, 2]} | {values = ["$5", 500]} | {values = []}
    | {low = 0} | {low = 0, high = 1} | {low = "$1", high = "$9k"} | {linspace = [0, 1, 3]}
    | {linspace = ["$1", "$9k", 3]} | {log = [1, 100, 3]} | {linspace = [0, 1, 99999999]} | {log = []} | 07:32:00
    | 2020-01-01 | 2020-01-01T07:32:00Z | 2020-13-01 | [2020-01-01] | 0x1F | 0b12 | 1_000_000 | 1__0 | 007 | +5 | .5
    | 5. | 9999999999999999999999999 | -9223372036854775809 | "$5" | "$300k" | "$1.2M" | "$" | "$0.001" | "$-5"
    | "$1,00" | "$9999999999999" | $300k | "é" | "日本" | "\ud83d\ude00" | "\U0001F600" | 日本 | é | """a""" | 'x' 'y'
    | "a | never | True | null | # | = | "../baseline.toml" | "fuzzed.toml" | "fuzzed_base.toml" | "nowhere.toml"
    | "/etc/passwd" | "a\u0000.toml" | "." | "fuzzed.csv" | "grid" | "csv" | "sobol" | "morris" | "saltelli"
    | "latin_hypercube" | 64 | 100000 | 10000001 | 1e-320 | 0.1 | 0.9
'''
KEYS = r"""
    title | question | look_for | extends | focal | firms | arms | factors | set | scenario | design | measures
    | detail | arms.a | arms.a.months | arms.a.title | arms.a.firms.founders | arms.a.market.drift | entry.firm
    | firms.x | firms.founders | firms."é".count | firms.founders.pivot.when | firms.founders.pivot.month
    | firms.founders.pivot.threshold | firms.founders.after.price | firms.founders.strategy.price | design.method
    | design.points | design.file | design.seed | factors.market.drift | factors."market.drift"
    | factors.arms.a.market.drift | set.market.customers | a.b.c | "" | "a b" | a..b | .a | a. | é | "é" | 'market'
    | "mar\u006bet".drift | 1.5 | true | a.b.c.d.e.f.g.h.i.j.k.l.m
"""
HEADERS = r"""
    [arms.a] | [arms.a.firms.founders.strategy] | [[design]] | [design] | [factors] | [[factors]] | [[arms]]
    | [firms.x] | [firms.founders.pivot] | [firms.founders.after] | [set] | [market] | [[market]] | [[firms.founders]]
    | ["é"] | [x] | [x.y.x.y] | [ | [] | []] | [[x] | [x]] | [a.b.c.d.e.f.g.h.i.j.k.l.m] | [finance] | [service]
    | [entry] | [months] | [title]
"""
FACTORS = """
    {{values = [{0}, {1}, {2}]}} | {{values = [{0}, {0}]}} | {{linspace = [{0}, {1}, 3]}} | {{log = [{0}, {1}, 3]}} | {{}}
    | {{low = {0}, high = {1}}} | {{low = {0}, high = {1}, scale = "log"}} | {{high = {0}}} | {{log = [{0}, {0}, 99999999]}}
"""
BITS = (
    "\0 \x1b \x07 \x85 \u2028 \ufeff \r \r\n \t \" ' \"\"\" ''' \\ \\u \\ud800 [ ] { } = . , # $ "
    "é 日 \U0001f600 \u0301 \u202e a 0 9 _ - +"
)


def _split(text: str) -> list[str]:
    return [one.strip() for one in text.split("|")]


_VALUES, _NAMES, _HEADERS = _split(VALUES), _split(KEYS), _split(HEADERS)
_FACTORS = _split(FACTORS)
_BITS = [*BITS.split(" "), " ", "\n"]
_PLACED = re.compile(r"(.*?\.(?:toml|csv)):(\d+):(\d+): ((?:(.*?): )?.*)")


class Fuzzed(NamedTuple):
    """A file to be checked, and those that it may extend, vary or read its points from."""

    texts: dict[Path, bytes]

    @property
    def path(self) -> Path:
        """The file itself."""
        return next(iter(self.texts))

    def write(self) -> None:
        """Put all of them on the disk."""
        for path, text in self.texts.items():
            path.write_bytes(text)

    def remove(self) -> None:
        """Take them away, so that the next files stand alone."""
        for path in self.texts:
            path.unlink()


def fuzzed_files(folder: Path, seed: int, count: int) -> Iterator[Fuzzed]:
    """Make files with slips from those in a folder of scenarios and sweeps, in whose folders they stand."""
    shipped = [(path.parent, path.read_text()) for path in sorted(folder.rglob("*.toml"))]
    points = [path.read_text() for path in sorted(folder.rglob("*.csv"))]
    draw = random.Random(seed)
    for _ in range(count):
        place, text = draw.choice(shipped)
        kind = draw.randrange(16)
        if kind == 0:
            yield Fuzzed({place / "fuzzed.toml": _bytes(composed(draw), draw)})
        elif kind == 1:
            child = f'extends = "fuzzed_base.toml"\n{damaged(composed(draw), draw)}'
            yield Fuzzed({place / "fuzzed.toml": child.encode(), place / "fuzzed_base.toml": _bytes(damaged(text, draw), draw)})
        elif kind in (2, 3):
            sweep = f'scenario = "fuzzed_base.toml"\n{HEAD}[set]\n{_lines(draw)}{_design(draw)}'
            yield Fuzzed({place / "fuzzed.toml": sweep.encode(), place / "fuzzed_base.toml": _bytes(damaged(text, draw), draw)})
        elif kind == 4:
            sweep = f'scenario = "fuzzed_base.toml"\n{HEAD}design = {{method = "csv", file = "fuzzed.csv"}}\n'
            csv = _bytes(damaged(draw.choice(points), draw), draw)
            yield Fuzzed(
                {place / "fuzzed.toml": sweep.encode(), place / "fuzzed_base.toml": text.encode(), place / "fuzzed.csv": csv}
            )
        else:
            yield Fuzzed({place / "fuzzed.toml": _bytes(damaged(text, draw), draw)})


def composed(draw: random.Random) -> str:
    """Write a file of known keys with any values."""
    return f"{HEAD if draw.random() < 0.8 else ''}{_lines(draw)}{draw.choice(_HEADERS)}\n{_lines(draw)}"


def _lines(draw: random.Random) -> str:
    """Lines of known keys, half of them with values that could be right."""
    names = ("founders", "rivals", "base", "x", draw.choice(_BITS))
    keys = draw.choices(list(allowed_values()), k=draw.randrange(6))
    values = [_fitting(key, draw) if draw.random() < 0.5 else draw.choice(_VALUES) for key in keys]
    written = [".".join(key).replace("*", draw.choice(names)) for key in keys]
    return "".join(f"{key} = {value}\n" for key, value in zip(written, values, strict=True))


def _design(draw: random.Random) -> str:
    """A design with factors whose values, spacings or ranges could be right."""
    keys = draw.choices([key for key in parameters() if len(key) > 1], k=draw.randrange(1, 4))
    points = draw.choice(("", "points = 8\n", f"points = {draw.choice(_VALUES)}\n"))
    method = draw.choice(("grid", "list", "latin_hypercube", "sobol", "morris", "saltelli"))
    written = {".".join(key).replace("*", "founders"): [_fitting(key, draw) for _ in range(3)] for key in keys}
    factors = [f"{key} = {draw.choice(_FACTORS).format(*values)}\n" for key, values in written.items()]
    return f'[design]\nmethod = "{method}"\n{points}[factors]\n{"".join(factors)}'


def _fitting(path: tuple[str, ...], draw: random.Random) -> str:
    """Write a value within the bounds of a key, often one of the bounds themselves."""
    kind, spec = parameters().get(canonical(path), (str, None))
    if spec is None or draw.random() < 0.1:
        return draw.choice(_VALUES)
    if spec.choices or kind is bool:
        return draw.choice([f'"{word}"' for word in spec.choices] or ["true", "false"])
    value = draw.choice((spec.low, spec.high, draw.uniform(spec.low, spec.high), draw.uniform(*(spec.likely or (0, 9)))))
    if is_money(spec) and draw.random() < 0.3:
        return f'"${draw.choice((int(value / 100), int(value), int(value) % 1000))}{draw.choice(("", "", "k", "M"))}"'
    return str(int(value) if kind is int else value)


def damaged(text: str, draw: random.Random) -> str:
    """Return a text with one to three slips."""
    lines = text.split("\n")
    for _ in range(draw.randint(1, 3)):
        draw.choice(_SLIPS)(lines, draw.randrange(len(lines)), draw)
    return "\n".join(lines)


def _other_value(lines: list[str], at: int, draw: random.Random) -> None:
    key, equals, _ = lines[at].partition("=")
    lines[at] = f"{key}= {draw.choice(_VALUES)}" if equals else draw.choice(_HEADERS)


def _fitting_value(lines: list[str], at: int, draw: random.Random) -> None:
    """Somewhere else on the scale that a key allows: values that are fine each by itself and contradict one another."""
    for row in range(at, min(at + 9, len(lines))):
        key, equals, _ = lines[row].partition("=")
        header = next((one for one in reversed(lines[:row]) if one.startswith("[")), "").strip("[] ").removeprefix("set")
        path = tuple(part for part in re.sub(r"[\s\"]", "", f"{header}.{key}").split(".") if part)
        if equals and canonical(path) in parameters():
            lines[row] = f"{key}= {_fitting(path, draw)}"


def _new_key(lines: list[str], at: int, draw: random.Random) -> None:
    lines.insert(at, f"{draw.choice(_NAMES)} = {draw.choice(_VALUES)}")


def _known_key(lines: list[str], at: int, draw: random.Random) -> None:
    lines[at:at] = _lines(draw).split("\n")


def _new_header(lines: list[str], at: int, draw: random.Random) -> None:
    lines.insert(at, draw.choice(_HEADERS))


def _twice(lines: list[str], at: int, draw: random.Random) -> None:
    lines.insert(draw.randrange(len(lines)), lines[at])


def _cut(lines: list[str], at: int, draw: random.Random) -> None:
    lines[at] = lines[at][: draw.randint(0, len(lines[at]))]
    if draw.random() < 0.2:
        del lines[at + 1 :]


def _other_character(lines: list[str], at: int, draw: random.Random) -> None:
    column = draw.randint(0, len(lines[at]))
    lines[at] = lines[at][:column] + draw.choice(_BITS) + lines[at][column + draw.randrange(2) :]


def _removed(lines: list[str], at: int, draw: random.Random) -> None:
    del lines[at : at + draw.randint(1, 3)]
    lines[:] = lines or [""]


def _moved(lines: list[str], at: int, draw: random.Random) -> None:
    other = draw.randrange(len(lines))
    lines[at], lines[other] = lines[other], lines[at]


def _block_moved(lines: list[str], at: int, draw: random.Random) -> None:
    """Tables change places with what stands before them."""
    lines[:] = lines[at:] + lines[:at]


def _nested(lines: list[str], at: int, draw: random.Random) -> None:
    deep = draw.choice((3, 11, 12, 13, 100, 5000))
    opening, closing = draw.choice((("[", "]"), ("{a = ", "}"), ("[{a = ", "}]")))
    lines[at] = f"{draw.choice(_NAMES)} = {opening * deep}1{closing * deep}"


def _long(lines: list[str], at: int, draw: random.Random) -> None:
    many = draw.choice((100, 5000, 50_000))
    lines[at] = draw.choice(("{} = {}", "a = '{}{}'", "[{}]#{}", "# {}{}")).format("k" * many, "9" * many)


_SLIPS: tuple[Callable[[list[str], int, random.Random], None], ...] = (
    *(
        _fitting_value,
        _fitting_value,
        _fitting_value,
        _other_value,
        _other_value,
        _new_key,
        _known_key,
        _new_header,
        _twice,
        _cut,
        _other_character,
        _other_character,
        _removed,
    ),
    *(_moved, _block_moved, _nested, _long),
)


def _bytes(text: str, draw: random.Random) -> bytes:
    """Encode a text, one in eight times with a slip that only bytes can have."""
    content, slip = text.encode(), draw.randrange(48)
    at = draw.randint(0, len(content))
    if slip == 0:
        return content[:at]
    if slip == 1:
        return content[:at] + bytes([draw.randrange(256)]) + content[at + 1 :]
    if slip == 2:
        return content.replace(b"\n", b"\r\n")
    if slip == 3:
        return content.replace(b"\n", b"\r")
    if slip == 4:
        return text.encode(draw.choice(("utf-8-sig", "utf-16", "utf-32")))
    if slip == 5:
        return content[:at] + b"\0" * draw.randint(1, 9) + content[at:]
    return content


class Answer(NamedTuple):
    """Lines of the problems and warnings of a file, the seconds of processor time that they took, and the points of a sweep."""

    lines: list[str]
    seconds: float
    points: int

    @property
    def in_time(self) -> bool:
        """Tell whether it took less than a second, and for what can be run a millisecond more for each point."""
        return self.seconds < 1 + min(self.points, MOST_CHECKED) / 1000


def answer(file: Fuzzed) -> Answer:
    """Ask ``cxsim check`` about a file. Of a sweep, the tests take a few points only."""
    said, told, began = io.StringIO(), io.StringIO(), time.process_time()
    command = partial(check.command.main, [str(file.path)], standalone_mode=False)
    with contextlib.redirect_stderr(told), contextlib.redirect_stdout(said), _few_points():
        refused = command()
    seconds = time.process_time() - began
    lines = told.getvalue().split("\n")[:-1]
    wrong = [line for line in lines if ": warning: " not in line]
    assert bool(wrong) == bool(refused), (refused, lines)
    points = re.search(r"\(sweep: ([\d,]+) point", said.getvalue())
    return Answer(lines, seconds, int(points[1].replace(",", "")) if points else 0)


@contextlib.contextmanager
def _few_points() -> Iterator[None]:
    try:
        check.check_points = partial(check_points, most=8)  # type: ignore[attr-defined]
        yield
    finally:
        check.check_points = check_points  # type: ignore[attr-defined]


def complaints(lines: list[str], file: Fuzzed, folder: Path) -> Iterator[str]:
    """Say what is wrong with lines that tell of problems: each names a place that there is, at which the mistake stands."""
    for line in lines:
        found = _PLACED.fullmatch(line)
        if not line.isprintable() or not found:
            yield f"not printable, or without a place: {line!r}"
            continue
        path, row, column, message, key = Path(found[1]), int(found[2]), int(found[3]), found[4], found[5] or ""
        if not path.is_relative_to(folder):
            yield f"a file that is not there: {line}"
            continue
        whole = path.read_bytes().decode("utf-8-sig", "replace").replace("\r\n", "\n")
        text = (whole.replace("\r", "\n") if path.suffix == ".csv" else whole).split("\n")
        if not (1 <= row <= len(text) and 1 <= column <= len(text[row - 1]) + 1):
            yield f"a place beyond the text: {line}"
        elif re.search(": (unknown key|given twice)", message) and not _named(key, text[row - 1]):
            yield f"the key does not stand there: {line}"
        elif (row, column) == (1, 1) and path.suffix == ".toml" and not _may_begin(message) and not _named(key, text[0]):
            yield f"a mistake told at the beginning that stands elsewhere: {line}"


def _named(key: str, text: str) -> bool:
    """Whether a line has the last part of a key, as far as messages show it as it is written."""
    last = re.split(r"[.\"]", key.rstrip('"'))[-1]
    return last in text or not last.isascii() or "\\" in key + text


def _may_begin(message: str) -> bool:
    """What is missing, or makes no sense from the first character on."""
    return re.search("(^|: )(missing;|nothing is varied|not valid TOML|not UTF-8)", message) is not None
