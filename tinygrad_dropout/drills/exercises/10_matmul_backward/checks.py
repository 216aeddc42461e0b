"""dx = grad @ y.T, dy = x.T @ grad, and what they become if x or y is a vector."""

import numpy as np

from tinygrad_dropout.drills.grader.bug import bug_of
from tinygrad_dropout.drills.grader.judge import Judge, KnownMistake

TOPIC, MINUTES = "backprop", 10
KINDS = ("axes", "shapes", "chain-rule")

#: (n, k, m): equal ones first, where a forgotten transpose gives a wrong number instead of an error
SIZES = ((2, 2, 2), (3, 3, 3), (1, 2, 3), (3, 1, 2), (2, 3, 1), (9, 10, 11), (4, 2, 3))
SQUARE, OTHERS = SIZES[:2], SIZES[2:]


def as_matrices(grad, x, y):
    rows, columns = np.atleast_2d(x), y.reshape(len(y), -1)
    return grad.reshape(len(rows), columns.shape[1]), rows, columns


def dx_of(grad, x, y):
    grad, _, columns = as_matrices(grad, x, y)
    return (grad @ columns.T).reshape(x.shape)


def dy_of(grad, x, y):
    grad, rows, _ = as_matrices(grad, x, y)
    return (rows.T @ grad).reshape(y.shape)


TRANSPOSE = "Work it out with z[i, j] = sum over k of x[i, k] y[k, j]: which index of the factor is summed over?"
MATRIX_DX = [
    KnownMistake("dx-transpose-forgotten", lambda grad, x, y: grad @ y,
         "dx is grad @ y; y is not transposed.", TRANSPOSE, "axes"),
    KnownMistake("dx-factors-swapped", lambda grad, x, y: y.T @ grad,
         "dx is y.T @ grad: the factors are in the wrong order.",
         "grad is (n, m) and y is (k, m). Which product gives (n, k)?", "axes"),
    KnownMistake("dx-transposed", lambda grad, x, y: dx_of(grad, x, y).T,
         "dx is the transpose of what it should be.",
         "A gradient has the shape of what it belongs to, with the axes in the same order.", "axes"),
    KnownMistake("gradients-swapped", dy_of,
         "dx is what dy should be.", "In which order should the gradients be returned?", "axes"),
    KnownMistake("x-and-y-swapped", lambda grad, x, y: grad @ x.T,
         "dx is grad @ x.T, as if x were its own factor.",
         "z = x @ y is linear in x. Does the slope depend on x or on y?", "chain-rule"),
    KnownMistake("elementwise", lambda grad, x, y: grad * y,
         "dx is grad * y, element by element: the rule for a product of numbers.",
         "How many entries of z depend on one entry of x?", "chain-rule"),
    KnownMistake("dx-ignores-upstream", lambda grad, x, y: np.ones_like(grad) @ y.T,
         "dx does not depend on grad.", "By the chain rule, a gradient is upstream times local.", "chain-rule"),
]  # fmt: skip
MATRIX_DY = [
    KnownMistake("dy-transpose-forgotten", lambda grad, x, y: x @ grad,
         "dy is x @ grad; x is not transposed.", TRANSPOSE, "axes"),
    KnownMistake("dy-factors-swapped", lambda grad, x, y: grad @ x.T,
         "dy is grad @ x.T: the factors are in the wrong order.",
         "x is (n, k) and grad is (n, m). Which product gives (k, m)?", "axes"),
    KnownMistake("dy-transposed", lambda grad, x, y: dy_of(grad, x, y).T,
         "dy is grad.T @ x, the transpose of what it should be.",
         "A gradient has the shape of what it belongs to, with the axes in the same order.", "axes"),
    KnownMistake("dy-ignores-upstream", lambda grad, x, y: x.T @ np.ones_like(grad),
         "dy does not depend on grad.", "By the chain rule, a gradient is upstream times local.", "chain-rule"),
]  # fmt: skip
#: for a matrix times a vector
SCALAR = (
    "z[i] is the sum over k of x[i, k] y[k]. How many numbers does the gradient of x have, and what is each of them?"
)
MATRIX_VECTOR_DX = [
    KnownMistake("matrix-times-vector-gives-a-scalar", lambda grad, x, y: grad @ y,
         "dx is one number: grad @ y of two vectors is their inner product.", SCALAR, "shapes"),
    KnownMistake("outer-product-transposed", lambda grad, x, y: np.outer(y, grad),
         "dx is outer(y, grad), the transpose of what it should be.",
         "Which of the two, grad or y, belongs to the rows of x?", "axes"),
    KnownMistake("matrix-times-vector-elementwise", lambda grad, x, y: grad * y,
         "dx is the vector grad * y, element by element.", SCALAR, "shapes"),
    KnownMistake("matrix-times-vector-broadcast", lambda grad, x, y: np.broadcast_to(grad * y, x.shape),
         "Every row of dx is grad * y: grad was used along the wrong axis.",
         "grad[i] belongs to row i of x. Which shape must grad have to be repeated along the columns?", "axes"),
]  # fmt: skip
VECTOR_MATRIX_DY = [
    KnownMistake("vector-times-matrix-gives-a-scalar", lambda grad, x, y: x @ grad,
         "dy is one number: x @ grad of two vectors is their inner product.",
         "z[j] is the sum over k of x[k] y[k, j]. How many numbers are in the gradient of y, and what is each of them?",
         "shapes"),
    KnownMistake("outer-product-transposed-too", lambda grad, x, y: np.outer(grad, x),
         "dy is outer(grad, x), the transpose of what it should be.",
         "Which of the two, x or grad, belongs to the rows of y?", "axes"),
]  # fmt: skip

TWO_VECTORS = KnownMistake(
    "two-vectors-forgotten",
    None,
    "matmul_backward(grad, x, y) raised an error for two vectors, where grad is a single number.",
    "z = x[0] y[0] + x[1] y[1] + ... How fast does z change with x[0]? And how do you multiply a vector by a number?",
    "shapes",
)


def check(judge: Judge) -> None:
    function = judge.function("matmul_backward", "grad", "x", "y")

    def compare(case, shapes, sizes, dx_known, dy_known, dx_says="grad @ y.T", dy_says="x.T @ grad"):
        """Compare both gradients; `shapes` gives the shapes of grad, x and y for n, k and m."""
        cases = [tuple(judge.numbers(*shape) for shape in shapes(*size)) for size in sizes]
        cases += judge.corners(cases[-1])
        runs = judge.run(function, cases, known={ValueError: TWO_VECTORS} if cases[0][0].ndim == 0 else None)
        dx, dy = judge.parts(runs, "dx", "dy")
        for name, runs, right, known, says in (
            ("dx", dx, dx_of, dx_known, dx_says),
            ("dy", dy, dy_of, dy_known, dy_says),
        ):
            judge.compare(
                f"{name}, {case}: {says}",
                runs,
                right,
                name=name,
                known=known,
                question=f"In which entries of z does an entry of {name[1]} appear, and multiplied by what?",
                kind="axes",
                rtol=1e-9,
                atol=0,
                dtype=True,
            )

    def matrices(n, k, m):
        return (n, m), (n, k), (k, m)

    compare("square matrices", matrices, SQUARE, MATRIX_DX, MATRIX_DY)
    compare("matrices of any shape", matrices, OTHERS, MATRIX_DX, MATRIX_DY)
    # equal lengths first again: an inner product of vectors of different lengths raises an error
    compare("matrix @ vector", lambda n, k, m: ((n,), (n, k), (k,)), SQUARE, MATRIX_VECTOR_DX, MATRIX_DY,
            "the shape of the matrix")  # fmt: skip
    compare("matrix @ vector of any length", lambda n, k, m: ((n,), (n, k), (k,)), OTHERS, MATRIX_VECTOR_DX, MATRIX_DY)
    compare("vector @ matrix", lambda n, k, m: ((m,), (k,), (k, m)), SQUARE, MATRIX_DX, VECTOR_MATRIX_DY,
            dy_says="the shape of the matrix")  # fmt: skip
    compare("vector @ matrix of any shape", lambda n, k, m: ((m,), (k,), (k, m)), OTHERS, MATRIX_DX, VECTOR_MATRIX_DY)
    swapped = [
        KnownMistake("vectors-swapped", lambda grad, x, y: grad * x, "dx is grad * x; the vectors are swapped.",
             "z = x[0] y[0] + x[1] y[1] + ... What is x[0] multiplied by?", "chain-rule"),
        KnownMistake("inner-product-passes-on-grad", lambda grad, x, y: grad, "dx is grad, one number; x is a vector.",
             "z = x[0] y[0] + x[1] y[1] + ... How fast does z change with x[0], and with x[1]?", "shapes"),
    ]  # fmt: skip
    second = [
        KnownMistake("second-vector-ignores-upstream", lambda grad, x, y: x, "dy is x, which is only the local slope.",
             "By the chain rule, a gradient is upstream times local.", "chain-rule"),
    ]  # fmt: skip
    compare("vector @ vector", lambda n, k, m: ((), (k,), (k,)), SIZES[1:], swapped, second, "grad times y",
            "grad times x")  # fmt: skip


def bug(judge: Judge):
    """The learner's backward instead of that of the framework's matrix product."""
    theirs = judge.function("matmul_backward", "grad", "x", "y")

    def backward(grad, x, y):
        return tuple(theirs(grad, x.data, y.data))

    return bug_of("matmul", backward, theirs)
