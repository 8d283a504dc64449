"""Scores of the product over annotated documents; `make evaluate` prints them."""
