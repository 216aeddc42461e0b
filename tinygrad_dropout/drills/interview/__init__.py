"""A mock interview: a clock, exercises chosen by earlier mistakes, and questions chosen by what the code did."""
