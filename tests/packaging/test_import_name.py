"""The import name: nothing of a user's own folder is taken for ours, in the script and on its workers."""

import os
import subprocess
import sys
import textwrap

import pytest

FOREIGN = ("catalog", "flows", "kinetics", "sweeps")


@pytest.fixture
def folder(tmp_path):
    """A folder with packages that are called as the folders of our repository, and that no one may import."""
    for name in FOREIGN:
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text(f"raise RuntimeError('somebody else\\'s {name}')\n")
    return tmp_path


def run(folder, code, home):
    script = folder / "mine.py"
    script.write_text(textwrap.dedent(code))
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(
        [sys.executable, script.name],
        cwd=folder,
        env={**environment, "WELLPOSED_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_a_script_beside_foreign_flows_and_catalog_asks_a_question_on_workers(folder, wellposed_home):
    ran = run(
        folder,
        """
        import wellposed

        if __name__ == "__main__":
            found = wellposed.sweep(
                "lenard_balescu.velocity_decay", {"s": [7.0, 10.0]}, {"quantity": "K0", "d": 4}, "results"
            )
            print((found["outcome"] != 0).all().item(), sorted(found.sizes.items()))
        """,
        wellposed_home,
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.splitlines()[-1].startswith("True")
    assert "somebody else" not in ran.stderr


def test_the_public_face_has_every_name_that_it_lists(folder, wellposed_home):
    ran = run(
        folder,
        """
        import sys
        import wellposed

        before = set(sys.modules)
        assert not {"numba", "zarr", "xarray", "prefect", "distributed"} & before
        for name in wellposed.__all__:
            assert getattr(wellposed, name) is not None, name
        print("all there")
        """,
        wellposed_home,
    )
    assert ran.stdout == "all there\n", ran.stderr


def test_errors_have_one_base_and_survive_the_trip_between_processes():
    import pickle

    import wellposed
    from wellposed import errors

    found = [
        value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, Exception)
    ]
    assert wellposed.WellposedError in found
    for kind in found:
        assert issubclass(kind, wellposed.WellposedError)
        arguments = ("what is wrong", [{"x": 1.0}]) if kind is errors.ConflictError else ("what is wrong",)
        again = pickle.loads(pickle.dumps(kind(*arguments)))
        assert type(again) is kind
        assert str(again) == "what is wrong"
