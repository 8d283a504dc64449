"""Student X keeps students' confidences: it finds who is told what about whom."""

import os

__version__ = "0.1.0"

# no plugin of another package is looked for, which takes time, or sees what is validated
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
