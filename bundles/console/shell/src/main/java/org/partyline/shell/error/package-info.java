/** What goes wrong: in one line to whoever typed it, and without a word of it to the log. */
package org.partyline.shell.error;
