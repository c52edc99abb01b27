"""When a run stops before it changes anything: a broken feed must not empty a catalogue."""

from collections.abc import Sequence

from core.errors import InvalidInputError
from ingestion.mapping.schemas import Limits
from ingestion.schemas import Report

LEAST_ROWS = 20
"""Of fewer records, or tours, a share says nothing."""


class StoppedError(InvalidInputError):
    """Mend the feed or the mapping, or allow a larger share; nothing has been changed.

    Attributes:
        report: what the run had found.
    """

    def __init__(self, message: str, report: Report) -> None:
        super().__init__(message)
        self.report = report


def check_set_aside(report: Report, limits: Limits) -> None:
    """Stop a run that would set too many records aside.

    Raises:
        StoppedError: a larger share than the limit.
    """
    report.limits["set_aside"] = limits.set_aside
    share = report.rejected / max(report.read, 1)
    if report.read >= LEAST_ROWS and share > limits.set_aside:
        reason = next((name for name, _, _ in report.reasons.rows()), "")
        raise StoppedError(
            f"stopped before anything was changed: {report.rejected:,} of {report.read:,} records "
            f"({share:.0%}) would be set aside, and the limit is {limits.set_aside:.0%}; "
            f"most often: {reason}",
            report,
        )


def check_retired(
    report: Report, limits: Limits, provider: str, missing: Sequence[int], offered: int
) -> None:
    """Stop a run that would retire too many tours of a provider.

    Args:
        report: of the run.
        limits: the mapping's.
        provider: whose tours they are.
        missing: tours that are offered now and are not in the feed.
        offered: tours that are offered now.

    Raises:
        StoppedError: a larger share than the limit.
    """
    report.limits["retire"] = limits.retire
    share = len(missing) / max(offered, 1)
    if offered >= LEAST_ROWS and share > limits.retire:
        raise StoppedError(
            f"stopped before anything was changed: {len(missing):,} of {offered:,} {report.kind} "
            f"({share:.0%}) of {provider} are missing from this feed and would be retired, and the "
            f"limit is {limits.retire:.0%}",
            report,
        )
