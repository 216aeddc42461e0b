"""Wrong models with PyTorch's layers."""

from tests.conformance.model.models.base import PYTORCH, numbers, usual, wrong


@wrong("layer-is-not-registered", PYTORCH)
def in_a_list(f):
    """layers in a plain list"""

    def forward(self, x):
        h = self.hidden(x)
        for layer in self.layers:
            h = layer(h)
        return self.out(h)

    return f.net(forward, layers=[f.nn.ReLU(), f.nn.Dropout(0.5)])


@wrong("layer-is-not-registered", PYTORCH)
def in_a_dict(f):
    """layers in a plain dict"""
    drops = {"first": f.nn.Dropout(0.5)}
    return f.net(lambda self, x: self.out(self.drops["first"](self.hidden(x))), drops=drops)


@wrong("functional-dropout-in-eval", PYTORCH, x=numbers(4, 6, 12))
def attention_in_eval(f):
    """scaled_dot_product_attention drops whenever dropout_p is above 0"""

    def forward(self, x):
        h = self.hidden(x)
        return self.out(f.F.scaled_dot_product_attention(h, h, h, dropout_p=0.2))

    return f.net(forward)


@wrong("functional-dropout-in-eval", PYTORCH)
def torch_dropout_in_eval(f):
    """torch.dropout with its flag hard-wired"""
    return f.net(lambda self, x: self.out(f.whole.dropout(self.hidden(x), 0.5, True)))


@wrong("functional-dropout-in-eval", PYTORCH, x=numbers(8, 12, 5))
def dropout1d_in_eval(f):
    """F.dropout1d drops by default"""
    return f.net(lambda self, x: self.out(f.F.dropout1d(self.hidden(x.transpose(1, 2)).transpose(1, 2), 0.5).mean(2)))


@wrong("in-place-dropout-changes-a-value-that-is-used", PYTORCH)
def residual_in_place(f):
    """h + drop(h), where drop writes into h"""

    def forward(self, x):
        h = self.hidden(x)
        return self.out(h + self.drop(h))

    return f.net(forward, drop=f.nn.Dropout(0.5, inplace=True))


@wrong("in-place-dropout-changes-a-value-that-is-used", PYTORCH)
def function_in_place(f):
    """F.dropout(h, inplace=True) on a value that is used again"""

    def forward(self, x):
        h = self.hidden(x)
        return self.out(f.F.dropout(h, 0.5, self.training, True) + f.F.relu(h))

    return f.net(forward)


@wrong("in-place-dropout-breaks-backward", PYTORCH)
def in_place_after_sigmoid(f):
    """sigmoid's backward needs its output, which the dropout has overwritten"""
    return f.net(lambda self, x: self.out(self.drop(self.hidden(x).sigmoid())), drop=f.nn.Dropout(0.5, inplace=True))


@wrong("model-changes-its-input", PYTORCH)
def input_in_place(f):
    """the first layer writes into the model's input"""
    return f.net(lambda self, x: self.out(self.hidden(self.drop(x))), drop=f.nn.Dropout(0.2, inplace=True))


@wrong("recomputed-with-another-mask", PYTORCH)
def checkpoint_without_its_state(f):
    """checkpointing that does not restore the generator"""
    from torch.utils.checkpoint import checkpoint

    def forward(self, x):
        return self.out(checkpoint(self.part, x, use_reentrant=False, preserve_rng_state=False))

    return f.net(forward, part=f.nn.Sequential(f.nn.Linear(12, 32), f.nn.ReLU(), f.nn.Dropout(0.5)))


@wrong("recomputed-with-another-mask", PYTORCH)
def checkpoint_with_another_generator(f):
    """checkpointing restores PyTorch's generator, but this layer draws from NumPy's"""
    from torch.utils.checkpoint import checkpoint

    def drop(self, x):
        return x * f.mask(x, self.p) / (1 - self.p) if self.training else x

    def forward(self, x):
        return self.out(checkpoint(lambda x: self.drop(self.hidden(x)), x, use_reentrant=False))

    return f.net(forward, drop=f.layer(drop))


@wrong("recomputed-with-another-mask", PYTORCH)
def reentrant_checkpoint(f):
    """the older kind of checkpointing, without the generator's state"""
    from torch.utils.checkpoint import checkpoint

    def forward(self, x):
        return self.out(checkpoint(self.part, self.hidden(x), use_reentrant=True, preserve_rng_state=False))

    return f.net(forward, part=f.nn.Sequential(f.nn.Linear(32, 32), f.nn.Dropout(0.5)))


@wrong("gradient-does-not-follow-the-mask", PYTORCH)
def backward_draws_again(f):
    """an autograd.Function whose backward draws its own mask"""

    class Drop(f.whole.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * f.mask(x, 0.5) * 2

        @staticmethod
        def backward(ctx, grad):
            return grad * f.mask(grad, 0.5) * 2

    return f.net(
        lambda self, x: self.out(self.drop(self.hidden(x))),
        drop=f.layer(lambda self, x: Drop.apply(x) if self.training else x),
    )


@wrong("gradient-does-not-follow-the-mask", PYTORCH)
def backward_forgets_the_scale(f):
    """an autograd.Function whose backward masks but does not scale"""

    class Drop(f.whole.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            mask = f.mask(x, 0.5)
            ctx.save_for_backward(mask)
            return x * mask * 2

        @staticmethod
        def backward(ctx, grad):
            return grad * ctx.saved_tensors[0]

    return f.net(
        lambda self, x: self.out(self.drop(self.hidden(x))),
        drop=f.layer(lambda self, x: Drop.apply(x) if self.training else x),
    )


@wrong("drops-whole-examples", PYTORCH)
def dropout1d_on_rows(f):
    """Dropout1d treats (N, C) as one example with N channels"""
    return f.net(usual, relu=f.nn.ReLU(), drop=f.nn.Dropout1d(0.5))


@wrong("forked-processes-share-masks", PYTORCH)
def forks_with_a_torch_generator(f):
    """a layer with its own torch.Generator"""

    def forward(self, x):
        if not self.training:
            return x
        mask = f.whole.rand(x.shape, generator=self.generator) >= self.p
        return x * mask / (1 - self.p)

    generator = f.whole.Generator().manual_seed(3)
    return f.net(usual, relu=f.nn.ReLU(), drop=f.layer(forward, generator=generator))


@wrong("eval-is-random", PYTORCH)
def bernoulli_in_eval(f):
    """a torch.bernoulli mask that ignores the mode"""

    def forward(self, x):
        h = self.hidden(x)
        return self.out(h * f.whole.bernoulli(f.whole.full_like(h, 0.5)) * 2)

    return f.net(forward)


@wrong("layer-is-not-registered", PYTORCH)
def sub_networks_in_a_list(f):
    """whole blocks with dropouts in a plain list"""
    blocks = [f.nn.Sequential(f.nn.Linear(32, 32), f.nn.Dropout(0.3)) for _ in range(2)]

    def forward(self, x):
        h = self.hidden(x)
        for block in self.blocks:
            h = block(h)
        return self.out(h)

    return f.net(forward, blocks=blocks)


@wrong("drops-the-output", PYTORCH)
def sequential_ends_with_dropout(f):
    """a Sequential that ends with the dropout"""
    return f.nn.Sequential(f.nn.Linear(12, 32), f.nn.ReLU(), f.nn.Linear(32, 4), f.nn.Dropout(0.3))


@wrong("dropout-before-batch-norm", PYTORCH, x=numbers(4, 3, 8, 8))
def channels_before_batch_norm(f):
    """BatchNorm2d right after Dropout2d"""
    return f.nn.Sequential(
        f.nn.Conv2d(3, 16, 3),
        f.nn.Dropout2d(0.4),
        f.nn.BatchNorm2d(16),
        f.nn.ReLU(),
        f.nn.Flatten(),
        f.nn.Linear(16 * 36, 4),
    )


@wrong("eval-does-not-reach-a-layer", PYTORCH)
def eval_overridden(f):
    """a model whose eval() does not reach its parts"""

    class Net(f.nn.Sequential):
        def eval(self):
            self.training = False
            return self

    return Net(f.nn.Linear(12, 32), f.nn.Dropout(0.5), f.nn.Linear(32, 4))
