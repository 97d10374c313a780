/** The commands for emergencies. */
package org.partyline.shell.panic;
