"""How to make each framework's tensors from arrays and get a gradient, with one file for each way."""
