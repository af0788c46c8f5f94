"""The points: the only place in the grader that holds a weight.

A criterion's checks add up to what the criterion is worth, and the criteria to 100. The points of
quality are multiplied by the share that the other criteria earned: tidy code that does nothing
is worth nothing.
"""

from __future__ import annotations

QUALITY = "quality"

CRITERIA: dict[str, int] = {
    "reliability": 30,
    "hit_rate": 25,
    "monitoring": 20,
    "cost": 15,
    QUALITY: 10,
}

RUBRIC: dict[str, dict[str, float]] = {
    "reliability": {
        "boots_and_reports_its_health": 3,
        "a_burst_over_two_workers_admits_exactly_the_limit": 7,
        "refusals_are_free_and_retry_after_is_true": 5,
        "two_errors_of_the_provider_are_recovered": 5,
        "a_request_the_provider_refuses_is_not_retried": 3,
        "a_final_failure_is_a_503_after_bounded_attempts": 3,
        "losing_redis_costs_no_answer": 4,
    },
    "hit_rate": {
        "an_exact_repeat_costs_no_provider_call": 5,
        "a_stream_of_questions_is_served_from_the_cache": 9,
        "look_alikes_get_their_own_answers": 6,
        "tenants_never_share_answers": 5,
    },
    "monitoring": {
        "a_final_failure_is_one_sentry_event_in_the_callers_trace": 6,
        "a_recovered_call_is_no_sentry_event": 3,
        "prompts_and_keys_never_reach_sentry": 5,
        "the_snapshot_equals_what_was_sent": 4,
        "the_metrics_equal_what_was_sent": 2,
    },
    "cost": {
        "the_bill_equals_the_ledger": 5,
        "a_spent_budget_refuses_with_402": 3,
        "parallel_calls_never_overspend": 4,
        "cached_and_failed_calls_are_free": 3,
    },
    QUALITY: {
        "ruff_finds_nothing": 4,
        "everything_public_has_a_docstring": 2,
        "no_secret_is_in_the_tree": 2,
        "the_readme_names_the_start_command": 2,
    },
}
