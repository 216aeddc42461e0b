"""How each framework's tensors are made of arrays, and how a gradient is had: a file for each way."""
