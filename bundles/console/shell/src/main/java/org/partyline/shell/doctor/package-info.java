/** The command that shows what is unsafe, and what to do about it. */
package org.partyline.shell.doctor;
