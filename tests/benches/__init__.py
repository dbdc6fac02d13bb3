"""Benches: each is a script that prints its table and ends with 1 when a limit is broken."""
