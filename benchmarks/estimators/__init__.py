"""The estimators compared with scikit-learn's own MLP, and with the same network in skorch on PyTorch.

python -m benchmarks.estimators times     # a fit in turn in one process, and its memory
python -m benchmarks.estimators scores    # accuracy over ten splits of five tables (most of an hour)
"""
