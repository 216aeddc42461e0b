"""The decision boundary on two-dimensional data, with and without dropout."""
