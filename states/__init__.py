"""The law as pure functions and data: tables, guards, periods, duties, eligibility."""
