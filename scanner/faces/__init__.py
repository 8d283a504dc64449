"""The ways in, one file each: a face parses and prints, it never decides."""
