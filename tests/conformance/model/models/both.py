"""Wrong models that can be made with our layers or with PyTorch's."""

import numpy as np

from tests.conformance.model.models.base import usual, wrong


def with_layer(f, layer):
    """The usual network with this dropout in it."""
    return f.net(usual, relu=f.nn.ReLU(), drop=layer)


# Modes ----------------------------------------------------------------------------------------------------------------


@wrong("functional-dropout-in-eval")
def forgets_the_flag(f):
    """F.dropout(x, 0.5), which drops in eval mode, too"""
    return f.net(lambda self, x: self.out(f.F.dropout(f.F.relu(self.hidden(x)), 0.5)))


@wrong("functional-dropout-in-eval")
def hard_wires_the_flag(f):
    """training=True"""
    return f.net(lambda self, x: self.out(f.F.dropout(self.hidden(x), p=0.3, training=True)))


@wrong("functional-dropout-in-eval")
def monte_carlo_left_on(f):
    """Monte Carlo dropout, left on by a flag of the model"""
    return f.net(lambda self, x: self.out(f.F.dropout(self.hidden(x), 0.3, self.training or self.sample)), sample=True)


@wrong("functional-dropout-is-off")
def never_told_to_drop(f):
    """training=False, in training mode as well"""
    return f.net(
        lambda self, x: self.out(self.drop(f.F.dropout(self.hidden(x), 0.5, training=False))), drop=f.nn.Dropout(0.2)
    )


@wrong("functional-dropout-in-eval")
def mode_of_a_function(f):
    """the flag was read when the model was made"""
    model = f.net(lambda self, x: self.out(f.F.dropout(self.hidden(x), 0.5, self.was_training)))
    model.was_training = model.training
    return model


@wrong("layer-is-made-in-forward")
def made_in_forward(f):
    """a new Dropout in every forward, which is in training mode"""
    return f.net(lambda self, x: self.out(f.nn.Dropout(0.5)(self.hidden(x))))


@wrong("layer-is-not-registered")
def in_a_closure(f):
    """the layer is a variable that forward closes over"""
    drop = f.nn.Dropout(0.5)
    model = f.net(lambda self, x: self.out(self.block(self.hidden(x))))
    model.block = lambda h: drop(h)
    return model


@wrong("layer-is-not-registered")
def a_global_layer(f):
    """one layer for all models, at the top of the file"""
    drop = f.nn.Dropout(0.4)
    return f.net(lambda self, x: self.out(drop(self.hidden(x))))


@wrong("layer-is-not-registered")
def in_a_plain_object(f):
    """the layer is in an object that is not a module"""

    class Options:
        drop = None

    options = Options()
    options.drop = f.nn.Dropout(0.5)
    return f.net(lambda self, x: self.out(self.options.drop(self.hidden(x))), options=options)


class StaysOn:
    """A train() that ignores its argument."""

    def train(self, mode=True):
        super().train(True)
        return self


@wrong("eval-does-not-reach-a-layer")
def train_overridden(f):
    """a layer whose train() ignores its argument"""

    class Noise(StaysOn, f.nn.Dropout):
        pass

    model = with_layer(f, Noise(0.5))
    model.train = lambda mode=True: (
        [part.train(mode) for _, part in model.named_modules() if part is not model] and None
    )
    return model


@wrong("forward-changes-the-mode")
def switched_on_by_forward(f):
    """forward switches the layer to training mode, to estimate uncertainty, and leaves it there"""

    def forward(self, x):
        h = self.hidden(x)
        for layer in (self.drop, self.more):
            layer.training = True
        return self.out(self.more(self.drop(h)))

    model = f.net(forward, drop=f.nn.Dropout(0.5), more=f.nn.Identity())
    model.more.training = True
    return model


@wrong("eval-does-not-reach-a-layer")
def switched_on_for_a_while(f):
    """forward switches the layer to training mode and back"""

    def forward(self, x):
        before, self.drop.training = self.drop.training, True
        out = usual(self, x)
        self.drop.training = before
        return out

    return f.net(forward, relu=f.nn.ReLU(), drop=f.nn.Dropout(0.5))


@wrong("layer-drops-in-eval")
def monte_carlo_layer(f):
    """a subclass that always drops"""

    class MCDropout(f.nn.Dropout):
        def forward(self, x):
            return f.F.dropout(x, self.p, True)

    return with_layer(f, MCDropout(0.5))


@wrong("train-does-not-reach-a-layer")
def eval_in_forward(f):
    """a part that was switched to eval mode and stays there"""

    class Part(f.nn.Sequential):
        def train(self, mode=True):
            super().train(False)
            return self

    model = f.net(lambda self, x: self.out(self.part(x)), part=Part(f.nn.Linear(12, 32), f.nn.Dropout(0.5)))

    def train(mode=True):
        for _, module in model.named_modules():
            module.training = mode
        model.part.train(mode)

    model.train, model.eval = train, lambda: train(False)
    return model


@wrong("forward-changes-the-mode")
def forward_evaluates(f):
    """forward calls self.eval() to measure something, and never switches back"""

    def forward(self, x):
        out = usual(self, x)
        self.eval()
        return out

    return f.net(forward, relu=f.nn.ReLU(), drop=f.nn.Dropout(0.5))


@wrong("eval-is-random")
def noise_in_eval(f):
    """noise is added in eval mode, too"""

    def forward(self, x):
        noise = f.tensor(np.random.normal(size=tuple(x.shape)))
        return self.out(self.drop(self.hidden(x + 0.1 * noise)))

    return f.net(forward, drop=f.nn.Dropout(0.5))


@wrong("eval-is-random")
def mask_by_hand_in_eval(f):
    """a handwritten mask that ignores the mode"""

    def forward(self, x):
        h = self.hidden(x)
        return self.out(h * f.mask(h, 0.5) * 2.0)

    return f.net(forward)


# Scale ----------------------------------------------------------------------------------------------------------------


@wrong("scaled-twice")
def scaled_in_both_modes(f):
    """1/(1 - p) in training mode, and 1 - p in eval mode"""

    def forward(self, x):
        return x * f.mask(x, self.p) / (1 - self.p) if self.training else x * (1 - self.p)

    return with_layer(f, f.layer(forward, 0.4))


@wrong("never-scaled")
def scaled_in_neither_mode(f):
    """no scale at all"""
    return with_layer(f, f.layer(lambda self, x: x * f.mask(x, self.p) if self.training else x, 0.4))


@wrong("scales-disagree")
def scaled_by_another_rate(f):
    """the scale of p = 0.5, whatever p is"""
    return with_layer(f, f.layer(lambda self, x: x * f.mask(x, self.p) * 2.0 if self.training else x, 0.3))


@wrong("scaled-outside-the-dropout")
def scaled_again_in_eval(f):
    """the network multiplies by 1 - p in eval mode, although the layer already scales"""

    def forward(self, x):
        h = self.drop(self.hidden(x))
        return self.out(h if self.training else h * 0.6)

    return f.net(forward, drop=f.nn.Dropout(0.4))


@wrong("scaled-outside-the-dropout")
def scaled_again_in_training(f):
    """the network divides by 1 - p in training mode, although the layer already does"""

    def forward(self, x):
        h = self.drop(self.hidden(x))
        return self.out(h / 0.6 if self.training else h)

    return f.net(forward, drop=f.nn.Dropout(0.4))


# Randomness -----------------------------------------------------------------------------------------------------------


@wrong("reseeds-in-forward")
def seeds_in_forward(f):
    """manual_seed in forward, to make results reproducible"""

    def forward(self, x):
        f.whole.manual_seed(42)
        return usual(self, x)

    return f.net(forward, relu=f.nn.ReLU(), drop=f.nn.Dropout(0.5))


@wrong("reseeds-in-forward")
def seeds_numpy_in_a_layer(f):
    """a layer that seeds NumPy"""

    def forward(self, x):
        if not self.training:
            return x
        np.random.seed(0)
        return x * f.mask(x, self.p) / (1 - self.p)

    return with_layer(f, f.layer(forward))


@wrong("mask-is-frozen")
def mask_drawn_once(f):
    """a mask that is drawn in the first forward and reused"""

    def forward(self, x):
        if not self.training:
            return x
        if self.kept is None:
            self.kept = f.mask(x, self.p)
        return x * self.kept / (1 - self.p)

    return with_layer(f, f.layer(forward, kept=None))


@wrong("mask-is-frozen")
def generator_with_a_fixed_seed(f):
    """a new generator with the same seed in every forward"""

    def forward(self, x):
        return x * f.mask(x, self.p, np.random.default_rng(0)) / (1 - self.p) if self.training else x

    return with_layer(f, f.layer(forward, 0.3))


@wrong("masks-come-again")
def two_masks_in_turn(f):
    """masks that are drawn in advance and used in rotation"""

    def forward(self, x):
        if not self.training:
            return x
        if not self.masks:
            self.masks = [f.mask(x, self.p) for _ in range(4)]
        self.masks = [*self.masks[1:], self.masks[0]]
        return x * self.masks[0] / (1 - self.p)

    return with_layer(f, f.layer(forward, masks=[]))


def own_generator(f, seed, p=0.5):
    """A dropout with its own generator."""

    def forward(self, x):
        return x * f.mask(x, self.p, self.rng) / (1 - self.p) if self.training else x

    return f.layer(forward, p, rng=np.random.default_rng(seed))


def two_layers(f, one, other, width=32):
    """A network with two dropouts."""

    def forward(self, x):
        return self.out(self.wide(self.second(f.F.relu(self.middle(self.first(self.hidden(x)))))))

    parts = {"middle": f.nn.Linear(32, width), "wide": f.nn.Linear(width, 32)}
    return f.net(forward, first=one, second=other, **parts)


@wrong("layers-share-masks")
def same_seed_in_each_layer(f):
    """every layer seeds its own generator with 0"""
    return two_layers(f, own_generator(f, 0), own_generator(f, 0))


@wrong("layers-share-masks")
def same_seed_and_other_rates(f):
    """the same seed and different p: one layer drops everything that the other drops"""
    return two_layers(f, own_generator(f, 3, 0.3), own_generator(f, 3, 0.6))


@wrong("layers-share-masks")
def same_seed_and_other_widths(f):
    """the same seed in layers of different widths"""
    return two_layers(f, own_generator(f, 5), own_generator(f, 5), width=48)


@wrong("calls-share-a-mask")
def one_mask_for_two_calls(f):
    """one mask for all calls in a forward"""

    def drop(self, x):
        return x * self.kept / (1 - self.p) if self.training else x

    def forward(self, x):
        h = self.hidden(x)
        self.drop.kept = f.mask(h, 0.5)
        return self.out(self.drop(f.F.relu(self.middle(self.drop(h)))))

    return f.net(forward, drop=f.layer(drop), middle=f.nn.Linear(32, 32))


@wrong("layer-drops-nothing")
def drops_nothing(f):
    """a mask of ones: the random numbers are compared with p - 1"""
    return with_layer(f, f.layer(lambda self, x: x * f.mask(x, self.p - 1), 0.5))


@wrong("layer-drops-another-rate")
def another_rate(f):
    """half of p is dropped"""

    def forward(self, x):
        return x * f.mask(x, self.p / 2) / (1 - self.p) if self.training else x

    return with_layer(f, f.layer(forward, 0.8))


@wrong("drops-whole-examples")
def whole_examples(f):
    """one draw for each row"""

    def forward(self, x):
        return x * f.mask(x[:, :1], self.p) / (1 - self.p) if self.training else x

    return with_layer(f, f.layer(forward))


@wrong("forked-processes-share-masks")
def forks_with_its_own_generator(f):
    """its own generator: every forked worker has a copy in the same state"""
    return with_layer(f, own_generator(f, 11))


# Use ------------------------------------------------------------------------------------------------------------------


@wrong("dropped-result-is-not-used")
def result_thrown_away(f):
    """self.drop(h), as if that changed h"""

    def forward(self, x):
        h = self.hidden(x)
        self.drop(h)
        return self.out(h)

    return f.net(forward, drop=f.nn.Dropout(0.5))


@wrong("layer-is-never-called")
def never_called(f):
    """a layer that __init__ makes but forward never calls"""

    def forward(self, x):
        return self.out(self.first(self.hidden(x)))

    return f.net(forward, first=f.nn.Dropout(0.2), second=f.nn.Dropout(0.5))


@wrong("p-is-1")
def drops_everything(f):
    """p = 1, meant as the probability of keeping"""
    return with_layer(f, f.nn.Dropout(1.0))


@wrong("drops-the-output")
def drops_logits(f):
    """dropout after the last layer"""
    return f.net(lambda self, x: self.drop(self.out(self.hidden(x))), drop=f.nn.Dropout(0.5))


@wrong("drops-the-output")
def drops_logits_before_softmax(f):
    """dropout between the last layer and log_softmax"""
    return f.net(
        lambda self, x: f.F.log_softmax(self.drop(self.out(x @ f.tensor(np.eye(12, 32)))), -1), drop=f.nn.Dropout(0.5)
    )


@wrong("dropout-before-batch-norm")
def before_batch_norm(f):
    """batch norm right after dropout"""
    return f.net(
        lambda self, x: self.out(self.norm(self.drop(self.hidden(x)))),
        drop=f.nn.Dropout(0.5),
        norm=f.nn.BatchNorm1d(32),
    )


@wrong("dropout-before-batch-norm")
def batch_norm_after_the_next_layer(f):
    """dropout, a linear layer, then batch norm: the variance is still shifted"""

    def forward(self, x):
        return self.out(f.F.relu(self.norm(self.middle(self.drop(f.F.relu(self.hidden(x)))))))

    return f.net(forward, drop=f.nn.Dropout(0.5), middle=f.nn.Linear(32, 32), norm=f.nn.BatchNorm1d(32))


@wrong("two-dropouts-in-a-row")
def two_in_a_row(f):
    """two dropouts with nothing in between"""
    drop = f.nn.Sequential(f.nn.Dropout(0.3), f.nn.Dropout(0.3))
    return f.net(lambda self, x: self.out(self.drop(self.hidden(x))), drop=drop)


# Gradients ------------------------------------------------------------------------------------------------------------


@wrong("gradient-does-not-follow-the-mask")
def gradient_is_cut(f):
    """the mask is applied to the values, outside the graph"""

    def forward(self, x):
        if not self.training:
            return x
        array = x.data if f.name == "ours" else x.detach().numpy()
        return f.tensor(array * (np.random.random(array.shape) >= self.p) / (1 - self.p))

    return with_layer(f, f.layer(forward))


@wrong("gradient-does-not-follow-the-mask")
def straight_through(f):
    """the gradient bypasses the mask: x + (masked - x), with the parenthesis detached"""

    def forward(self, x):
        if not self.training:
            return x
        masked = (x * f.mask(x, self.p) / (1 - self.p)).detach()
        return x + (masked - x.detach())

    return with_layer(f, f.layer(forward))
