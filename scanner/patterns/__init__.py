"""What a regular expression needs, how far it reaches, and which of many may match a text."""
