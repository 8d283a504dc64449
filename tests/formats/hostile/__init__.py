"""One table of hostile cases, each with the threat it stands for and what has to come of it."""
