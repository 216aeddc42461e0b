"""The backward of y = x * mask / (1 - p).

Once its mask is drawn, dropout is linear, and every output depends on only one input:

    y_i = m_i x_i / (1 - p)        so        dy_i/dx_i = m_i / (1 - p),    and all other derivatives are 0
    dL/dx_i = dL/dy_i * m_i / (1 - p)

It is the forward's own factor, which is why the forward's mask must be stored: another mask is the gradient of another
function. Where a unit was dropped, y is 0 whatever x is, so its gradient is 0. Where it was kept, y grows 1/(1 - p)
times as fast as x. The scale is a Python float, which leaves float32 as it is.
"""


def dropout_backward(grad, mask, p):
    return grad * mask / (1 - p)
