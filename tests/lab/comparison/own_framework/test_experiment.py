"""The comparison on the user's own package: it is fair, agrees with ours, and reports what the package lacks."""

import numpy as np
import pytest

from tests.lab.comparison.own_framework.packages import write_package
from tinygrad_dropout import lab
from tinygrad_dropout.lab.comparison.own_framework import CompareOwn, OwnConfig, experiment
from tinygrad_dropout.lab.comparison.own_framework.package import imported, sources_of
from tinygrad_dropout.lab.trials import Trial, run

SMALL = {"dataset": "moons", "train_size": 60, "hidden": (16, 8), "epochs": 4, "seeds": 2, "batch_size": 16}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_package(tmp_path_factory.mktemp("own"))


@pytest.fixture(scope="module", params=["adam", "sgd"])
def both(request, folder):
    """The outcome by the user's framework, and by this one."""
    options = SMALL | {"optimizer": request.param}
    return run(CompareOwn(), OwnConfig(framework=str(folder), **options)), run(lab.Compare(), lab.Config(**options))


def test_the_arms_differ_only_in_dropout(both):
    own, _ = both
    for pair in own.pairs:
        without, with_dropout = pair["without dropout"], pair["with dropout"]
        assert without["shared"] == with_dropout["shared"]
        assert not any(dropped for dropped, _ in without["dropped"])
        assert len(with_dropout["dropped"]) == 3
        assert all(dropped for dropped, _ in with_dropout["dropped"])


def test_without_dropout_the_losses_match_ours(both):
    for own, ours in zip(both[0].pairs, both[1].pairs, strict=True):
        for key in ("train_loss", "test_loss"):
            curves = [[moment[key] for moment in pair["without dropout"]["curve"]] for pair in (own, ours)]
            assert curves[0] == pytest.approx(curves[1], rel=1e-4)  # ours has float32 weights


def test_the_digest_of_the_package_is_saved_but_its_folder_is_not(both, folder):
    assert len(both[0].options["framework"]) == 16
    assert str(folder) not in repr(both[0].options)


def test_a_second_run_gives_the_same_curves(folder):
    config = OwnConfig(framework=str(folder / "framework"), **SMALL | {"seeds": 1})
    curves = [[record["curve"] for record in run(CompareOwn(), config).records] for _ in range(2)]
    assert curves[0] == curves[1]


def test_measuring_changes_neither_the_masks_nor_the_modes(folder, monkeypatch):
    config, data = CompareOwn().prepare(OwnConfig(framework=str(folder), **SMALL | {"epochs": 8}), lambda note: None)

    def final():
        return CompareOwn().run_trial(config, data, Trial("", "with dropout", 0), lambda: None)["final"]

    often = final()
    monkeypatch.setattr(experiment, "measured_epochs", lambda epochs: (epochs,))
    assert final() == often


BROKEN = {
    "no mlp": ("__init__.py\n-from framework.model import mlp\n+mlp_later = None", "has no mlp yet"),
    "an error in training": (
        "optim.py\n-        for parameter in self.parameters:\n+        for parameter in self.missing:",
        r"AttributeError in framework/optim\.py, line \d+: .*missing",
    ),
    "an error at import": (
        "value.py\n-import math\n+import nothing_of_this_name",
        "cannot be imported: ModuleNotFound",
    ),
    "a syntax error": ("value.py\n-import math\n+import math,", r"cannot be imported: SyntaxError in framework/value"),
    "losses that explode": (
        "optim.py\n-                velocity *= self.momentum\n+                velocity *= np.inf",
        "no longer a finite number in epoch 1",
    ),
}


@pytest.mark.parametrize(("difference", "message"), BROKEN.values(), ids=BROKEN)
def test_a_faulty_package_is_refused_in_one_sentence(difference, message, tmp_path):
    config = OwnConfig(framework=str(write_package(tmp_path, difference)), **SMALL | {"optimizer": "sgd"})
    with pytest.raises(lab.LabError, match=message):
        run(CompareOwn(), config)


def test_a_folder_without_a_package_is_refused(tmp_path):
    with pytest.raises(lab.LabError, match=r"expected a folder with the package framework/"):
        sources_of(str(tmp_path))


def test_a_file_that_is_not_text_is_refused(tmp_path):
    (write_package(tmp_path) / "framework" / "image.py").write_bytes(b"\xff\xfe")
    with pytest.raises(lab.LabError, match="expected files in UTF-8"):
        sources_of(str(tmp_path))


@pytest.mark.parametrize("option", [{"early_stopping": "only"}, {"dataset": "nothing"}])
def test_invalid_options_are_refused(option, folder):
    with pytest.raises(lab.LabError):
        OwnConfig(framework=str(folder), **option)


def test_numbers_to_predict_are_refused(folder, tmp_path):
    table = tmp_path / "table.csv"
    rows = [f"{a},{b}" for a, b in np.random.default_rng(0).normal(size=(40, 2))]
    table.write_text("\n".join(["x,y", *rows]))
    with pytest.raises(lab.LabError, match="expected classes to predict"):
        run(CompareOwn(), OwnConfig(framework=str(folder), csv=str(table), target="y"))


def test_two_packages_do_not_interfere_with_each_other(folder, tmp_path):
    other = write_package(
        tmp_path, "dropout.py\n-    def __init__(self, p=0.5, rng=None):\n+    def __init__(self, p=0.1, rng=None):"
    )
    first, second = (imported(sources_of(str(one))).Dropout().p for one in (folder, other))
    assert (first, second) == (0.5, 0.1)
