// The two halves of a theatre curtain, as an ornament. `open` of an ancestor's data-scene parts them.
// Knows nothing.
import css from './folds.module.css';

export function Folds() {
  return (
    <div className={css['folds']} aria-hidden="true">
      <span className={css['half']} />
      <span className={css['half']} />
    </div>
  );
}
