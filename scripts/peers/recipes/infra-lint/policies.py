"""Reads {name: policy document} from standard input; prints what parliament finds, a list of {policy, sid, issue, detail}."""
import json
import sys
import warnings

# pkg_resources, which parliament uses, says at each start that it is old.
warnings.filterwarnings("ignore", category=UserWarning)
import parliament  # noqa: E402


def findings_of(name, sid, document):
    policy = parliament.analyze_policy_string(json.dumps(document), include_community_auditors=True)
    for finding in policy.findings:
        yield {"policy": name, "sid": sid, "issue": finding.issue, "detail": str(finding.detail)}


found = []
for name, document in json.load(sys.stdin).items():
    # Statement by statement, so that each finding has the name of one.
    for statement in document["Statement"]:
        found += findings_of(name, statement.get("Sid", ""), {**document, "Statement": [statement]})
    # What only all of them together show.
    found += [f for f in findings_of(name, "", document) if f["issue"] in ("DUPLICATE_SID", "NO_VERSION", "OLD_VERSION")]
json.dump(found, sys.stdout)
