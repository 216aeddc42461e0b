"""The backward of z = x @ y.

For two matrices, z[i, j] = sum_k x[i, k] y[k, j]. x[i, k] contributes to each z[i, j] of row i, with slope y[k, j]:

    dL/dx[i, k] = sum_j dL/dz[i, j] y[k, j]      so  dx = g @ y.T
    dL/dy[k, j] = sum_i dL/dz[i, j] x[i, k]      so  dy = x.T @ g

A vector on the left is a matrix with one row, and a vector on the right is one with one column. Written like that, the
other three cases are the first one, with axes of length 1 that are removed again at the end. Spelled out, they are

    matrix @ vector   dx = outer(g, y)   dy = x.T @ g
    vector @ matrix   dx = y @ g         dy = outer(x, g)
    vector @ vector   dx = g y           dy = g x
"""

import numpy as np


def matmul_backward(grad, x, y):
    rows, columns = np.atleast_2d(x), y.reshape(len(y), -1)
    grad = grad.reshape(len(rows), columns.shape[1])
    return (grad @ columns.T).reshape(x.shape), (rows.T @ grad).reshape(y.shape)
