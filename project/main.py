"""The application: `uvicorn project.main:app --workers 4`.

A wrong environment ends the start with one line that says what to set.
"""

from __future__ import annotations

import os

from project.environment import SettingsError
from project.settings import Settings
from project.wiring import create_app

try:
    app = create_app(Settings.from_env(os.environ))
except SettingsError as error:
    raise SystemExit(f"cannot start: {error}") from None
