"""Folders watched while somebody writes: each document judged once it is quiet.

What the system tells of changes is a hint alone, for events get lost; the truth is a look at
the folders every so often (F3).
"""
