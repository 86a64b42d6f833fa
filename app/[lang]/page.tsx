// The front page: one screen that says what this is, Start, and the programme. Knows no learner.
import { notFound } from 'next/navigation';
import { asLanguage, readCourses } from '../courses.ts';
import { Front } from '../front/front.tsx';
import { Alternates } from '../ui/shell/alternates.tsx';

type Props = { params: Promise<{ lang: string }> };

export default async function FrontPage({ params }: Props) {
  const language = asLanguage((await params).lang);
  if (language === undefined) notFound();
  return (
    <>
      <Alternates pathIn={(other) => `/${other}`} />
      <Front language={language} courses={readCourses()} />
    </>
  );
}
