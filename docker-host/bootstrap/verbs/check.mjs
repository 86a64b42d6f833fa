// `npm run check`: what is told without running the product. Knows no tool.
import { printVerdicts, runCheckTools } from '../check-tools.mjs';
import { setUpTools } from '../setup.mjs';

export async function check() {
  await setUpTools();
  const verdicts = await runCheckTools();
  printVerdicts(verdicts);
  return verdicts.every(({ ok }) => ok) ? 0 : 1;
}
