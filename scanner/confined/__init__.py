"""Processes that read what others wrote: bounded in memory, walled in, and ended when late."""
