/** What a run reports: the object that `connlab run --json` prints. Times are in milliseconds unless their name says so. */
export interface Report {
  /** The version of this shape. */
  schema: number;
  /** The canonical link of the run. */
  link: string;
  /** The same for the same link, wherever it runs. */
  fingerprint: string;
  events: number;
  simulated_s: number;
  /** What in the link could not be used as written, and what was used instead. */
  warnings: string[];
  /** What became of the requests. */
  requests: {
    offered: number;
    ok: number;
    failed: number;
    in_flight: number;
  };
  /** Attempts, R-12. */
  attempts: {
    application: number;
    wire: number;
    transport_retries: number;
    application_retries: number;
  };
  /** Failed requests by class, the commonest first. */
  errors: ErrorCount[];
  /** Failed attempts by class. */
  attempt_errors: ErrorCount[];
  /** Of the requests that were answered. */
  latency_ms: {
    count: number;
    mean: number;
    min: number;
    p10: number;
    p25: number;
    p50: number;
    p75: number;
    p90: number;
    p95: number;
    p99: number;
    p999: number;
    max: number;
    over_second: number;
  };
  latency_histogram: { up_to: number; count: number }[];
  /** Of the Transport. */
  connections: {
    dials: number;
    established: number;
    reused_requests: number;
    fresh_requests: number;
    client_closes: number;
    server_closes: number;
    accepted: number;
    accepted_unused: number;
    peak_open: number;
    open_end: number;
  };
  /** Of the handlers. */
  server: {
    handlers_started: number;
    busy_ms: number;
    wasted_ms: number;
    utilization: number;
  };
  /** Where processors are limited (M-31). */
  processors?: { client?: Processors; server?: Processors };
  /** Kernel counters of both sides together. */
  nstat: {
    TcpActiveOpens: number;
    TcpPassiveOpens: number;
    TcpAttemptFails: number;
    TcpEstabResets: number;
    TcpRetransSegs: number;
    TcpOutRsts: number;
    TcpExtSyncookiesSent: number;
    TcpExtSyncookiesRecv: number;
    TcpExtSyncookiesFailed: number;
    TcpExtEmbryonicRsts: number;
    TcpExtTW: number;
    TcpExtListenOverflows: number;
    TcpExtListenDrops: number;
    TcpExtTCPTimeouts: number;
    TcpExtTCPAbortOnData: number;
    TcpExtTCPAbortOnClose: number;
    TcpExtTCPTimeWaitOverflow: number;
    TcpExtTCPReqQFullDoCookies: number;
    TcpExtTCPReqQFullDrop: number;
    TcpExtTCPSynRetrans: number;
  };
  /** Sockets by state when the run ended. */
  sockets_end: { client: Sockets; server: Sockets };
  /** The most that there were at once. */
  peaks: {
    accept_queue: number;
    syn_queue: number;
    busy_workers: number;
    pool_idle: number;
    ports: number;
    time_wait_client: number;
    time_wait_server: number;
  };
  /** Averages over time. */
  means: {
    in_flight: number;
    accept_queue: number;
    busy_workers: number;
  };
  /** What theory says of this run, and whether it holds. */
  checks: Check[];
  /** A row for each simulated second, of long runs for several. */
  series: SeriesRow[];
}

export interface ErrorCount {
  class: string;
  count: number;
  first_ms: number;
  /** What Go says of most of them, to the letter. */
  text: string;
}

export interface Processors {
  steps: number;
  mean_busy: number;
  utilization: number;
  peak_queue: number;
  mean_queue: number;
  mean_wait_ms: number;
}

export interface Sockets {
  SYN_SENT: number;
  SYN_RECV: number;
  ESTABLISHED: number;
  FIN_WAIT1: number;
  FIN_WAIT2: number;
  CLOSE_WAIT: number;
  CLOSING: number;
  LAST_ACK: number;
  TIME_WAIT: number;
}

export interface Check {
  id: string;
  title: string;
  formula: string;
  source: string;
  unit: string;
  verdict: string;
  /** Only where the check applies. */
  expected?: number;
  simulated?: number;
  low?: number;
  high?: number;
  tolerance?: string;
  /** Why it does not apply. */
  reason?: string;
}

export interface SeriesRow {
  t_s: number;
  offered: number;
  ok: number;
  /** Failed requests by class. */
  errors: Record<string, number>;
  p50_ms: number | null;
  p99_ms: number | null;
  accept_queue: number;
  busy_workers: number;
  time_wait_client: number;
}

/** Runs a link, its fragment or its query: `run("p=incident&idle=100")`. A link never fails: see `warnings`. */
export function run(link: string): Report;
