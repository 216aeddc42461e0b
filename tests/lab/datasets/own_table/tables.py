"""Small tables for the tests."""

FLOWERS = "petal,color,species\n1.5,red,rose\n2,blue,iris\n2.5,red,iris\n1,green,rose\n"


def a_column(*values, separator=";"):
    """A table with two classes and a column of these values, each in two rows."""
    rows = "".join(f"{value}{separator}{label}\n" for value in values for label in ("rose", "iris"))
    return f"size{separator}species\n{rows}"
