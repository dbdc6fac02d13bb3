"""The dated settings that a pack may carry: name, type, and the values where they are a closed list.

Literal, one setting per line. A setting that nothing reads has no place here; a choice that is fixed in
data or in a table is a reading of the pack.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from states.hours import read_hours


@dataclass(frozen=True, slots=True)
class Setting:
    """What a setting may be."""

    types: tuple[type, ...]
    options: tuple[str, ...] = ()
    """The texts that it may be, where it is a text of a closed list."""
    within: range | None = None
    """The whole numbers that it may be, where they have bounds."""
    day_of_year: bool = False
    """Whether it is a day that comes every year, written as 01-31; 29 February does not."""
    form: Callable[[str], object] | None = None
    """Reads a text of a certain form, which its docstring names; ValueError for any other."""


_BOOL, _INT, _TEXT, _LIST = (bool,), (int,), (str,), (tuple,)

# fmt: off
SETTINGS: dict[str, Setting] = {
    "acceptance_enabled":        Setting(_BOOL),
    "alternative_hosts_accepted": Setting(_BOOL),
    "annual_assessment_due":     Setting(_TEXT, day_of_year=True),
    "annual_indicators_due":     Setting(_TEXT, day_of_year=True),
    "annual_plan_due":           Setting(_TEXT, day_of_year=True),
    "annual_summary_due":        Setting(_TEXT, day_of_year=True),
    "association_email":         Setting(_TEXT),
    "association_name":          Setting(_TEXT),
    "birth_date_inclusive":      Setting(_BOOL),
    "completion_once":           Setting(_BOOL),
    "disqualification_allowed":  Setting(_BOOL),
    "either_letter_suffices":    Setting(_BOOL),
    "expert_review_enabled":     Setting(_BOOL),
    "fail_rectify_first_allowed": Setting(_BOOL),
    "first_report_merged":       Setting(_BOOL),
    "first_host_closer":        Setting(_BOOL),
    "first_time_passes":         Setting(_BOOL),
    "halt_resumable":            Setting(_BOOL),
    "host_membership_accepted":  Setting(_BOOL),
    "kczg_pilot_cities":         Setting(_LIST),
    "management_steps":          Setting(_BOOL),
    "midterm_at":                Setting((str, int), ("midpoint",)),
    "monthly_due_day":           Setting(_INT, within=range(32)),
    "prior_evaluation_blocks":   Setting(_BOOL),
    "prior_evaluation_years":    Setting(_INT),
    "publication_required":      Setting(_BOOL),
    "publicity_workdays":        Setting(_INT),
    "receipt_falls_back":        Setting(_BOOL),
    "rectification_basis":       Setting(_TEXT),
    "remind_past":               Setting(_BOOL),
    "same_talent_blocks":        Setting(_BOOL),
    "send_hours":                Setting(_TEXT, form=read_hours),
    "society_needs_required":    Setting(_BOOL),
    "subsidy_needs_method":      Setting(_BOOL),
    "withdrawn_counted":         Setting(_BOOL),
}
# fmt: on
