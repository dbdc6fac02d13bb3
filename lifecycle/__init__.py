"""The record: tables, unit of work, and the one service by which anything happens."""
