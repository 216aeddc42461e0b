"""Which options are allowed, and which defaults depend on other options."""

import json
from dataclasses import replace

import numpy as np
import pytest

from tinygrad_dropout.lab import Config, OptionError


def test_the_default_is_the_experiment_that_the_readme_describes():
    config = Config()
    assert (config.dataset, config.label_noise, config.hidden) == ("digits", 0.2, (256, 256))
    assert (config.p, config.input_p, config.optimizer, config.learning_rate) == (0.5, 0.2, "adam", 0.001)
    assert (config.epochs, config.batch_size, config.seeds) == (80, 64, 10)


@pytest.mark.parametrize(
    ("options", "name", "value"),
    [
        ({"dataset": "moons"}, "label_noise", 0),
        ({"dataset": "mnist1d"}, "label_noise", 0),
        ({"csv": "a.csv", "target": "y"}, "label_noise", 0),
        ({"csv": "a.csv", "target": "y"}, "dataset", "csv"),
        ({"label_noise": 0}, "label_noise", 0),
        ({"optimizer": "sgd"}, "learning_rate", 0.1),
        ({"optimizer": "sgd", "learning_rate": 0.5}, "learning_rate", 0.5),
        ({"p": 1, "input_p": 0}, "p", 1),
    ],
)
def test_defaults_depend_on_other_options_and_can_be_overridden(options, name, value):
    assert getattr(Config(**options), name) == value


@pytest.mark.parametrize(
    ("options", "option", "words"),
    [
        ({"dataset": "cifar"}, "dataset", "expected digits, moons, mnist1d or mnist, got 'cifar'"),
        ({"p": 1.5}, "p", "from 0 to 1, got 1.5"),
        ({"p": -0.1}, "p", "from 0 to 1, got -0.1"),
        ({"p": float("nan")}, "p", "from 0 to 1, got nan"),
        ({"input_p": 2}, "input_p", "from 0 to 1, got 2"),
        ({"p": 0, "input_p": 0}, "p", "expected a p above 0 for the hidden units or the inputs"),
        ({"label_noise": 1.1}, "label_noise", "from 0 to 1, got 1.1"),
        ({"seeds": 0}, "seeds", "from 1 to 10,000, got 0"),
        ({"seeds": 10**9}, "seeds", "to 10,000, got 1000000000"),
        ({"hidden": ()}, "hidden", "got none"),
        ({"hidden": (8, 0)}, "hidden", "got 8,0"),
        ({"hidden": (10**9,)}, "hidden", "1 to 100,000 units"),
        ({"epochs": -1}, "epochs", "from 1 to 10,000,000, got -1"),
        ({"epochs": 1.5}, "epochs", "a whole number, got 1.5"),
        ({"p": "half"}, "p", "a number, got 'half'"),
        ({"hidden": 256}, "hidden", "whole numbers in a tuple, got 256"),
        ({"train_size": 10**20}, "train_size", "from 1 to 10,000,000"),
        ({"epochs": 0}, "epochs", "from 1 to 10,000,000, got 0"),
        ({"batch_size": 0}, "batch_size", "from 1 to 10,000,000, got 0"),
        ({"train_size": 0}, "train_size", "from 1 to 10,000,000, got 0"),
        ({"optimizer": "lion"}, "optimizer", "expected adam or sgd, got 'lion'"),
        ({"learning_rate": 0}, "learning_rate", "above 0, got 0"),
        ({"learning_rate": float("inf")}, "learning_rate", "finite"),
        ({"csv": "a.csv", "target": "y", "dataset": "digits"}, "csv", "either a CSV file or a dataset, got both"),
        ({"csv": "a.csv"}, "target", "the name of the column"),
        ({"csv": ""}, "target", "the name of the column"),
        ({"target": "y"}, "target", "expected a CSV file with this column, got none"),
        ({"test_csv": "b.csv"}, "test_csv", "it only applies to a CSV file, and none is given"),
        ({"group": "person"}, "group", "expected a CSV file with this column, got none"),
        ({"ignore": ("id",)}, "ignore", "expected a CSV file with this column, got none"),
        ({"csv": "a.csv", "target": "y", "ignore": 3}, "ignore", "names of columns in a tuple, got 3"),
        ({"csv": "a.csv", "target": "y", "ignore": [3]}, "ignore", "names of columns in a tuple, got [3]"),
        ({"missing": "drop"}, "missing", "it only applies to a CSV file, and none is given"),
        ({"regression": False}, "regression", "it only applies to a CSV file, and none is given"),
        ({"csv": "a.csv", "target": "y", "missing": "zero"}, "missing", "expected drop or mean, got 'zero'"),
        ({"csv": "a.csv", "target": "y", "regression": "yes"}, "regression", "expected True or False, got 'yes'"),
        ({"csv": "a.csv", "target": "y", "regression": True, "label_noise": 0.1}, "label_noise", "no labels, got 0.1"),
        ({"data_dir": "."}, "data_dir", "mnist1d or mnist, not to digits"),
    ],
)
def test_an_invalid_option_is_refused_by_name(options, option, words):
    with pytest.raises(OptionError) as error:
        Config(**options)
    assert error.value.option == option
    assert words in str(error.value)
    assert str(error.value).startswith(f"{option}: ")


def test_the_saved_options_include_a_tables_name_but_no_folders():
    here = Config(csv="here/flowers.csv", target="species")
    there = replace(here, csv="there/flowers.csv")
    assert here.as_json() == there.as_json()
    assert here.as_json()["csv"] == "flowers.csv"
    assert Config(dataset="mnist", data_dir="a").as_json() == Config(dataset="mnist", data_dir="b").as_json()


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("test_csv", "there/test.csv", "test.csv"),
        ("group", "person", "person"),
        ("ignore", ("id", "name"), ["id", "name"]),
        ("missing", "mean", "mean"),
        ("regression", False, False),
    ],
)
def test_options_for_reading_a_table_are_saved(name, value, kept):
    table = Config(csv="a.csv", target="y")
    assert replace(table, **{name: value}).as_json() == table.as_json() | {name: kept}


def test_numbers_of_any_type_are_saved_as_pythons_own():
    config = Config(epochs=np.int64(2), p=np.float32(0.25), hidden=[np.int32(8)])
    assert (type(config.epochs), type(config.p), config.hidden) == (int, float, (8,))
    assert json.loads(json.dumps(config.as_json()))["p"] == 0.25


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("dataset", "mnist"), ("train_size", 3), ("label_noise", 0.1), ("p", 0.1), ("input_p", 0.1), ("hidden", (2,)),
        ("epochs", 3), ("batch_size", 3), ("learning_rate", 3), ("optimizer", "sgd"), ("seeds", 3),
        ("first_seed", 3), ("early_stopping", "only"), ("patience", 3),
    ],
)  # fmt: skip
def test_every_option_that_affects_the_results_is_saved(name, value):
    assert replace(Config(), **{name: value}).as_json() != Config().as_json()


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ("id", ("id",)),
        ("id,name, age", ("id", "name", "age")),
        ('id,"width, in mm"', ("id", "width, in mm")),
        ("", ("",)),
        (["id", "a,b"], ("id", "a,b")),
        ((), ()),
    ],
)
def test_columns_to_ignore_are_given_as_a_list_or_as_a_line_of_csv(given, names):
    assert Config(csv="a.csv", target="y", ignore=given).ignore == names
