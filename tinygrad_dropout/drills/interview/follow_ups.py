"""The questions after an exercise: each is asked because of what was seen in the answer, or on the way to it."""

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
        because: what was seen: a fact of `evidence.FACTS` or the grader's, or `made: ` and a kind of mistakes.
        question: that is asked.
        answer: a good one.
    """

    because: str
    question: str
    answer: str


#: Those seen in mistakes, then those seen in the code, the most telling first.
FOLLOW_UPS = (
    FollowUp(
        "made: rescaling",
        "Your first tries had the factor 1/(1-p) wrong. What would a network trained so do in eval mode?",
        "In eval mode the next layer sees inputs that are larger by 1/(1-p) than those it was trained on: a "
        "unit's mean in training is (1-p) x, but in eval mode its value is x. Dividing the kept units by 1-p "
        "during training makes both equal to x.",
    ),
    FollowUp(
        "made: mask",
        "Your first tries did not use the forward's mask in the backward. How would training show that?",
        "Often not at once: the loss still falls, because the gradient points roughly downhill. Units that were "
        "dropped receive gradients, and units that were kept miss theirs. A gradient check with the mask held "
        "fixed shows it at once.",
    ),
    FollowUp(
        "made: averaging",
        "You had a 1/N too much or too little. Where in a training loop does the 1/N belong, and why only there?",
        "In the loss, if that is a mean. Its backward puts the 1/N into the gradient that everything below "
        "receives, and all other rules are linear in that gradient. A second 1/N makes the effective learning "
        "rate depend on the batch size.",
    ),
    FollowUp(
        "made: axes",
        "You had an axis or a transpose wrong. How do you find the right one without trying?",
        "Use sizes that are all different, and write one entry as a sum over indices: dW[o, i] = sum over n of "
        "g[n, o] x[n, i]. The index that is summed over is the one that disappears, and the shapes fix the "
        "transposes.",
    ),
    FollowUp(
        "made: accumulation",
        "A gradient was overwritten where it should add up. Which rule of calculus says that it adds up?",
        "The multivariable chain rule: if L depends on x along several paths, dL/dx is the sum over the paths. "
        "Broadcasting is such a case, too: one number is used many times, so its gradient is a sum.",
    ),
    FollowUp(
        "made: chain-rule",
        "The upstream gradient was missing at first. When does one not notice that?",
        "When it is all ones, as after a plain sum: the upstream gradient times the local one is then the local "
        "one. That is why gradients are checked with a random upstream gradient.",
    ),
    FollowUp(
        "made: stability",
        "Your first tries overflowed or took log(0). Which identity makes softmax safe, and why is nothing lost?",
        "softmax(z) = softmax(z - c) for every c. With c the row's maximum, the largest exponent is 0: nothing "
        "overflows, and the sum is at least 1. (Only a row that is all -inf still gives NaN.) log softmax = z - c "
        "- log(sum(exp(z - c))) never takes the log of a probability that was rounded to 0.",
    ),
    FollowUp(
        "made: order",
        "Your first order of visits was wrong. What must hold before a node may hand its gradient on?",
        "All its consumers must have passed theirs to it. Reverse topological order guarantees that, and so does "
        "the reverse order of creation. A naive depth-first walk passes on partial sums, or takes 2^depth steps "
        "on diamonds.",
    ),
    FollowUp(
        "made: kinks",
        "You had an exact zero wrong. What is the derivative of relu at 0?",
        "It does not exist; every number from 0 to 1 is a subgradient. Frameworks use 0. What matters is that "
        "your code follows the same convention as its reference, because exact zeros do occur.",
    ),
    FollowUp(
        "made: independence",
        "Your masks shared draws at first. What is lost if all rows of a batch share one mask?",
        "Each step trains one subnetwork instead of one per example. The mask's noise no longer averages out over "
        "the batch, so that part of the gradient's variance is larger by up to the batch size, while each unit is "
        "regularised just as much.",
    ),
    FollowUp(
        "made: rate",
        "You had keep and drop the wrong way round. With which p can a test not see that?",
        "Only with p = 0.5: there, keeping and dropping are equally likely, and 1/p = 1/(1-p). That is why tests "
        "use p = 0.2 or 0.35.",
    ),
    FollowUp(
        "made: modes",
        "Training and eval mode were mixed up. What does model.eval() change, and what does no_grad() change?",
        "eval() changes what layers compute: dropout becomes the identity, batch norm uses its running "
        "statistics. no_grad() changes what is recorded: no graph is kept. Neither implies the other.",
    ),
    FollowUp(
        "made: state",
        "Something that your code kept from one call was used, or overwritten, in another. Where should what a "
        "backward needs be kept?",
        "With the call, not with the layer or the module: each node of the graph keeps what its own backward "
        "needs. Then a layer that is used twice, or a second backward, finds the right values. What outlives the "
        "call is a deliberate choice: .grad accumulates on leaves, while intermediates start afresh.",
    ),
    FollowUp(
        "made: ownership",
        "You changed an array in place that was not yours. Who else may hold it?",
        "The layer before may have saved it for its own backward, the caller may use it again, and views share "
        "its memory. A gradient that is computed from a changed array is wrong, and no error says so.",
    ),
    FollowUp(
        "made: precision",
        "Why are gradients checked in float64, when one trains in float32?",
        "A centred difference divides the difference of two nearly equal numbers by 2h. Its rounding error is "
        "about eps/h, its truncation error about h^2. At the best h, near eps^(1/3), that leaves about 2e-5 in "
        "float32, too coarse for a small bug, and about 1e-10 in float64.",
    ),
    FollowUp(
        "made: edges",
        "What should dropout do at p = 1, and what goes wrong if one just follows the formula?",
        "Everything is dropped: y = 0 and dL/dx = 0. The formula divides by 0: in Python 1 / (1 - p) raises "
        "ZeroDivisionError, and in NumPy 0 * inf gives NaN.",
    ),
    FollowUp(
        "made: expectation",
        "A mean over masks was taken wrongly. With which weights does one average over all 2^n masks?",
        "Each mask with its probability, (1-p)^kept * p^dropped. These are equal only at p = 0.5.",
    ),
    FollowUp(
        "made: updates",
        "The update was wrong at first. Why must a step change the parameter's own array?",
        "Because the model holds that array. `w = w - lr * g` binds a local name to a new array, of which the "
        "model knows nothing; `w -= lr * g` changes the array that the model has.",
    ),
    FollowUp(
        "made: stopping",
        "Your early stopping was wrong at first. Why may the test set not decide when to stop?",
        "The epoch would be chosen because it does well on the test set, so the test score would be too good: it is "
        "the best of many looks. A validation set chooses, and the test set is looked at once, at the end.",
    ),
    FollowUp(
        "made: leakage",
        "Something of your test rows reached the training. How would you have noticed without the grader?",
        "Put random labels on everything: no honest pipeline can beat chance then. Or give the test rows absurd "
        "values and see whether anything that is fitted changes: means, scales, vocabularies, chosen features. Rows "
        "that belong together, such as images of one patient, must be on the same side.",
    ),
    FollowUp(
        "made: shapes",
        "A shape was wrong at first. How do two shapes broadcast?",
        "They are aligned at the right. Axes of equal size match, an axis of size 1 is repeated, and a missing "
        "axis counts as size 1. Anything else is an error.",
    ),
    FollowUp(
        "scaled-mask",
        "Your mask holds floats, or the scale. How much memory does it take, and with how little could you do?",
        "As floats, 4 or 8 bytes per unit, as much as the activations themselves. As booleans 1 byte, as bits 1/8 "
        "of one, and practically nothing if only the generator's seed is kept and backward draws the mask again. "
        "The scale is a single number.",
    ),
    FollowUp(
        "float-mask",
        "Your mask is an array of floats. What would a boolean one save, and what must you then not forget?",
        "Three quarters of the memory for float32, seven eighths for float64. The scale 1/(1-p) does not fit into "
        "a boolean mask, so both passes must apply it.",
    ),
    FollowUp(
        "integer-mask",
        "Your mask is an array of integers. What does it cost, and what would you store in its place?",
        "NumPy's default integers usually take 8 bytes, twice as much as a float32 activation, and float32 times "
        "int64 gives float64. Booleans take 1 byte and leave float32 as it is; packed bits take 1/8.",
    ),
    FollowUp(
        "draws-globally",
        "You draw from NumPy's global state. What can go wrong with that in a larger program?",
        "Any other draw or seed in the program changes your masks, so seeding the layer does not make a run "
        "repeatable; threads share the state; and if you seed it yourself, you make everybody else's random "
        "numbers repeat. A Generator for each layer avoids all of this.",
    ),
    FollowUp(
        "binomial",
        "You drew the mask with binomial(1, 1-p). What does it cost beside comparing uniform numbers with p?",
        "It gives 8-byte integers, which turn float32 into float64 when multiplied, and takes several times as "
        "long, since it handles any number of trials. rng.random(shape) >= p has the same distribution and gives "
        "booleans.",
    ),
    FollowUp(
        "recursive",
        "Your function calls itself. What happens with a graph of 50,000 nodes in a chain?",
        "RecursionError at about 1,000 frames. Raising the limit can crash Python 3.10 and older, whose C stack "
        "overflows; since 3.11, calls from Python to Python take memory but no C stack. An explicit stack, or the "
        "reverse order of creation, needs neither.",
    ),
    FollowUp(
        "small-number-added",
        "You added a small number. What does it cost, and can one do without?",
        "It biases the result: -log(p + eps) cannot exceed -log(eps), and its gradient is too small where p is "
        "small. With log-sum-exp nothing needs to be added.",
    ),
    FollowUp(
        "one-hot",
        "You made the target one-hot. What does that cost with 50,000 classes, and what would you do then?",
        "An array of batch times 50,000 numbers, almost all of them zeros. Index instead: p[arange(N), target] -= 1.",
    ),
    FollowUp(
        "in-place",
        "You changed an array in place. How do you know that nobody needs its old value?",
        "Only if you created the array in this function and have not given it to anyone. Inputs, saved values and "
        "upstream gradients belong to others. Working in place saves memory traffic, and is a frequent source of "
        "silent errors.",
    ),
    FollowUp(
        "returns-a-function",
        "Your backward remembers the forward's values. When are they freed, and what keeps them alive too long?",
        "When the graph is released: after backward, or when the loss goes out of scope. A list of losses keeps "
        "every activation alive as long as their graphs have not been freed; keep loss.item() instead.",
    ),
    FollowUp(
        "loops",
        "You loop in Python. What does that cost for a batch of 128 x 1024, and how would you get rid of it?",
        "131,072 rounds at 0.1 to 0.2 microseconds or more are some 20 milliseconds, where NumPy needs tens of "
        "microseconds. Write the loop as one elementwise expression, a matrix product or a sum over an axis.",
    ),
    FollowUp(
        "exp",
        "You take exp(). For which inputs does it overflow, and what comes out then?",
        "Above 709.78 in float64 and 88.72 in float32 it gives inf. Then inf/inf is NaN, and a single NaN spoils "
        "the whole sum. Subtracting the maximum first keeps every exponent at or below 0.",
    ),
    FollowUp(
        "einsum",
        "You used einsum. How do you get the backward of an einsum from its subscripts?",
        "Exchange the output's subscripts with those of the operand whose gradient you want: for 'no,oi->ni' the "
        "gradient of the second is 'no,ni->oi', with the upstream gradient where the output's subscripts were. An "
        "index that occurs only in that operand was summed away, so its gradient is broadcast along it.",
    ),
    FollowUp(
        "where",
        "You used np.where. Is the branch that is not taken computed, and can that do harm?",
        "Yes: both are computed, then one is chosen. A NaN or an overflow in the other does not show in the "
        "result, but it may in the gradient: 0 * inf = NaN. So make the input of the unused branch safe first.",
    ),
    FollowUp(
        "zeros-like",
        "You gather gradients in zeros. When may a gradient be stored without adding it to zeros first?",
        "When it is the first contribution and no one else holds the array. Adding to zeros costs another pass "
        "over memory; storing an array that belongs to someone else means that a later += changes theirs.",
    ),
    FollowUp(
        "mean",
        "You take a mean. What is its backward, and what changes with the batch size?",
        "Each of the N elements gets g/N. With a sum instead, gradients grow with the batch size, and with SGD "
        "you would have to divide the learning rate by N.",
    ),
    FollowUp(
        "matrix-product",
        "How many multiplications does the backward of a matrix product take, beside the forward?",
        "Twice as many: one product of the same size for each operand's gradient. So a training step costs about "
        "three forward passes, and skipping the gradient of the input batch is worthwhile.",
    ),
    FollowUp(
        "accepts-a-bad-p",
        "Your dropout takes p = 1.5 or -0.1 without a word. What happens then, and where would you check?",
        "With p = 1.5 nothing is kept; with -0.1 everything is, scaled by 0.91. Nothing fails, training is just "
        "bad. Check once, when the layer is created, and say what p means and what was given. Typical mistakes: "
        "50 for 0.5, and keep for drop.",
    ),
)

QUESTIONS = 3


def choose(made: Sequence[str], seen: Collection[str], cards: Sequence[Card], chance: Random) -> list[FollowUp]:
    """Three questions: one about a mistake that was made, then what is seen in the code, then the topic's cards.

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
    "accepts-a-bad-p": "a p that is no probability is taken",
}
