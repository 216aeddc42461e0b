"""A table of your own: from a CSV file to numbers, with an error or a mention where it could be read in another way."""

from tinygrad_dropout.lab.datasets.own_table.csv_table import load_csv

__all__ = ["load_csv"]
