"""examples/0_the_whole_idea.py computes the same as the framework, and docs/the_whole_idea.md quotes all of it."""

import ast
import doctest
import importlib.util
import re
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest

import tinygrad_dropout as td
from tinygrad_dropout import nn

ROOT = Path(__file__).parent.parent
FILE = ROOT / "examples" / "0_the_whole_idea.py"
PAGE = ROOT / "docs" / "the_whole_idea.md"
CODE = FILE.read_text(encoding="utf-8")
TEXT = PAGE.read_text(encoding="utf-8")

specification = importlib.util.spec_from_file_location("the_whole_idea", FILE)
idea = importlib.util.module_from_spec(specification)
specification.loader.exec_module(idea)


def same(ours, theirs):
    np.testing.assert_allclose(ours, theirs, rtol=1e-10, atol=1e-10)


# The file


def test_it_fits_on_one_page():
    assert len(CODE.splitlines()) <= 150


def test_it_imports_only_numpy():
    imports = [node for node in ast.walk(ast.parse(CODE)) if isinstance(node, ast.Import | ast.ImportFrom)]
    assert [ast.unparse(node) for node in imports] == ["import numpy as np"]


@pytest.mark.parametrize("path", sorted(set(re.findall(r"[\w/]+/\w+\.py", CODE))))
def test_a_file_that_it_names_exists(path):
    assert (ROOT / "tinygrad_dropout" / path).exists()


def test_it_names_files_in_every_part():
    parts = re.split(r"# \d\. ", CODE)[1:]
    assert len(parts) == 6
    assert all(re.search(r"[Ii]n full: [\w/]+\.py", part) for part in parts)


# Operations and engine, compared with the framework's

SHAPES = [
    ((2, 3), (3,)),
    ((3,), (2, 3)),
    ((2, 1), (1, 3)),
    ((4, 1, 2), (3, 1)),
    ((), (2, 3)),
    ((1, 3), (3,)),
    ((1,), ()),
]


@pytest.mark.parametrize(("left", "right"), SHAPES)
def test_a_gradient_has_the_shape_before_broadcasting(left, right):
    rng = np.random.default_rng(0)
    arrays = rng.normal(size=left), rng.normal(size=right)
    ours = [idea.Tensor(array) for array in arrays]
    theirs = [td.Tensor(array, requires_grad=True) for array in arrays]
    total, framework_total = ours[0] + ours[1], theirs[0] + theirs[1]
    grad = rng.normal(size=total.data.shape)
    total.backward(grad)
    framework_total.backward(grad)
    same(total.data, framework_total.data)
    for tensor, framework_tensor in zip(ours, theirs, strict=True):
        assert tensor.grad.shape == tensor.data.shape
        same(tensor.grad, framework_tensor.grad)


def test_a_product_a_transpose_and_a_relu_have_the_frameworks_gradients():
    rng = np.random.default_rng(0)
    arrays, grad = (rng.normal(size=(2, 3)), rng.normal(size=(4, 3))), rng.normal(size=(2, 4))
    x, w = (idea.Tensor(array) for array in arrays)
    framework_x, framework_w = (td.Tensor(array, requires_grad=True) for array in arrays)
    y, framework_y = (x @ w.T).relu(), (framework_x @ framework_w.T).relu()
    y.backward(grad)
    framework_y.backward(grad)
    same(y.data, framework_y.data)
    same(x.grad, framework_x.grad)
    same(w.grad, framework_w.grad)


def test_relu_stops_the_gradient_at_its_kink():
    x = idea.Tensor([-1, 0, 1])
    x.relu().backward(np.ones(3))
    assert x.grad.tolist() == [0, 0, 1]


def test_the_gradients_of_two_uses_add_up():
    a = idea.Tensor(3)
    b = a + a
    (b + b).backward()
    assert a.grad == 4


def test_both_sides_of_a_product_can_be_the_same_tensor():
    square = np.random.default_rng(0).normal(size=(3, 3))
    a, framework_a = idea.Tensor(square), td.Tensor(square, requires_grad=True)
    (a @ a).backward(square)
    (framework_a @ framework_a).backward(square)
    same(a.grad, framework_a.grad)


@pytest.mark.parametrize("short_path_first", [True, False])
def test_a_tensor_waits_for_its_farthest_consumer(short_path_first):
    a = idea.Tensor([1.0, -1.0]) + idea.Tensor([1.0, 3.0])
    calls = counted(a)
    far = (a + a).relu() + a
    (a + far if short_path_first else far + a).backward(np.ones(2))
    assert calls == [1]
    assert a.grad.tolist() == [4, 4]


def counted(tensor):
    """A list whose only entry counts the calls of the tensor's rule."""
    calls, rule = [0], tensor.rule

    def counting(grad):
        calls[0] += 1
        return rule(grad)

    tensor.rule = counting
    return calls


def test_a_deep_diamond_visits_each_tensor_once():
    x = leaf = idea.Tensor(1)
    calls = []
    for _ in range(100):
        x = x + x
        calls.append(counted(x))
    x.backward()
    assert leaf.grad == 2.0**100
    assert calls == [[1]] * 100


def test_a_chain_of_5000_operations_needs_no_recursion():
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(1000)  # Python's default
    try:
        x = leaf = idea.Tensor([1.0])
        for _ in range(5000):
            x = x.relu()
        x.backward([1.0])
        assert leaf.grad == 1
        del x
    finally:
        sys.setrecursionlimit(limit)


def test_the_gradients_of_two_backward_passes_add_up():
    a = idea.Tensor(2)
    b = a + a
    b.backward()
    b.backward()
    assert a.grad == 4
    (a + a).backward()
    assert a.grad == 6


def test_a_gradient_belongs_to_only_one_tensor():
    a, b, grad = idea.Tensor([1.0]), idea.Tensor([1.0]), np.array([1.0])
    total = a + b
    total.backward(grad)
    a.grad += 5
    total.grad += 5
    assert b.grad == 1
    assert grad == 1


def test_backward_starts_from_one_number_or_a_gradient():
    with pytest.raises(ValueError, match="reshape"):
        idea.Tensor([1.0, 2.0]).relu().backward()


# Dropout


def dropped(p, x, seed=0):
    """Return the layer, its input as a Tensor, and its output in training."""
    layer, x = idea.Dropout(p, np.random.default_rng(seed)), idea.Tensor(x)
    return layer, x, layer(x, training=True)


def test_a_dropped_unit_is_zero_and_so_is_its_gradient():
    rng = np.random.default_rng(1)
    grad = rng.normal(size=(20, 30))
    layer, x, y = dropped(0.3, rng.normal(size=(20, 30)))
    y.backward(grad)
    assert 0 < layer.mask.sum() < layer.mask.size
    assert not y.data[~layer.mask].any()
    assert not x.grad[~layer.mask].any()
    same(y.data[layer.mask], x.data[layer.mask] / 0.7)
    same(x.grad[layer.mask], grad[layer.mask] / 0.7)


@pytest.mark.parametrize("p", [0.0, 0.25, 0.5])
def test_with_the_same_mask_dropout_is_the_frameworks(p):
    rng = np.random.default_rng(1)
    values, grad = rng.normal(size=(2, 5, 6))
    layer, x, y = dropped(p, values)
    y.backward(grad)
    framework_x = td.Tensor(values, requires_grad=True)
    framework_y = td.functional.dropout(framework_x, p, mask=layer.mask)
    framework_y.backward(grad)
    same(y.data, framework_y.data)
    same(x.grad, framework_x.grad)


def test_a_kept_unit_whose_value_is_zero_gets_its_gradient():
    layer, x, y = dropped(0.5, np.zeros(50))
    y.backward(np.ones(50))
    assert layer.mask.any()
    assert x.grad.tolist() == (2.0 * layer.mask).tolist()


def test_two_forwards_keep_their_own_masks():
    layer, x, y = dropped(0.5, np.ones(50))
    first = layer.mask
    layer(x, training=True)
    assert (layer.mask != first).any()
    y.backward(np.ones(50))
    assert x.grad.tolist() == (2.0 * first).tolist()


def test_p_is_the_probability_of_dropping():
    layer, _, y = dropped(0.2, np.ones(100_000))
    assert layer.mask.mean() == pytest.approx(0.8, abs=0.01)
    assert y.data.mean() == pytest.approx(1, abs=0.01)


def test_each_unit_of_each_example_has_its_own_draw():
    mask = dropped(0.5, np.ones((40, 50)))[0].mask
    assert len(np.unique(mask, axis=0)) == 40
    assert len(np.unique(mask, axis=1).T) == 50


def test_nothing_is_dropped_at_test_time():
    layer, x = idea.Dropout(0.5, np.random.default_rng(0)), idea.Tensor([1, 2])
    assert layer(x, training=False) is x


# Loss and training, compared with the framework's


@pytest.mark.parametrize("size", [1, 1000], ids=["usual logits", "huge logits"])
def test_cross_entropy_is_the_frameworks(size):
    rng = np.random.default_rng(0)
    values, labels = size * rng.normal(size=(7, 4)), rng.integers(0, 4, 7)
    logits, framework_logits = idea.Tensor(values), td.Tensor(values, requires_grad=True)
    loss, framework_loss = idea.cross_entropy(logits, labels), td.functional.cross_entropy(framework_logits, labels)
    loss.backward()
    framework_loss.backward()
    same(loss.data, framework_loss.data)
    same(logits.grad, framework_logits.grad)


def test_initial_weights_are_drawn_like_the_frameworks():
    ours = idea.Linear(3, 5, np.random.default_rng(0))
    theirs = nn.Linear(3, 5, dtype=np.float64, rng=np.random.default_rng(0))
    assert ours.weight.data.shape == (5, 3)
    same(ours.weight.data, theirs.weight.data)
    same(ours.bias.data, theirs.bias.data)


@pytest.fixture
def seen(monkeypatch):
    """Return what `train` computed: the points, labels, masks and losses of every step, and the initial weights."""
    seen = {"weights": [], "points": [], "masks": [], "test points": [], "labels": [], "losses": []}

    class WatchedMLP(idea.MLP):
        def __init__(self, p, weight_rng, mask_rng):
            super().__init__(p, weight_rng, mask_rng)
            seen["weights"] += [parameter.data.copy() for parameter in self.parameters]

        def __call__(self, x, training):
            logits = super().__call__(x, training)
            seen["points" if training else "test points"].append(x.data)
            if training:
                seen["masks"].append([dropout.mask for dropout in self.dropouts])
            return logits

    def watched_cross_entropy(logits, labels, cross_entropy=idea.cross_entropy):
        loss = cross_entropy(logits, labels)
        seen["labels"].append(labels)
        seen["losses"].append(loss.data)
        return loss

    monkeypatch.setattr(idea, "MLP", WatchedMLP)
    monkeypatch.setattr(idea, "cross_entropy", watched_cross_entropy)
    return seen


def framework_network(p, weights):
    """The same network in the framework, with these weights."""
    sizes = [weight.shape[::-1] for weight in weights[::2]]
    first, second, third = (nn.Linear(inputs, units, dtype=np.float64) for inputs, units in sizes)
    network = nn.Sequential(first, nn.ReLU(), nn.Dropout(p), second, nn.ReLU(), nn.Dropout(p), third)
    for parameter, weight in zip(network.parameters(), weights, strict=True):
        parameter.data = weight.copy()
    return network


@pytest.mark.parametrize("p", [0.0, 0.5])
def test_ten_steps_of_training_are_the_frameworks(seen, p):
    network, _ = idea.train(p, noise=0.3, seed=0, steps=10)
    theirs = framework_network(p, seen["weights"])
    optimizer = td.optim.SGD(theirs.parameters(), lr=0.05, momentum=0.9)
    losses = []
    for points, labels, masks in zip(seen["points"], seen["labels"], seen["masks"], strict=True):
        with ExitStack() as replayed:
            for layer, mask in zip((theirs[2], theirs[5]), masks, strict=True):
                replayed.enter_context(layer.replay(mask))
            loss = td.functional.cross_entropy(theirs(td.Tensor(points)), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert len(losses) == 10
    same(seen["losses"], losses)
    for ours, parameter in zip(network.parameters, theirs.parameters(), strict=True):
        same(ours.data, parameter.data)
    theirs.eval()
    (test_points,) = seen["test points"]
    same(network(idea.Tensor(test_points), training=False).data, theirs(td.Tensor(test_points)).data)


def test_one_forward_and_backward_have_the_frameworks_gradients(seen):
    rng = np.random.default_rng(0)
    points, labels = rng.normal(size=(9, 2)), rng.integers(0, 2, 9)
    network = idea.MLP(0.4, *rng.spawn(2))
    x = idea.Tensor(points)
    idea.cross_entropy(network(x, training=True), labels).backward()
    theirs, framework_x = framework_network(0.4, seen["weights"]), td.Tensor(points, requires_grad=True)
    (masks,) = seen["masks"]
    with theirs[2].replay(masks[0]), theirs[5].replay(masks[1]):
        td.functional.cross_entropy(theirs(framework_x), labels).backward()
    same(x.grad, framework_x.grad)
    for ours, parameter in zip(network.parameters, theirs.parameters(), strict=True):
        same(ours.grad, parameter.grad)


# The experiment


def test_only_the_masks_differ_between_the_two_arms(seen):
    idea.train(0.0, noise=0.3, seed=3, steps=2)
    idea.train(0.5, noise=0.3, seed=3, steps=2)
    for name in ("weights", "points", "labels", "test points"):
        without, with_dropout = np.split(np.arange(len(seen[name])), 2)
        for one, other in zip(without, with_dropout, strict=True):
            assert np.array_equal(seen[name][one], seen[name][other]), name
    without, with_dropout = seen["masks"][:2], seen["masks"][2:]
    assert np.all(without)
    assert not np.all(with_dropout)


def test_random_labels_are_the_only_noise_in_the_labels(seen):
    idea.train(0.0, noise=0.3, seed=0, steps=1)
    idea.train(0.0, noise=0.0, seed=0, steps=1)
    noisy, clean = seen["labels"]
    assert np.array_equal(*seen["points"])
    assert 5 < (noisy != clean).sum() < 25  # 30 in 100 were drawn again, and half of those did not change


def test_two_moons_are_two_half_circles():
    points, labels = idea.two_moons(2000, np.random.default_rng(0))
    assert set(labels) == {0, 1}
    centers = np.where(labels[:, np.newaxis] == 0, [0, 0], [1, 0.5])
    assert np.linalg.norm(points - centers, axis=1).mean() == pytest.approx(1, abs=0.05)
    assert points[labels == 0, 1].mean() > 0.5 > 0 > points[labels == 1, 1].mean()


# The page


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)


def test_the_page_quotes_the_whole_file_in_order():
    quoted = "".join(blocks("python"))
    assert [line for line in quoted.splitlines() if line] == [line for line in CODE.splitlines() if line]


def output_on_the_page():
    (block,) = re.findall(r"<!-- made: output -->\n```\n(.*?)```\n<!-- end -->", TEXT, re.DOTALL)
    return block


def test_the_page_shows_the_mask_that_the_file_prints(capsys):
    *lines, experiment = ast.parse(CODE).body[-1].body  # the code under `if __name__ == "__main__":`
    assert isinstance(experiment, ast.For)
    exec(compile(ast.Module(lines, []), str(FILE), "exec"), vars(idea).copy())
    printed = capsys.readouterr().out
    assert "mask" in printed
    assert output_on_the_page().startswith(printed)


def test_the_pages_text_draws_the_conclusions_of_its_output():
    gains = re.findall(r"[-+]\d+\.\d ± \d+\.\d points", PROSE)
    assert gains == re.findall(r"gain (.*? points)", output_on_the_page())
    pairs = re.findall(r"([0-9.]+)% without dropout, ([0-9.]+)% with", output_on_the_page())
    gained = [float(with_dropout) > float(without) for without, with_dropout in pairs]
    assert "each of the six pairs gains" in PROSE
    assert all(gained[:6])
    assert re.search(r"three\s+of\s+the\s+six\s+pairs\s+gain\s+and\s+three\s+lose", PROSE)
    assert sum(gained[6:]) == 3


@pytest.mark.slow
def test_the_file_prints_what_the_page_shows():
    """To within a point of accuracy: other processors round differently, and a thousand steps can make that visible."""
    run = subprocess.run([sys.executable, str(FILE)], capture_output=True, text=True, check=True)
    number = re.compile(r"[-+]?\d+\.\d")
    assert number.sub("#", run.stdout) == number.sub("#", output_on_the_page())
    printed, shown = (list(map(float, number.findall(text))) for text in (run.stdout, output_on_the_page()))
    assert printed == pytest.approx(shown, abs=1)


@pytest.mark.slow
def test_with_dropout_fewer_wrong_labels_are_learned(seen):
    wrong, learned = 0, {0.0: 0, 0.5: 0}
    for seed in range(6):
        idea.train(0.0, noise=0.0, seed=seed, steps=1)
        clean = seen["labels"][-1]
        for p in learned:
            network, _ = idea.train(p, noise=0.3, seed=seed)
            points, labels = seen["points"][-1], seen["labels"][-1]
            predicted = network(idea.Tensor(points), training=False).data.argmax(axis=1)
            learned[p] += np.sum((predicted == labels) & (labels != clean))
        wrong += np.sum(labels != clean)
    text = " ".join(PROSE.split())
    said = re.search(r"(\d+) of the 600 training labels are wrong.*? learned (\d+) of .*? with dropout (\d+)\.", text)
    assert wrong == int(said[1])
    assert list(learned.values()) == pytest.approx([int(said[2]), int(said[3])], abs=2)


def test_the_small_example_on_the_page_gives_its_numbers():
    failures, tried = doctest.testfile(str(PAGE), module_relative=False, globs=vars(idea).copy())
    assert tried > 10
    assert failures == 0


PROSE = re.sub(r"```.*?```", "", TEXT, flags=re.DOTALL)


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\(([^)#]+)\)", PROSE))))
def test_a_link_leads_to_a_file(target):
    assert (PAGE.parent / target).exists()
