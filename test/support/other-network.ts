import { execFileSync } from 'node:child_process';

/** A network of its own, as a container has it, with a wire to this one: this machine is its outside. */
export interface OtherNetwork extends AsyncDisposable {
  /** Words before a command that run it there. */
  readonly enter: readonly string[];
  /** Its address, as this machine sees it. */
  readonly address: string;
  /** From now on nothing that it answers arrives, as behind a firewall. */
  shut(): void;
}

/** @param number from 1 to 250, for addresses that no other test uses at the same time */
export function otherNetwork(number: number): OtherNetwork {
  const name = `claw${process.pid}n${number}`;
  const [outer, inner] = [`cl${process.pid % 10_000}o${number}`, `cl${process.pid % 10_000}i${number}`];
  const base = `10.213.${process.pid % 250}`;
  const [here, there] = [`${base}.${(number % 60) * 4 + 1}`, `${base}.${(number % 60) * 4 + 2}`];
  const ip = (...words: string[]): void => void execFileSync('ip', words);
  ip('netns', 'add', name);
  ip('link', 'add', outer, 'type', 'veth', 'peer', 'name', inner, 'netns', name);
  ip('address', 'add', `${here}/30`, 'dev', outer);
  ip('link', 'set', outer, 'up');
  ip('-n', name, 'address', 'add', `${there}/30`, 'dev', inner);
  ip('-n', name, 'link', 'set', inner, 'up');
  ip('-n', name, 'link', 'set', 'lo', 'up');
  return {
    // Without the private mounts that `ip netns exec` makes besides.
    enter: ['nsenter', `--net=/run/netns/${name}`],
    address: there,
    shut: () => {
      ip('-n', name, 'route', 'add', 'blackhole', `${here}/32`);
    },
    [Symbol.asyncDispose]: () => {
      ip('netns', 'delete', name);
      return Promise.resolve();
    },
  };
}
