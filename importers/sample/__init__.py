"""Sample content of the fictional state of Meridian, for demo and tests: what `manage.py load_sample` loads."""
