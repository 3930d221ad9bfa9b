"""A framework of two grades, as pages show it."""

import pytest

from standards.models import License
from tests.factories import FrameworkFactory, ItemFactory


@pytest.fixture
def maths():
    framework = FrameworkFactory(short_name="MER-MATH", title="Meridian Mathematics", grades=["06", "07"])
    framework.license = License.objects.create(framework=framework, identifier="l", title="CC BY 4.0")
    framework.official_source_url = "https://standards.example/math"
    framework.save()
    return framework


@pytest.fixture
def tree(maths):
    """Two domains; the first has a cluster with two statements, of grades 6 and 7."""
    first = ItemFactory(framework=maths, human_coding_scheme="RP", full_statement="Ratios", position=0)
    second = ItemFactory(framework=maths, human_coding_scheme="GM", full_statement="Shapes", position=9)
    cluster = ItemFactory(
        framework=maths, human_coding_scheme="RP.A", full_statement="Rates", under=first, position=1
    )
    six = ItemFactory(
        framework=maths,
        human_coding_scheme="6.RP.1",
        full_statement="Six",
        grades=["06"],
        under=cluster,
        position=2,
    )
    seven = ItemFactory(
        framework=maths,
        human_coding_scheme="7.RP.1",
        full_statement="Seven",
        grades=["07"],
        under=cluster,
        position=3,
    )
    return first, second, cluster, six, seven
