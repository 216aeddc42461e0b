"""check_model: does a whole model use its dropout layers correctly?"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Any

from tinygrad_dropout.conformance.global_state import own_global_state
from tinygrad_dropout.conformance.model.examination import Ask, ModelExamination
from tinygrad_dropout.conformance.model.questions import (
    evaluation,
    forks,
    gradients,
    modes,
    placement,
    randomness,
    use,
)
from tinygrad_dropout.conformance.model.random_state import our_generator_restored
from tinygrad_dropout.conformance.model.subject import Subject, subject_of
from tinygrad_dropout.conformance.model.trace import same
from tinygrad_dropout.conformance.report import CannotDrive, Report, report_of
from tinygrad_dropout.mistakes import Finding
from tinygrad_dropout.sandbox.printable import described

#: The questions in the order they are asked. Each maps to the questions whose findings make it pointless.
QUESTIONS: dict[Ask, tuple[Ask, ...]] = {
    modes.examine_modes_stay: (),
    modes.examine_eval_reaches: (modes.examine_modes_stay,),
    modes.examine_train_reaches: (modes.examine_modes_stay,),
    placement.examine_ends_of_p: (),
    evaluation.examine_layers_scale: (modes.examine_eval_reaches,),
    evaluation.examine_scale_outside: (modes.examine_eval_reaches, modes.examine_modes_stay),
    randomness.examine_reseeding: (),
    randomness.examine_masks_vary: (randomness.examine_reseeding,),
    randomness.examine_sharing: (randomness.examine_masks_vary,),
    randomness.examine_rates: (randomness.examine_masks_vary,),
    use.examine_results_are_used: (),
    use.examine_writing: (),
    gradients.examine_gradients: (),
    randomness.examine_outputs_vary: (
        randomness.examine_masks_vary,
        randomness.examine_reseeding,
        use.examine_results_are_used,
        placement.examine_ends_of_p,
    ),
    randomness.examine_whole_examples: (),
    placement.examine_output: (),
    placement.examine_batch_norms: (),
    placement.examine_in_a_row: (),
    use.examine_calls: (),
    placement.examine_input: (),
    modes.examine_eval_draws: (modes.examine_eval_reaches,),
    forks.examine_forks: (randomness.examine_masks_vary, randomness.examine_reseeding),
}


def check_model(
    model: Any,
    x: Any,
    *,
    seed: int = 0,
    layers: Collection[type] = (),
    allow: Collection[str] = (),
) -> Report:
    """Examine how a whole model uses dropout: even correct layers can be used wrongly.

    It asks, for example: Do `train()` and `eval()` reach every dropout? Is eval mode deterministic, and the same as the
    network without dropout? Does every training forward draw new masks, and every layer its own? Does backward use the
    forward's masks? Is the result of each dropout used? Is any dropout in a harmful place?

    Afterward the model is exactly as it was: modes, weights, buffers, gradients, attributes, hooks and generators.

    Args:
        model: a Module of ours or PyTorch's, or a function without arguments that makes one.
        x: the input: an array (or a tensor) whose first axis is the batch, a tuple of them for several inputs, or a
            dict for inputs by name. Floating-point arrays are converted to the dtype of the model's parameters. A batch
            of a dozen rows or more shows more than a single row.
        seed: the seed for the global generators during the examination.
        layers: further classes that are dropouts. The frameworks' own dropouts are known, and so are classes without
            parameters that have "drop" in their names.
        allow: codes of findings that you know and accept.

    Returns:
        Report: as for `check_dropout`, with `subject` "model". If the model raises, or has no dropout, the report says
        that it could not be examined.
    """
    with own_global_state(seed), our_generator_restored(seed):
        try:
            if not hasattr(model, "named_modules") and callable(model):
                model = make_model(model)
            subject = subject_of(model, x, tuple(layers))
        except CannotDrive as obstacle:
            return Report(problem=obstacle.problem, instead=obstacle.instead, subject="model")
        try:
            return examine(ModelExamination(subject, seed), allow)
        except CannotDrive as obstacle:
            return Report(problem=obstacle.problem, instead=obstacle.instead, subject="model")
        finally:
            subject.snapshot.restore()


def assert_model(model: Any, x: Any, *, seeds: int = 3, strict: bool = False, **options: Any) -> None:
    """Raise an AssertionError that lists everything wrong if `check_model` finds an error: one line in your tests.

    Args:
        model, x: as for `check_model`.
        seeds: how many seeds to examine with.
        strict: whether edge cases also fail.
        options: further options of `check_model`.

    Raises:
        AssertionError: its message is the report.
    """
    for seed in range(seeds):
        report = check_model(model, x, seed=seed, **options)
        if report.exit_code(strict):
            raise AssertionError(f"seed {seed}: {report}")


def make_model(make: Callable[[], Any]) -> Any:
    """Call the function that makes the model."""
    with cannot_drive_on_error("making the model"):
        return make()


@contextmanager
def cannot_drive_on_error(what: str) -> Iterator[None]:
    """Inside, any exception except Ctrl-C means that the model cannot be examined."""
    try:
        yield
    except (KeyboardInterrupt, CannotDrive):
        raise
    except BaseException as error:
        raise CannotDrive(f"{what} raised {described(error)}") from error


def examine(examination: ModelExamination, allow: Collection[str]) -> Report:
    """Ask all questions, if the model can be called and something in it is random."""
    for attribute, what in (("evaluation", "eval"), ("training", "training")):
        with cannot_drive_on_error(f"calling the model in {what} mode"):
            getattr(examination, attribute)
    if not has_dropout(examination):
        raise CannotDrive(
            "it has no dropout: no layer or function that drops was called, and training mode is not random. If it has "
            "your own dropout layer, name its class: check_model(model, x, layers=[MyLayer])"
        )
    if not any(trace.calls for trace in (*examination.training, *examination.evaluation)):
        examination.not_checked.append(
            "masks and scales: training mode is random, but no dropout was recognized. If you have your "
            "own dropout class, name it with layers=[MyLayer]"
        )
    findings: list[Finding] = []
    found: dict[Ask, bool] = {}
    for ask, unless in QUESTIONS.items():
        if any(found.get(other) for other in unless):
            continue
        before = len(findings)
        try:
            findings += ask(examination)
        except CannotDrive:
            raise
        except Exception as error:
            examination.not_checked.append(
                f"{(ask.__doc__ or '').splitlines()[0]} Checking this raised {described(error)}"
            )
        found[ask] = any(finding.severity != "remark" for finding in findings[before:])
    return report_of(findings, examination.not_checked, allow, subject="model")


def has_dropout(examination: ModelExamination) -> bool:
    """Whether anything in the model drops, or might."""
    subject: Subject = examination.subject
    training, evaluation = examination.training, examination.evaluation
    if any(trace.calls or trace.draws for trace in (*training, *evaluation)):
        return True
    if any(not same(traces[0].outputs, traces[1].outputs) for traces in (training, evaluation)):
        return True
    return any(subject.kind_of(module) in ("dropout", "hidden") for module in subject.named.values())
