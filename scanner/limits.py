"""What reading and judging one document may cost: ``[limits]`` of config.toml."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

DIED = "the scanner died of it"

_MEGABYTE = 1024 * 1024


class Limits(BaseModel):
    """How much is read of one document, and what that may cost; docs/limits.md says each.

    A document is given ``seconds``, and after ``kill_seconds`` its process is ended; both grow
    by ``seconds_a_megabyte``. memory_mb: MiB that it may take beyond the loaded models.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    file_mb: int = Field(50, ge=1, le=1024)
    mime_depth: int = Field(50, ge=1, le=200)
    mime_parts: int = Field(1_000, ge=1, le=100_000)
    headers: int = Field(1_000, ge=1, le=100_000)
    header_kb: int = Field(256, ge=1, le=65_536)
    mails: int = Field(10_000, ge=1, le=1_000_000)
    archive_depth: int = Field(5, ge=1, le=20)
    archive_entries: int = Field(2_000, ge=1, le=1_000_000)
    ratio: int = Field(100, ge=1, le=10_000)
    ratio_from_mb: int = Field(10, ge=1, le=1024)
    expanded_mb: int = Field(200, ge=1, le=65_536)
    seconds: float = Field(20, ge=1, le=86_400)
    kill_seconds: float = Field(45, ge=1, le=86_400)
    seconds_a_megabyte: float = Field(240, ge=1, le=86_400)
    memory_mb: int = Field(1024, ge=64, le=65_536)

    @model_validator(mode="after")
    def _ends_by_itself_first(self) -> Limits:
        if self.kill_seconds < self.seconds:
            fault = "has kill_seconds below seconds"
            hint = "a document that is not done after seconds is given until kill_seconds"
            raise PydanticCustomError("student_x", "{fault}", {"fault": fault, "hint": hint})
        return self

    @property
    def file(self) -> int:
        """Return the bytes of the largest file that is read."""
        return self.file_mb * _MEGABYTE

    @property
    def memory(self) -> int:
        """Return the bytes that a document may take beyond the loaded models."""
        return self.memory_mb * _MEGABYTE

    def asked_seconds(self, size: int) -> float:
        """Return after how long a document of so many bytes is given up."""
        return self.seconds + self.seconds_a_megabyte * size / _MEGABYTE

    def killed_seconds(self, size: int) -> float:
        """Return after how long the process is ended that is at so many bytes."""
        return self.kill_seconds + self.seconds_a_megabyte * size / _MEGABYTE

    def too_much_memory(self) -> str:
        """Return the sentence about a document that needed more memory than it may take."""
        whole = self.memory_mb % 1024 == 0
        size = f"{self.memory_mb // 1024} GB" if whole else f"{self.memory_mb} MB"
        return f"it needed more than {size} of memory"


def too_long(seconds: float) -> str:
    """Return the sentence about a document that took longer than so many seconds."""
    return f"it took longer than {seconds:.0f} seconds to scan"
