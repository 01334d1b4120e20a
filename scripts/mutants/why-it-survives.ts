/**
 * Why the simulation does not notice that a fence is missing, by the fence's name; what isn't here is open. Read in the code, not
 * measured: taking out the other fence as well would be the measurement.
 */
export const WHY_IT_SURVIVES: Readonly<Record<string, string>> = {
  "order of lists: EC2 before who keeps addresses": "the closer look and the sweep read again",
  "pages of the API server: one snapshot": "not simulated: the API server never mixes snapshots",
  "a stopped instance keeps its addresses": "the instance's state is unknown to the next rule",
  "keeper: a live sandbox in the report": "the claim stands by the same sandbox",
  "keeper: a Pod's status": "nothing that EC2 or a kernel shows goes wrong",
  "node identity: instance ID, not the name": "the node's report is not valid",
  "canonical addresses": "not simulated: addresses are spelled one way",
  "an object of unknown shape keeps its address": "not simulated: no object of a newer version",
  "take-over: over its whole term": "the queue holds the second message back for as long",
  "deadline: after signing, by the time that was signed":
    "own time says the same, unless it is set back between signing and sending",
  "no retry of a mutation": "not simulated: the SDK's own client is not there",
  "freeze: a sweep doesn't begin": "the same object is read again before each request",
  "sentinel: a missing one freezes": "it differs from the mirrored one, too",
  "another cluster freezes": "its tags are not ours",
  "breaker: what it trips is obeyed": "the sweep of a tripped node does not begin",
};
