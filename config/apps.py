import gc

from django.apps import AppConfig


class HouseConfig(AppConfig):
    """Has no models: it carries the commands and checks that belong to the whole house and to no app of it."""

    name = "config"
    label = "house"

    def ready(self) -> None:
        # What is there by now stays, and pages and batches make tens of thousands of objects that go by themselves. Looked
        # through for garbage as often as Python does by itself, they took a quarter longer.
        gc.collect()
        gc.freeze()
        gc.set_threshold(10_000, 20, 20)
