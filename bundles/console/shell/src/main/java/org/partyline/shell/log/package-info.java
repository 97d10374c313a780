/** The command that shows and sets log levels and the log's format. */
package org.partyline.shell.log;
