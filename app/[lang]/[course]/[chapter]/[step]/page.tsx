// One step of a lesson, complete in its static text. Knows no learner.
import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { languages } from '../../../../../content/schema.ts';
import type { StepParams } from '../../../../courses.ts';
import { asLanguage, findStep, readCourses, stepPath } from '../../../../courses.ts';
import { Lesson } from '../../../../lesson/lesson.tsx';
import { Alternates } from '../../../../ui/shell/alternates.tsx';

type Props = { params: Promise<StepParams & { lang: string }> };

export const dynamicParams = false;

export function generateStaticParams() {
  return languages.flatMap((lang) =>
    readCourses().flatMap((course) =>
      course.chapters.flatMap((chapter) =>
        chapter.steps.map((step) => ({
          lang,
          course: course.id,
          chapter: chapter.id,
          step: step.id,
        })),
      ),
    ),
  );
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { lang, ...place } = await params;
  const language = asLanguage(lang);
  const found = findStep(place);
  if (language === undefined || found === undefined) return {};
  return {
    title: `${found.step.title[language]} · ${found.chapter.title[language]}`,
    description: found.chapter.summary[language],
  };
}

export default async function StepPage({ params }: Props) {
  const { lang, ...place } = await params;
  const language = asLanguage(lang);
  const found = findStep(place);
  if (language === undefined || found === undefined) notFound();
  return (
    <>
      <Alternates pathIn={(other) => stepPath(other, place)} />
      <Lesson language={language} place={found} />
    </>
  );
}
