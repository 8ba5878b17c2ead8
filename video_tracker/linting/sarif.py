"""A report as SARIF 2.1.0, the format in which code hosts show findings."""

from typing import Any, Final
from urllib.parse import quote

from video_tracker.linting.report import Report
from video_tracker.linting.rules import RULES
from video_tracker.version import __version__

__all__ = ["sarif"]

_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif(report: Report, file: str) -> dict[str, Any]:
    """Write a report as a SARIF log of one run.

    Args:
        report: What was found.
        file: The file's name, as the one who looks at it has it.

    Returns:
        A new dict of plain JSON values.
    """
    named = sorted({finding.rule for finding in report.findings})
    place = {number: index for index, number in enumerate(named)}
    results = [
        {
            "ruleId": finding.rule,
            "ruleIndex": place[finding.rule],
            "level": finding.severity,
            "message": {"text": f"{finding.message}. {finding.do}"},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": quote(file.replace("\\", "/"))},
                        "region": {"startLine": max(1, finding.line)},
                    }
                }
            ],
            "properties": {"session": finding.session, "event": finding.event},
        }
        for finding in report.findings
    ]
    driver = {
        "name": "video-tracker",
        "version": __version__,
        "rules": [_described(number) for number in named],
    }
    return {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "results": results}],
    }


def _described(number: str) -> dict[str, Any]:
    rule = RULES[number]
    return {
        "id": number,
        "shortDescription": {"text": rule.finds},
        "fullDescription": {"text": rule.why},
        "help": {"text": rule.do},
        "defaultConfiguration": {"level": rule.severity},
    }
