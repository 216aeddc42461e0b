"""How the command answers every mistake."""


def assert_is_one_sentence(result, words, *, allow_output=False):
    """The exit code is 2, and only one sentence was printed, which contains these words.

    Args:
        result: the exit code, standard output and standard error.
        words: what the sentence must contain.
        allow_output: whether standard output may already say how the data were read or which framework trains.
    """
    code, out, err = result
    assert code == 2
    assert allow_output or out == ""
    assert err.startswith("tinygrad-dropout: ")
    assert words in err
    assert err.count("\n") == 1
