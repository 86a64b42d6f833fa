// Light, dark, or like the system. Knows no page.
'use client';

import { Monitor, Moon, Sun } from 'lucide-react';
import { useSyncExternalStore } from 'react';
import { useTexts } from '../texts/use-texts.tsx';
import type { Scheme } from './scheme.ts';
import { chooseScheme, onSchemeChange, readScheme, schemes } from './scheme.ts';
import css from './theme-switch.module.css';

const icons = { light: Sun, dark: Moon, system: Monitor } as const;

export function ThemeSwitch() {
  const texts = useTexts().theme;
  const current = useSyncExternalStore(onSchemeChange, readScheme, (): Scheme => 'system');
  return (
    <fieldset className={css['switch']} data-testid="theme-switch">
      <legend className="visually-hidden">{texts.label}</legend>
      {schemes.map((scheme) => {
        const Icon = icons[scheme];
        return (
          <label key={scheme} title={texts[scheme]}>
            <input
              type="radio"
              name="scheme"
              className="visually-hidden"
              checked={current === scheme}
              onChange={() => chooseScheme(scheme)}
              aria-label={texts[scheme]}
            />
            <Icon size={15} aria-hidden="true" />
          </label>
        );
      })}
    </fieldset>
  );
}
