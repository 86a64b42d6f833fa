// The front door: one command that starts keeper, link and web on one machine, says where to look, and
// leaves nothing behind when it stops.
import { readConfig, type Config } from './foundation/config.ts';
import { messageOf } from './foundation/errors.ts';
import { createLog } from './foundation/log.ts';
import { openHouse, type House } from './front-door/house.ts';

let stopWanted = false;
let house: House | undefined;
let stopping: Promise<void> | undefined;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    stopWanted = true;
    if (house !== undefined) void stop(house);
  });
}

try {
  const config = readConfig();
  house = await openHouse(config, createLog('main', config.logLevel));
  if (stopWanted) await stop(house);
  else announce(config, house);
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
}

function announce(config: Config, { port, labs }: House): void {
  const name = ['127.0.0.1', '::1', '0.0.0.0', '::'].includes(config.host)
    ? 'localhost'
    : config.host;
  const host = name.includes(':') ? `[${name}]` : name;
  process.stdout.write(`Coulisse is ready: http://${host}:${port}\n`);
  if (labs !== true) process.stdout.write(`Lessons only, no labs: ${labs}\n`);
}

function stop(open: House): Promise<void> {
  stopping ??= open.stop().then(
    () => process.exit(0),
    (error: unknown) => {
      process.stderr.write(`${messageOf(error)}\n`);
      process.exit(1);
    },
  );
  return stopping;
}
