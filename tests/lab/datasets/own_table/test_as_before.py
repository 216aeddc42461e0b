"""Simple tables are still read bit for bit as before, so that saved results can be reproduced."""

import tempfile
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.lab.datasets.own_table.plain_reader import plain_standardized, plain_table
from tinygrad_dropout.lab.arrays import digest_of
from tinygrad_dropout.lab.datasets.draws import stratified_order
from tinygrad_dropout.lab.datasets.own_table.csv_table import load_csv

NUMBERS = st.one_of(
    st.floats(-1e30, 1e30).map(repr),
    st.integers(-(10**20), 10**20).map(str),
    st.decimals(-1000, 1000, places=3).map(str),
    st.sampled_from(["1e5", "+7", ".5", "2.", "-0", "007", "1_000", "1.234"]),
)
WORDS = st.sampled_from(["red", "Red", "blue", "ärger", "None", "two words", "a1", "x-y", "True", "18-25", "5kg"])
CLASSES = [["rose", "iris"], ["10", "-3", "9"], ["1.0", "0"], ["b", "a", "10"], ["-", "+"]]


@st.composite
def tables(draw):
    rows = draw(st.integers(8, 40))
    kinds = draw(st.lists(st.sampled_from([NUMBERS, WORDS]), min_size=1, max_size=4))
    columns = [draw(st.lists(kind, min_size=rows, max_size=rows)) for kind in kinds]
    classes = draw(st.sampled_from(CLASSES))
    columns.append([classes[row % len(classes)] for row in range(rows)])
    names = [*(f"c{place}" for place in range(len(kinds))), "y"]
    return "".join(",".join(row) + "\n" for row in [names, *zip(*columns, strict=True)])


@given(tables(), st.integers(0, 2**32))
def test_inputs_labels_and_splits_are_the_same_to_the_bit(text, seed):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "table.csv")
        path.write_text(text, encoding="utf-8")
        table = load_csv(path, "y")
    x, y = plain_table(text, "y")
    assert table.digest == digest_of(x, y)

    size = table.default_train_size
    order = stratified_order(y, np.random.default_rng(seed))
    x_train, x_test = plain_standardized(x[order[:size]], x[order[size:]])
    split = table.split(size, np.random.default_rng(seed))
    assert split.digest() == digest_of(x_train, y[order[:size]], x_test, y[order[size:]])
