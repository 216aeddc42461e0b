"""The gradient of softmax, without its Jacobian.

For one row, y_i = exp(x_i) / S, where S = sum_k exp(x_k). The quotient rule gives the Jacobian

    dy_i/dx_j = y_i (1 if i = j, else 0) - y_i y_j

The gradient with respect to x is the transposed Jacobian times grad. All of its rows share one sum:

    dx_j = sum_i grad_i dy_i/dx_j = grad_j y_j - y_j sum_i grad_i y_i = y_j (grad_j - sum_i grad_i y_i)

So a row costs one sum of C products instead of C * C of them. The sum is the mean of grad under the probabilities y: an
entry of x gets a positive gradient if its own grad is above that mean. Where y_j is 0, so is dx_j. A row of dx sums to
0, because adding the same number to all logits changes nothing. No exponential and no division is left, so nothing that
was finite can overflow.
"""


def softmax_backward(grad, y):
    mean = (grad * y).sum(axis=-1, keepdims=True)
    return y * (grad - mean)
