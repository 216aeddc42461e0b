"""Wrong answers that need not be written out: mistakes that any function can make, whatever it computes.

The solution's function is wrapped in a function of the same name, which makes the mistake.
"""

import ast

from tinygrad_dropout.drills.bundle import is_bundle, joined

NO_ARRAY = "NO ARRAY"  # the message of the error if a parameter is not an array that could be changed in place

#: code -> a file that wraps the function `{name}`; `{array}` is each of its parameters in turn.
WRAPPED = {
    "returns-none": """
def {name}({parameters}):
    right_{name}({arguments})
""",
    "changes-its-input": """
def {name}({parameters}):
    result = right_{name}({arguments})
    if not isinstance({array}, np.ndarray):
        raise TypeError("NO ARRAY")
    {array}[...] = {array} + 1
    return result
""",
    "result-is-overwritten": """
def {name}({parameters}):
    return each(right_{name}({arguments}), into_a_buffer, {name!r})


BUFFERS = {{}}


def into_a_buffer(array, key):
    buffer = BUFFERS.setdefault((key, array.shape), np.zeros_like(array))
    buffer[...] = array
    return buffer
""",
    "second-call-differs": """
CALLS = []


def {name}({parameters}):
    CALLS.append(1)
    return each(right_{name}({arguments}), lambda array, key: array * len(CALLS), {name!r})
""",
    "changes-the-dtype": """
def {name}({parameters}):
    return each(right_{name}({arguments}), lambda array, key: array.astype(np.float32), {name!r})
""",
}
EACH = """

right_{name} = {name}


def each(result, change, key):
    if isinstance(result, (tuple, list)):
        return [each(one, change, (key, index)) for index, one in enumerate(result)]
    return change(np.asarray(result), key)

"""


def general(exercise, code):
    """Answers that make one mistake that has nothing to do with the exercise's subject.

    Returns:
        (what was changed, the source) for each answer; empty if there is no way to make that mistake.
    """
    if code == "forbidden-import":
        source = exercise.solution
        more = source + joined({"more.py": "import scipy"}) if is_bundle(source) else f"import scipy\n{source}"
        return [("imports SciPy", more)]
    if code not in WRAPPED:
        return []
    found = []
    for function in ast.parse(exercise.starter).body:
        if isinstance(function, ast.FunctionDef):
            names = [parameter.arg for parameter in function.args.args]
            parts = {"name": function.name, "parameters": ast.unparse(function.args), "arguments": ", ".join(names)}
            for array in names if "{array}" in WRAPPED[code] else names[:1]:
                source = exercise.solution + (EACH + WRAPPED[code]).format(array=array, **parts)
                found.append((f"{function.name}: {array}", source))
    return found
