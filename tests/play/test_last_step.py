"""The last step can be rerun with its masks: the same loss and the same gradients, to the bit."""

import copy

import numpy as np
import pytest

import tinygrad_dropout as td
from tinygrad_dropout.play.settings import Settings
from tinygrad_dropout.play.training import Training


@pytest.fixture(params=["train", "test"])
def training(request):
    training = Training(Settings(width=6, points=20, batch_size=7, input_p=0.3, scaling=request.param))
    training.train(9)
    return training


@pytest.mark.parametrize("name", ["without", "with"])
def test_the_rerun_step_has_the_same_loss_and_gradients(training, name):
    step = training.last[name]
    model = step.network()
    with step.masks_in(model):
        loss = td.functional.cross_entropy(model(td.Tensor(step.x)), step.y)
    loss.backward()
    assert loss.item() == training.networks.losses[name]
    for again, real in zip(model.parameters(), training.networks.models[name].parameters(), strict=True):
        np.testing.assert_array_equal(again.grad, real.grad)


def test_a_kept_step_does_not_change_when_training_continues(training):
    kept = training.last["with"]
    before = copy.deepcopy(kept)
    training.change({"p": 0.9})
    training.train(3)
    for key, array in before.weights.items():
        np.testing.assert_array_equal(kept.weights[key], array)
    for mask, same in zip(kept.masks, before.masks, strict=True):
        np.testing.assert_array_equal(mask, same)
    assert kept.rates == [0.3, 0.5, 0.5]


def test_its_replay_has_the_same_gradients_and_masks_and_the_names_in_its_code(training):
    recorded = training.last["with"].replay().passes[0]
    assert recorded.loss.item() == training.networks.losses["with"]
    gradients = {recorded.nodes[index].name: grad for index, grad in recorded.gradients().items()}
    for name, parameter in training.networks.models["with"].named_parameters():
        np.testing.assert_array_equal(gradients[name], parameter.grad)
    masks = [node.saved["mask"] for node in recorded.nodes if node.operation == "dropout"]
    for mask, dropped in zip(masks, training.last["with"].masks, strict=True):
        np.testing.assert_array_equal(mask, dropped)
    *_, logits, loss = recorded.nodes
    assert (logits.name, loss.name) == ("logits", "loss")
    assert (loss.source_line.file, loss.source_line.line) == ("step 9 with dropout", 2)
    assert loss.source_line.code == "loss = td.functional.cross_entropy(logits, labels)"
