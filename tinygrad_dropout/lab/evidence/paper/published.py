"""What the papers report for MNIST, and how their networks differ from the ones here.

Hinton, Srivastava, Krizhevsky, Sutskever and Salakhutdinov 2012, "Improving neural networks by preventing co-adaptation
of feature detectors", arXiv:1207.0580; Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov 2014, "Dropout: a
simple way to prevent neural networks from overfitting", JMLR 15, table 2 and appendix B.1.
"""

from __future__ import annotations

from dataclasses import dataclass

TEST_EXAMPLES = 10_000
UPDATES = 1_000_000  # of each network of 2014: appendix B.1


@dataclass(frozen=True)
class Published:
    """A published number of errors on MNIST's 10,000 test examples.

    Attributes:
        source: the paper.
        errors: the number; the paper of 2014 gives percent with two decimals.
        about: whether the paper says "about".
        differs: how that network differs from ours, as part of a sentence.
    """

    source: str
    errors: int
    about: bool
    differs: str

    def __str__(self) -> str:
        return f"{'about ' if self.about else ''}{self.errors}"


HINTON, SRIVASTAVA = "Hinton 2012", "Srivastava 2014"
PUBLISHED = {
    "standard": (
        Published(HINTON, 160, False, "the best result of a standard network that the paper cites, not its own"),
        Published(SRIVASTAVA, 160, False, "two layers of 800 logistic units, a result of Simard et al. 2003"),
    ),
    "hidden dropout": (
        Published(HINTON, 130, True, "with each unit's incoming weights limited, as only in the last network here"),
    ),
    "+ input dropout": (
        Published(
            SRIVASTAVA, 125, False,
            "with a momentum of up to 0.95; appendix B.1 names a limit of c = 2 on the weights of all networks, "
            "table 2 only for the last",
        ),
    ),
    "+ max-norm": (
        Published(HINTON, 110, True, "with input dropout and the limit on incoming weights"),
        Published(SRIVASTAVA, 106, False, "with c = 2 and a momentum of up to 0.95"),
    ),
}  # fmt: skip
"""By the closest network here."""

AUTHORS_CODE = (
    "The configuration that the authors of 2014 published with their code differs again: momentum from 0.5 to 0.99, "
    "c = 3, and a learning rate of 1.0 with inverse decay (half of it after 10,000 updates)."
)
