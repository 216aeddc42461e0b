"""The comparison of `tinygrad-dropout compare`, through the library: a short one, on scikit-learn's digits.

Needs the extra: pip install -e ".[lab]".
"""

from tinygrad_dropout import lab

config = lab.Config(dataset="digits", epochs=20, seeds=4)  # 500 training images, a fifth of their labels made random
comparison = lab.compare(config)

# A pair is one seed: the same split, initial weights and order of batches, without dropout and with it.
for pair in comparison.pairs:
    without, with_dropout = pair["without"][-1], pair["with"][-1]  # the last epoch
    print(
        f"seed {pair['seed']}: test accuracy {without['test_accuracy']:.3f} without,"
        f" {with_dropout['test_accuracy']:.3f} with dropout"
    )

# The mean of the paired differences, and how sure four pairs make it.
print(comparison.difference)
print(comparison)  # the whole table

# comparison.save("runs/digits") writes results.json and the two pictures.
