"""The questions after an exercise: each is asked because of something in the answer or in the attempts before it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from random import Random

from tinygrad_dropout.drills.interview.code_facts import FACTS
from tinygrad_dropout.drills.quiz.cards import Card
from tinygrad_dropout.mistakes import KINDS


@dataclass(frozen=True)
class FollowUp:
    """A question.

    Attributes:
        because: the reason for asking: a fact of `code_facts.FACTS`, a note of the grader, or `made: ` and a kind of
            mistake.
        question: the text of the question.
        answer: a good answer to it.
    """

    because: str
    question: str
    answer: str


#: Those about mistakes, then those about the code, the most telling first.
FOLLOW_UPS = (
    FollowUp(
        "made: rescaling",
        "Your first attempts had the factor 1/(1-p) wrong. What happens in eval mode if a network is trained without "
        "it?",
        "In eval mode the next layer sees inputs that are larger on average, by 1/(1-p), than those it was trained "
        "on: a unit's mean in training is (1-p) x, but in eval mode its value is x. Dividing the kept units by 1-p "
        "during training makes both equal to x.",
    ),
    FollowUp(
        "made: mask",
        "Your first attempts did not use the forward pass's mask in the backward pass. How would that show up in "
        "training?",
        "Often not at once: the loss may still fall, because the gradient still points roughly downhill. Units that "
        "were dropped receive gradients, and units that were kept miss theirs. A gradient check with the mask held "
        "fixed exposes the bug immediately.",
    ),
    FollowUp(
        "made: averaging",
        "You had a factor of 1/N too many or too few. Where in a training loop does the 1/N belong, and why only "
        "there?",
        "In the loss, if the loss is a mean. Its backward puts the 1/N into the gradient that everything below "
        "receives, and every other backward rule is linear in that gradient. A second 1/N would make the effective "
        "learning rate depend on the batch size.",
    ),
    FollowUp(
        "made: axes",
        "You had an axis or a transpose wrong. How do you find the right one without trial and error?",
        "Give all axes different sizes, and write one entry as a sum over indices: dW[o, i] = sum over n of g[n, o] "
        "x[n, i]. The index that is summed over disappears from the result, and the shapes then determine the "
        "transposes.",
    ),
    FollowUp(
        "made: accumulation",
        "A gradient was overwritten where contributions should add up. Which rule of calculus says that they add up?",
        "The multivariable chain rule: if L depends on x along several paths, dL/dx is the sum over the paths. "
        "Broadcasting is such a case as well: one number is used many times, so its gradient is a sum.",
    ),
    FollowUp(
        "made: chain-rule",
        "The upstream gradient was missing at first. When does that go unnoticed?",
        "When the upstream gradient is all ones, as after a plain sum: multiplying by it changes nothing. That is why "
        "gradients are checked with a random upstream gradient.",
    ),
    FollowUp(
        "made: stability",
        "Your first attempts overflowed or took log(0). Which identity makes softmax safe, and why is nothing lost?",
        "softmax(z) = softmax(z - c) for every c. With c the row's maximum, the largest exponent is 0: nothing "
        "overflows, and the sum is at least 1. (A row that is all -inf still gives NaN.) And log softmax = z - c - "
        "log(sum(exp(z - c))) never takes the log of a probability that was rounded to 0.",
    ),
    FollowUp(
        "made: order",
        "Your nodes were visited in the wrong order at first. What must be true before a node may pass its gradient "
        "on?",
        "All its consumers must have passed their contributions to it. Reverse topological order guarantees that, and "
        "so does the reverse order of creation. A naive depth-first walk passes on partial sums, or takes 2^depth "
        "steps on a chain of diamonds.",
    ),
    FollowUp(
        "made: kinks",
        "You got the case of an exact zero wrong. What is the derivative of relu at 0?",
        "It does not exist; every number from 0 to 1 is a subgradient. Frameworks use 0. What matters is that your "
        "code follows the same convention as its reference, because exact zeros do occur.",
    ),
    FollowUp(
        "made: independence",
        "In your first attempts, elements of the mask shared random draws. What is lost if all rows of a batch share "
        "one mask?",
        "Each step trains one subnetwork instead of one per example. The mask's noise no longer averages out over the "
        "batch, so for N examples that part of the gradient's variance is up to N times as large, while each unit is "
        "regularised just as much.",
    ),
    FollowUp(
        "made: rate",
        "You had keep and drop the wrong way round. For which p can a test of the rate not detect that?",
        "Only for p = 0.5: there, keeping and dropping are equally likely, and 1/p = 1/(1-p). That is why good tests "
        "use p = 0.2 or 0.35.",
    ),
    FollowUp(
        "made: modes",
        "You mixed up training and eval mode. What does model.eval() change, and what does no_grad() change?",
        "eval() changes what layers compute: dropout becomes the identity, and batch norm uses its running "
        "statistics. no_grad() changes what is recorded: no graph is kept. Neither implies the other.",
    ),
    FollowUp(
        "made: state",
        "A value that your code kept from one call was used or overwritten in another. Where should it keep what "
        "backward needs?",
        "With the call, not with the layer or the module: each node of the graph keeps what its own backward needs. "
        "Then a layer that is used twice, or a second backward, finds the right values. Only deliberately kept state "
        "outlives the call: .grad accumulates on leaves, while the gradients of intermediates start afresh.",
    ),
    FollowUp(
        "made: ownership",
        "You modified an array in place that did not belong to your function. What else may be using it?",
        "The previous layer may have saved it for its own backward, the caller may use it again, and views share its "
        "memory. A gradient that is computed from a changed array is wrong, and no error is raised.",
    ),
    FollowUp(
        "made: precision",
        "Why are gradients checked in float64, when training runs in float32?",
        "A centred difference divides the difference of two nearly equal numbers by 2h. Its rounding error is about "
        "eps/h and its truncation error about h^2. At the best h, near eps^(1/3), that leaves about 2e-5 in float32, "
        "too coarse to reveal a small bug, and about 1e-10 in float64.",
    ),
    FollowUp(
        "made: edges",
        "What should dropout do at p = 1, and what goes wrong if you just follow the formula?",
        "Everything is dropped: y = 0 and dL/dx = 0. The formula divides by 0: for a Python float, 1 / (1 - p) raises "
        "ZeroDivisionError; with NumPy numbers it is inf, and 0 * inf gives NaN.",
    ),
    FollowUp(
        "made: expectation",
        "You took a mean over masks incorrectly. How must the 2^n masks be weighted?",
        "Each mask by its probability, (1-p)^kept * p^dropped. The probabilities are all equal only at p = 0.5.",
    ),
    FollowUp(
        "made: updates",
        "The update was wrong at first. Why must a step change the parameter's own array?",
        "Because the model holds a reference to that array. `w = w - lr * g` creates a new array and binds the local "
        "name to it, so the model still has the old one; `w -= lr * g` changes the array that the model holds.",
    ),
    FollowUp(
        "made: stopping",
        "Your early stopping was wrong at first. Why must you not use the test set to decide when to stop?",
        "You would choose the epoch because it does well on the test set, so the test score would be too optimistic: "
        "it is the best of many looks. Let a validation set decide, and look at the test set once, at the end.",
    ),
    FollowUp(
        "made: leakage",
        "Information from your test rows leaked into training. How would you have noticed without the grader?",
        "Shuffle the labels and run everything: an honest pipeline then does no better than chance. Not every leak "
        "shows up that way, so also give the test rows absurd values and see whether anything fitted changes: means, "
        "scales, vocabularies, chosen features. Rows that belong together, such as images of one patient, must be on "
        "the same side of the split.",
    ),
    FollowUp(
        "made: shapes",
        "A shape was wrong at first. How do two shapes broadcast?",
        "Align them at the right. Axes of equal size match, an axis of size 1 is repeated, and a missing axis counts "
        "as size 1. Anything else is an error.",
    ),
    FollowUp(
        "scaled-mask",
        "Your mask holds floats, or has the scale multiplied in. How much memory does it take, and how little would "
        "be enough?",
        "As floats, 4 or 8 bytes per unit, as much as the activations themselves. As booleans 1 byte, as bits 1/8 of "
        "one, and practically nothing if you keep only the generator's state and backward draws the mask again. The "
        "scale is a single number.",
    ),
    FollowUp(
        "float-mask",
        "Your mask is an array of floats. What would a boolean one save, and what would you then have to remember?",
        "Three quarters of the memory compared with float32, seven eighths compared with float64. A boolean mask "
        "cannot hold the scale 1/(1-p), so both passes must apply it separately.",
    ),
    FollowUp(
        "integer-mask",
        "Your mask is an array of integers. What does that cost, and what would you store instead?",
        "NumPy's default integers usually take 8 bytes, twice as much as a float32 activation, and multiplying "
        "float32 by int64 gives float64. Booleans take 1 byte and leave float32 as it is; packed bits take 1/8 of "
        "that.",
    ),
    FollowUp(
        "draws-globally",
        "You draw from NumPy's global random state. What can go wrong with that in a larger program?",
        "Any other draw or seed in the program changes your masks, so you cannot make one layer repeatable on its "
        "own; threads share the state; and if you seed it yourself, you change the random numbers of all other code. "
        "A Generator that you pass to each layer avoids all of this.",
    ),
    FollowUp(
        "binomial",
        "You drew the mask with binomial(1, 1-p). What does that cost compared with comparing uniform numbers with p?",
        "It gives 8-byte integers, which turn float32 into float64 when multiplied, and it takes a few times as long, "
        "because it handles any number of trials. rng.random(shape) >= p has the same distribution and gives "
        "booleans.",
    ),
    FollowUp(
        "recursive",
        "Your function calls itself. What happens with a graph of 50,000 nodes in a chain?",
        "A RecursionError at about 1,000 frames. Raising the limit can crash Python 3.10 and older, because the C "
        "stack overflows; since 3.11, calls from Python to Python use heap memory but no C stack. An explicit stack, "
        "or the reverse order of creation, avoids the problem altogether.",
    ),
    FollowUp(
        "small-number-added",
        "You added a small number. What does it cost, and can you do without it?",
        "It biases the result: -log(p + eps) cannot exceed -log(eps), and its gradient is too small where p is small. "
        "If you compute the loss from the logits with log-sum-exp, you need no such number.",
    ),
    FollowUp(
        "one-hot",
        "You made the target one-hot. What does that cost with 50,000 classes, and what would you do then?",
        "An array of N times 50,000 numbers for a batch of N, almost all of them zeros. Index instead: p[arange(N), "
        "target] -= 1.",
    ),
    FollowUp(
        "in-place",
        "You changed an array in place. How do you know that its old value is no longer needed?",
        "You know only if your function created the array and has not passed it to other code. Inputs, saved values "
        "and upstream gradients belong to others. Working in place saves memory traffic, but it is a frequent source "
        "of silent errors.",
    ),
    FollowUp(
        "returns-a-function",
        "Your backward function holds on to values of the forward pass. When are they freed, and what keeps them "
        "alive too long?",
        "They are freed when the last reference to the function goes away: when the graph is released after backward, "
        "or when the loss goes out of scope. A list of losses keeps all their activations alive as long as the graphs "
        "have not been released; store loss.item() instead.",
    ),
    FollowUp(
        "loops",
        "You loop in Python. What does that cost for a batch of 128 x 1024, and how would you get rid of it?",
        "131,072 iterations at 0.1 to 0.2 microseconds or more take about 20 milliseconds, where NumPy needs tens of "
        "microseconds. Write the loop as one elementwise expression, a matrix product or a sum over an axis.",
    ),
    FollowUp(
        "exp",
        "You use exp(). For which inputs does it overflow, and what is the result?",
        "Above 709.78 in float64 and 88.72 in float32 it gives inf. Then inf/inf is NaN, and a single NaN spoils "
        "every sum that it enters. In softmax, subtracting the row's maximum first keeps every exponent at or below "
        "0.",
    ),
    FollowUp(
        "einsum",
        "You used einsum. How do you get the backward of an einsum from its subscripts?",
        "Swap the output's subscripts with those of the operand whose gradient you want: for 'no,oi->ni' the gradient "
        "of the second is 'no,ni->oi', with the upstream gradient where the output was. An index that occurs only in "
        "that operand was summed away, so its gradient is broadcast along it.",
    ),
    FollowUp(
        "where",
        "You used np.where. Is the branch that is not selected computed, and can that do harm?",
        "Yes, both are computed, and then one is chosen for each element. A NaN or an overflow in the other does not "
        "show in the result, but it can reach the gradient: 0 * inf = NaN. So make the input of the unused branch "
        "safe first.",
    ),
    FollowUp(
        "zeros-like",
        "You accumulate gradients into an array of zeros. When can you store a gradient directly instead?",
        "When it is the first contribution and nothing else holds the array. Adding to zeros costs another pass over "
        "memory; but if you store an array that other code also holds, a later += changes it there as well.",
    ),
    FollowUp(
        "mean",
        "You take a mean. What is its backward, and what changes with the batch size?",
        "Each of the N elements gets g/N. With a sum instead, the gradient grows with the batch size, so with SGD you "
        "would have to divide the learning rate by N.",
    ),
    FollowUp(
        "matrix-product",
        "How many multiplications does the backward of a matrix product take, compared with the forward?",
        "Twice as many: one product of the same size for each operand's gradient. So a training step costs about "
        "three forward passes, and it is worth skipping the gradient of the input batch.",
    ),
    FollowUp(
        "accepts-a-bad-p",
        "Your dropout silently accepts p = 1.5 or p = -0.1. What happens then, and where would you check?",
        "With p = 1.5 nothing is kept; with -0.1 everything is, scaled by 0.91. No error is raised; training is just "
        "bad. Check once, when the layer is created, and let the message say what p means and what was given. Typical "
        "mistakes are 50 for 0.5, and the probability of keeping instead of dropping.",
    ),
)

QUESTIONS = 3


def choose(made: Sequence[str], seen: Collection[str], cards: Sequence[Card], chance: Random) -> list[FollowUp]:
    """Three questions: one about a mistake that was made, then some about the code, then cards of the topic.

    Args:
        made: kinds of the mistakes, the latest first.
        seen: facts.
        cards: question cards to fill up with.
        chance: picks among the cards.
    """
    by_reason = {one.because: one for one in FOLLOW_UPS}
    mistakes = [by_reason[f"made: {kind}"] for kind in made if f"made: {kind}" in by_reason]
    of_code = [one for one in FOLLOW_UPS if one.because in seen]
    asked = [*mistakes[:1], *of_code]
    if len(asked) < QUESTIONS:
        asked += mistakes[1:]
    missing = max(0, QUESTIONS - len(asked))
    drawn = chance.sample(list(cards), min(missing, len(cards)))
    asked += [FollowUp(f"card: {card.id}", card.question, card.short) for card in drawn]
    return asked[:QUESTIONS]


def reason(follow_up: FollowUp) -> str:
    """Why it is asked, in words."""
    kind, _, name = follow_up.because.partition(": ")
    if kind == "made":
        return f"a mistake was made: {KINDS[name]}"
    if kind == "card":
        return f"from the cards: {name}"
    return FACTS[kind][0] if kind in FACTS else NOTED[kind]


#: notes of the grader -> what was seen
NOTED = {
    "float-mask": "the mask is an array of floats",
    "integer-mask": "the mask is an array of integers",
    "accepts-a-bad-p": "a p outside 0 to 1 is accepted",
}
