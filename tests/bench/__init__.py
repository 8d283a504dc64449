"""Speed beside stock Presidio, cold start and memory; `make bench` prints them."""
