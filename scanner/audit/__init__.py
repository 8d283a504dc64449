"""Folders of documents over time: every file judged, and judged again only when it changed."""
