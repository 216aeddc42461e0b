"""The user's own table: from a CSV file to numbers, with an error or a note if it can be read in two ways."""

from tinygrad_dropout.lab.datasets.own_table.csv_table import load_csv

__all__ = ["load_csv"]
