// What stays while the learner goes from step to step of a course: header, divider, terminals.
// Knows no step.
import { notFound } from 'next/navigation';
import type { ReactNode } from 'react';
import { asLanguage, findCourse } from '../../courses.ts';
import { Workbench } from '../../ui/shell/workbench.tsx';

type Props = { params: Promise<{ lang: string; course: string }>; children: ReactNode };

export default async function CourseLayout({ params, children }: Props) {
  const { lang, course: id } = await params;
  const language = asLanguage(lang);
  const course = findCourse(id);
  if (language === undefined || course === undefined) notFound();
  const chapters = course.chapters.map((chapter) => ({
    id: chapter.id,
    title: chapter.title[language],
    steps: chapter.steps.map((step) => ({
      id: step.id,
      title: step.title[language],
      toEarn: [...step.checks, ...step.quizzes].map((one) => one.id),
    })),
  }));
  return (
    <Workbench
      course={{ id: course.id, version: course.version, title: course.title[language], chapters }}
    >
      {children}
    </Workbench>
  );
}
