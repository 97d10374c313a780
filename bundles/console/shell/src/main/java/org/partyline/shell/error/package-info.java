/** Errors: one line for the person who typed the command, and no typed words in the log. */
package org.partyline.shell.error;
