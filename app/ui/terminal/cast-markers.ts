// The ticks in a recording: ids on the wire, titles for the reader. Knows no player.
import { z } from 'zod';
import type { CourseMap } from '../shell/course-map.ts';

const markerSchema = z.tuple([z.number(), z.literal('m'), z.string()]);

export type CastMarker = { at: number; text: string };

/** Seconds and titles of the markers in an asciicast v2. */
export function readMarkers(cast: string, course: CourseMap): CastMarker[] {
  return cast.split('\n').flatMap((line) => {
    // Most lines are output, and long: only markers are read.
    if (!line.includes(',"m",')) return [];
    const marker = parseMarker(line);
    if (marker === undefined) return [];
    const [at, , label] = marker;
    return [{ at, text: titleOf(label, course) }];
  });
}

function parseMarker(line: string): z.infer<typeof markerSchema> | undefined {
  try {
    return markerSchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

/** The title of the step in which it was earned; the id itself where this course has no such step. */
function titleOf(label: string, course: CourseMap): string {
  const [chapter, step] = label.split('/');
  const found = course.chapters
    .find(({ id }) => id === chapter)
    ?.steps.find(({ id }) => id === step);
  return found?.title ?? label;
}
