/** `npm start -- --help`. */
export const HELP_TEXT = `eni-reclaimer's sandbox: a simulated EC2 and a simulated Kubernetes API with trouble
in them, and the real functions at work on it. No account, no cluster; time is
virtual, so that grace periods pass in an instant.

Usage: npm start -- [options]

      --scenario NAME   what to lay out (default: the first of --list)
      --seed N          another course of the same scenario (default 1)
      --peers           on a real kube-apiserver and LocalStack instead of simulators,
                        EC2 excepted: those of the variables in docs/peers.md, or
                        a set that is started for it (built first: minutes, once)
      --list            the scenarios, with a sentence each
  -o, --output FORMAT   text (default), or json: one document, nothing else on stdout
      --no-color        letters only (NO_COLOR, FORCE_COLOR and TERM=dumb count, too)
  -h, --help            this text

Exit status, by what the simulator itself knows:
    0  nothing was wrongly released, and nothing is still leaked
    1  the sandbox itself failed
    2  the options can't be understood
    3  something was wrongly released, or is still leaked
  130  interrupted

Standard output to yourself: npm --silent start -- -o json
`;
