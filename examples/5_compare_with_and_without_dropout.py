"""What `tinygrad-dropout compare` does, from Python: a short comparison on scikit-learn's digits.

It needs the extra `lab`: pip install -e ".[lab]".
"""

from tinygrad_dropout import lab

config = lab.Config(dataset="digits", epochs=20, seeds=4)  # 500 training images, a fifth of their labels made random
comparison = lab.compare(config)

# A pair is one seed: the same split, initial weights and order of batches, without dropout and with it.
for pair in comparison.pairs:
    for arm, record in pair.items():  # "without dropout", then "with dropout"
        print(f"seed {record['seed']}, {arm}: test accuracy {record['final']['test_accuracy']:.3f}")

# The mean of the paired differences, and how sure four pairs make it.
print(comparison.difference)
print(comparison)  # the whole table

# lab.save(comparison, "runs/digits") writes results.json and the two pictures.
