"""The command that is recorded with results says all that was asked, and nothing of who did the work."""

import shlex

import click
import pytest

from cxsim.cli import group
from cxsim.cli.options import again

ODD = "with blank.toml"


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("run a.toml", "run a.toml"),
        ("run a.toml --engine fast --workers 2 --force --quiet --no-report", "run a.toml --no-report"),
        (f"run '{ODD}' --seed 0 --set a=1 --out x --set b=2", f"run '{ODD}' --set a=1 --set b=2 --seed 0 --out x"),
        ("pivot a.toml --by month --most 2000 --precision 0.5", "pivot a.toml --precision 0.5"),
        ("pivot a.toml --by cash --map a=0:1:5 --map b=0:1:5 --verbose", None),
        ("service a.toml --firm f --horizons 3,6 --brief --months 36 --out x", None),
        ("compare one two --firm f", None),
        ("claims C01 C02 --replicates 2 --robustness 0 --workers 1", "claims C01 C02 --replicates 2 --robustness 0"),
        ("sensitivity a.toml --measure value --retries 5 --cluster c", "sensitivity a.toml --measure value"),
        ("sweep a.toml --set a=1 --shard 1/2 --out x --retries 3", "sweep a.toml --set a=1 --out x --shard 1/2"),
    ],
)
def test_the_same_can_be_asked_again(asked: str, told: str | None) -> None:
    name, *words = shlex.split(asked)
    command = group.get_command(click.Context(group), name)
    assert command is not None
    with command.make_context(name, words) as context:
        given = again()
        assert given == f"cxsim {told or asked}"
        assert again(**context.params) == given
