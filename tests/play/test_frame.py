"""A frame: everything that is drawn at one moment, packed into bytes that can be read back."""

import json

import numpy as np
import pytest

from tinygrad_dropout.play.frame import make_frame, packed
from tinygrad_dropout.play.settings import Settings
from tinygrad_dropout.play.training import Training


def unpacked(data):
    """What the page does with it."""
    length = int.from_bytes(data[:4], "little")
    facts, offset, arrays = json.loads(data[4 : 4 + length]), 4 + length, {}
    for name, (dtype, shape) in facts.pop("arrays").items():
        count = int(np.prod(shape))
        arrays[name] = np.frombuffer(data, dtype, count, offset).reshape(shape)
        offset += arrays[name].nbytes
    assert offset == len(data)
    return facts, arrays


@pytest.fixture
def training():
    training = Training(Settings(width=5, depth=2, points=30, batch_size=8))
    training.train(12)
    return training


def test_a_packed_frame_can_be_read_back(training):
    facts, arrays = make_frame(training, 0)
    again, arrays_again = unpacked(packed(facts, arrays))
    assert again == json.loads(json.dumps(facts))
    assert list(arrays) == list(arrays_again)
    for name, array in arrays.items():
        np.testing.assert_array_equal(array, arrays_again[name])
        assert array.dtype in (np.uint8, np.int8, np.float32), name


def test_a_frame_shows_the_progress_of_both_networks(training):
    facts, arrays = make_frame(training, 0)
    assert (facts["step"], facts["epoch"], facts["changes"], facts["diverged"]) == (12, 3, 0, {})
    for name in ("without", "with"):
        shown = facts["networks"][name]
        assert set(shown["measured"]) == {"train", "test"}
        assert len(shown["norms"]) == 3
        assert shown["batch_loss"] == training.networks.losses[name]
        assert len(shown["activations"]) == 2
        assert arrays[f"{name}.alone"].shape == (2, 5)
        assert arrays[f"{name}.plane"].shape == (40, 40)


def test_frames_are_reproducible_and_do_not_change_the_training(training):
    assert packed(*make_frame(training, 2)) == packed(*make_frame(training, 2))
    other = Training(training.settings)
    other.train(12)
    other.train(5)
    training.train(5)
    assert packed(*make_frame(training, 2)) == packed(*make_frame(other, 2))


def test_the_followed_example_is_counted_modulo_the_batch(training):
    rows = len(training.networks.batch)
    facts, _ = make_frame(training, rows + 2)
    followed = facts["networks"]["with"]["example"]
    assert (followed["index"], followed["of"]) == (2, rows)
    row = training.networks.batch[followed["index"]]
    assert followed["label"] == training.points.y_train[row]
    np.testing.assert_array_equal(np.float32(followed["x"]), training.points.x_train[row])


def test_both_networks_show_the_same_example(training):
    networks = make_frame(training, 1)[0]["networks"]
    assert networks["with"]["example"] == networks["without"]["example"]


def test_before_the_first_step_there_is_no_example():
    facts, arrays = make_frame(Training(Settings(width=5)), 0)
    assert "example" not in facts["networks"]["with"]
    assert not any("forward" in name for name in arrays)


def test_without_points_a_frame_is_empty():
    facts, arrays = make_frame(Training(Settings(data="drawn")), 0)
    assert (facts["networks"], arrays, facts["step"]) == ({}, {}, 0)
    unpacked(packed(facts, arrays))


def test_without_test_points_the_training_points_are_shown():
    training = Training(Settings(data="drawn", drawn=((0.0, 0.0, 0), (1.0, 1.0, 1))).changed({"width": 3}))
    training = Training(training.settings.changed({"drawn": [[0, 0, 0], [1, 1, 1], [2, 1, 1]]}))
    training.train(2)
    measured = make_frame(training, 0)[0]["networks"]["with"]["measured"]
    assert measured["train"][0] is not None
    assert measured["test"][0] is not None


def test_a_diverged_network_is_shown_too():
    settings = {"optimizer": "sgd", "lr": 10, "weight_decay": 1, "depth": 4, "width": 64, "points": 20}
    training = Training(Settings().changed(settings))
    training.train(300)
    facts, _ = unpacked(packed(*make_frame(training, 0)))
    assert facts["diverged"] == training.diverged != {}
    name = next(iter(training.diverged))
    assert facts["networks"][name]["measured"]["train"][0][0] is None
