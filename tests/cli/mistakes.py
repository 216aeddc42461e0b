"""What holds whenever a user makes a mistake."""


def assert_is_one_sentence(result, words, *, told=False):
    """The exit code is 2, and one sentence, which has these words, is all that was printed.

    Args:
        result: exit code, standard output and standard error.
        words: of the sentence.
        told: whether the output may have said before how a table was read.
    """
    code, out, err = result
    assert code == 2
    assert told or out == ""
    assert err.startswith("tinygrad-dropout: ")
    assert words in err
    assert err.count("\n") == 1
