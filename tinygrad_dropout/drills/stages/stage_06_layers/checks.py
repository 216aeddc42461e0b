"""Layers with parameters, and the search for parameters."""

import numpy as np

from tinygrad_dropout.drills.grader.answer import reject_errors
from tinygrad_dropout.drills.grader.judge import Judge
from tinygrad_dropout.drills.grader.random_sources import refuse_wrong_sources
from tinygrad_dropout.drills.grader.tensor_expressions import Expression, compare_expressions

TOPIC, MINUTES = "backprop", 20
KINDS = ("state", "randomness", "axes")
ASKS = ("Parameter", "Module", "Module.parameters", "Linear", "ReLU", "Sequential")

SIGMAS = 6.0


def check(judge: Judge) -> None:
    names = judge.namespace
    with judge.claim("a Parameter is a Tensor that requires a gradient"):
        refuse_wrong_parameters(judge, names)
    with judge.claim("parameters() searches attributes, modules, and lists, tuples and dictionaries of them"):
        for name, build in HOLDERS.items():
            compare_found(judge, name, *build(names))
    with judge.claim("parameters(): a shared Parameter counts once, and so does one of a layer that is used twice"):
        for name, build in SHARED.items():
            compare_found(judge, name, *build(names))
    with judge.claim("parameters(): Parameters that are set later are found, and only Parameters are returned"):
        for name, build in OTHERS.items():
            compare_found(judge, name, *build(names))
    with judge.claim("a module can be called: this runs its forward"):
        refuse_wrong_calls(judge, names)
    with judge.claim("Linear(in_features, out_features): weight (out, in), bias (out,), both Parameters"):
        refuse_wrong_linears(judge, names)
    x, weight, bias = judge.numbers(5, 3), judge.numbers(2, 3), judge.numbers(2)
    forms = [Expression("x @ y.T + z", {"x": x, "y": weight, "z": bias}, judge.rng)]
    forms.append(
        Expression(
            "x @ y.T + z", {"x": judge.numbers(1, 4), "y": judge.numbers(4, 4), "z": judge.numbers(4)}, judge.rng
        )
    )
    compare_expressions(
        judge,
        "Linear: x @ weight.T + bias, and its gradients",
        [Layer(names, one) for one in forms],
        question="Which shapes do x, weight and bias have, and which product fits?",
        kind="axes",
    )
    with judge.claim("the initial weights: uniform between -1 / sqrt(in_features) and 1 / sqrt(in_features)"):
        refuse_wrong_weights(judge, names)
    with judge.claim("the initial weights come from the given generator, or else from the layer's own"):
        refuse_wrong_sources(judge, lambda seed: drawn(names, seed))
        if np.array_equal(names["Linear"](4, 3).weight.data, names["Linear"](4, 3).weight.data):
            judge.reject(
                "layers-start-alike",
                "Two Linear layers without a generator start with the same weights.",
                "If no generator is given, where do you create one, and with which seed?",
                kind="randomness",
            )
    with judge.claim("Sequential applies one layer after another; ReLU is a layer"):
        refuse_wrong_sequences(judge, names)


def module(names, **attributes):
    """An instance of a subclass of the learner's Module, with these attributes."""

    class Holder(names["Module"]):
        def forward(self, x):
            return x

    holder = Holder()
    for name, value in attributes.items():
        setattr(holder, name, value)
    return holder


def made(names, count):
    return [names["Parameter"](np.full(index + 1, float(index))) for index in range(count)]


def of(names, build, count=4):
    """The module that `build` makes from some parameters, and the parameters in order."""
    parameters = made(names, count)
    return build(*parameters), parameters


HOLDERS = {
    "attributes": lambda n: of(n, lambda a, b, c, d: module(n, first=a, second=b, third=c, last=d)),
    "a module in a module": lambda n: of(
        n, lambda a, b, c, d: module(n, a=a, inner=module(n, b=b, deeper=module(n, c=c)), d=d)),
    "a list": lambda n: of(n, lambda a, b, c, d: module(n, a=a, more=[b, c], d=d)),
    "lists of lists": lambda n: of(n, lambda a, b, c, d: module(n, blocks=[[a, [b]], [], [c]], d=d)),
    "modules in lists of tuples": lambda n: of(
        n, lambda a, b, c, d: module(n, blocks=[(module(n, a=a), module(n, b=[b])), [module(n, c=c)]], d=d)),
    "dictionaries": lambda n: of(n, lambda a, b, c, d: module(n, heads={"x": a, "y": [b, module(n, c=c)]}, d=d)),
    "dictionaries in lists and in dictionaries": lambda n: of(
        n, lambda a, b, c, d: module(n, heads=[{"x": {"y": a}}, {"z": b}], more={"u": (c, {"v": (d,)})})),
    "a tuple": lambda n: of(n, lambda a, b, c, d: module(n, pair=(a, b), more=(c, (d,)))),
    "attributes whose names begin with _": lambda n: of(n, lambda a, b, c, d: module(n, _a=a, b=b, __c=[c], _d=d)),
    "parameters that hold the same numbers": lambda n: equal_parameters(n),
}  # fmt: skip


def equal_parameters(names):
    parameters = [names["Parameter"](np.ones(2)) for _ in range(3)]
    return module(names, a=parameters[0], more=parameters[1:]), parameters


#: descriptions of some `HOLDERS` for messages, if the name is not clear enough
CONTENTS = {
    "attributes": "four Parameters in attributes",
    "a module in a module": "Parameters in attributes, and modules with Parameters",
    "a list": "a Parameter, a list of two Parameters, and one more Parameter",
    "lists of lists": "a list of lists of Parameters, one of them a list deeper, and a Parameter",
    "modules in lists of tuples": "a list of a tuple and a list of modules, and a Parameter",
    "dictionaries": 'a dictionary {"x": Parameter, "y": [Parameter, module]}, and a Parameter',
    "a tuple": "a tuple of two Parameters, and a tuple of a Parameter and a tuple with one",
}
SHARED = {
    "one parameter under two names": lambda n: of(n, lambda a, b: module(n, a=a, b=b, again=a), 2),
    "one layer in a list twice": lambda n: of(
        n, lambda a, b: (lambda layer: module(n, layers=[layer, module(n, b=b), layer]))(module(n, a=a)), 2),
    "a parameter of two modules": lambda n: of(n, lambda a, b: module(n, x=module(n, a=a, b=b), y=module(n, b=b)), 2),
    "two modules that refer to each other": lambda n: of(n, lambda a, b: circle(n, a, b), 2),
}  # fmt: skip
OTHERS = {
    "an attribute that is set after a first call": lambda n: of(n, lambda a, b: later(n, a, b), 2),
    "numbers, texts, None, arrays and plain Tensors": lambda n: of(
        n, lambda a: module(n, p=0.5, name="a", nothing=None, array=np.ones(3), tensor=n["Tensor"](np.ones(2), True),
                            flags=[True, "b", None], a=a), 1),
    "attributes that are set again": lambda n: of(n, lambda b: set_again(n, b), 1),
    "nothing": lambda n: of(n, lambda: module(n), 0),
}  # fmt: skip


def circle(names, a, b):
    one, other = module(names, a=a), module(names, b=b)
    one.other, other.one = other, one
    return one


def set_again(names, b):
    """A module of which one parameter was replaced by another, and one by None."""
    old, gone = made(names, 2)
    holder = module(names, a=old, gone=gone)
    holder.a, holder.gone = b, None
    return holder


def later(names, a, b):
    holder = module(names, a=a, more=[])
    holder.parameters()
    holder.more.append(b)
    return holder


def compare_found(judge, name, holder, wanted):
    found = reject_errors(holder.parameters, "parameters", f"parameters() of a module with {name}")
    if not isinstance(found, list):
        judge.reject("wrong-type", f"parameters() returned a {type(found).__name__}; expected a list.",
                     "Can the caller loop over it twice, or ask for its length?")  # fmt: skip
    if list(map(id, found)) == list(map(id, wanted)):
        return
    missing, foreign = (
        len({id(one) for one in wanted} - {id(one) for one in found}),
        len({id(one) for one in found} - {id(one) for one in wanted}),
    )
    if foreign:
        judge.reject(
            "finds-what-is-no-parameter",
            f"With {name}, parameters() returned {foreign} that are not Parameters of the module.",
            "An optimizer changes everything that it is given. Which class marks the Tensors to train?",
            kind="state",
        )
    elif missing:
        judge.reject(
            "parameters-not-found",
            f"Of a module that holds {CONTENTS.get(name, name)}, parameters() found {len(wanted) - missing} of the "
            f"{len(wanted)} Parameters.",
            "Where can a Parameter be, and does your search go into everything that can contain one?",
            kind="state",
        )
    elif len(found) > len(wanted):
        judge.reject(
            "shared-parameter-twice",
            f"With {name}, parameters() returned {len(found)} Parameters; expected {len(wanted)}, each once.",
            "What does an optimizer do to a parameter that is in its list twice?",
            kind="state",
        )
    judge.reject("other-order", f"With {name}, parameters() does not return them in the order in which they were set.",
                 "What is the order of the attributes in vars(module)?", kind="state")  # fmt: skip


def refuse_wrong_parameters(judge, names):
    one = judge.make("Parameter", "data")(judge.numbers(2, 3))
    if not isinstance(one, names["Tensor"]) or not one.requires_grad:
        judge.reject("parameter-is-no-tensor", "Parameter(array) is not a Tensor with requires_grad=True.",
                     "parameters() finds a Parameter. What else is a Parameter?", kind="state")  # fmt: skip
    for array in (judge.numbers(2, 3), judge.numbers(3).astype(np.float32)):
        one = names["Parameter"](array)
        if one.data.dtype != array.dtype or not np.array_equal(one.data, array):
            judge.reject(
                "wrong-data",
                f"Parameter(array).data is {one.data.dtype}; expected {array.dtype} and the same numbers.",
                "What does Tensor(array) hold?",
                kind="precision",
            )


def refuse_wrong_calls(judge, names):
    class Double(names["Module"]):
        def forward(self, x):
            return x * 2

    x = names["Tensor"](judge.numbers(2, 3))
    found = reject_errors(lambda: Double()(x), "module(x)", "module(x), where forward returns x * 2")
    if not isinstance(found, names["Tensor"]) or not np.allclose(found.data, 2 * x.data):
        judge.reject("call-is-not-forward", "module(x) and module.forward(x) return different results; expected the "
                     "same.",
                     "Which method does Python call for module(x)?")  # fmt: skip


def refuse_wrong_linears(judge, names):
    layer = judge.make("Linear", "in_features", "out_features", "rng")(3, 2, np.random.default_rng(0))
    if not isinstance(layer, names["Module"]):
        judge.reject(
            "linear-is-no-module",
            "Linear(3, 2) is not a Module.",
            "How would a model find its parameters?",
            kind="state",
        )
    for name, shape in (("weight", (2, 3)), ("bias", (2,))):
        one = getattr(layer, name, None)
        if not isinstance(one, names["Parameter"]):
            judge.reject(
                "parameters-not-found",
                f"Linear(3, 2).{name} is not a Parameter.",
                "What is trained in this layer?",
                kind="state",
            )
        if one.data.shape != shape:
            judge.reject("wrong-shape", f"Linear(3, 2).{name} has shape {one.data.shape}; expected {shape}.",
                         "A row of weight holds the weights of one unit.", kind="shapes")  # fmt: skip
        if one.data.dtype != np.float64:
            judge.reject("wrong-dtype", f"Linear(3, 2).{name} is {one.data.dtype}; expected float64.",
                         "What does the task say?", kind="precision")  # fmt: skip
    compare_found(judge, "a Linear layer", layer, [layer.weight, layer.bias])


class Layer(Expression):
    """The formula of a linear layer, computed by the learner's own layer."""

    def __init__(self, names, expression):
        super().__init__(expression.text, expression.values, None, expression.upstream)
        self.layer = names["Linear"]

    def parts(self, names):
        if "Linear" not in names:
            return super().parts(names)
        outputs, inputs = self.values["y"].shape
        layer = self.layer(inputs, outputs)
        layer.weight.data, layer.bias.data = self.values["y"].copy(), self.values["z"].copy()
        x = names["Tensor"](self.values["x"].copy(), True)
        result = layer(x)
        result.backward(self.upstream.copy())
        return [result.data, x.grad, layer.weight.grad, layer.bias.grad]


def drawn(names, seed):
    layer = names["Linear"](4, 5, np.random.default_rng(seed))
    return np.concatenate([layer.weight.data.ravel(), layer.bias.data])


def refuse_wrong_weights(judge, names):
    for inputs, outputs in ((25, 400), (400, 25)):
        layer = names["Linear"](inputs, outputs, judge.rng.spawn(1)[0])
        if len(np.unique(layer.weight.data, axis=0)) < outputs:
            judge.reject(
                "identical-initial-weights",
                "Some rows of weight start with the same values.",
                "If two units start with the same weights, how do their gradients differ?",
                kind="randomness",
            )
        bound = 1 / np.sqrt(inputs)
        for name, values in (("weight", layer.weight.data), ("bias", layer.bias.data)):
            said = f"Linear({inputs}, {outputs}).{name}"
            largest, spread = float(abs(values).max()), float(values.std())
            if name == "bias" and not values.any():
                judge.reject("bias-starts-at-zero", f"{said} is 0 at first; expected random numbers, as for the "
                             "weights.",
                             "What does the task say about the bias?", kind="randomness")  # fmt: skip
            if largest > bound * (1 + 1e-6) or largest < bound * (1 - 30 / values.size):
                judge.reject("other-variance", f"The largest entry of {said} has the size {largest:.4g}; expected "
                             "nearly "
                             f"1 / sqrt({inputs}) = {bound:.4g}{of_outputs(largest, inputs, outputs)}.",
                             "What is the variance of a sum of in_features products, and what keeps it from growing?",
                             kind="randomness")  # fmt: skip
            if abs(values.mean()) > SIGMAS * bound / np.sqrt(3 * values.size):
                judge.reject("not-centered", f"The mean of {said} is {values.mean():.4g}; expected nearly 0.",
                             "Are negative weights drawn as often as positive ones?", kind="randomness")  # fmt: skip
            if abs(spread**2 * inputs * 3 - 1) > SIGMAS * np.sqrt(0.8 / values.size):
                judge.reject(
                    "not-uniform",
                    f"The standard deviation of {said} is {spread:.4g}; expected the value for uniform "
                    f"draws, 1 / sqrt(3 * {inputs}) = {bound / 3**0.5:.4g}.",
                    "Which method of rng draws uniformly?",
                    kind="randomness",
                )


def of_outputs(largest, inputs, outputs):
    return ", which is 1 / sqrt(out_features)" if abs(largest * np.sqrt(outputs) - 1) < 0.02 else ""


def refuse_wrong_sequences(judge, names):
    one, other = names["Linear"](3, 4), names["Linear"](4, 2)
    model = judge.function("Sequential").function(one, names["ReLU"](), other)
    x = judge.numbers(5, 3)
    found = reject_errors(
        lambda: model(names["Tensor"](x)), "model(x)", "Sequential(Linear(3, 4), ReLU(), Linear(4, 2))(x)"
    )
    hidden = np.maximum(x @ one.weight.data.T + one.bias.data, 0)
    wanted = hidden @ other.weight.data.T + other.bias.data
    if found.data.shape != wanted.shape or not np.allclose(found.data, wanted):
        judge.reject(
            "wrong-values",
            "Sequential(Linear(3, 4), ReLU(), Linear(4, 2))(x) is not the result of the three layers one after the "
            "other.",
            "Which layer gets what the one before it returned?",
            shown={"yours": found.data, "expected": wanted},
        )
    compare_found(judge, "a Sequential of layers", model, [one.weight, one.bias, other.weight, other.bias])
    square, relu = names["Linear"](3, 3), names["ReLU"]()
    model = names["Sequential"](square, relu, square, relu, square)
    found = reject_errors(lambda: model(names["Tensor"](x)), "model(x)", "Sequential(a, relu, a, relu, a)(x)")
    wanted = x
    for times in range(3):
        wanted = np.maximum(wanted, 0 if times else -np.inf) @ square.weight.data.T + square.bias.data
    if not np.allclose(found.data, wanted):
        judge.reject(
            "layer-left-out",
            "Sequential(a, relu, a, relu, a)(x), with one Linear layer used three times, is not the result of five "
            "steps.",
            "A layer that occurs several times has one set of parameters. How often must it be applied?",
            shown={"yours": found.data, "expected": wanted},
        )
