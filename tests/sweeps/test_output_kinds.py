"""An output may be a float, an integer, a complex number or text."""

import dataclasses

import numpy as np
import pytest

from wellposed.errors import RequestError
from wellposed.kinetics.experiment import Coordinate, Experiment, Output, Parameter
from wellposed.sweeps.answers.layout import Outcome, template
from wellposed.sweeps.points.evaluate import evaluate_block
from wellposed.sweeps.points.isolation import evaluate_isolated
from wellposed.sweeps.requests.grid import Sweep

KINDS = {"float": np.float64, "int": np.int64, "complex": np.complex128, "text": np.dtypes.StringDType()}
X = np.array([0.0, 1.0, 2.0, 3.0])


def one_of_each_kind(x):
    if x == 2.0:
        raise ZeroDivisionError("two")
    return {
        "a_float": x / 2,
        "an_int": int(x) - 1,
        "a_complex": complex(x, 1.0),
        "a_text": f"at {x:g}",
        "floats": [x, 1.0],
        "ints": [int(x), 2**62],
        "complexes": np.array([x, 1j * x]),
        "texts": ["", "β" * int(x)],
    }


def one_of_each_kind_at_many_points(x):
    if (x == 2.0).any():
        raise ZeroDivisionError("two")
    one, whole = np.ones_like(x), x.astype(int)
    return {
        "a_float": x / 2,
        "an_int": x - 1,  # whole, though it comes as a float
        "a_complex": x + 1j,
        "a_text": np.array([f"at {value:g}" for value in x]),
        "floats": np.stack([x, one], axis=-1),
        "ints": np.stack([whole, np.full(len(x), 2**62)], axis=-1),
        "complexes": np.stack([x, 1j * x], axis=-1),
        "texts": [["", "β" * i] for i in whole],
    }


def experiment(vectorised=False):
    scalars = {"float": "a_float", "int": "an_int", "complex": "a_complex", "text": "a_text"}
    arrays = {"float": "floats", "int": "ints", "complex": "complexes", "text": "texts"}
    return Experiment(
        "toy.kinds",
        "one output of each kind",
        "made up",
        (Parameter("x", "where", 0.0),),
        (
            *(Output(name, name, kind=kind) for kind, name in scalars.items()),
            *(Output(name, name, ("which",), kind=kind) for kind, name in arrays.items()),
        ),
        one_of_each_kind_at_many_points if vectorised else one_of_each_kind,
        (Coordinate("which", "which of two", np.array([0, 1])),),
        vectorised=vectorised,
    )


SCALAR = experiment()
TOGETHER = experiment(vectorised=True)


def block_of(asked):
    sweep = Sweep.from_request(asked, {"x": X})
    (block,) = sweep.blocks({"x": len(X)})
    return sweep, block


def is_as_expected(found):
    ok, failed = Outcome.OK, Outcome.FAILED
    assert found.outcome.values.tolist() == [ok, ok, failed, ok]
    assert found.reason.values.tolist() == ["", "", "ZeroDivisionError: two", ""]
    assert {output.name: found[output.name].dtype for output in SCALAR.outputs} == {
        output.name: np.dtype(KINDS[output.kind]) for output in SCALAR.outputs
    }
    np.testing.assert_array_equal(found.a_float, [0.0, 0.5, np.nan, 1.5])
    assert found.an_int.values.tolist() == [-1, 0, 0, 2]
    nothing = complex(np.nan, np.nan)
    np.testing.assert_array_equal(found.a_complex, [1j, 1 + 1j, nothing, 3 + 1j])
    assert np.isnan(found.a_complex[2].values.imag)
    assert found.a_text.values.tolist() == ["at 0", "at 1", "", "at 3"]
    np.testing.assert_array_equal(found.floats, [[0, 1], [1, 1], [np.nan] * 2, [3, 1]])
    assert found.ints.values.tolist() == [[0, 2**62], [1, 2**62], [0, 0], [3, 2**62]]
    np.testing.assert_array_equal(found.complexes, [[0, 0], [1, 1j], [nothing] * 2, [3, 3j]])
    assert found.texts.values.tolist() == [["", ""], ["", "β"], ["", ""], ["", "βββ"]]


@pytest.mark.parametrize("asked", [SCALAR, TOGETHER], ids=["scalar", "vectorised"])
def test_a_block_has_outputs_of_every_kind(asked):
    sweep, block = block_of(asked)
    is_as_expected(evaluate_block(asked, sweep.fixed, block))
    some = evaluate_block(asked, sweep.fixed, block, only=block.asked & (X == 1.0))
    assert some.outcome.values.tolist() == [0, 1, 0, 0]
    assert some.an_int.values.tolist() == [0, 0, 0, 0]
    assert some.a_text.values.tolist() == ["", "at 1", "", ""]
    assert np.isnan(some.a_complex.values[[0, 2, 3]].imag).all()


@pytest.mark.parametrize("name", ["SCALAR", "TOGETHER"])
def test_a_process_of_its_own_answers_the_same(name):
    """Where none of its points has raised, as the reason of that names the file."""
    reference = f"{__file__}:{name}"
    sweep, block = block_of(SCALAR)
    only = block.asked & (X != 2.0)
    here = evaluate_block(globals()[name], sweep.fixed, block, only)
    assert evaluate_isolated(reference, sweep.fixed, block, only).identical(here)


def test_a_template_has_the_fill_values_of_every_kind():
    sweep, _ = block_of(SCALAR)
    whole = template(SCALAR, sweep)
    for output in SCALAR.outputs:
        assert whole[output.name].dtype == np.dtype(KINDS[output.kind])
        assert ("units" in whole[output.name].attrs) == (output.kind != "text")
    for name in ("a_float", "floats", "a_complex", "complexes"):
        assert whole[name].isnull().all()
    assert np.isnan(whole.a_complex.values.imag).all()
    assert (whole.an_int == 0).all()
    assert (whole.texts == "").all()


NUMBERS, WHOLE, COMPLEX, TEXT = "real numbers", "whole numbers of 64 bits", "complex numbers", "text"


@pytest.mark.parametrize("vectorised", [False, True])
@pytest.mark.parametrize(
    ("kind", "value", "must_be"),
    [
        ("float", 1j, NUMBERS),
        ("float", np.complex128(1.0), NUMBERS),
        ("float", "3", NUMBERS),
        ("int", 1.5, WHOLE),
        ("int", np.nan, WHOLE),
        ("int", np.inf, WHOLE),
        ("int", 2**63, WHOLE),
        ("int", -(2**63) - 1, WHOLE),
        ("int", 2**200, WHOLE),
        ("int", 1e300, WHOLE),
        ("int", 2.0**53 + 2, WHOLE),
        ("int", np.uint64(2**63), WHOLE),
        ("int", 1j, WHOLE),
        ("int", "1", WHOLE),
        ("int", None, WHOLE),
        ("complex", "1j", COMPLEX),
        ("text", 3, TEXT),
        ("text", 3.0, TEXT),
        ("text", None, TEXT),
        ("text", b"three", TEXT),
        ("text", "\udcff", TEXT),
    ],
)
def test_an_output_of_another_kind_is_a_failed_point_with_a_reason(kind, value, must_be, vectorised):
    right = {"float": 0.5, "int": 2**60 + 1, "complex": 1j, "text": "three"}[kind]

    def evaluate(x):
        if not vectorised:
            return {"y": value if x == 1.0 else right}
        return {"y": [value if one == 1.0 else right for one in x]}

    asked = dataclasses.replace(
        SCALAR, outputs=(Output("y", "y", kind=kind),), evaluate=evaluate, vectorised=vectorised
    )
    sweep, block = block_of(asked)
    found = evaluate_block(asked, sweep.fixed, block)
    assert found.outcome.values.tolist() == [Outcome.OK, Outcome.FAILED, Outcome.OK, Outcome.OK]
    shown = f"[{value!r}]" if vectorised else repr(value)
    assert found.reason[1].item() == f"TypeError: Output `y` must be {must_be}, but is {shown}."
    assert found.y.values[[0, 2, 3]].tolist() == [right] * 3
    assert found.y[1].isnull() if kind in ("float", "complex") else found.y[1].item() in (0, "")


def test_a_failed_point_has_no_value_of_any_kind():
    def evaluate(x):
        return {**one_of_each_kind(x / 10), "a_text": 5 if x == 1.0 else "five"}

    asked = dataclasses.replace(SCALAR, evaluate=evaluate)
    sweep, block = block_of(asked)
    found = evaluate_block(asked, sweep.fixed, block).isel(x=1)
    assert found.outcome == Outcome.FAILED
    assert found[["a_float", "floats", "a_complex", "complexes"]].to_array().isnull().all()
    assert (found.ints == 0).all()
    assert (found.texts == "").all()


def test_what_is_not_known_as_a_kind_is_refused():
    odd = dataclasses.replace(SCALAR, outputs=(Output("y", "y", kind="colour"),))
    with pytest.raises(RequestError, match="kind of `y` must be float, int, complex, text, but is 'colour'"):
        template(odd, block_of(SCALAR)[0])


@pytest.mark.parametrize(
    "kinds", [("int", "float"), ("complex", "float"), ("text", "float"), ("float", "int")]
)
def test_an_order_parameter_and_its_error_are_floats(kinds):
    outputs = (Output("y", "y", kind=kinds[0]), Output("y_error", "y", kind=kinds[1]))
    odd = dataclasses.replace(SCALAR, outputs=outputs, order_parameter="y")
    with pytest.raises(RequestError, match="scalar outputs `y` and `y_error`, of the kind float"):
        template(odd, block_of(SCALAR)[0])
