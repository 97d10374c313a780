/** How much is written into the log, and in which form. */
package org.partyline.shell.log;
