import { dataStories } from './stories-data';
import { sessionStories } from './stories-sessions';
import { userStories } from './stories-users';
import { keyStories } from './stories-keys';
import type { Story } from './story';

/** The table: every story, told on every wire that has the verbs for it. */
export const stories: readonly Story[] = [
  ...keyStories,
  ...sessionStories,
  ...userStories,
  ...dataStories,
];
