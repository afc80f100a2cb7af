import { defineErrors } from '../../../kernel';
import { FILES_MAX } from './file';

export const FileErrors = defineErrors('files', {
  FILE_NOT_FOUND: {
    class: 'missing',
    message: 'File not found',
    log: 'info',
    help: 'The application has no file of that id.',
  },
  FILE_VERSION_EXISTS: {
    class: 'conflict',
    message: 'There is a file of that name, channel and version',
    log: 'info',
    help: 'Within a channel, each version of a name stands once. Replace the content of that file, or choose another version.',
  },
  FILE_LIMIT: {
    class: 'forbidden',
    message: 'File limit reached',
    log: 'info',
    help: `An application has at most ${FILES_MAX} files. Delete some that are not needed.`,
  },
  FILE_DAMAGED: {
    class: 'internal',
    message: 'The file is damaged and was not sent',
    log: 'error',
    help: 'What is stored is not what was uploaded: it was changed, cut off, exchanged, or wrapped with a key that this server does not have. Nothing of the damaged part was sent. Upload the file again, or restore the storage.',
  },
});
