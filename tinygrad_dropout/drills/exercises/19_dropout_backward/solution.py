"""The backward of y = x * mask / (1 - p).

Once its mask is drawn, dropout is linear, and every output depends on only one input:

    y_i = m_i x_i / (1 - p)        so        dy_i/dx_i = m_i / (1 - p),    and all other derivatives are 0
    dL/dx_i = dL/dy_i * m_i / (1 - p)

That is the factor of the forward, which is why the forward's mask must be stored: with another mask, you would get the
gradient of another function. If a unit was dropped, y is 0 whatever x is, so its gradient is 0. If it was kept, y grows
1/(1 - p) times as fast as x. The scale is a Python float, so float32 stays float32.
"""


def dropout_backward(grad, mask, p):
    return grad * mask / (1 - p)
