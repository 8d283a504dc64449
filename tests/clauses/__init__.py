"""Which rule and which test stands for each clause of the guidance: `poe clauses`."""
