"""All of what a service writes, or nothing of it."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import IntegrityError, transaction
from psycopg.errors import ForeignKeyViolation

from repository.services.errors import ChosenIsGone

Given = ParamSpec("Given")
Made = TypeVar("Made")


def whole(service: Callable[Given, Made]) -> Callable[Given, Made]:
    """`transaction.atomic`, and raises ChosenIsGone where something that was chosen is deleted in the same moment.

    The database looks for what rows name when they are committed, so nobody inside the service can hear of it.
    """

    @wraps(service)
    def called(*args: Given.args, **kwargs: Given.kwargs) -> Made:
        try:
            with transaction.atomic():
                return service(*args, **kwargs)
        except IntegrityError as error:
            if isinstance(error.__cause__, ForeignKeyViolation):
                raise ChosenIsGone from error
            raise

    return called
