"""Sample content of the fictional state of Meridian, for demo and tests: see `manage.py load_sample`."""
