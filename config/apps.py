from django.apps import AppConfig


class HouseConfig(AppConfig):
    """Has no models: it carries the commands and checks that belong to the whole house and to no app of it."""

    name = "config"
    label = "house"
