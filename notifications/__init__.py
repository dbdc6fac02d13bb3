"""Delivery: from outbox rows to mail and letters. Never changes a project."""
