"""Orchestration: Prefect flows, the job table, and the composition of the application."""
