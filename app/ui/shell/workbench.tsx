// The page of a lesson around its text: header, lesson and terminals with a divider that can be dragged,
// and on a narrow screen a bar to go from one to the other. Knows no step.
'use client';

import type { ReactNode } from 'react';
import { useEffect, useLayoutEffect } from 'react';
import { Group, Panel, Separator, useGroupRef } from 'react-resizable-panels';
import { useReturningLearner } from '../../lab-client/hooks.ts';
import { isLeaveKey } from '../terminal/leave-key.ts';
import { TerminalDeck } from '../terminal/terminal-deck.tsx';
import { useTexts } from '../texts/use-texts.tsx';
import type { CourseMap } from './course-map.ts';
import { keepLayout, recallLayout } from './kept-layout.ts';
import { SideBar } from './side-bar.tsx';
import { TopBar } from './top-bar.tsx';
import { changeView, focusTerminal, useView } from './view-state.ts';
import css from './workbench.module.css';

/** From a terminal to the lesson, from anywhere else to the terminal. */
function changeSides(event: KeyboardEvent): void {
  if (!isLeaveKey(event)) return;
  event.preventDefault();
  const inTerminal = document.activeElement?.closest('#terminals') !== null;
  if (!inTerminal) return focusTerminal();
  changeView({ side: 'lesson' });
  // After the lesson is shown again on a narrow screen.
  setTimeout(() => document.getElementById('lesson')?.focus({ preventScroll: true }));
}

export function Workbench({ course, children }: { course: CourseMap; children: ReactNode }) {
  const texts = useTexts();
  const { side } = useView();
  const group = useGroupRef();
  useReturningLearner(course.id, course.version);
  useLayoutEffect(() => {
    const kept = recallLayout('layout');
    if (kept !== undefined) group.current?.setLayout(kept);
  }, [group]);
  useEffect(() => {
    document.addEventListener('keydown', changeSides);
    return () => document.removeEventListener('keydown', changeSides);
  }, []);

  return (
    <div className={css['bench']} data-side={side}>
      <a className="skip-link" href="#lesson">
        {texts.skipToLesson}
      </a>
      <a
        className="skip-link"
        href="#terminals"
        onClick={(event) => {
          event.preventDefault();
          focusTerminal();
        }}
      >
        {texts.skipToTerminal}
      </a>
      <TopBar course={course} />
      <main className={css['main']}>
        <Group
          className={css['panels']}
          groupRef={group}
          orientation="horizontal"
          onLayoutChanged={(layout, { isUserInteraction }) => {
            if (isUserInteraction) keepLayout('layout', layout);
          }}
        >
          <Panel id="text" className={css['lesson']} defaultSize="50%" minSize="28%">
            {children}
          </Panel>
          <Separator className={css['divider']} aria-label={texts.terminal.divider} />
          <Panel id="lab" className={css['terminals']} defaultSize="50%" minSize="24%">
            <TerminalDeck course={course} />
          </Panel>
        </Group>
      </main>
      <SideBar />
    </div>
  );
}
