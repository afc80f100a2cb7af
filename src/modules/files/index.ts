/** A seller's files of one application; `requireOwned` tells whether it has one of an id. */
export { FilesService } from './files.service';
export type { StoredFile } from './files.service';
/** Contents on their way in, held to what the plan allows. */
export { FileUploads } from './file-uploads';
export type { Received } from './file-uploads';
export { UploadRoom } from './upload-room';
/** Files as clients meet them, and their contents. */
export { FileShelf } from './file-shelf';
export type { OfferedFile } from './file-shelf';
export type { ContentStream } from './file-contents';
/** Tickets that let a session download a file once. */
export { DownloadTickets } from './download-tickets';
/** What the operator and the background do for stored contents. */
export { FileKeeping } from './file-keeping';
/** Limits of names and channels, for those who look a file up. */
export { CHANNEL_DEFAULT, CHANNEL_MAX, FILE_NAME_MAX } from './domain/file';
export { FileErrors } from './domain/files.errors';
export { FilesModule } from './files.module';
/** The fields of a file in a body, the same on every wire. */
export { ChannelField, FileNameField, MinLevelField, VersionField } from './http/file.fields';
