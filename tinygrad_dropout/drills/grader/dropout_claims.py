"""The grader's claims about a dropout layer, the conformance kit's findings that refute them, and questions to ask
then."""

from __future__ import annotations

from dataclasses import dataclass
from re import fullmatch


@dataclass(frozen=True)
class Family:
    """Findings that belong to one claim.

    Attributes:
        name: the name by which an exercise asks for it.
        claim: the statement that is true if there is no finding: its subject, a colon, and the answer.
        codes: the codes of the findings, as a pattern.
        question: what to think about if `QUESTIONS` has nothing more precise.
    """

    name: str
    claim: str
    codes: str
    question: str


#: Corner cases that no task mentions.
NOT_ASKED = (
    "backward-follows-the-mode",
    "backward-follows-the-thread",
    "backward-follows-the-dtype",
    "draws-in-eval",
)

#: Remarks of the kit that are mistakes here: x may have any number of axes, and masks come from the given generator.
STRICT = ("two-axes-only", "draws-from-the-global-state")

#: In the order in which the kit checks them.
FAMILIES = (
    Family(
        "ownership",
        "arrays: what it is given stays unchanged, and a later call does not change what it returned",
        "(forward|backward|eval|eval-backward)-changes-(x|g|y)|(output|gradient)-is-overwritten|changes-global-settings",
        "Who else uses that array? Work on a copy, or return a new one.",
    ),
    Family(
        "precision",
        "the dtype: the same as the input's",
        ".*-changes-the-dtype",
        "Which of your factors is a float64 array? A float32 array times a float64 array is float64.",
    ),
    Family(
        "forward",
        "forward: it returns an array of x's shape, with zeros in it",
        "cannot-be-made|has-no-.*|forward-.*|backward-(raises|returns-.*|changes-the-(shape|kind))|never-drops|drops-everything"
        "|ignores-x|noise-instead-of-a-mask|training-cannot-be-set|cannot-be-examined|differs-with-.*|two-axes-only"
        "|wrong-for-(one-row|another-layout|extreme-values)|empty-arrays-fail|hides-nan",
        "Follow one element of x through the function, once kept and once dropped.",
    ),
    Family(
        "scale",
        "the scale: kept units are x/(1 - p), exactly",
        "scale-.*|original-scheme|p-is-taken-for-the-probability-of-keeping|drops-twice",
        "E[y] should be x. A unit is kept with probability 1 - p: what must it be multiplied by?",
    ),
    Family(
        "structure",
        "the draws: each unit has its own draw",
        "shared-.*|fixed-count.*|mask-depends-on-x|elements-agree|mask-is-symmetric|depends-.*|rows-differ|columns-differ|rate-depends-on-the-place",
        "How many random numbers do you draw for an input of n rows and m columns?",
    ),
    Family(
        "rate",
        "the rate: a fraction p is dropped",
        "drops-with-1-p|rate-.*",
        "p is the probability of dropping. Put p = 0.9 into your comparison: how many are kept?",
    ),
    Family(
        "randomness",
        "the source of random numbers: the generator that it is given, and nothing else",
        "reseeds-the-global-state|copies-the-generator|loses-a-gaussian|draws-from-the-global-state|ignores-its-generator",
        "What happens to a user's own random numbers when your layer draws or seeds globally?",
    ),
    Family(
        "calls",
        "several calls: each draws a new mask",
        "mask-is-frozen|masks-.*|forgets-to-drop-at-times|mask-follows-from-x|same-mask-in-every-layer|.*-by-call|calls-differ"
        "|changes-with-use",
        "When is your mask drawn: once, or in each forward?",
    ),
    Family(
        "backward",
        "the gradient: dL/dx is grad times the forward's mask, divided by 1 - p",
        "backward-(is|has|forgets|scales|inverts|ignores|multiplies|passes|subtracts|averages|adds|clips|transposes|differs"
        "|uses-another|not-finite|reads).*"
        "|mask-inferred-from-the-(output|sign)|wrong-for-zeros",
        "Given its mask, dropout is linear: y = x * m/(1 - p). What is dy/dx?",
    ),
    Family(
        "state",
        "what is remembered: each forward keeps its own mask",
        "backward-uses-an-earlier-mask|second-backward-differs|copies-share-state|keeps-memory|layers-share-.*|layers-depend-.*|mask-overwritten-by-the-next-forward",
        "Which mask does backward use after two forwards, or when there are two layers?",
    ),
    Family(
        "eval",
        "eval mode: the identity in both directions, and training works again afterward",
        "eval-.*|drops-in-eval|leaks-in-eval-later|never-drops-again|old-mask-.*",
        "What do forward and backward do when training is False, and what do they remember afterward?",
    ),
    Family(
        "edges",
        "the ends of p: p = 0 gives x, p = 1 gives 0, and a p outside [0, 1] is refused",
        "p=.*|accepts-a-bad-p|refuses-p=.*",
        "What is 1/(1 - p) at p = 1? And is -0.1 a probability?",
    ),
)

#: code -> what to think about, if a question can be more precise than the family's
QUESTIONS = {
    "scale-missing": "In training a fraction p of the units is 0. What is the mean of y? What is it in eval mode?",
    "scale-is-1/p": "E[y] = (1 - p) * scale * x. For which scale is that x? Try p = 0.2.",
    "scale-is-1-p": "E[y] = (1 - p) * scale * x. Multiplying by 1 - p makes it even smaller.",
    "scale-ignores-p": "2 is right for only one p. Which one?",
    "scale-from-the-realized-rate": "If the scale depends on the whole mask, are the units still independent?",
    "original-scheme": "That is the original scheme of 2012. In which phase does the inverted one scale?",
    "ignores-x": "What if x is not all ones?",
    "forward-changes-x": "x belongs to the previous layer, whose backward may still need it. Can you work on a copy?",
    "shared-by-rows": "The mask has one row. How many examples does the batch have?",
    "shared-by-columns": "A whole example is dropped at once. Is that what dropout does?",
    "mask-is-frozen": "Every step trains the same subnetwork. Where must the mask be drawn?",
    "drops-with-1-p": "rng.random() < p happens with probability p. Is that the event of keeping or of dropping?",
    "backward-is-the-identity": "A unit was 0 in the forward, whatever x was. How does its x affect the loss?",
    "backward-forgets-the-mask": "A unit was 0 in the forward, whatever x was. How does its x affect the loss?",
    "backward-forgets-the-scale": "y = x/(1 - p) where kept. What is dy/dx there?",
    "backward-scales-twice": "Does the mask that you stored already contain the scale?",
    "backward-uses-another-mask": "Compare the zeros of your dx with those of y. Where does each of them come from?",
    "backward-is-wrong": "Given its mask, dropout is linear: y = x * m/(1 - p). Which other factor does your dx have?",
    "backward-scales-by-the-realized-rate": "The forward's divisor is known before any mask is drawn. What is it?",
    "backward-passes-where-dropped": "A unit was 0 in the forward, whatever x was. How does its x affect the loss?",
    "backward-subtracts-p": "In which order does Python compute mask / 1 - p?",
    "backward-averages": "1/N comes from a mean in the loss. Is it in grad already?",
    "mask-inferred-from-the-sign": "Can a unit that was kept have a negative x, or a negative y?",
    "eval-is-rounded": "Does eval mode have to compute anything?",
    "mask-inferred-from-the-output": "After a ReLU many x are exactly 0. Are they dropped?",
    "drops-in-eval": "What does forward do when training is False?",
    "eval-scales-by-1-p": "Inverted dropout already scales in training. What is left for eval mode to do?",
    "never-drops-again": "Eval mode overwrites something that training mode needs. Is it p?",
    "old-mask-in-eval-backward": "In eval mode y = x. What is dy/dx, and which mask is left over from before?",
    "mask-overwritten-by-the-next-forward": "Two forwards, then backward through the first. Where is its mask by then?",
    "p=0-forward-is-wrong": "At p = 0 nothing is dropped. What is the scale then, and is any number below 0?",
    "p=0-backward-is-wrong": "At p = 0 the forward is y = x. What is dy/dx?",
    "p=0-gives-nan": "At p = 0 nothing is dropped. Which of your steps divides by p?",
    "p=0-fails": "At p = 0 nothing is dropped. Which of your steps fails for 0?",
    "refuses-p=0": "Is 0 a probability? What does a layer with p = 0 return?",
    "p=1-gives-nan": "0 * inf is NaN. What should y be when everything is dropped?",
    "accepts-a-bad-p": "When does a user find out about p = 50: immediately, or after a night of training?",
    "reseeds-the-global-state": "np.random.seed affects the whole program. Who else draws random numbers in it?",
    "two-axes-only": "What does your code assume about x.shape?",
    "wrong-for-zeros": "A unit with x = 0 may be kept. What is dL/dx there?",
    "wrong-for-another-layout": "x may be a transposed array, or a slice. Which of your steps assumes otherwise?",
    "empty-arrays-fail": "An empty batch has nothing to drop. Which of your steps needs at least one element?",
    "hides-nan": "NaN times a number is NaN. Which of your steps turns it into a number, and who will miss it?",
    "backward-reads-x": "The caller may reuse x once forward has returned. What does backward really need?",
    "backward-reads-y": "The caller may write into y, as an in-place ReLU does. What does backward really need?",
}  # fmt: skip


def family_of(code: str) -> Family:
    """The family of a finding: the first whose pattern matches its code; for an unknown code, "forward"."""
    general = next(family for family in FAMILIES if family.name == "forward")
    return next((family for family in FAMILIES if fullmatch(family.codes, code)), general)
