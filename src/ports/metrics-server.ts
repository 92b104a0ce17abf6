export interface ServedAddress {
  /** A name or an address of this host. */
  readonly host: string;
  /** 0 takes any that is free. */
  readonly port: number;
}

/** Answers `/metrics` until it is disposed. */
export interface MetricsServer extends AsyncDisposable {
  readonly port: number;
}

/**
 * Starts to answer `/metrics` with a text in the Prometheus exposition format, made anew for each request.
 *
 * @throws ClawbackError `FAILED` if it cannot listen there.
 */
export type ServeMetrics = (address: ServedAddress, text: () => Promise<string>) => Promise<MetricsServer>;
