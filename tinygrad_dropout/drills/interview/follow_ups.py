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
        "Each unit's mean in training would be (1-p) x, and x in eval mode: the next layer would see inputs "
        "larger by 1/(1-p) than those it was trained on. Dividing the kept units by 1-p while training makes both "
        "means x.",
    ),
    FollowUp(
        "made: mask",
        "Your first tries did not use the forward's mask in the backward. How would training show that?",
        "Often not at once: the loss still falls, for the gradient points roughly downhill. Units that were 0 get "
        "gradients, kept ones miss theirs. A gradient check with the mask held fixed shows it in a second.",
    ),
    FollowUp(
        "made: averaging",
        "You had a 1/N too much or too little. Where in a training loop does the 1/N belong, and why only there?",
        "In the loss, if that is a mean. Its backward puts 1/N into the gradient that everything below receives, "
        "and every other rule is linear in it. A second 1/N makes the learning rate depend on the batch size.",
    ),
    FollowUp(
        "made: axes",
        "You had an axis or a transpose wrong. How do you find the right one without trying?",
        "By shapes, with sizes that are all different, and by indices: write one entry as a sum. dW[o, i] = sum "
        "over n of g[n, o] x[n, i]: the index that is summed over is the one that disappears.",
    ),
    FollowUp(
        "made: accumulation",
        "A gradient was overwritten where it should add up. Which rule of calculus says that it adds up?",
        "The multivariable chain rule: if L depends on x by several paths, dL/dx is the sum over the paths. "
        "Broadcasting is such a use, too: one number is used many times, so its gradient is a sum.",
    ),
    FollowUp(
        "made: chain-rule",
        "The upstream gradient was missing at first. When does one not notice that?",
        "When it is all ones, as after a plain sum: then upstream times local is local. That is why a gradient is "
        "checked with a random upstream gradient.",
    ),
    FollowUp(
        "made: stability",
        "Your first tries overflowed or took log(0). Which identity makes softmax safe, and why is nothing lost?",
        "softmax(z) = softmax(z - c) for every c. With c the row's maximum the largest exponent is 0: no "
        "overflow, and the sum is at least 1, so nothing is divided by 0. log softmax = z - c - log sum exp(z - "
        "c) needs no log of a rounded probability.",
    ),
    FollowUp(
        "made: order",
        "Your first order of visits was wrong. What must hold before a node may hand its gradient on?",
        "All its consumers must have handed theirs to it. Reverse topological order guarantees that, and so does "
        "going back in the order of creation. Depth-first without it uses partial sums, and takes 2^depth steps "
        "on diamonds.",
    ),
    FollowUp(
        "made: kinks",
        "You had an exact zero wrong. What is the derivative of relu at 0?",
        "There is none: every number from 0 to 1 is a subgradient. Frameworks take 0. What matters is that "
        "forward and backward agree on what happens there, because after a ReLU exact zeros are common.",
    ),
    FollowUp(
        "made: independence",
        "Your masks shared draws at first. What is lost if all rows of a batch share one mask?",
        "One subnetwork is trained per step, not one per example. The gradient's noise no longer averages out "
        "over the batch: its variance is larger by up to the batch size, for the same amount of regularisation "
        "per unit.",
    ),
    FollowUp(
        "made: rate",
        "You had keep and drop the wrong way round. With which p can a test not see that?",
        "With p = 0.5, and with p = 0.5 alone: there keeping and dropping are equally likely, and 1/p = 1/(1-p). "
        "Hence tests take p = 0.2 or 0.35.",
    ),
    FollowUp(
        "made: modes",
        "Training and eval mode were mixed up. What does model.eval() change, and what does no_grad() change?",
        "eval() changes what layers compute: dropout becomes the identity, batch norm uses its running "
        "statistics. no_grad() changes what is remembered: no graph is kept. Neither implies the other.",
    ),
    FollowUp(
        "made: state",
        "Something that your code kept from one call was used, or overwritten, in another. Where should what a "
        "backward needs be kept?",
        "With the call, not with the layer or the module: each node of the graph keeps what its own backward needs. "
        "Then a layer that is used twice, or a second backward, finds its own values. What is kept longer is a "
        "decision: .grad of leaves adds up over calls, that of intermediates starts anew.",
    ),
    FollowUp(
        "made: ownership",
        "You changed an array in place that was not yours. Who else may hold it?",
        "The layer before may have saved it for its own backward, the caller may use it again, and views share "
        "its memory. A gradient computed from a changed array is wrong without any error.",
    ),
    FollowUp(
        "made: precision",
        "Why are gradients checked in float64, when one trains in float32?",
        "A centred difference divides a difference of nearly equal numbers by 2h. Its rounding error is about "
        "eps/h: in float32 some 1e-3 at best, as large as many bugs. In float64 with h = 1e-6 about 1e-10.",
    ),
    FollowUp(
        "made: edges",
        "What should dropout do at p = 1, and what goes wrong if one just follows the formula?",
        "Everything is dropped: y = 0 and dL/dx = 0. The formula gives 0 * (1/0) = 0 * inf = NaN.",
    ),
    FollowUp(
        "made: expectation",
        "A mean over masks was taken wrongly. With which weights does one average over all 2^n masks?",
        "Each mask with its probability, (1-p)^kept * p^dropped. They are equal for p = 0.5 alone.",
    ),
    FollowUp(
        "made: updates",
        "The update was wrong at first. Why must a step change the parameter's own array?",
        "The model holds that array. `w = w - lr * g` binds a local name to a new one, and the model never hears "
        "of it; `w -= lr * g` changes what the model has.",
    ),
    FollowUp(
        "made: shapes",
        "A shape was wrong at first. How do two shapes broadcast?",
        "They are aligned at the right. Axes of equal size match, an axis of size 1 is repeated, a missing axis "
        "counts as size 1; anything else is an error.",
    ),
    FollowUp(
        "scaled-mask",
        "Your mask holds floats, or the scale. How much memory does it take, and with how little could you do?",
        "As floats 4 or 8 bytes per unit, as much as the activations themselves. As booleans 1 byte, as bits 1/8, "
        "and with the generator's seed nothing: the mask is drawn again in the backward. The scale is one number.",
    ),
    FollowUp(
        "float-mask",
        "Your mask is an array of floats. What would a boolean one save, and what must you then not forget?",
        "Four or eight times the memory. The scale 1/(1-p) is not in it, so it has to be applied in both passes.",
    ),
    FollowUp(
        "integer-mask",
        "Your mask is an array of integers. What does it cost, and what would you store in its place?",
        "NumPy's integers take 8 bytes, twice what a float32 activation takes. Booleans take 1, bits 1/8, and "
        "multiplying by a boolean array gives the same numbers.",
    ),
    FollowUp(
        "draws-globally",
        "You draw from NumPy's global state. What can go wrong with that in a larger program?",
        "Anybody's draw or seed moves your masks, so a run cannot be repeated by seeding the layer; threads share "
        "it; and seeding it yourself makes other people's random numbers repeat. A Generator per layer has none "
        "of this.",
    ),
    FollowUp(
        "binomial",
        "You drew the mask with binomial(1, 1-p). What does it cost beside comparing uniform numbers with p?",
        "It gives 8-byte integers and is several times slower, since it is made for any number of trials. "
        "rng.random(shape) >= p has the same distribution and gives booleans.",
    ),
    FollowUp(
        "recursive",
        "Your function calls itself. What happens with a graph of 50,000 nodes in a chain?",
        "RecursionError at about 1,000 frames; raising the limit may crash the process when the C stack ends. An "
        "explicit stack, or visiting in reverse order of creation, has no such limit.",
    ),
    FollowUp(
        "small-number-added",
        "You added a small number. What does it cost, and can one do without?",
        "It biases the result: log(p + eps) has a largest loss, and its gradient is wrong for small p. With "
        "log-sum-exp nothing has to be added.",
    ),
    FollowUp(
        "one-hot",
        "You made the target one-hot. What does that cost with 50,000 classes, and what would you do then?",
        "A batch times 50,000 array, almost all zeros. Index in its place: p[arange(N), target] -= 1.",
    ),
    FollowUp(
        "in-place",
        "You changed an array in place. How do you know that nobody needs its old value?",
        "Only if you made it yourself in this function and have not handed it out. Inputs, saved values and "
        "upstream gradients are others'. In-place saves memory traffic, and is a frequent source of silent "
        "errors.",
    ),
    FollowUp(
        "returns-a-function",
        "Your backward remembers the forward's values. When are they freed, and what keeps them alive too long?",
        "When the graph is dropped: after backward, or when the loss goes out of scope. Keeping the loss itself "
        "in a list of losses keeps every activation alive; keep loss.item().",
    ),
    FollowUp(
        "loops",
        "You loop in Python. What does that cost for a batch of 128 x 1024, and how would you get rid of it?",
        "131,072 rounds of some 0.1 microseconds or more each, where NumPy needs some tens of microseconds in "
        "all. Write the loop as one elementwise expression, a matrix product or a sum over an axis.",
    ),
    FollowUp(
        "exp",
        "You take exp(). For which inputs does it overflow, and what comes out then?",
        "Above 709.78 in float64 and 88.72 in float32: inf. inf/inf is NaN, and one NaN spreads through the whole "
        "sum. Subtracting the maximum first keeps every exponent at or below 0.",
    ),
    FollowUp(
        "einsum",
        "You used einsum. How do you get the backward of an einsum from its subscripts?",
        "Exchange the output's subscripts with those of the operand whose gradient is wanted: for 'no,oi->ni' the "
        "gradient of the second is 'no,ni->oi', with the upstream gradient in the place of the output.",
    ),
    FollowUp(
        "where",
        "You used np.where. Is the branch that is not taken computed, and can that do harm?",
        "Yes: both are computed, then one is chosen. A NaN or overflow in the other is not in the result, but its "
        "gradient may be: 0 * inf = NaN. Hence one makes the input of the unused branch safe first.",
    ),
    FollowUp(
        "zeros-like",
        "You gather gradients in zeros. When may a gradient be stored without adding it to zeros first?",
        "When it is the first contribution and the array belongs to nobody else. Adding to zeros costs one pass "
        "over memory more; storing somebody else's array means that a later += changes theirs.",
    ),
    FollowUp(
        "mean",
        "You take a mean. What is its backward, and what changes with the batch size?",
        "Each of the N elements gets g/N. With a sum in its place gradients grow with the batch, and the learning "
        "rate would have to be divided by N.",
    ),
    FollowUp(
        "matrix-product",
        "How many multiplications does the backward of a matrix product take, beside the forward?",
        "Twice as many: one product of the same size for each operand's gradient. It is why a train step costs "
        "about three forwards, and why the gradient with respect to the input batch is left out.",
    ),
    FollowUp(
        "accepts-a-bad-p",
        "Your dropout takes p = 1.5 or -0.1 without a word. What happens then, and where would you check?",
        "With p = 1.5 nothing is kept, with -0.1 everything is, scaled by 0.91: nothing fails, training is just bad. "
        "Check once, when the layer is made, and say what p means and what was given. Usual known: 50 for 0.5, "
        "and keep for drop.",
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
